//! `--list`: built-in commands, aliases of the configuration, and programs named `cargo-NAME`.

use std::collections::BTreeMap;

use clap::CommandFactory;

use super::Exit;
use super::external::search_dirs;
use crate::args::Cli;
use crate::context::Context;

pub(super) fn run(cx: &mut Context) -> Exit {
    let mut text = String::from("Installed Commands:\n");
    for (name, about) in all(cx) {
        text.push_str(format!("    {name:<20} {about}").trim_end());
        text.push('\n');
    }
    cx.print(text)?;
    Ok(0)
}

/// The names of all commands.
pub(super) fn names(cx: &Context) -> Vec<String> {
    all(cx).into_keys().collect()
}

fn all(cx: &Context) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for dir in search_dirs(cx) {
        // A directory on the path that cannot be read holds no command for us.
        for entry in dhow_fs::list_dir(&dir).unwrap_or_default() {
            let name = entry.file_name.to_string_lossy();
            let name = name.strip_suffix(std::env::consts::EXE_SUFFIX).unwrap_or(&name);
            if let Some(command) = name.strip_prefix("cargo-") {
                found.insert(command.to_owned(), String::new());
            }
        }
    }
    for command in Cli::command().get_subcommands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        for alias in command.get_visible_aliases() {
            found.insert(alias.to_owned(), format!("alias: {}", command.get_name()));
        }
        found.insert(command.get_name().to_owned(), about.lines().next().unwrap_or_default().to_owned());
    }
    found
}
