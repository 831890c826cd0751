//! `login` and `logout`: a token is given to the registry's credential provider, or taken from it.

use std::io;

use dhow_config::Secret;
use dhow_fetch::{AuthError, DoneBy, FetchError, LoginRequest};

use crate::error::Error;
use crate::event::Event;
use crate::registry_choice::{self, RegistryChoice};
use crate::session::Session;

/// `login`
pub struct LoginOptions<'a> {
    /// `--registry`
    pub registry: Option<String>,
    /// More arguments for the credential provider.
    pub args: Vec<String>,
    /// The token, if somebody pipes it in; called when it is needed.
    pub piped: &'a dyn Fn() -> io::Result<Option<Secret>>,
    /// Reads a line from the user.
    pub read_line: &'a dyn Fn() -> io::Result<String>,
}

/// Keeps a token for a registry.
///
/// # Errors
/// No such registry, a token that is none, or a provider that fails.
pub fn login(session: &Session<'_>, options: LoginOptions<'_>) -> Result<(), Error> {
    let events = |event| session.tell(Event::Fetch(event));
    let choice = options.registry.map(RegistryChoice::Name);
    let (registries, registry) = registry_choice::open(session, choice)?;
    let login_url = match registries.api_host(&registry, &events) {
        Ok(host) => Some(format!("{host}/me")),
        Err(FetchError::Auth(
            AuthError::Missing { login_url, .. } | AuthError::Rejected { login_url, .. },
        )) => login_url,
        Err(other) => return Err(other.into()),
    };
    let ask = |prompt: &str| {
        session.tell(Event::Line(prompt.to_owned()));
        (options.read_line)()
    };
    let token = (options.piped)().map_err(|source| Error::Stdin { source })?;
    let credentials = registry.credentials();
    let request = LoginRequest { token, login_url, args: &options.args, ask: &ask };
    if credentials.login(request, &events)? == DoneBy::TokenFile {
        session.status("Login", format!("token for `{}` saved", credentials.registry_name()));
    }
    Ok(())
}

/// Forgets the token of a registry.
///
/// # Errors
/// No such registry, or a provider that fails.
pub fn logout(session: &Session<'_>, registry: Option<String>) -> Result<(), Error> {
    let events = |event| session.tell(Event::Fetch(event));
    let (_registries, registry) = registry_choice::open(session, registry.map(RegistryChoice::Name))?;
    let credentials = registry.credentials();
    let name = credentials.registry_name();
    match credentials.logout(&events)? {
        DoneBy::Nobody => session.status("Logout", format!("not currently logged in to `{name}`")),
        DoneBy::Program => {}
        DoneBy::TokenFile => {
            session.status("Logout", format!("token for `{name}` has been removed from local storage"));
            let place = match registry.source().is_crates_io() {
                true => "<https://crates.io/me>".to_owned(),
                false => format!("the web site of `{name}`"),
            };
            session.tell(Event::Note(format!(
                "the registry still accepts the token; to have it revoked, visit {place}"
            )));
        }
    }
    Ok(())
}
