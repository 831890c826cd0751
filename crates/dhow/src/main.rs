//! The command-line program: the only reader of the environment, of the command line and of the clock on the wall.
//!
//! Arguments become options, options go to `dhow-ops`, results go to `dhow-term`, and what is left is an exit code.

mod alias;
mod args;
mod commands;
mod context;
mod error;
mod signals;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::context::Context;
use crate::error::CliError;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    match start(words) {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(error.report()),
    }
}

fn start(mut words: Vec<OsString>) -> Result<u8, CliError> {
    // First of all: it is named by the numbers of open files.
    let jobserver = dhow_process::inherited_jobserver();
    let toolchain = alias::take_toolchain(&mut words);
    let cli = Cli::try_parse_from(&words).map_err(CliError::Arguments)?;
    signals::listen()?;
    let mut cx = Context::new(&cli.global, toolchain, jobserver)?;
    let result = run(cli, &words, &mut cx);
    match result {
        Ok(code) => Ok(code),
        Err(error) => Ok(cx.report_error(error)),
    }
}

/// Runs the command, after the aliases of the configuration have been put in.
fn run(mut cli: Cli, words: &[OsString], cx: &mut Context) -> Result<u8, CliError> {
    let mut seen = Vec::new();
    while let Some(Command::External(external)) = &cli.command {
        let Some(expanded) = alias::expand(cx, words, external, &mut seen)? else { break };
        cli = Cli::try_parse_from(&expanded).map_err(CliError::Arguments)?;
        cx.add_globals(&cli.global)?;
    }
    commands::dispatch(cli, cx)
}
