//! Tokens of registries: asked for when a registry wants one, of the providers that configuration names, and kept as
//! long as the provider allows. Specified in the Cargo book, "Registry Authentication".

mod asked;
mod challenge;
mod provider;
mod token_file;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dhow_formats::credential_protocol::{Action, Cache, Login, Operation, Response};
use dhow_formats::secret::Secret;
use dhow_home::CargoHome;
use dhow_process::Environment;

use self::asked::{Asked, Outcome};
pub(crate) use self::challenge::login_url;
use crate::auth_error::AuthError;
use crate::error::FetchError;
use crate::event::Event;

/// A token that expires sooner is not used any more.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);

/// How the token of a registry is come by, as configuration says.
#[derive(Clone, Debug, Default)]
pub struct CredentialSettings {
    /// Its name in configuration.
    pub name: Option<String>,
    /// URL of its index.
    pub index_url: String,
    /// The token in configuration, for the provider that gives that one.
    pub token: Option<Secret>,
    /// Providers, each a program with arguments, in the order in which they are asked.
    pub providers: Vec<Vec<String>>,
    /// Whether somebody named them.
    pub is_configured: bool,
    /// What is written somewhere and has no effect: told when a provider is asked.
    pub warnings: Vec<String>,
}

/// What programs that we start are given.
#[derive(Clone, Debug, Default)]
pub struct Children {
    /// Their environment.
    pub env: Arc<Environment>,
    /// Their directory.
    pub cwd: PathBuf,
}

/// What a token is wanted for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Need<'a> {
    /// The headers of the answer that said so.
    pub headers: &'a [String],
    /// Where a user can get a token.
    pub login_url: Option<&'a str>,
    /// To read the index and to download, a provider must have been named.
    pub only_configured: bool,
}

/// Shows a line to the user, and gives back the answer.
pub(crate) type Ask<'a> = &'a dyn Fn(&str) -> io::Result<String>;

/// What a user gives to log in.
pub struct LoginRequest<'a> {
    /// The token, if it is known already.
    pub token: Option<Secret>,
    /// Where to get one.
    pub login_url: Option<String>,
    /// More arguments for the provider.
    pub args: &'a [String],
    /// Asks the user for a line.
    pub ask: &'a dyn Fn(&str) -> io::Result<String>,
}

/// Who did what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneBy {
    /// `credentials.toml` was changed.
    TokenFile,
    /// A program, which says itself what it did.
    Program,
    /// There was nothing to do.
    Nobody,
}

/// The token of one registry.
#[derive(Debug)]
pub struct Credentials {
    shown: String,
    settings: Result<CredentialSettings, String>,
    children: Children,
    home: CargoHome,
    /// One asks at a time.
    asking: Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    token: Option<(Secret, Option<SystemTime>)>,
    /// Asked in vain: it would be again.
    failed: Option<FetchError>,
    told: bool,
}

impl Credentials {
    /// Of the registry that people know as `shown`. Nobody is asked yet.
    pub(crate) fn new(
        shown: String,
        settings: Result<CredentialSettings, String>,
        children: Children,
        home: CargoHome,
    ) -> Self {
        Self { shown, settings, children, home, asking: Mutex::default(), known: Mutex::default() }
    }

