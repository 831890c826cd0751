//! One entry of a table of dependencies as a value: read from TOML, and written as a new entry.

use std::path::{Path, PathBuf};

use toml_edit::{InlineTable, Item, TableLike, Value};

use super::EditError;
use super::relative::way;

/// What is not said is not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DependencyEntry {
    /// The package's name.
    pub name: String,
    /// Its name in this manifest, if that is another.
    pub rename: Option<String>,
    /// `optional`
    pub optional: Option<bool>,
    /// `public`
    pub public: Option<bool>,
    /// `default-features`
    pub default_features: Option<bool>,
    /// `features`, each once.
    pub features: Option<Vec<String>>,
    /// Where it comes from.
    pub source: Option<EntrySource>,
    /// `registry`
    pub registry: Option<String>,
}

/// Where a dependency comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntrySource {
    /// A registry.
    Registry {
        /// The requirement.
        version: String,
    },
    /// A directory.
    Path {
        /// Absolute.
        path: PathBuf,
        /// `base`
        base: Option<String>,
        /// The requirement, for when the dependent is published.
        version: Option<String>,
    },
    /// A git repository.
    Git {
        /// Its URL.
        url: String,
        /// `branch`
        branch: Option<String>,
        /// `tag`
        tag: Option<String>,
        /// `rev`
        rev: Option<String>,
        /// The requirement, for when the dependent is published.
        version: Option<String>,
    },
    /// `[workspace.dependencies]` of the root.
    Workspace,
}

/// An entry that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A value of the wrong type.
    #[error("`{key}` of the dependency `{name}` should be {expected}, and is of type {found}")]
    Type {
        /// The dependency.
        name: String,
        /// The key.
        key: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// No key says where it comes from.
    #[error("the dependency `{0}` has neither `version` nor `path`, `git` or `workspace`")]
    NoSource(String),
    /// `workspace = false`
    #[error("`workspace = false` of the dependency `{0}` means nothing: leave it out")]
    NotFromWorkspace(String),
    /// An old spelling.
    #[error("`default_features` of the dependency `{0}` is an old spelling: write `default-features`")]
    OldSpelling(String),
    /// Neither text nor table.
    #[error("the dependency `{0}` is neither a version requirement nor a table")]
    NeitherTextNorTable(String),
}

impl EntrySource {
    /// The requirement, if there is one.
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Registry { version } => Some(version),
            Self::Path { version, .. } | Self::Git { version, .. } => version.as_deref(),
            Self::Workspace => None,
        }
    }

    /// Keys and values, in the order of a new entry.
    pub(super) fn fields(&self, dir: &Path) -> Result<Vec<(&'static str, Value)>, EditError> {
        let text = |key, value: Option<&String>| value.map(|value| (key, Value::from(value)));
        Ok(match self {
            Self::Registry { version } => vec![("version", version.into())],
            Self::Path { path, base, version } => {
                let path = ("path", way(dir, path)?.into());
                text("version", version.as_ref())
                    .into_iter()
                    .chain(text("base", base.as_ref()))
                    .chain([path])
                    .collect()
            }
            Self::Git { url, branch, tag, rev, version } => std::iter::once(("git", url.into()))
                .chain(text("branch", branch.as_ref()))
                .chain(text("tag", tag.as_ref()))
                .chain(text("rev", rev.as_ref()))
                .chain(text("version", version.as_ref()))
                .collect(),
            Self::Workspace => vec![("workspace", true.into())],
        })
    }
}

impl DependencyEntry {
    /// The name under which it stands in the manifest.
    pub fn key(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }

    /// The requirement, if there is one.
    pub fn version(&self) -> Option<&str> {
        self.source.as_ref().and_then(EntrySource::version)
    }

    /// Without the requirement.
    #[must_use]
    pub fn without_version(mut self) -> Self {
        match &mut self.source {
            Some(EntrySource::Registry { .. }) => self.source = None,
            Some(EntrySource::Path { version, .. } | EntrySource::Git { version, .. }) => *version = None,
            Some(EntrySource::Workspace) | None => {}
        }
        self
    }

