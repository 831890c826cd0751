//! Which source really answers for another: the `[source]` and `[registries]` tables of configuration.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dhow_model::{CRATES_IO_REGISTRY, CRATES_IO_SPARSE_INDEX, SourceId, SourceKind};
use url::Url;

use crate::error::FetchError;

/// `[source]` and `[registries]`, with paths made absolute.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `[source.<name>]`
    pub definitions: BTreeMap<String, SourceDefinition>,
    /// `registries.<name>.index`
    pub registries: BTreeMap<String, String>,
    /// `registries.<name>.token`, and crates.io's under its name.
    pub tokens: BTreeMap<String, String>,
}

/// One `[source.<name>]` table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceDefinition {
    /// What it is; a table that only replaces may leave it out.
    pub kind: Option<SourceKindDefinition>,
    /// `replace-with`
    pub replace_with: Option<String>,
}

/// What a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKindDefinition {
    /// `registry = "…"`
    Registry(String),
    /// `local-registry = "…"`
    LocalRegistry(PathBuf),
    /// `directory = "…"`
    Directory(PathBuf),
    /// `git = "…"` with its reference, as a source.
    Git(SourceId),
}

/// Who answers for a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Its name in configuration, if it has one.
    pub name: Option<String>,
    /// The source that answers.
    pub source: SourceId,
}

impl Sources {
    /// Who answers for `source`: itself, unless configuration replaces it. crates.io answers by its sparse index.
    ///
    /// # Errors
    /// Configuration names a source that is not defined, or runs in a circle.
    pub fn resolve(&self, source: SourceId) -> Result<Replacement, FetchError> {
        let Some(mut name) = self.name_of(source)? else {
            return Ok(Replacement { name: None, source });
        };
        let mut seen = vec![name.clone()];
        while let Some(next) = self.definitions.get(&name).and_then(|d| d.replace_with.clone()) {
            if seen.contains(&next) {
                let circle = seen.join("` -> `");
                return Err(FetchError::BadSource(format!(
                    "`replace-with` runs in a circle: `{circle}` -> `{next}`; remove one of them from `[source]`"
                )));
            }
            seen.push(next.clone());
            name = next;
        }
        let source = if seen.len() == 1 && !source.is_crates_io() {
            source
        } else {
            self.source_named(&name)?.ok_or_else(|| self.undefined(&seen, &name))?
        };
        Ok(Replacement { name: Some(name), source })
    }

    /// The registry called `name` in configuration, as lock files name it: for `registry = "…"` of a dependency.
    ///
    /// # Errors
    /// It is not defined, or not by a URL.
    pub fn registry(&self, name: &str) -> Result<SourceId, FetchError> {
        if name == CRATES_IO_REGISTRY {
            return Ok(SourceId::crates_io());
        }
        let index = self.registries.get(name).ok_or_else(|| {
            FetchError::BadSource(format!(
                "no registry `{name}` is configured; add `registries.{name}.index = \"sparse+https://…\"` to `.cargo/config.toml`"
            ))
        })?;
        parse_registry(name, index)
    }

    /// The token for the registry called `name`.
    pub fn token(&self, name: &str) -> Option<&str> {
        self.tokens.get(name).map(String::as_str)
    }

