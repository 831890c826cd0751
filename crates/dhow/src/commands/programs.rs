//! All commands by name: built in, and programs named `cargo-NAME`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;

use clap::CommandFactory;

use crate::args::Cli;
use crate::context::Context;

/// Where external commands are looked for: the home's `bin`, then the path.
pub(super) fn search_dirs(cx: &Context) -> Vec<PathBuf> {
    let home = cx.env().cargo_home().map(|home| home.join("bin"));
    let path = cx.env().get_os("PATH").map(OsStr::to_owned).unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    home.into_iter().filter(|dir| !on_path.contains(dir)).chain(on_path.clone()).collect()
}

/// The names of all commands.
pub(super) fn names(cx: &Context) -> Vec<String> {
    all(cx).into_keys().collect()
}

/// All commands, each with what it is for.
pub(super) fn all(cx: &Context) -> BTreeMap<String, String> {
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
