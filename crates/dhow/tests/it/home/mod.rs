//! The cargo home itself: verified sources, records of last use, and what is collected by them.

mod collect;
mod records;
mod scripts;
mod verify;

use std::path::{Path, PathBuf};

use dhow_testkit::{Cmd, Registry, Sandbox};
use rusqlite::{Connection, types::Value};

use crate::support::cmd;

/// A moment that both tools take for the present.
const T: u64 = 1_700_000_000;
const DAY: u64 = 24 * 60 * 60;

/// A program or the other, with its words.
type Tool = fn(&Sandbox, &str) -> Cmd;

fn dhow(sandbox: &Sandbox, words: &str) -> Cmd {
    cmd(sandbox, words)
}

fn cargo(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cargo_cmd(words.split_whitespace())
}

/// As if it were that moment. Nothing is collected unasked.
fn at(cmd: Cmd, now: u64) -> Cmd {
    cmd.env("__CARGO_TEST_LAST_USE_NOW", now.to_string()).env("CARGO_CACHE_AUTO_CLEAN_FREQUENCY", "never")
}

/// Four packages of different sizes, the third of which needs the fourth.
fn fill(r: &Registry) {
    r.package("one", "1.0.0").publish();
    r.package("two", "1.0.0").file("data", "x".repeat(3000)).publish();
    r.package("three", "1.0.0").dep("four", "1").file("data", "x".repeat(9000)).publish();
    r.package("four", "1.0.0").build_script("fn main() {}").publish();
}

fn depend(project: &Sandbox, names: &[&str]) {
    project.remove("Cargo.lock").remove("target");
    let dependencies: String = names.iter().map(|name| format!("{name} = \"1\"\n")).collect();
    project.manifest("app", &format!("[dependencies]\n{dependencies}")).file("src/lib.rs", "");
}

fn last_use(sandbox: &Sandbox) -> PathBuf {
    sandbox.cargo_home().join(".global-cache")
}

/// Every row of every table, sorted; numbers of registries replaced by their names.
fn rows(sandbox: &Sandbox) -> Vec<String> {
    let path = last_use(sandbox);
    if !path.exists() {
        return Vec::new();
    }
    let db = Connection::open(path).expect("opens");
    let mut all = Vec::new();
    for (table, question) in [
        ("index", "SELECT name, timestamp FROM registry_index"),
        (
            "crate",
            "SELECT r.name, c.name, size, c.timestamp FROM registry_crate c JOIN registry_index r ON registry_id = id",
        ),
        (
            "src",
            "SELECT r.name, s.name, size, s.timestamp FROM registry_src s JOIN registry_index r ON registry_id = id",
        ),
        ("db", "SELECT name, timestamp FROM git_db"),
        (
            "checkout",
            "SELECT d.name, c.name, size, c.timestamp FROM git_checkout c JOIN git_db d ON git_id = id",
        ),
        ("gc", "SELECT last_auto_gc FROM global_data"),
        ("version", "SELECT user_version FROM pragma_user_version"),
    ] {
        let mut statement = db.prepare(question).expect("a table");
        let count = statement.column_count();
        let mut found = statement.query([]).expect("rows");
        while let Some(row) = found.next().expect("a row") {
            let cells: Vec<Value> = (0..count).map(|i| row.get(i).expect("a cell")).collect();
            all.push(format!("{table} {cells:?}"));
        }
    }
    all.sort_unstable();
    all
}

/// The only directory in a directory.
fn only_dir(dir: &Path) -> PathBuf {
    let mut entries =
        std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path());
    entries.find(|path| path.is_dir()).expect("a directory")
}

fn sources(sandbox: &Sandbox, package: &str) -> PathBuf {
    only_dir(&sandbox.cargo_home().join("registry/src")).join(package)
}

fn archive(sandbox: &Sandbox, package: &str) -> PathBuf {
    only_dir(&sandbox.cargo_home().join("registry/cache")).join(format!("{package}.crate"))
}
