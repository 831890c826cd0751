//! Tables whose keys the user chooses: `[env]`, `[alias]`, `[patch]`, and the list `paths`.

use std::ffi::OsString;
use std::path::PathBuf;

use cargo_util_schemas::manifest::TomlDependency;
use dhow_formats::config::{Data, Definition, Table, Value, dependency};

use crate::config::{Config, Located, invalid, wrong_type};
use crate::error::ConfigError;
use crate::key::Key;
use crate::trace::ConfigWarning;

/// One entry of `[env]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvEntry {
    /// The variable.
    pub name: String,
    /// Its value; if it is `relative`, made absolute already.
    pub value: OsString,
    /// Whether it replaces a value that the environment has.
    pub force: bool,
    /// Whether it was written as a path relative to the file's place.
    pub relative: bool,
    /// Where it was written.
    pub definition: Definition,
}

/// One `[patch.<registry>]` of configuration.
#[derive(Clone, Debug)]
pub struct PatchTable {
    /// A registry's name, or the URL of a source.
    pub source: String,
    /// The patches, by the name of the dependency. Paths are absolute.
    pub dependencies: Vec<(String, Located<TomlDependency>)>,
}

/// Variables that decide how we work ourselves, so that setting them for children only would split the two.
const NOT_IN_ENV: &[&str] = &["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

impl Config {
    /// All of `[env]`, sorted by name. See [`Self::env_for_children`] for those that apply.
    ///
    /// # Errors
    /// A value of the wrong kind, or a variable that cannot be set so.
    pub fn env_table(&self) -> Result<Vec<EnvEntry>, ConfigError> {
        let key = Key::new(&["env"]);
        let mut entries = Vec::new();
        for (name, value) in self.table(&key)?.into_iter().flatten() {
            let key = key.child_as_written(name);
            if NOT_IN_ENV.contains(&name.as_str()) {
                let reason = "it cannot be set here: set it in the environment".to_owned();
                return Err(invalid(&key, value.definition.clone(), reason));
            }
            let value = self.any(&key)?.unwrap_or_else(|| value.clone());
            entries.push(self.env_entry(&key, name, &value)?);
        }
        Ok(entries)
    }

    fn env_entry(&self, key: &Key, name: &str, value: &Value) -> Result<EnvEntry, ConfigError> {
        let (text, force, relative) = match &value.data {
            Data::String(text) => (text.clone(), false, false),
            Data::Table(table) => {
                self.check_keys(key, &["value", "force", "relative"])?;
                let Some(text) = self.string(&key.child("value"))? else {
                    return Err(invalid(key, value.definition.clone(), "it has no `value`".to_owned()));
                };
                (text.value, truth(key, table, "force")?, truth(key, table, "relative")?)
            }
            _ => return Err(wrong_type(key, "a string, or a table with `value`", value)),
        };
        let definition = value.definition.clone();
        let value = if relative { definition.root(self.cwd()).join(&text).into() } else { text.into() };
        Ok(EnvEntry { name: name.to_owned(), value, force, relative, definition })
    }

    /// The variables that `[env]` sets in every process that we start: those that are forced or not set anyway.
    ///
    /// # Errors
    /// As [`Self::env_table`].
    pub fn env_for_children(&self) -> Result<Vec<EnvEntry>, ConfigError> {
        let mut entries = self.env_table()?;
        entries.retain(|entry| entry.force || self.env.get_os(&entry.name).is_none());
        Ok(entries)
    }

    /// The words that the alias `name` stands for.
    ///
    /// # Errors
    /// Neither a string nor a list of strings.
    pub fn alias(&self, name: &str) -> Result<Option<Located<Vec<String>>>, ConfigError> {
        let key = Key::new(&["alias", name]);
        let Some(words) = self.strings_or_string(&key)? else { return Ok(None) };
        let Some(first) = words.first() else { return Ok(None) };
        let definition = first.definition.clone();
        let words = words.into_iter().map(|word| word.value).collect();
        Ok(Some(Located::new(words, definition)))
    }

    /// A variable replaces a string, and adds to a list.
    fn strings_or_string(&self, key: &Key) -> Result<Option<Vec<Located<String>>>, ConfigError> {
        match self.value(key)? {
            Some(Value { data: Data::List(_), .. }) => self.strings(key),
            _ => Ok(self.string(key)?.map(|text| {
                let word = |word: &str| Located::new(word.to_owned(), text.definition.clone());
                text.value.split_whitespace().map(word).collect()
            })),
        }
    }

    /// The names of all aliases in files, sorted.
    ///
    /// # Errors
    /// `alias` is no table.
    pub fn alias_names(&self) -> Result<Vec<String>, ConfigError> {
        let table = self.table(&Key::new(&["alias"]))?;
        Ok(table.into_iter().flat_map(|table| table.keys().cloned()).collect())
    }

    /// The `[patch]` tables.
    ///
    /// # Errors
    /// A patch that is no dependency.
    pub fn patch(&self) -> Result<Vec<PatchTable>, ConfigError> {
        let key = Key::new(&["patch"]);
        let mut tables = Vec::new();
        for source in self.table(&key)?.into_iter().flat_map(Table::keys) {
            let key = key.child(source);
            let mut dependencies = Vec::new();
            for (name, value) in self.table(&key)?.into_iter().flatten() {
                let found = self.patched(&key.child(name), value)?;
                dependencies.push((name.clone(), Located::new(found, value.definition.clone())));
            }
            tables.push(PatchTable { source: source.clone(), dependencies });
        }
        Ok(tables)
    }

    fn patched(&self, key: &Key, value: &Value) -> Result<TomlDependency, ConfigError> {
        let decoded = dependency(value).map_err(|error| {
            let mut parts: Vec<&str> = key.parts().iter().map(String::as_str).collect();
            parts.extend(error.key.iter().map(String::as_str));
            let definition = error.definition.unwrap_or_else(|| value.definition.clone());
            invalid(&Key::new(&parts), definition, error.message)
        })?;
        for unknown in decoded.unknown {
            self.trace.warn(ConfigWarning::UnknownKey {
                key: key.child(&unknown).to_string(),
                definition: value.definition.clone(),
                suggestion: None,
            });
        }
        let mut found = decoded.value;
        if let TomlDependency::Detailed(detailed) = &mut found
            && let Some(path) = &mut detailed.path
        {
            let place = value.as_table().and_then(|table| table.get("path")).unwrap_or(value);
            let absolute = place.definition.root(self.cwd()).join(&*path);
            *path = absolute
                .into_os_string()
                .into_string()
                .map_err(|_| invalid(key, place.definition.clone(), "its path is not UTF-8".to_owned()))?;
        }
        Ok(found)
    }

    /// The list `paths`: packages that replace dependencies of the same name and version. Absolute.
    ///
    /// # Errors
    /// Anything but a list of strings.
    pub fn path_overrides(&self) -> Result<Vec<Located<PathBuf>>, ConfigError> {
        let key = Key::new(&["paths"]);
        match self.value(&key)? {
            None => Ok(Vec::new()),
            Some(value) if value.as_list().is_none() => Err(wrong_type(&key, "a list of strings", value)),
            Some(_) => {
                let paths = self.strings(&key)?.unwrap_or_default();
                Ok(paths
                    .into_iter()
                    .map(|path| Located::new(path.to_path(self.cwd()), path.definition))
                    .collect())
            }
        }
    }
}

fn truth(key: &Key, table: &Table, name: &str) -> Result<bool, ConfigError> {
    match table.get(name) {
        None => Ok(false),
        Some(Value { data: Data::Boolean(truth), .. }) => Ok(*truth),
        Some(other) => Err(wrong_type(&key.child(name), "`true` or `false`", other)),
    }
}