    /// Adds features that are not there yet.
    pub fn add_features<'f>(&mut self, features: impl IntoIterator<Item = &'f String>) {
        let known = self.features.get_or_insert_default();
        for feature in features {
            if !known.contains(feature) {
                known.push(feature.clone());
            }
        }
    }

    pub(super) fn read(dir: &Path, key: &str, item: &Item) -> Result<Self, EntryError> {
        if let Some(version) = item.as_str() {
            let source = EntrySource::Registry { version: without_build(version) };
            return Ok(Self { name: key.to_owned(), source: Some(source), ..Self::default() });
        }
        let table = item.as_table_like().ok_or_else(|| EntryError::NeitherTextNorTable(key.to_owned()))?;
        let reader = Reader { key, table };
        let package = reader.text("package")?;
        if table.contains_key("default_features") {
            return Err(EntryError::OldSpelling(key.to_owned()));
        }
        let flag = |name| table.get(name).and_then(Item::as_bool);
        Ok(Self {
            rename: package.is_some().then(|| key.to_owned()),
            name: package.unwrap_or_else(|| key.to_owned()),
            optional: flag("optional"),
            public: flag("public"),
            default_features: flag("default-features"),
            source: Some(reader.source(dir)?),
            registry: reader.text("registry")?,
            features: reader.features()?,
        })
    }

    /// As a new entry: a version alone is a string, all else an inline table.
    pub(super) fn to_item(&self, dir: &Path) -> Result<Item, EditError> {
        let is_plain = !self.public.unwrap_or(false)
            && !self.optional.unwrap_or(false)
            && self.features.is_none()
            && self.default_features.unwrap_or(true)
            && self.registry.is_none()
            && self.rename.is_none();
        if is_plain && let Some(EntrySource::Registry { version }) = &self.source {
            return Ok(toml_edit::value(version));
        }
        let mut table = InlineTable::default();
        if is_plain && self.source == Some(EntrySource::Workspace) {
            table.set_dotted(true);
            table.insert("workspace", true.into());
            return Ok(toml_edit::value(table));
        }
        if let Some(source) = &self.source {
            table.extend(source.fields(dir)?);
        }
        if let Some(registry) = self.registry.as_ref().filter(|_| table.contains_key("version")) {
            table.insert("registry", registry.into());
        }
        if self.rename.is_some() {
            table.insert("package", self.name.as_str().into());
        }
        if let Some(value) = self.default_features {
            table.insert("default-features", value.into());
        }
        if let Some(features) = &self.features {
            table.insert("features", features.iter().collect());
        }
        for (key, value) in [("optional", self.optional), ("public", self.public)] {
            if let Some(value) = value {
                table.insert(key, value.into());
            }
        }
        Ok(toml_edit::value(table))
    }
}

/// The requirement without build metadata, which means nothing in one.
pub(super) fn without_build(version: &str) -> String {
    version.split('+').next().unwrap_or(version).to_owned()
}

/// Reads the keys of one entry.
struct Reader<'a> {
    key: &'a str,
    table: &'a dyn TableLike,
}

impl Reader<'_> {
    fn wrong(&self, key: &'static str, expected: &'static str, found: &'static str) -> EntryError {
        EntryError::Type { name: self.key.to_owned(), key, expected, found }
    }

    fn text(&self, key: &'static str) -> Result<Option<String>, EntryError> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let text = item.as_str().ok_or_else(|| self.wrong(key, "text", item.type_name()))?;
        Ok(Some(text.to_owned()))
    }

    fn version(&self) -> Result<Option<String>, EntryError> {
        Ok(self.text("version")?.map(|version| without_build(&version)))
    }

    fn source(&self, dir: &Path) -> Result<EntrySource, EntryError> {
        if let Some(url) = self.text("git")? {
            let [branch, tag, rev] = ["branch", "tag", "rev"].map(|key| self.text(key));
            let version = self.version()?;
            return Ok(EntrySource::Git { url, branch: branch?, tag: tag?, rev: rev?, version });
        }
        if let Some(path) = self.text("path")? {
            let (base, version) = (self.text("base")?, self.version()?);
            return Ok(EntrySource::Path { path: dir.join(path), base, version });
        }
        if let Some(version) = self.version()? {
            return Ok(EntrySource::Registry { version });
        }
        let Some(workspace) = self.table.get("workspace") else {
            return Err(EntryError::NoSource(self.key.to_owned()));
        };
        match workspace.as_bool() {
            Some(true) => Ok(EntrySource::Workspace),
            Some(false) => Err(EntryError::NotFromWorkspace(self.key.to_owned())),
            None => Err(self.wrong("workspace", "`true`", workspace.type_name())),
        }
    }

    fn features(&self) -> Result<Option<Vec<String>>, EntryError> {
        let Some(item) = self.table.get("features") else { return Ok(None) };
        let array =
            item.as_array().ok_or_else(|| self.wrong("features", "a list of texts", item.type_name()))?;
        let mut features: Vec<String> = Vec::new();
        for value in array {
            let feature =
                value.as_str().ok_or_else(|| self.wrong("features", "a list of texts", value.type_name()))?;
            if !features.iter().any(|known| known == feature) {
                features.push(feature.to_owned());
            }
        }
        Ok(Some(features))
    }
}
