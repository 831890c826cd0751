//! The providers: two of our own, those of other systems, and programs that speak the protocol.

use std::fmt::Display;
use std::sync::Arc;

use dhow_formats::credential_protocol::{
    self as protocol, Action, Answer, Cache, Failure, Registry, Request, Response,
};
use dhow_formats::secret::Secret;
use dhow_process::{Coprocess, Process};

use super::asked::{Asked, Outcome, failed};
use super::{DoneBy, token_file};

/// No line of a provider is longer.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

const TOKEN_FILE: &str = "cargo:token";

pub(super) fn is_token_file(words: &[String]) -> bool {
    words.first().is_some_and(|word| word == TOKEN_FILE)
}

/// Asks the provider `words`.
pub(super) fn perform(asked: &Asked<'_>, words: &[String]) -> Result<(Response, DoneBy), Outcome> {
    let Some((program, args)) = words.split_first() else { return Err(Outcome::UrlNotSupported) };
    let by_program = |response| (response, DoneBy::Program);
    match program.as_str() {
        TOKEN_FILE => Ok((token_file::perform(asked)?, DoneBy::TokenFile)),
        "cargo:token-from-stdout" => token_from_stdout(asked, args).map(by_program),
        "cargo:wincred" if !cfg!(windows) => Err(Outcome::UrlNotSupported),
        "cargo:macos-keychain" if !cfg!(target_os = "macos") => Err(Outcome::UrlNotSupported),
        "cargo:libsecret" if !cfg!(target_os = "linux") => Err(Outcome::UrlNotSupported),
        "cargo:wincred" | "cargo:macos-keychain" | "cargo:libsecret" => Err(failed(
            "the system's own store of secrets is not built in; name a program that speaks the protocol of credential \
             providers, or `cargo:token-from-stdout` with a command that prints the token",
        )),
        "cargo:paseto" => {
            Err(failed("tokens of this kind are an unstable feature of Cargo, and not supported"))
        }
        _ => converse(asked, program, args).map(by_program),
    }
}

fn process(asked: &Asked<'_>, program: &str) -> Process {
    Process::new(program, &asked.children.cwd, Arc::clone(&asked.children.env))
}

/// A command that prints a token and nothing else.
fn token_from_stdout(asked: &Asked<'_>, args: &[String]) -> Result<Response, Outcome> {
    if !matches!(asked.action, Action::Get(_)) {
        return Err(failed("it only gives tokens; log in and out with the program that keeps them"));
    }
    let Some((program, args)) = args.split_first() else {
        return Err(failed("it needs a command that prints the token"));
    };
    let settings = asked.settings;
    let mut process = process(asked, program);
    process.args(args.iter().map(|arg| arg.replace("{index_url}", &settings.index_url)));
    process.env("CARGO_REGISTRY_INDEX_URL", &settings.index_url);
    if let Some(name) = &settings.name {
        process.env("CARGO_REGISTRY_NAME_OPT", name);
    }
    let (output, status) = process.output_on_terminal().map_err(failed)?;
    if !status.success() {
        return Err(failed(format!("`{program}` failed ({})", dhow_process::describe_status(status))));
    }
    let text = String::from_utf8(output).map_err(|_| failed(format!("`{program}` did not print UTF-8")))?;
    let token = match text.split_once('\n') {
        None => text.as_str(),
        Some((token, "")) => token,
        Some(_) => return Err(failed(format!("`{program}` printed more than one line"))),
    };
    Ok(Response::Get { token: Secret::new(token), cache: Cache::Session, operation_independent: true })
}

/// A program that speaks the protocol.
fn converse(asked: &Asked<'_>, program: &str, args: &[String]) -> Result<Response, Outcome> {
    let mut process = process(asked, program);
    process.arg("--cargo-plugin");
    let registry = Registry {
        index_url: &asked.settings.index_url,
        name: asked.settings.name.as_deref(),
        headers: asked.headers,
    };
    let request = Request::new(registry, asked.action, args).to_line().map_err(failed)?;
    let mut with = process.coprocess_on_terminal().map_err(failed)?;
    let said = talk(&mut with, &request);
    let (status, _) = with.finish().map_err(failed)?;
    let answer = said?;
    if !status.success() {
        return Err(failed(format!("it failed ({})", dhow_process::describe_status(status))));
    }
    match answer {
        Answer::Ok(response) => Ok(response),
        Answer::Err(Failure::UrlNotSupported) => Err(Outcome::UrlNotSupported),
        Answer::Err(Failure::NotFound) => Err(Outcome::NotFound),
        Answer::Err(Failure::OperationNotSupported) => Err(failed("it cannot do that")),
        Answer::Err(Failure::Other { message, caused_by }) => {
            Err(failed(std::iter::once(message).chain(caused_by).collect::<Vec<_>>().join(": ")))
        }
        Answer::Err(Failure::Unknown) => Err(failed("it failed for a reason that is not known here")),
    }
}

fn talk(with: &mut Coprocess, request: &str) -> Result<Answer, Outcome> {
    let odd = |what: &str, error: &dyn Display| failed(format!("its {what} cannot be understood: {error}"));
    let line = with.read_line(MAX_LINE_BYTES).map_err(failed)?.unwrap_or_default();
    let hello = protocol::parse_hello(&line).map_err(|error| odd("greeting", &error))?;
    if !hello.v.contains(&protocol::VERSION) {
        return Err(failed(format!(
            "it speaks versions {:?} of the protocol, and only {} is understood here",
            hello.v,
            protocol::VERSION
        )));
    }
    with.send(format!("{request}\n").as_bytes()).map_err(failed)?;
    let line = with.read_line(MAX_LINE_BYTES).map_err(failed)?.unwrap_or_default();
    protocol::parse_answer(&line).map_err(|error| odd("answer", &error))
}
