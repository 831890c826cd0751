//! The `[source]` tables: sources by name, and which of them stand in for others.

use std::collections::{BTreeMap, HashMap};

use dhow_formats::config::Definition;
use dhow_model::{CRATES_IO_REGISTRY, GitReference, SourceId, SourceKind};
use url::Url;

use crate::config::{Config, Located, invalid};
use crate::error::ConfigError;
use crate::key::Key;

/// All sources that have a name, ready to be asked for replacements.
#[derive(Clone, Debug)]
pub struct Sources {
    by_name: BTreeMap<String, NamedSource>,
    /// The first name of each.
    names: HashMap<SourceId, String>,
}

/// One `[source.<name>]`.
#[derive(Clone, Debug)]
pub struct NamedSource {
    /// What it is.
    pub source: SourceId,
    /// The name of what stands in for it: another source, or a registry.
    pub replace_with: Option<Located<String>>,
    /// Where it is defined; `None` for crates.io as it is known without configuration.
    pub definition: Option<Definition>,
}

/// What stands in for a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Where packages are to be got from.
    pub source: SourceId,
    /// Its name in configuration.
    pub name: String,
    /// Where the name was written.
    pub definition: Definition,
}

const KEYS: &[&str] =
    &["replace-with", "directory", "registry", "local-registry", "git", "branch", "tag", "rev"];

impl Config {
    /// The `[source]` tables.
    ///
    /// # Errors
    /// A table that says nothing or too much of where it is, or a value of the wrong kind.
    pub fn sources(&self) -> Result<Sources, ConfigError> {
        self.refuse_registry_index()?;
        let crates_io = SourceId::crates_io();
        let known = NamedSource { source: crates_io, replace_with: None, definition: None };
        let mut sources = Sources {
            by_name: BTreeMap::from([(CRATES_IO_REGISTRY.to_owned(), known)]),
            names: HashMap::from([(crates_io, CRATES_IO_REGISTRY.to_owned())]),
        };
        let key = Key::new(&["source"]);
        for (name, value) in self.table(&key)?.into_iter().flatten() {
            // So that no variable reaches in here: none has dashes or small letters, as names of sources do.
            let key = key.child_as_written(name);
            self.check_keys(&key, KEYS)?;
            let source = self.source(&key, name, &value.definition)?;
            let replace_with = self.string(&key.child("replace-with"))?;
            let definition = value.definition.clone();
            if let Some(other) = sources.names.get(&source).filter(|other| *other != name) {
                return Err(ConfigError::SameSource { name: name.clone(), other: other.clone(), definition });
            }
            sources.names.insert(source, name.clone());
            sources
                .by_name
                .insert(name.clone(), NamedSource { source, replace_with, definition: Some(definition) });
        }
        Ok(sources)
    }

    /// Meant "instead of crates.io", long ago.
    fn refuse_registry_index(&self) -> Result<(), ConfigError> {
        let key = Key::new(&["registry", "index"]);
        match self.string(&key)? {
            None => Ok(()),
            Some(index) => {
                let reason =
                    "it is not read any more: use `[source.crates-io]` with `replace-with`".to_owned();
                Err(invalid(&key, index.definition, reason))
            }
        }
    }

    fn source(&self, key: &Key, name: &str, definition: &Definition) -> Result<SourceId, ConfigError> {
        let mut found = Vec::new();
        for kind in ["registry", "local-registry", "directory", "git"] {
            if let Some(text) = self.string(&key.child(kind))? {
                found.push((kind, text));
            }
        }
        match found.as_slice() {
            [] if name == CRATES_IO_REGISTRY => Ok(SourceId::crates_io()),
            [(kind, text)] => self.source_of_kind(key, kind, text),
            [] => {
                let reason = "it does not say where it is: it needs one of `registry`, `local-registry`, `directory`, `git`";
                Err(invalid(key, definition.clone(), reason.to_owned()))
            }
            [(first, _), (second, _), ..] => {
                let reason = format!("it has both `{first}` and `{second}`: only one can be");
                Err(invalid(key, definition.clone(), reason))
            }
        }
    }

