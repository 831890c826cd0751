//! One home for both tools: what one of them has fetched serves the other, also where the repository is gone.

use std::fs;

use dhow_testkit::{Cmd, GitDaemon, Sandbox};

use super::{Project, directories, package};
use crate::support::{cmd, identities, ok, run};

/// A repository with a submodule that its build script reads.
fn with_submodule() -> Project {
    let at = Project::new();
    let data = at.repo("data");
    data.file("word", "hello").commit("first");
    let dep = at.repo("dep");
    dep.file("Cargo.toml", package("dep", "0.1.0", ""))
        .file("src/lib.rs", "pub const WORD: &str = include_str!(\"../data/word\");")
        .submodule("data", "../data")
        .commit("first");
    let lines = format!(
        "[dependencies]\ndep = {{ git = \"{}\", branch = \"main\" }}\n[dev-dependencies]\nlib = {{ git = \"{}\" }}\n",
        dep.url(),
        at.library("lib").url()
    );
    at.app(&lines, "fn main() { println!(\"{}\", dep::WORD); }");
    at
}

fn cargo(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cargo_cmd(words.split_whitespace())
}

type Tool = fn(&Sandbox, &str) -> Cmd;

#[track_caller]
fn serves(first: Tool, second: Tool, what_is_left: &str) {
    let at = with_submodule();
    first(&at.sandbox, "fetch").run().assert_success();
    // The repositories are gone.
    fs::rename(at.repos.path(""), at.repos.path("../moved")).expect("moves");
    let git = at.sandbox.cargo_home().join("git");
    if what_is_left == "db" {
        fs::remove_dir_all(git.join("checkouts")).expect("removes");
    }
    let before = identities(&git.join(what_is_left));
    let names = directories(&at.sandbox);
    second(&at.sandbox, "build --offline --locked").run().assert_success();
    second(&at.sandbox, "build --locked").run().assert_success();
    second(&at.sandbox, "run -q --frozen").run().assert_success().assert_stdout_has("hello");
    second(&at.sandbox, "tree --offline").run().assert_success();
    at.sandbox.remove("Cargo.lock");
    second(&at.sandbox, "generate-lockfile --offline").run().assert_success();
    if what_is_left == "checkouts" {
        let after = identities(&git.join(what_is_left));
        assert_eq!(after, before, "the second tool wrote to what the first had checked out");
        assert_eq!(directories(&at.sandbox), names);
    }
}

#[test]
fn what_dhow_checked_out_serves_cargo() {
    serves(cmd, cargo, "checkouts");
}

#[test]
fn what_cargo_checked_out_serves_dhow() {
    serves(cargo, cmd, "checkouts");
}

#[test]
fn what_dhow_fetched_serves_cargo() {
    serves(cmd, cargo, "db");
}

#[test]
fn what_cargo_fetched_serves_dhow() {
    serves(cargo, cmd, "db");
}

#[test]
fn many_at_once_fetch_once() {
    let at = Project::new();
    let dep = at.library("dep");
    let daemon = GitDaemon::start(dep.parent());
    at.app(&format!("[dependencies]\ndep = {{ git = \"{}\" }}\n", daemon.repo_url(&dep)), "fn main() {}");
    let before = daemon.connections();
    ok(&at.sandbox, "generate-lockfile");
    let one = daemon.connections() - before;
    at.sandbox.remove("../home/.cargo/git");
    let others: Vec<_> = (0..6).map(|_| at.sandbox.copy_sharing_home()).collect();
    let before = daemon.connections();
    let running: Vec<_> = others.iter().map(|other| cmd(other, "fetch --locked").spawn()).collect();
    for one in running {
        one.wait().assert_success();
    }
    assert_eq!(daemon.connections() - before, one, "connections of six commands, and of one");
    assert_eq!(directories(&at.sandbox).len(), 2, "{:?}", directories(&at.sandbox));
}

#[test]
fn both_tools_at_once_do_not_disturb_each_other() {
    let at = with_submodule();
    ok(&at.sandbox, "generate-lockfile");
    at.sandbox.remove("../home/.cargo/git");
    let others: Vec<_> = (0..6).map(|_| at.sandbox.copy_sharing_home()).collect();
    let tools: [Tool; 2] = [cmd, cargo];
    let start = |(n, other): (usize, &Sandbox)| tools[n % 2](other, "build --locked").spawn();
    let running: Vec<_> = others.iter().enumerate().map(start).collect();
    for one in running {
        one.wait().assert_success();
    }
    assert!(run(&at.sandbox, "build --frozen").success());
}
