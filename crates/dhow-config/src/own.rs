//! The `[dhow]` table, which Cargo does not look at, and its variables `DHOW_*`.

use dhow_formats::config::Definition;

use crate::config::{Config, invalid};
use crate::error::ConfigError;
use crate::key::Key;

impl Config {
    /// Whether every file of the packages that a build uses is read and verified: `DHOW_VERIFY_SOURCES`, then
    /// `dhow.verify-sources`.
    ///
    /// # Errors
    /// Anything but a truth value.
    pub fn verify_sources(&self) -> Result<bool, ConfigError> {
        let table = Key::new(&["dhow"]);
        self.check_keys(&table, &["hub", "layers", "verify-sources"])?;
        let key = table.child("verify-sources");
        let variable = "DHOW_VERIFY_SOURCES";
        match self.env.get_non_empty(variable) {
            None => Ok(self.boolean(&key)?.is_some_and(|found| found.value)),
            Some("1" | "true") => Ok(true),
            Some("0" | "false") => Ok(false),
            Some(other) => {
                let reason = format!("`{other}` is neither `1` (or `true`) nor `0` (or `false`)");
                Err(invalid(&key, Definition::Environment(variable.into()), reason))
            }
        }
    }
}
