//! `add` and `remove` beside the real cargo: the same projects and words through both; manifests and lock file must be
//! equal byte for byte, status lines and exit codes too.

mod adding;
mod git;
mod places;
mod removing;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use dhow_testkit::{Registry, Sandbox, SparseServer};

use crate::support::{dhow, listing};

/// What is done to a project: a name, its files, the command's words.
///
/// Files are parted by lines `=== path`; text without one is `Cargo.toml`.
pub(super) struct Case(pub(super) &'static str, pub(super) &'static str, pub(super) &'static str);

/// A registry, and one home for each tool, which all cases share.
struct Table {
    _registries: [Registry; 2],
    _servers: [SparseServer; 2],
    theirs: Sandbox,
    ours: Sandbox,
}

/// Runs the cases; the message has every difference. Each takes two processes, so an ordinary run takes some of them,
/// and `DHOW_TEST_ALL=1` all.
#[track_caller]
fn check(cases: &[Case]) {
    let table = Table::new();
    let step = if std::env::var_os("DHOW_TEST_ALL").is_some() { 1 } else { 5 };
    let found: Vec<String> = cases.iter().step_by(step).filter_map(|case| table.difference(case)).collect();
    assert!(found.is_empty(), "{} of {} cases differ:\n\n{}", found.len(), cases.len(), found.join("\n"));
}

impl Table {
    fn new() -> Self {
        let registries = [Registry::new(), Registry::new()];
        fill(&registries[0]);
        registries[1].package("other", "1.0.0").feature("x", &[]).publish();
        registries[1].package("foo", "7.0.0").publish();
        let servers = [registries[0].serve(), registries[1].serve()];
        let sandbox = || {
            let sandbox = Sandbox::new();
            sandbox.use_sparse(&servers[0]).alt_registry("alt", &servers[1]);
            sandbox
        };
        Self { theirs: sandbox(), ours: sandbox(), _registries: registries, _servers: servers }
    }

    fn difference(&self, case: &Case) -> Option<String> {
        let Case(name, project, words) = case;
        let theirs = self.theirs.copy_sharing_home();
        let ours = self.ours.copy_sharing_home();
        for sandbox in [&theirs, &ours] {
            write(sandbox, project);
        }
        let words: Vec<&str> = words.split_whitespace().collect();
        let said = theirs.cargo(&words);
        let answered = ours.dhow(dhow(), &words);
        let mut found = Vec::new();
        if said.code != answered.code {
            found.push(format!("exit codes {:?} and {:?}", said.code, answered.code));
        }
        let (expected, got) = (statuses(&said.stderr), statuses(&answered.stderr));
        if expected != got {
            found.push(format!("status lines:\n{}\nand\n{}", expected.join("\n"), got.join("\n")));
        }
        let (expected, got) = (files(&theirs), files(&ours));
        for path in expected.keys().chain(got.keys().filter(|path| !expected.contains_key(*path))) {
            if expected.get(path) != got.get(path) {
                let shown = |text: Option<&String>| text.map_or("(not there)", String::as_str).to_owned();
                found.push(format!("{path}:\n{}\nand\n{}", shown(expected.get(path)), shown(got.get(path))));
            }
        }
        if found.is_empty() {
            return None;
        }
        Some(format!(
            "## {name}: {}\n{}\n--- cargo\n{}--- dhow\n{}",
            words.join(" "),
            found.join("\n"),
            said.stderr,
            answered.stderr
        ))
    }
}

/// Writes the files of a project; every package has an empty library.
fn write(sandbox: &Sandbox, project: &str) {
    let files: Vec<(&str, &str)> = match project.strip_prefix("=== ") {
        None => vec![("Cargo.toml", project)],
        Some(rest) => rest.split("\n=== ").filter_map(|part| part.split_once('\n')).collect(),
    };
    for (path, text) in files {
        let text =
            if text.ends_with('\n') || text.is_empty() { text.to_owned() } else { format!("{text}\n") };
        sandbox.file(path, &text);
        if let Some(dir) = path.strip_suffix("Cargo.toml").filter(|_| text.contains("[package]")) {
            sandbox.file(format!("{dir}src/lib.rs"), "");
        }
    }
}

/// `   Verb what`, and the lines of features, up to where the lock file is made, or something is wrong.
fn statuses(stderr: &str) -> Vec<String> {
    let is_status = |line: &&str| {
        let Some((head, _)) = line.split_at_checked(13) else { return false };
        let verb = head.trim();
        let is_verb = head.ends_with(' ') && verb.starts_with(|c: char| c.is_ascii_uppercase());
        (is_verb && head.len() == 12 + 1 && verb != "Updating")
            || head.trim().is_empty() && !line.trim().is_empty()
    };
    let is_end = |line: &&str| line.starts_with("error:") || line.trim_start().starts_with("Locking ");
    stderr.lines().take_while(|line| !is_end(line)).filter(is_status).map(str::to_owned).collect()
}

fn files(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let root = sandbox.path("");
    let text = |path: String| {
        let bytes = fs::read(root.join(&path)).expect("a file of the project");
        (path, sandbox.normalized(&String::from_utf8_lossy(&bytes)))
    };
    listing(&root).into_iter().filter(|path| !path.ends_with('/')).map(text).collect()
}

fn fill(r: &Registry) {
    for version in ["1.0.0", "1.1.0", "1.2.0", "2.0.0-alpha.1"] {
        let mut package = r.package("foo", version).feature("default", &["std"]).feature("std", &["alloc"]);
        package = package.feature("alloc", &[]).feature("extra", &[]);
        if version != "1.0.0" {
            package = package.feature("later", &["extra"]);
        }
        package.publish();
    }
    r.versions("bar", &["0.1.0", "0.2.3"]);
    r.versions("baz", &["1.0.0"]);
    r.versions("dash-name", &["1.0.0", "1.5.0"]);
    r.versions("under_score", &["1.0.0"]);
    r.versions("pre", &["0.1.0-rc.1", "0.1.0-rc.2"]);
    r.versions("meta", &["1.2.3+build.5"]);
    r.versions("withdrawn", &["1.0.0", "1.1.0"]);
    r.set_yanked("withdrawn", "1.1.0", true);
    for (version, rust) in [("1.0.0", "1.50"), ("2.0.0", "1.80"), ("3.0.0", "1.999")] {
        r.package("msrv", version).rust_version(rust).publish();
    }
    r.package("future", "1.0.0").rust_version("1.999").publish();
    let names: Vec<String> = (0..40).map(|n| format!("feature{n:02}")).collect();
    let many = |name: &str, on: usize, all: usize| {
        let defaults: Vec<&str> = names[..on].iter().map(String::as_str).collect();
        let mut package = r.package(name, "1.0.0").feature("default", &defaults);
        for name in &names[..all] {
            package = package.feature(name, &[]);
        }
        package.publish();
    };
    many("many-on", 35, 40);
    many("many-off", 2, 40);
    many("some", 2, 12);
    r.package("user", "1.0.0")
        .dep_with("bar", "0.2", dhow_testkit::Dep::optional)
        .dep_with("baz", "1", dhow_testkit::Dep::optional)
        .feature("with-baz", &["dep:baz"])
        .publish();
}

/// The manifest is replaced in one step, and stays what it was: a link stays a link, permissions stay.
#[test]
fn a_link_stays_a_link() {
    let table = Table::new();
    let (theirs, ours) = (table.theirs.copy_sharing_home(), table.ours.copy_sharing_home());
    for sandbox in [&theirs, &ours] {
        sandbox.manifest("app", "").file("src/lib.rs", "");
        fs::rename(sandbox.path("Cargo.toml"), sandbox.path("real.toml")).expect("moves");
        std::os::unix::fs::symlink("real.toml", sandbox.path("Cargo.toml")).expect("links");
        fs::set_permissions(sandbox.path("real.toml"), fs::Permissions::from_mode(0o640)).expect("chmod");
    }
    for words in [&["add", "foo", "--optional"][..], &["remove", "foo"]] {
        theirs.cargo(words).assert_success();
        ours.dhow(dhow(), words).assert_success();
        for sandbox in [&theirs, &ours] {
            assert_eq!(
                fs::read_link(sandbox.path("Cargo.toml")).expect("a link").to_str(),
                Some("real.toml")
            );
            let mode = fs::metadata(sandbox.path("real.toml")).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o640);
        }
        assert_eq!(files(&theirs), files(&ours));
    }
}

/// A dependency whose directory is gone can be taken out, or come from elsewhere.
#[test]
fn a_missing_path_is_no_obstacle() {
    let table = Table::new();
    let (theirs, ours) = (table.theirs.copy_sharing_home(), table.ours.copy_sharing_home());
    for sandbox in [&theirs, &ours] {
        sandbox.manifest("app", "[dependencies]\ngone = { path = \"../gone\" }\n").file("src/lib.rs", "");
    }
    theirs.cargo(["remove", "gone"]).assert_success();
    ours.dhow(dhow(), ["remove", "gone"]).assert_success();
    assert_eq!(files(&theirs), files(&ours));
}