    /// What people know the registry as.
    pub fn registry_name(&self) -> &str {
        &self.shown
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token, if it need not be asked for.
    pub(crate) fn at_hand(&self) -> Option<Result<Secret, FetchError>> {
        let mut known = self.known();
        if let Some(error) = &known.failed {
            return Some(Err(error.clone()));
        }
        let (token, expires) = known.token.as_ref()?;
        if expires.is_some_and(|expires| SystemTime::now() + EXPIRY_MARGIN >= expires) {
            known.token = None;
            return None;
        }
        Some(Ok(token.clone()))
    }

    /// The token to read with. Waits for providers, which may ask the user.
    ///
    /// # Errors
    /// No provider has one, or one failed.
    pub fn get(&self, need: Need<'_>, events: &dyn Fn(Event)) -> Result<Secret, FetchError> {
        let _one_at_a_time = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = self.at_hand() {
            return found;
        }
        let asked = self.ask(&Action::Get(Operation::Read), need, &[], None, events);
        let (token, cache) = match asked {
            Ok((Response::Get { token, cache, .. }, _)) => (token, cache),
            Ok(_) => return Err(self.fail(self.unexpected("get"))),
            Err(AuthError::NotFound) => return Err(self.fail(self.missing(need))),
            Err(error) => return Err(self.fail(error)),
        };
        if !is_printable(&token) {
            return Err(self.fail(AuthError::BadToken));
        }
        self.known().token = match cache {
            Cache::Session => Some((token.clone(), None)),
            Cache::Expires { expiration } => {
                let since = Duration::from_secs(u64::try_from(expiration).unwrap_or(0));
                UNIX_EPOCH.checked_add(since).map(|expires| (token.clone(), Some(expires)))
            }
            Cache::Never | Cache::Unknown => None,
        };
        Ok(token)
    }

    /// Keeps a token from now on.
    ///
    /// # Errors
    /// No provider can, or one failed.
    pub fn login(&self, request: LoginRequest<'_>, events: &dyn Fn(Event)) -> Result<DoneBy, FetchError> {
        let LoginRequest { token, login_url, args, ask } = request;
        let action = Action::Login(Login { token, login_url });
        match self.ask(&action, Need::default(), args, Some(ask), events)? {
            (Response::Login, done_by) => Ok(done_by),
            _ => Err(self.unexpected("login").into()),
        }
    }

    /// Forgets the token.
    ///
    /// # Errors
    /// No provider can, or one failed.
    pub fn logout(&self, events: &dyn Fn(Event)) -> Result<DoneBy, FetchError> {
        match self.ask(&Action::Logout, Need::default(), &[], None, events) {
            Ok((Response::Logout, done_by)) => Ok(done_by),
            Ok(_) => Err(self.unexpected("logout").into()),
            Err(AuthError::NotFound) => Ok(DoneBy::Nobody),
            Err(error) => Err(error.into()),
        }
    }

    /// The error that says that the registry did not accept the token.
    pub(crate) fn rejected(&self, url: String, login_url: Option<&str>) -> FetchError {
        let login_url = login_url.map(str::to_owned);
        AuthError::Rejected { registry: self.shown.clone(), url, help: self.help(), login_url }.into()
    }

    fn missing(&self, need: Need<'_>) -> AuthError {
        let login_url = need.login_url.map(str::to_owned);
        AuthError::Missing { registry: self.shown.clone(), help: self.help(), login_url }
    }

    fn unexpected(&self, action: &'static str) -> AuthError {
        AuthError::Unexpected { registry: self.shown.clone(), action }
    }

    fn fail(&self, error: AuthError) -> FetchError {
        let error = FetchError::from(error);
        self.known().failed = Some(error.clone());
        error
    }

    /// What to try for want of a token.
    fn help(&self) -> String {
        let Ok(settings) = &self.settings else { return String::new() };
        let has_token_provider = settings.providers.iter().any(|words| provider::is_token_file(words));
        match &settings.name {
            Some(name) if has_token_provider && name == dhow_model::CRATES_IO_REGISTRY => {
                "run `dhow login`, or set the variable `CARGO_REGISTRY_TOKEN`".to_owned()
            }
            Some(name) if has_token_provider => format!(
                "run `dhow login --registry {name}`, or set the variable `CARGO_REGISTRIES_{}_TOKEN`",
                name.to_uppercase().replace('-', "_")
            ),
            Some(_) => "log in with the credential provider of this registry".to_owned(),
            None => format!(
                "give the registry a name: `[registries.NAME]` with `index = \"{}\"`",
                settings.index_url
            ),
        }
    }

    /// Asks one provider after the other.
    fn ask(
        &self,
        action: &Action,
        need: Need<'_>,
        args: &[String],
        ask: Option<Ask<'_>>,
        events: &dyn Fn(Event),
    ) -> Result<(Response, DoneBy), AuthError> {
        let settings = match &self.settings {
            Ok(settings) => settings,
            Err(reason) => return Err(AuthError::Configuration(reason.clone())),
        };
        if !std::mem::replace(&mut self.known().told, true) {
            settings.warnings.iter().for_each(|warning| events(Event::Warning(warning.clone())));
        }
        if need.only_configured && !settings.is_configured {
            return Err(AuthError::NoProvider { registry: self.shown.clone() });
        }
        let mut was_missing = false;
        for words in &settings.providers {
            let words: Vec<String> = words.iter().chain(args).cloned().collect();
            let line = words.join(" ");
            events(Event::Credential(format!("{line} {} {}", action.name(), self.shown)));
            let asked = Asked {
                settings,
                children: &self.children,
                home: &self.home,
                action,
                headers: need.headers,
                ask,
            };
            match provider::perform(&asked, &words) {
                Ok(done) => return Ok(done),
                Err(Outcome::UrlNotSupported) => {}
                Err(Outcome::NotFound) => was_missing = true,
                Err(Outcome::Failed(reason)) => {
                    return Err(AuthError::Provider { provider: line, action: action.name(), reason });
                }
            }
        }
        Err(if was_missing {
            AuthError::NotFound
        } else {
            AuthError::NobodyCould { registry: self.shown.clone() }
        })
    }
}

/// Whether a token can be sent in a header.
pub(crate) fn is_printable(token: &Secret) -> bool {
    token.expose().bytes().all(|byte| (32..127).contains(&byte) || byte == b'\t')
}
