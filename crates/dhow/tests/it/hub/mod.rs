//! `hub`: made, used, kept up to date. Whether plain Cargo builds from it is asked of the real one, with the real home
//! hidden and no network.

mod config;
mod git;
mod life;
mod pack;
mod page;
mod pages;
mod show;
mod using;
mod verify;
mod with_hub;

use std::path::Path;

use dhow_testkit::{Cmd, Registry, Sandbox};

use crate::support::{Fixture, bare_fixture, dhow, without_network};

/// Without the home and without network: what a machine has that was given the project alone.
fn alone(cmd: Cmd, sandbox: &Sandbox) -> Cmd {
    let nowhere = sandbox.root().join("nowhere");
    without_network(cmd).env("HOME", &nowhere).env_remove("CARGO_HOME")
}

/// The real cargo with the project's hub for a home, to be refined.
pub(super) fn plain(sandbox: &Sandbox, words: &str) -> Cmd {
    let cmd = sandbox.cargo_cmd(words.split_whitespace()).args(["--offline", "--locked"]);
    alone(cmd, sandbox).env("CARGO_HOME", ".cargo")
}

/// Dhow where there is nothing but the project, to be refined.
pub(super) fn hidden(sandbox: &Sandbox, words: &str) -> Cmd {
    alone(sandbox.cmd(dhow()).args(words.split_whitespace()), sandbox)
}

/// Both tools build the program from its hub and run it, each from nothing.
#[track_caller]
pub(super) fn both_run(sandbox: &Sandbox, says: &str) {
    for cmd in [plain(sandbox, "run"), hidden(sandbox, "run --locked")] {
        sandbox.remove("target");
        cmd.run().assert_success().assert_stdout_has(says);
    }
    assert!(!sandbox.root().join("nowhere/.cargo").exists(), "the home is not used");
}

/// A program `app` that depends on `top`, which depends on `leaf` and on Windows on `win`; `tests` is for its tests.
pub(super) fn project() -> Fixture {
    let f = bare_fixture(fill);
    f.project
        .manifest("app", "[dependencies]\ntop = \"1\"\n[dev-dependencies]\ntests = \"1\"\n")
        .file("src/main.rs", "fn main() { println!(\"{}\", top::top()); }");
    f
}

fn fill(r: &Registry) {
    r.versions("leaf", &["1.0.0", "1.1.0"]);
    r.versions("win", &["2.0.0"]);
    r.versions("tests", &["1.0.0"]);
    r.package("top", "1.0.0")
        .dep("leaf", "1")
        .target_dep("cfg(windows)", "win", "2")
        .lib("pub fn top() -> &'static str { leaf::leaf(); include_str!(\"text\") }")
        .file("src/text", "from the hub")
        .publish();
}

/// The names of all files below a directory of the hub, but for what is below `.git`.
pub(super) fn files(dir: &Path) -> Vec<String> {
    let all = crate::support::listing(dir);
    all.into_iter().filter(|path| !path.ends_with('/') && !path.contains(".git/")).collect()
}

/// Whether the hub has a file with that in its path.
pub(super) fn holds(sandbox: &Sandbox, name: &str) -> bool {
    files(&sandbox.path(".cargo")).iter().any(|path| path.contains(name))
}