    fn name_of(&self, source: SourceId) -> Result<Option<String>, FetchError> {
        if source.is_crates_io() {
            return Ok(Some(CRATES_IO_REGISTRY.to_owned()));
        }
        for name in self.definitions.keys().chain(self.registries.keys()) {
            if name != CRATES_IO_REGISTRY && self.source_named(name)? == Some(source) {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }

    fn source_named(&self, name: &str) -> Result<Option<SourceId>, FetchError> {
        let defined = self.definitions.get(name).and_then(|definition| definition.kind.as_ref());
        let registry = self.registries.get(name);
        match (defined, registry) {
            (Some(SourceKindDefinition::Registry(index)), _) | (None, Some(index)) => {
                parse_registry(name, index).map(Some)
            }
            (Some(SourceKindDefinition::LocalRegistry(path)), _) => {
                from_path(name, SourceKind::LocalRegistry, path).map(Some)
            }
            (Some(SourceKindDefinition::Directory(path)), _) => {
                from_path(name, SourceKind::Directory, path).map(Some)
            }
            (Some(SourceKindDefinition::Git(source)), _) => Ok(Some(*source)),
            (None, None) if name == CRATES_IO_REGISTRY => {
                parse_registry(name, CRATES_IO_SPARSE_INDEX).map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    fn undefined(&self, seen: &[String], name: &str) -> FetchError {
        let by = seen.iter().rev().nth(1).map_or("", String::as_str);
        let known: Vec<_> =
            self.definitions.keys().chain(self.registries.keys()).map(String::as_str).collect();
        FetchError::BadSource(format!(
            "`source.{by}.replace-with` names `{name}`, which is defined neither in `[source]` nor in `[registries]` (defined: `{}`)",
            known.join("`, `")
        ))
    }
}

fn parse_registry(name: &str, index: &str) -> Result<SourceId, FetchError> {
    let bad = |reason: String| {
        FetchError::BadSource(format!("the index of registry `{name}` cannot be used: {reason}"))
    };
    let source = SourceId::for_registry(index).map_err(|error| bad(error.to_string()))?;
    if matches!(source.kind(), SourceKind::SparseRegistry) && !source.url().path().ends_with('/') {
        return Err(bad(format!("`{index}` must end with a slash")));
    }
    if source.is_crates_io() {
        // The git index of crates.io is the same registry by another protocol.
        return Ok(SourceId::for_registry(CRATES_IO_SPARSE_INDEX).unwrap_or(source));
    }
    Ok(source)
}

fn from_path(name: &str, kind: SourceKind, path: &std::path::Path) -> Result<SourceId, FetchError> {
    let url = Url::from_file_path(path).map_err(|()| {
        FetchError::BadSource(format!(
            "`source.{name}` has the path `{}`, which is not absolute",
            path.display()
        ))
    })?;
    Ok(SourceId::new(kind, url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &[(&str, Option<SourceKindDefinition>, Option<&str>)]) -> Sources {
        let definitions = text.iter().map(|(name, kind, replace_with)| {
            let replace_with = replace_with.map(str::to_owned);
            ((*name).to_owned(), SourceDefinition { kind: kind.clone(), replace_with })
        });
        Sources {
            definitions: definitions.collect(),
            registries: [("alt".to_owned(), "sparse+https://example.com/alt/".to_owned())].into(),
            ..Sources::default()
        }
    }

    fn directory() -> Option<SourceKindDefinition> {
        Some(SourceKindDefinition::Directory("/vendor".into()))
    }

    fn resolved(sources: &Sources, source: SourceId) -> (Option<String>, String) {
        let replacement = sources.resolve(source).expect("resolves");
        (replacement.name, replacement.source.lock_string())
    }

    #[test]
    fn crates_io_answers_by_its_sparse_index() {
        let got = resolved(&Sources::default(), SourceId::crates_io());
        assert_eq!(got, (Some("crates-io".into()), CRATES_IO_SPARSE_INDEX.into()));
    }

    #[test]
    fn replacements_are_followed_to_their_end() {
        let sources = sources(&[
            ("crates-io", None, Some("mirror")),
            (
                "mirror",
                Some(SourceKindDefinition::Registry("https://example.com/m".into())),
                Some("vendored"),
            ),
            ("vendored", directory(), None),
        ]);
        let expect = (Some("vendored".to_owned()), "directory+file:///vendor".to_owned());
        assert_eq!(resolved(&sources, SourceId::crates_io()), expect);
        let mirror = SourceId::parse("registry+https://example.com/m").expect("a source");
        assert_eq!(resolved(&sources, mirror), expect);
    }

    #[test]
    fn registries_serve_as_replacements_and_for_themselves() {
        let sources = sources(&[("crates-io", None, Some("alt"))]);
        let alt = "sparse+https://example.com/alt/".to_owned();
        assert_eq!(resolved(&sources, SourceId::crates_io()), (Some("alt".into()), alt.clone()));
        assert_eq!(resolved(&sources, sources.registry("alt").expect("is there")), (Some("alt".into()), alt));
        let other = SourceId::parse("sparse+https://example.com/other/").expect("a source");
        assert_eq!(resolved(&sources, other), (None, "sparse+https://example.com/other/".into()));
        assert!(sources.registry("none").is_err());
    }

    #[test]
    fn circles_and_unknown_names_are_errors() {
        let circle = sources(&[("crates-io", None, Some("a")), ("a", directory(), Some("crates-io"))]);
        let error = circle.resolve(SourceId::crates_io()).expect_err("is a circle").to_string();
        assert!(error.contains("`crates-io` -> `a` -> `crates-io`"), "{error}");
        let unknown = sources(&[("crates-io", None, Some("gone"))]);
        let error = unknown.resolve(SourceId::crates_io()).expect_err("is unknown").to_string();
        assert!(error.contains("`source.crates-io.replace-with` names `gone`"), "{error}");
    }
}
