//! The `[profile]` tables, with `CARGO_PROFILE_<NAME>_*` over them.

use cargo_util_schemas::manifest::TomlProfile;
use dhow_formats::config::{Data, Definition, Table, Value, profile};

use crate::config::{Config, guess, invalid};
use crate::error::ConfigError;
use crate::key::{Key, spell};
use crate::trace::ConfigWarning;

/// What configuration says of one profile; it goes over what the manifest says.
#[derive(Clone, Debug)]
pub struct ConfigProfile {
    /// The settings.
    pub profile: TomlProfile,
    /// Where the first of them was written.
    pub definition: Definition,
}

/// The settings that a variable can set, in a profile and in its `build-override`.
const FIELDS: &[&str] = &[
    "opt-level",
    "lto",
    "codegen-backend",
    "codegen-units",
    "debug",
    "split-debuginfo",
    "debug-assertions",
    "rpath",
    "panic",
    "overflow-checks",
    "incremental",
    "dir-name",
    "inherits",
    "strip",
];

impl Config {
    /// The profiles that files and `--config` name. Variables can make others: ask for them by name.
    ///
    /// # Errors
    /// `profile` is no table.
    pub fn profile_names(&self) -> Result<Vec<String>, ConfigError> {
        let table = self.table(&Key::new(&["profile"]))?;
        Ok(table.into_iter().flat_map(|table| table.keys().cloned()).collect())
    }

    /// What configuration says of the profile `name`.
    ///
    /// # Errors
    /// A setting with a value that it cannot have.
    pub fn profile(&self, name: &str) -> Result<Option<ConfigProfile>, ConfigError> {
        let key = Key::new(&["profile", name]);
        let mut table = self.table(&key)?.cloned().unwrap_or_default();
        self.lay_variables_over(&key, &mut table)?;
        let build_override = key.child("build-override");
        let mut inner = self.table(&build_override)?.cloned().unwrap_or_default();
        self.lay_variables_over(&build_override, &mut inner)?;
        if let Some(definition) = first_place(&inner) {
            table.insert("build-override".to_owned(), Value::new(Data::Table(inner), definition));
        }
        let place = self.value(&key)?.map(|value| value.definition.clone()).or_else(|| first_place(&table));
        let Some(definition) = place else { return Ok(None) };
        let value = Value::new(Data::Table(table), definition);
        let decoded = profile(&value).map_err(|error| {
            let mut path: Vec<&str> = vec!["profile", name];
            path.extend(error.key.iter().map(String::as_str));
            let definition = error.definition.clone().unwrap_or_else(|| value.definition.clone());
            invalid(&Key::new(&path), definition, error.message)
        })?;
        for unknown in decoded.unknown {
            self.trace.warn(ConfigWarning::UnknownKey {
                key: format!("{}.{unknown}", spell(&["profile", name])),
                definition: place_of(&value, &unknown),
                suggestion: None,
            });
        }
        Ok(Some(ConfigProfile { profile: decoded.value, definition: value.definition }))
    }

    fn lay_variables_over(&self, key: &Key, table: &mut Table) -> Result<(), ConfigError> {
        for field in FIELDS {
            let key = key.child(field);
            // Most fields are set nowhere: one look-up, no copies.
            let Some(text) = self.env.get(key.variable()) else { continue };
            if let Some(value) = self.any(&key)? {
                // A name can look like a number; the variable does not say which it is.
                let is_name = matches!(*field, "inherits" | "panic" | "split-debuginfo" | "dir-name");
                let data = if is_name && matches!(value.definition, Definition::Environment(_)) {
                    Data::String(text.to_owned())
                } else if matches!(value.definition, Definition::Environment(_)) {
                    guess(text)
                } else {
                    value.data
                };
                table.insert((*field).to_owned(), Value::new(data, value.definition));
            }
        }
        Ok(())
    }
}

fn first_place(table: &Table) -> Option<Definition> {
    table.values().next().map(|value| value.definition.clone())
}

/// The place of a dotted key below `value`, or of the nearest table above it.
fn place_of(value: &Value, key: &str) -> Definition {
    let mut here = value;
    for part in key.split('.') {
        match here.as_table().and_then(|table| table.get(part)) {
            Some(inner) => here = inner,
            None => break,
        }
    }
    here.definition.clone()
}