    fn source_of_kind(
        &self,
        table: &Key,
        kind: &str,
        text: &Located<String>,
    ) -> Result<SourceId, ConfigError> {
        let key = table.child(kind);
        let bad = |reason: String| invalid(&key, text.definition.clone(), reason);
        let directory = |kind: SourceKind| {
            let path = dhow_fs::normalize(&text.to_path(self.cwd()));
            let url =
                Url::from_file_path(&path).map_err(|()| bad(format!("`{}` is no path", path.display())))?;
            Ok(SourceId::new(kind, url))
        };
        match kind {
            "local-registry" => directory(SourceKind::LocalRegistry),
            "directory" => directory(SourceKind::Directory),
            "git" => {
                let url = Url::parse(&text.value)
                    .map_err(|error| bad(format!("`{}` is not a URL: {error}", text.value)))?;
                Ok(SourceId::for_git(url, self.git_reference(table)?))
            }
            _ => {
                let url = self.registry_url(&key, text)?;
                SourceId::for_registry(url.as_str()).map_err(|error| bad(error.to_string()))
            }
        }
    }

    fn git_reference(&self, table: &Key) -> Result<GitReference, ConfigError> {
        let text =
            |name: &str| Ok::<_, ConfigError>(self.string(&table.child(name))?.map(|found| found.value));
        Ok(match (text("branch")?, text("tag")?, text("rev")?) {
            (Some(branch), _, _) => GitReference::Branch(branch),
            (None, Some(tag), _) => GitReference::Tag(tag),
            (None, None, Some(rev)) => GitReference::Rev(rev),
            (None, None, None) => GitReference::DefaultBranch,
        })
    }

    /// What stands in for `source`, following replacements to their end; `None` if nothing does.
    ///
    /// # Errors
    /// A name that nobody defined, or a circle.
    pub fn replacement(
        &self,
        sources: &Sources,
        source: SourceId,
    ) -> Result<Option<Replacement>, ConfigError> {
        let Some(first) = sources.names.get(&source) else { return Ok(None) };
        let mut seen = vec![first.clone()];
        let mut found: Option<Replacement> = None;
        let mut name = first;
        loop {
            let Some(here) = sources.by_name.get(name) else { return Ok(found) };
            let Some(next) = &here.replace_with else { break };
            let definition = next.definition.clone();
            if seen.contains(&next.value) {
                seen.push(next.value.clone());
                let definition = sources
                    .by_name
                    .get(first)
                    .and_then(|first| first.replace_with.clone())
                    .map(|r| r.definition);
                return Err(ConfigError::SourceCycle {
                    names: seen,
                    definition: definition.unwrap_or_else(|| next.definition.clone()),
                });
            }
            seen.push(next.value.clone());
            match sources.by_name.get_key_value(&next.value) {
                Some((key, target)) => {
                    let source = target.source;
                    found = Some(Replacement { source, name: next.value.clone(), definition });
                    name = key;
                }
                None => {
                    let source = self.registry_for_source(sources, name, next)?;
                    return Ok(Some(Replacement { source, name: next.value.clone(), definition }));
                }
            }
        }
        Ok(match found {
            Some(found) => Some(found),
            None => sources.renamed(source, first),
        })
    }

    fn registry_for_source(
        &self,
        sources: &Sources,
        from: &str,
        next: &Located<String>,
    ) -> Result<SourceId, ConfigError> {
        match self.registry_source(&next.value) {
            Err(ConfigError::UnknownRegistry { .. } | ConfigError::RegistryName { .. }) => {
                Err(ConfigError::UnknownSource {
                    from: from.to_owned(),
                    name: next.value.clone(),
                    definition: next.definition.clone(),
                    known: sources.by_name.keys().cloned().collect(),
                })
            }
            other => other,
        }
    }
}

impl Sources {
    /// Every source by its name.
    pub fn named(&self) -> &BTreeMap<String, NamedSource> {
        &self.by_name
    }

    /// `[source.crates-io]` can say itself where crates.io is.
    fn renamed(&self, source: SourceId, name: &str) -> Option<Replacement> {
        let here = self.by_name.get(name)?;
        let definition = here.definition.clone()?;
        (here.source != source).then(|| Replacement {
            source: here.source,
            name: name.to_owned(),
            definition,
        })
    }
}
