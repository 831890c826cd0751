//! Which token belongs to a registry, and who is asked for it.
//!
//! A registry is known by the URL of its index and by nothing else: a table or a variable with its name, but for
//! another URL, says nothing of it. Specified in the Cargo book, "Registry Authentication".

use std::path::Path;

use dhow_formats::secret::Secret;
use dhow_model::SourceId;

use crate::config::{Config, Located, ProgramAndArgs};
use crate::error::ConfigError;
use crate::key::Key;
use crate::registry::RegistryConfig;

/// The provider that reads tokens from configuration.
pub const TOKEN_PROVIDER: &str = "cargo:token";

const BUILT_IN: &[&str] = &[
    TOKEN_PROVIDER,
    "cargo:paseto",
    "cargo:token-from-stdout",
    "cargo:wincred",
    "cargo:macos-keychain",
    "cargo:libsecret",
];

/// How the token of a registry is come by.
#[derive(Clone, Debug, Default)]
pub struct RegistryCredentials {
    /// The name under which configuration knows the registry.
    pub name: Option<String>,
    /// The token that [`TOKEN_PROVIDER`] gives.
    pub token: Option<Located<Secret>>,
    /// Providers, each a program with arguments, in the order in which they are asked.
    pub providers: Vec<Vec<String>>,
    /// Whether a provider was named, or is [`TOKEN_PROVIDER`] only because none was.
    pub is_configured: bool,
    /// What is written somewhere and has no effect.
    pub warnings: Vec<String>,
}

impl Config {
    /// How the token of the registry `source` is come by.
    ///
    /// # Errors
    /// Two names for it, or a value of the wrong kind.
    pub fn credentials(&self, source: SourceId) -> Result<RegistryCredentials, ConfigError> {
        let name = if source.is_crates_io() {
            Some(dhow_model::CRATES_IO_REGISTRY.to_owned())
        } else {
            self.registry_name_of(source)?
        };
        let mut found = RegistryCredentials { name, ..RegistryCredentials::default() };
        let own = match &found.name {
            Some(name) => Some(self.registry(name)?),
            None => None,
        };
        match own.as_ref().and_then(|own| own.credential_provider.clone()) {
            Some(provider) => {
                found.is_configured = true;
                found.providers = vec![self.resolve_alias(provider, &mut found.warnings)?];
            }
            None => self.global_providers(&mut found)?,
        }
        if let Some(own) = own {
            found.warn_of_ignored(source, &own);
            found.token = own.token;
        }
        Ok(found)
    }

    /// As [`Self::credentials`], of a registry that has no name.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn credentials_of_unnamed(&self) -> Result<RegistryCredentials, ConfigError> {
        let mut found = RegistryCredentials::default();
        self.global_providers(&mut found)?;
        Ok(found)
    }

    fn global_providers(&self, found: &mut RegistryCredentials) -> Result<(), ConfigError> {
        for text in self.global_credential_providers()?.iter().rev() {
            let mut words = text.value.split_whitespace().map(str::to_owned);
            let Some(program) = words.next() else { continue };
            let provider = ProgramAndArgs {
                program: Located::new(program, text.definition.clone()).to_program(self.cwd()),
                args: words.collect(),
                definition: text.definition.clone(),
            };
            let provider = self.resolve_alias(provider, &mut found.warnings)?;
            found.providers.push(provider);
        }
        found.is_configured = !found.providers.is_empty();
        if !found.is_configured {
            found.providers = vec![vec![TOKEN_PROVIDER.to_owned()]];
        }
        Ok(())
    }

    fn resolve_alias(
        &self,
        provider: ProgramAndArgs,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<String>, ConfigError> {
        let name = provider.program.to_string_lossy().into_owned();
        if provider.args.is_empty()
            && let Some(alias) = self.credential_alias(&name)?
        {
            if !BUILT_IN.contains(&name.as_str()) {
                return Ok(words(&alias.program, alias.args));
            }
            warnings.push(format!(
                "the credential alias `{name}` ({}) is ignored: a built-in credential provider has that name",
                alias.definition
            ));
        }
        Ok(words(&provider.program, provider.args))
    }

    /// The name of the registry with this index. Variables come before files.
    fn registry_name_of(&self, source: SourceId) -> Result<Option<String>, ConfigError> {
        let is_it = |text: &str| SourceId::for_registry(text).is_ok_and(|other| other == source);
        let mut names: Vec<String> = Vec::new();
        for variable in self.env.with_prefix("CARGO_REGISTRIES_") {
            let name =
                variable.strip_prefix("CARGO_REGISTRIES_").and_then(|name| name.strip_suffix("_INDEX"));
            if let Some(name) = name.filter(|name| !name.is_empty())
                && self.env.get(variable).is_some_and(is_it)
            {
                names.push(name.to_lowercase());
            }
        }
        if names.is_empty() {
            for name in self.table(&Key::new(&["registries"]))?.into_iter().flat_map(|table| table.keys()) {
                let key = Key::new(&["registries", name, "index"]);
                if let Some(index) = self.string_of_files(&key)
                    && self.registry_url(&key, &index).is_ok_and(|url| is_it(url.as_str()))
                {
                    names.push(name.clone());
                }
            }
        }
        names.sort_unstable();
        match names.len() {
            0 | 1 => Ok(names.pop()),
            _ => Err(ConfigError::SameIndex { url: source.url().to_string(), names }),
        }
    }
}

impl RegistryCredentials {
    fn warn_of_ignored(&mut self, source: SourceId, own: &RegistryConfig) {
        let asked =
            |name: &str| self.providers.iter().any(|words| words.first().is_some_and(|word| word == name));
        let reason = match &own.credential_provider {
            Some(_) => format!(
                "its `credential-provider` is `{}`",
                self.providers.first().and_then(|words| words.first()).map_or("", String::as_str)
            ),
            None => format!("`{TOKEN_PROVIDER}` is not in `registry.global-credential-providers`"),
        };
        if let Some(token) = &own.token
            && !asked(TOKEN_PROVIDER)
        {
            let message = format!("the token of {source} ({}) is ignored: {reason}", token.definition);
            self.warnings.push(message);
        }
        if let Some(place) = &own.secret_key
            && own.credential_provider.is_some()
            && !asked("cargo:paseto")
        {
            self.warnings.push(format!("the secret key of {source} ({place}) is ignored: {reason}"));
        }
    }
}

fn words(program: &Path, args: Vec<String>) -> Vec<String> {
    std::iter::once(program.to_string_lossy().into_owned()).chain(args).collect()
}
