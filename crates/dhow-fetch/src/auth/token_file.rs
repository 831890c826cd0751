//! The provider `cargo:token`: the token that configuration has, kept in `credentials.toml`.

use dhow_formats::credential_protocol::{Action, Cache, Login, Response};
use dhow_formats::credentials::CredentialsFile;
use dhow_formats::secret::Secret;

use super::asked::{Asked, Outcome, failed};
use super::is_printable;
use crate::auth_error::AuthError;

pub(super) fn perform(asked: &Asked<'_>) -> Result<Response, Outcome> {
    match asked.action {
        Action::Get(_) => {
            let token = asked.settings.token.clone().ok_or(Outcome::NotFound)?;
            Ok(Response::Get { token, cache: Cache::Session, operation_independent: true })
        }
        Action::Login(login) => {
            let token = clean(login, asked)?;
            change(asked, |file, name| file.set_token(name, &token))?;
            Ok(Response::Login)
        }
        Action::Logout => {
            if asked.settings.token.is_none() {
                return Err(Outcome::NotFound);
            }
            change(asked, CredentialsFile::remove_token)?;
            Ok(Response::Logout)
        }
    }
}

/// The token as it was given, or as the user answers. Web sites show it as a command to paste.
fn clean(login: &Login, asked: &Asked<'_>) -> Result<Secret, Outcome> {
    let given = match (&login.token, asked.ask) {
        (Some(token), _) => token.expose().to_owned(),
        (None, Some(ask)) => {
            let place = match (&login.login_url, &asked.settings.name) {
                (Some(url), _) => format!("token found on {url}"),
                (None, Some(name)) => format!("token for {name}"),
                (None, None) => format!("token for {}", asked.settings.index_url),
            };
            ask(&format!("please paste the {place} below")).map_err(failed)?.trim().to_owned()
        }
        (None, None) => String::new(),
    };
    let token = Secret::new(given.replace("cargo login", "").trim());
    if token.expose().is_empty() {
        return Err(failed("the token is empty"));
    }
    if !is_printable(&token) {
        return Err(failed(AuthError::BadToken));
    }
    Ok(token)
}

fn change(
    asked: &Asked<'_>,
    change: impl FnOnce(
        &mut CredentialsFile,
        Option<&str>,
    ) -> Result<(), dhow_formats::credentials::CredentialsError>,
) -> Result<(), Outcome> {
    let Some(name) = asked.settings.name.as_deref() else {
        return Err(failed("only the token of a registry that has a name can be kept"));
    };
    let name = (name != dhow_model::CRATES_IO_REGISTRY).then_some(name);
    let guard = asked.home.lock_credentials(&|_| {}).map_err(described)?;
    let bad = |error: dhow_formats::credentials::CredentialsError| {
        failed(format!("`{}` cannot be changed: {error}", guard.path().display()))
    };
    let mut file = CredentialsFile::parse(&guard.read().map_err(described)?).map_err(bad)?;
    change(&mut file, name).map_err(bad)?;
    guard.write(&file.to_text().map_err(bad)?).map_err(described)
}

fn described(error: dhow_fs::FsError) -> Outcome {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    failed(format!("{error}{cause}"))
}
