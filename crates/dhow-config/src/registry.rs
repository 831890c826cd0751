//! The `[registry]`, `[registries]` and `[credential-alias]` tables and `credentials.toml`.

use std::collections::BTreeSet;

use dhow_formats::config::{Data, Definition, Table, Value};
use dhow_formats::secret::Secret;
use dhow_model::{CRATES_IO_REGISTRY, SourceId};
use url::Url;

use crate::config::{Config, Located, ProgramAndArgs, invalid};
use crate::error::ConfigError;
use crate::key::Key;
use crate::load::load_named;
use crate::merge::merge_over;

/// One registry, as `[registries.<name>]` (or `[registry]`, for crates.io) and variables describe it.
#[derive(Clone, Debug)]
pub struct RegistryConfig {
    /// The URL of the index; `sparse+…` if it is sparse.
    pub index: Option<Located<String>>,
    /// The token, if it is in a configuration file, `credentials.toml` or a variable.
    pub token: Option<Located<Secret>>,
    /// What to ask for a token: a program, or a built-in provider such as `cargo:token`.
    pub credential_provider: Option<ProgramAndArgs>,
    /// Where the key for tokens that are made anew for each request was written. Nothing uses it.
    pub secret_key: Option<Definition>,
}

/// How the index of crates.io is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// File by file over HTTP.
    Sparse,
    /// As a git repository.
    Git,
}

const REGISTRY_KEYS: &[&str] =
    &["index", "token", "credential-provider", "secret-key", "secret-key-subject", "protocol"];

