//! What only one crate may do: touch the disk, start processes, read the environment, name hosts.

use super::code::{self, Code, CodePath};
use super::manifests::Member;
use super::problem::Problem;
use super::repo::Repo;
use super::rings::is_test_file;

/// Tools for developers, which no user runs.
const EXEMPT: [&str; 2] = ["dhow-testkit", "xtask"];

/// Addresses that Cargo's file formats are made of.
const HOSTS: [&str; 3] = ["index.crates.io", "static.crates.io", "crates.io-index"];

/// Checks the code of every member, its tests excepted.
pub(crate) fn check(repo: &Repo, members: &[Member]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for member in members.iter().filter(|member| !EXEMPT.contains(&member.name.as_str())) {
        let source = format!("{}/src/", member.directory);
        for (file, text) in repo.rust_files() {
            let inside = file.strip_prefix(&source);
            // Code that is no Rust is told by the check for rings.
            if inside.is_some_and(|inside| !is_test_file(inside))
                && let Ok(code) = code::parse(text)
            {
                problems.extend(check_code(&member.name, file, &code));
            }
        }
    }
    problems
}

fn check_code(member: &str, file: &str, code: &Code) -> Vec<Problem> {
    let names_command = code.paths.iter().any(|path| path.contains(&["process", "Command"]));
    let mut problems = Vec::new();
    for path in &code.paths {
        let used = path.segments.join("::");
        let mut only = |owner: &str, what: &str| {
            if member != owner {
                let message = format!("`{used}`: only {owner} {what}");
                problems.push(Problem::at(file, path.line, message));
            }
        };
        if path.starts_with(&["std", "fs"]) {
            only("dhow-fs", "touches the disk");
        }
        if path.contains(&["Command", "new"]) && names_command {
            only("dhow-process", "starts processes");
        }
        if reads_environment(path) {
            only("dhow", "reads the environment");
        }
    }
    for (literal, line) in &code.literals {
        if let Some(host) = HOSTS.iter().find(|host| literal.contains(*host))
            && member != "dhow-model"
        {
            let message = format!("`{host}`: only dhow-model names hosts");
            problems.push(Problem::at(file, *line, message));
        }
    }
    problems
}

/// `std::env` by any of its functions; `std::env::consts` and the like are facts, not environment.
fn reads_environment(path: &CodePath) -> bool {
    let facts = ["consts", "split_paths", "join_paths", "SplitPaths", "JoinPathsError"];
    path.starts_with(&["std", "env"])
        && path.segments.get(2).is_none_or(|name| !facts.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::manifests::members;
    use crate::tidy::problem::expect;

    fn check_in(member: &str, text: &str, parts: &[&str]) {
        let manifest = format!("[package]\nname = '{member}'");
        let (manifest_path, file) =
            (format!("crates/{member}/Cargo.toml"), format!("crates/{member}/src/lib.rs"));
        let repo = Repo::from([(manifest_path.as_str(), manifest.as_str()), (file.as_str(), text)]);
        expect(&check(&repo, &members(&repo).0), parts);
    }

    #[test]
    fn only_one_crate_touches_the_disk() {
        check_in("dhow-fs", "use std::fs::File;", &[]);
        check_in("dhow-testkit", "use std::fs::File;", &[]);
        check_in("dhow-home", "#[cfg(test)] mod tests { use std::fs; }", &[]);
        check_in("dhow-home", "use std::{fs, io};", &["src/lib.rs:1: `std::fs`: only dhow-fs"]);
        check_in("dhow-home", "\nfn f() { std::fs::read(x) }", &["lib.rs:2: `std::fs::read`"]);
    }

    #[test]
    fn only_one_crate_starts_processes() {
        let code = "use std::process::Command; fn f() { Command::new(x) }";
        check_in("dhow-process", code, &[]);
        check_in("dhow-build", code, &["`Command::new`: only dhow-process"]);
        check_in("dhow-build", "fn f() { std::process::Command::new(x) }", &["only dhow-process"]);
        check_in("dhow-build", "use std::process; fn f() { process::Command::new(x) }", &["only"]);
        check_in("dhow", "use clap::Command; fn f() { Command::new(x) }", &[]);
    }

    #[test]
    fn only_the_binary_reads_the_environment() {
        check_in("dhow", "fn f() { std::env::var(x) }", &[]);
        check_in("dhow-config", "use std::env::consts::OS;", &[]);
        check_in("dhow-config", "fn f() { std::env::var(x) }", &["only dhow reads"]);
        check_in("dhow-config", "use std::env;", &["only dhow reads"]);
    }

    #[test]
    fn only_the_model_names_hosts() {
        let code = "/// index.crates.io\nconst X: &str = \"sparse+index.crates.io\";";
        check_in("dhow-model", code, &[]);
        check_in("dhow-fetch", code, &["lib.rs:2: `index.crates.io`: only dhow-model"]);
    }
}
