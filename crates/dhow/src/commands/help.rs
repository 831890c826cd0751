//! `help`, and no command at all.

use clap::CommandFactory;

use super::Exit;
use crate::args::Cli;
use crate::context::Context;
use crate::error::CliError;

pub(super) fn run(cx: &mut Context, command: Option<&str>) -> Exit {
    let mut cli = Cli::command();
    cli.build();
    let help = match command {
        None => cli.render_help(),
        Some(name) => {
            let Some(found) = cli.find_subcommand_mut(name) else {
                return Err(CliError::usage(&format!("there is no command `{name}` to explain")));
            };
            found.render_long_help()
        }
    };
    cx.print(help.ansi())?;
    Ok(0)
}