impl Config {
    /// The registry for commands that publish, if it is not crates.io: `registry.default`.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn default_registry(&self) -> Result<Option<Located<String>>, ConfigError> {
        self.string(&Key::new(&["registry", "default"]))
    }

    /// The names of `[registries]` in files, and of those that a variable gives an index, sorted. A variable knows
    /// only capitals and underscores; such a name is given in small letters with dashes.
    ///
    /// # Errors
    /// `registries` is no table.
    pub fn registry_names(&self) -> Result<Vec<String>, ConfigError> {
        let table = self.table(&Key::new(&["registries"]))?;
        let mut names: BTreeSet<String> = table.into_iter().flat_map(|table| table.keys().cloned()).collect();
        let canonical = |name: &str| name.to_uppercase().replace('-', "_");
        let known: BTreeSet<String> = names.iter().map(|name| canonical(name)).collect();
        for variable in self.env.with_prefix("CARGO_REGISTRIES_") {
            let name =
                variable.strip_prefix("CARGO_REGISTRIES_").and_then(|name| name.strip_suffix("_INDEX"));
            if let Some(name) = name.filter(|name| !name.is_empty() && !known.contains(*name)) {
                names.insert(name.to_lowercase().replace('_', "-"));
            }
        }
        Ok(names.into_iter().collect())
    }

    /// What is said of a registry; of crates.io, what `[registry]` says.
    ///
    /// # Errors
    /// An impossible name, or a value of the wrong kind.
    pub fn registry(&self, name: &str) -> Result<RegistryConfig, ConfigError> {
        check_name(name)?;
        self.load_credentials()?;
        let key = Key::new(&["registries", name]);
        self.check_keys(&key, REGISTRY_KEYS)?;
        let secrets = if name == CRATES_IO_REGISTRY { Key::new(&["registry"]) } else { key.clone() };
        let token = self.string(&secrets.child("token"))?;
        Ok(RegistryConfig {
            index: self.string(&key.child("index"))?,
            token: token.map(|token| token.map(Secret::new)),
            credential_provider: self.program_and_args(&secrets.child("credential-provider"))?,
            secret_key: self.string(&secrets.child("secret-key"))?.map(|key| key.definition),
        })
    }

    /// How the index of crates.io is fetched: `registries.crates-io.protocol`.
    ///
    /// # Errors
    /// Anything but `sparse` and `git`.
    pub fn crates_io_protocol(&self) -> Result<Protocol, ConfigError> {
        let key = Key::new(&["registries", CRATES_IO_REGISTRY, "protocol"]);
        match self.string(&key)? {
            None => Ok(Protocol::Sparse),
            Some(text) => match text.value.as_str() {
                "sparse" => Ok(Protocol::Sparse),
                "git" => Ok(Protocol::Git),
                other => {
                    let reason = format!("`{other}` is neither `sparse` nor `git`");
                    Err(invalid(&key, text.definition, reason))
                }
            },
        }
    }

    /// The source that a registry's name stands for, as manifests and lock files mean it.
    ///
    /// # Errors
    /// A name that nobody defined, or an index that is no URL.
    pub fn registry_source(&self, name: &str) -> Result<SourceId, ConfigError> {
        if name == CRATES_IO_REGISTRY {
            return Ok(SourceId::crates_io());
        }
        check_name(name)?;
        let key = Key::new(&["registries", name, "index"]);
        let Some(index) = self.string(&key)? else {
            return Err(ConfigError::UnknownRegistry {
                name: name.to_owned(),
                known: self.registry_names()?,
            });
        };
        let url = self.registry_url(&key, &index)?;
        SourceId::for_registry(url.as_str())
            .map(|source| source.named(name))
            .map_err(|error| invalid(&key, index.definition, error.to_string()))
    }

    /// `file:` URLs may be relative to where they are written.
    pub(crate) fn registry_url(&self, key: &Key, index: &Located<String>) -> Result<Url, ConfigError> {
        let bad = |reason: String| invalid(key, index.definition.clone(), reason);
        let not_url = |error: url::ParseError| bad(format!("`{}` is not a URL: {error}", index.value));
        Url::parse(&index.value).map_err(not_url)?;
        let base = index.definition.root(self.cwd()).join("beside");
        let base = Url::from_file_path(base).ok();
        let url = Url::options().base_url(base.as_ref()).parse(&index.value).map_err(not_url)?;
        if url.password().is_some() {
            return Err(bad("the URL of a registry cannot have a password in it".to_owned()));
        }
        Ok(url)
    }

    /// The providers to ask for a token when a registry names none, the last of them first.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn global_credential_providers(&self) -> Result<Vec<Located<String>>, ConfigError> {
        let key = Key::new(&["registry", "global-credential-providers"]);
        Ok(self.strings(&key)?.unwrap_or_default())
    }

    /// The program that an alias of a credential provider stands for.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn credential_alias(&self, name: &str) -> Result<Option<ProgramAndArgs>, ConfigError> {
        self.program_and_args(&Key::new(&["credential-alias", name]))
    }

    /// Reads `credentials.toml` of Cargo's home once.
    fn load_credentials(&self) -> Result<(), ConfigError> {
        if self.credentials.get().is_some() {
            return Ok(());
        }
        let mut file =
            load_named(&self.trace, &self.home, "credentials").map_err(unquoted)?.unwrap_or_default();
        if let Some(token) = file.remove("token")
            && !file.contains_key("registry")
        {
            // The file of old Cargos: one token, not in a table.
            let definition = token.definition.clone();
            let table = Table::from([("token".to_owned(), token)]);
            file.insert("registry".to_owned(), Value::new(Data::Table(table), definition));
        }
        let mut credentials: Table = file
            .keys()
            .filter_map(|key| self.values.get_key_value(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        merge_over(&mut credentials, file)?;
        // Another thread may have been first, with the same content.
        drop(self.credentials.set(credentials));
        Ok(())
    }
}

/// An error in a file of tokens does not show its text.
fn unquoted(error: ConfigError) -> ConfigError {
    match error {
        ConfigError::Parse { path, source } => ConfigError::Parse { path, source: source.without_excerpt() },
        other => other,
    }
}

fn check_name(name: &str) -> Result<(), ConfigError> {
    let possible = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if possible { Ok(()) } else { Err(ConfigError::RegistryName { name: name.to_owned() }) }
}
