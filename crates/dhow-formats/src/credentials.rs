//! `credentials.toml` in the cargo home: tokens of registries, written as Cargo writes them. It keeps other tables and
//! their order, and no comments.

use toml::{Table, Value};

use crate::secret::Secret;

const SECRETS: [&str; 3] = ["token", "secret-key", "secret-key-subject"];

/// The file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CredentialsFile(Table);

/// Why it cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// Not TOML. Says no more, because the text around a mistake may be a token.
    #[error("it is not TOML: {0}")]
    Syntax(String),
    /// Something stands where a table should be.
    #[error("`{0}` is not a table")]
    NotATable(String),
    /// What was read cannot be written.
    #[error("it cannot be written: {0}")]
    Write(#[from] toml::ser::Error),
}

impl CredentialsFile {
    /// Reads the file. The token of the oldest Cargos, outside of any table, is moved to where it is now.
    ///
    /// # Errors
    /// It is not TOML.
    pub fn parse(text: &str) -> Result<Self, CredentialsError> {
        let mut table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| CredentialsError::Syntax(error.message().to_owned()))?;
        if let Some(token) = table.remove("token") {
            let registry = Table::from_iter([("token".to_owned(), token)]);
            table.insert("registry".to_owned(), Value::Table(registry));
        }
        Ok(Self(table))
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that can be met: it was read before.
    pub fn to_text(&self) -> Result<String, CredentialsError> {
        Ok(toml::to_string(&self.0)?)
    }

    /// Keeps a token for the registry of that name; for crates.io without one.
    ///
    /// # Errors
    /// The file does not have the tables that it should.
    pub fn set_token(&mut self, registry: Option<&str>, token: &Secret) -> Result<(), CredentialsError> {
        let token = Value::String(token.expose().to_owned());
        let Some(name) = registry else {
            let table = Table::from_iter([("token".to_owned(), token)]);
            self.0.insert("registry".to_owned(), Value::Table(table));
            return Ok(());
        };
        // Cargo moves the table to the end.
        let mut registries = match self.0.remove("registries") {
            Some(value) => into_table(value, "registries")?,
            None => Table::new(),
        };
        match registries.get_mut(name) {
            Some(Value::Table(table)) => drop(table.insert("token".to_owned(), token)),
            Some(_) => return Err(CredentialsError::NotATable(format!("registries.{name}"))),
            None => {
                let table = Table::from_iter([("token".to_owned(), token)]);
                registries.insert(name.to_owned(), Value::Table(table));
            }
        }
        self.0.insert("registries".to_owned(), Value::Table(registries));
        Ok(())
    }

    /// Forgets the token of the registry of that name; of crates.io without one.
    ///
    /// # Errors
    /// The file does not have the tables that it should.
    pub fn remove_token(&mut self, registry: Option<&str>) -> Result<(), CredentialsError> {
        let not_a_table = |name: &str| CredentialsError::NotATable(name.to_owned());
        let found = match registry {
            None => self.0.get_mut("registry"),
            Some(name) => self.0.get_mut("registries").and_then(|all| all.get_mut(name)),
        };
        let Some(found) = found else { return Ok(()) };
        let table = found.as_table_mut().ok_or_else(|| not_a_table(registry.unwrap_or("registry")))?;
        for key in SECRETS {
            table.remove(key);
        }
        Ok(())
    }
}

fn into_table(value: Value, name: &str) -> Result<Table, CredentialsError> {
    match value {
        Value::Table(table) => Ok(table),
        _ => Err(CredentialsError::NotATable(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: impl FnOnce(&mut CredentialsFile)) -> String {
        let mut file = CredentialsFile::parse(text).expect("parses");
        change(&mut file);
        file.to_text().expect("writes")
    }

    /// As the real cargo was seen to write them.
    #[test]
    fn a_token_comes_and_goes_and_the_rest_stays() {
        let token = Secret::new("t\"1\\");
        let login = |text: &str, name| changed(text, |file| file.set_token(name, &token).expect("a table"));
        let logout = |text: &str, name| changed(text, |file| file.remove_token(name).expect("a table"));
        assert_eq!(login("", Some("alt")), "[registries.alt]\ntoken = 't\"1\\'\n");
        assert_eq!(login("[registry]\nx = 1\ntoken = \"o\"", None), "[registry]\ntoken = 't\"1\\'\n");
        let text = "[registries.alt]\nsecret-key = \"k\"\n# gone\n[zz]\nb = 1\na = [1, 2]\n";
        let after = "[zz]\nb = 1\na = [1, 2]\n\n[registries.alt]\nsecret-key = \"k\"\ntoken = 't\"1\\'\n";
        assert_eq!(login(text, Some("alt")), after);
        assert_eq!(logout(after, Some("alt")), "[zz]\nb = 1\na = [1, 2]\n\n[registries.alt]\n");
        assert_eq!(logout("token = \"old\"", None), "[registry]\n");
        assert_eq!(logout("", Some("alt")), "");
    }

    #[test]
    fn errors_do_not_show_what_the_file_says() {
        let error = CredentialsFile::parse("[registry]\ntoken = \"hush\nx").expect_err("not TOML");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        let mut file = CredentialsFile::parse("registries = \"hush\"").expect("parses");
        let error = file.set_token(Some("alt"), &Secret::new("t")).expect_err("no table");
        assert!(!format!("{error:?}").contains("hush"));
    }
}
