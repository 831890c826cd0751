//! Changes the text of a `Cargo.toml` and keeps its comments, order and spaces: text in, text out.
//!
//! Entries of dependency tables become [`DependencyEntry`] values and go back in; where there is a choice of form,
//! it is the one that Cargo 1.95 was seen to make. Knows no registry and no file.

mod cleanup;
mod entry;
mod features;
mod relative;
mod table;
#[cfg(test)]
mod tests;
mod update;

use std::fmt;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TableLike};

pub use self::cleanup::SourceUrl;
pub use self::entry::{DependencyEntry, EntryError, EntrySource};
pub use self::relative::relative_path;
pub use self::table::DependencyTable;
use crate::manifest::ManifestSyntaxError;

/// Why a manifest is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Something else stands where a table is needed.
    #[error("`{0}` is not a table")]
    NotATable(String),
    /// It is not there.
    #[error("there is no `{name}` in `{table}`")]
    NoSuchDependency {
        /// Its name.
        name: String,
        /// Where it was looked for.
        table: String,
    },
    /// An entry that is none.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// A path that a manifest cannot name.
    #[error("there is no way from `{}` to `{}` that a manifest could name", .from.display(), .to.display())]
    NoRelativePath {
        /// The manifest's directory.
        from: PathBuf,
        /// Where the dependency is.
        to: PathBuf,
    },
    /// The name of a package in a profile or a replacement that is none.
    #[error("`{spec}` is not a package ID specification: {reason}")]
    Spec {
        /// The text.
        spec: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A dependency as it stands in a manifest.
#[derive(Clone, Debug)]
pub struct Declared {
    /// In which table.
    pub table: DependencyTable,
    /// Under which name.
    pub key: String,
    /// What it says.
    pub entry: Result<DependencyEntry, EntryError>,
}

/// A manifest that is being changed.
#[derive(Clone, Debug)]
pub struct ManifestEditor {
    document: DocumentMut,
    dir: PathBuf,
}

impl ManifestEditor {
    /// The manifest with this text; paths in it are relative to `dir`, which is absolute.
    ///
    /// # Errors
    /// It is not TOML.
    pub fn parse(text: &str, dir: &Path) -> Result<Self, ManifestSyntaxError> {
        let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            ManifestSyntaxError { message: error.message().to_owned(), span: error.span() }
        })?;
        Ok(Self { document, dir: dir.to_owned() })
    }

    /// The directory that paths are relative to.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Tables under their old names (`dev_dependencies`), which are not changed.
    pub fn legacy_tables(&self) -> Vec<String> {
        let mut found = Vec::new();
        for name in ["dev_dependencies", "build_dependencies"] {
            if self.document.contains_key(name) {
                found.push(name.to_owned());
            }
            let has = |table: &Item| table.as_table_like().is_some_and(|table| table.contains_key(name));
            let platforms = self.platforms().filter(|(_, tables)| has(tables));
            found.extend(platforms.map(|(platform, _)| format!("target.{platform}.{name}")));
        }
        found
    }

    /// All dependencies: the tables for all platforms first, kind by kind.
    pub fn dependencies(&self) -> Vec<Declared> {
        let mut all = Vec::new();
        for (table, item) in self.dependency_tables() {
            let entries = item.as_table_like().into_iter().flat_map(TableLike::iter);
            all.extend(entries.map(|(key, item)| Declared {
                table: table.clone(),
                key: key.to_owned(),
                entry: DependencyEntry::read(&self.dir, key, item),
            }));
        }
        all
    }

    /// The entry of `[workspace.dependencies]` with this name.
    pub fn workspace_dependency(&self, key: &str) -> Option<Result<DependencyEntry, EntryError>> {
        let tables = self.document.get("workspace")?.as_table_like()?.get("dependencies")?.as_table_like()?;
        Some(DependencyEntry::read(&self.dir, key, tables.get(key)?))
    }

    /// Whether the names in a table are in order; one that is not there is.
    pub fn is_sorted(&self, table: &DependencyTable) -> bool {
        let Some(found) = self.find(&table.keys()).and_then(Item::as_table) else { return true };
        found.get_values().iter().filter_map(|(keys, _)| keys.first()).is_sorted()
    }

    /// Brings the names in a table into order.
    pub fn sort(&mut self, table: &DependencyTable) {
        if let Ok(found) = self.find_or_make(&table.keys())
            && let Some(found) = found.as_table_like_mut()
        {
            found.sort_values();
        }
    }

    /// Adds an entry, or changes the one of the same name.
    ///
    /// # Errors
    /// Something that is no table stands where it belongs, or its path cannot be named.
    pub fn insert(&mut self, table: &DependencyTable, entry: &DependencyEntry) -> Result<(), EditError> {
        let (key, dir) = (entry.key(), self.dir.clone());
        let found = self.find_or_make(&table.keys())?;
        let tables = found.as_table_like_mut().ok_or_else(|| EditError::NotATable(table.to_string()))?;
        match tables.get_key_value_mut(key) {
            Some((mut name, item)) => {
                update::update(entry, &dir, &mut name, item)?;
                if let Some(inline) = item.as_inline_table_mut() {
                    inline.fmt();
                }
            }
            None => {
                tables.insert(key, entry.to_item(&dir)?);
            }
        }
        Ok(())
    }

    /// Removes an entry, and its table if nothing else is in it.
    ///
    /// # Errors
    /// It is not there.
    pub fn remove(&mut self, table: &DependencyTable, key: &str) -> Result<(), EditError> {
        let missing = || EditError::NoSuchDependency { name: key.to_owned(), table: table.keys().join(".") };
        if self.find(&table.keys()).is_none() {
            return Err(missing());
        }
        let parent = self.find_or_make(&table.keys())?;
        let item = parent.get_mut(key).filter(|item| !item.is_none()).ok_or_else(missing)?;
        *item = Item::None;
        if parent.as_table_like().is_some_and(TableLike::is_empty) {
            *parent = Item::None;
        }
        Ok(())
    }

    fn platforms(&self) -> impl Iterator<Item = (&str, &Item)> {
        let platforms = self.document.get("target").and_then(Item::as_table_like);
        platforms.into_iter().flat_map(TableLike::iter)
    }

    /// The tables of dependencies that are there.
    fn dependency_tables(&self) -> Vec<(DependencyTable, &Item)> {
        let mut found = Vec::new();
        for table in DependencyTable::of_all_platforms() {
            let name = table.name();
            let is_table = |item: &&Item| item.is_table_like();
            found.extend(self.document.get(name).filter(is_table).map(|item| (table.clone(), item)));
            let platforms = self.platforms().filter_map(|(platform, tables)| {
                Some((table.clone().for_target(platform), tables.get(name).filter(is_table)?))
            });
            found.extend(platforms);
        }
        found
    }

    fn find(&self, keys: &[&str]) -> Option<&Item> {
        keys.iter()
            .try_fold(self.document.as_item(), |item, key| item.get(key).filter(|item| item.is_table_like()))
    }

    /// The table at the end of `keys`; what is missing on the way is made, and shows only if something is in it.
    fn find_or_make(&mut self, keys: &[&str]) -> Result<&mut Item, EditError> {
        keys.iter().try_fold(self.document.as_item_mut(), |item, key| {
            let mut table = Table::new();
            table.set_implicit(true);
            let found = item[*key].or_insert(Item::Table(table));
            if found.is_table_like() { Ok(found) } else { Err(EditError::NotATable(keys.join("."))) }
        })
    }
}

impl fmt::Display for ManifestEditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.document.fmt(f)
    }
}
