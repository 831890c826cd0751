//! `[dhow.layers]`: where a project itself puts packages. Which layers there are is not known here.

use dhow_formats::config::Data;

use crate::config::{Config, Located, wrong_type};
use crate::error::ConfigError;
use crate::key::Key;

impl Config {
    /// Packages (names, or package ID specifications) with the layers that they are put into, sorted.
    ///
    /// # Errors
    /// It is no table, or a value is no string.
    pub fn layers(&self) -> Result<Vec<(String, Located<String>)>, ConfigError> {
        let key = Key::new(&["dhow", "layers"]);
        let layer = |(package, value): (&String, &dhow_formats::config::Value)| match &value.data {
            Data::String(layer) => {
                Ok((package.clone(), Located::new(layer.clone(), value.definition.clone())))
            }
            _ => Err(wrong_type(&key.child(package), "a string", value)),
        };
        self.table(&key)?.into_iter().flatten().map(layer).collect()
    }
}
