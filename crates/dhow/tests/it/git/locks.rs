//! What is chosen, written down, and held on to.

use dhow_testkit::compare;

use super::{Project, directories, package};
use crate::support::{cargo_ok, compiled, dhow, ok, run};

/// One repository under every kind of reference, and one inside another.
fn every_reference() -> Project {
    let at = Project::new();
    let inner = at.library("inner");
    let dep = at.repo("dep");
    let manifest = |version| {
        package("dep", version, &format!("[dependencies]\ninner = {{ git = \"{}\" }}\n", inner.url()))
    };
    dep.file("Cargo.toml", manifest("1.0.0")).file("src/lib.rs", "").commit("first");
    dep.annotated_tag("v1.0");
    let second = dep.branch("dev/new").file("Cargo.toml", manifest("2.0.0")).commit("second");
    let third = dep.file("Cargo.toml", manifest("3.0.0")).commit("third");
    dep.git(["update-ref", "refs/pull/1/head", &second]);
    dep.checkout("main");
    let url = dep.url();
    let lines = [
        String::new(),
        ", branch = \"dev/new\"".to_owned(),
        ", tag = \"v1.0\"".to_owned(),
        format!(", rev = \"{}\"", &second[..8]),
        format!(", rev = \"{third}\""),
        ", rev = \"refs/pull/1/head\"".to_owned(),
        ", rev = \"v1.0\"".to_owned(),
    ];
    let lines: String = lines
        .iter()
        .enumerate()
        .map(|(n, more)| format!("d{n} = {{ package = \"dep\", git = \"{url}\"{more} }}\n"))
        .collect();
    at.app(&format!("[dependencies]\n{lines}"), "fn main() {}");
    at
}

#[test]
fn every_reference_is_locked_as_cargo_locks_it() {
    let at = every_reference();
    compare(&at.sandbox, dhow(), |c| {
        c.command(&["generate-lockfile"])
            .lockfile()
            .metadata()
            .tree(&["-e", "all"])
            .stdout(&["pkgid", "inner"])
            .command(&["build", "--locked"])
            .command(&["build", "--frozen"])
            .artifacts("target/debug")
    });
}

#[test]
fn directories_have_the_names_that_cargo_gives_them() {
    let at = every_reference();
    let (theirs, ours) = (at.sandbox.copy(), at.sandbox.copy());
    cargo_ok(&theirs, "fetch");
    ok(&ours, "fetch");
    assert_eq!(directories(&theirs), directories(&ours));
    assert!(ours.cargo_home().join("git/CACHEDIR.TAG").is_file());
}

#[test]
fn a_lock_file_holds_on_to_a_commit_until_it_is_gone() {
    let at = Project::new();
    let dep = at.library("dep");
    at.app(&format!("[dependencies]\ndep = {{ git = \"{}\" }}\n", dep.url()), "fn main() {}");
    ok(&at.sandbox, "generate-lockfile");
    let first = at.lock();
    dep.file("src/lib.rs", "// two").commit("second");
    for words in ["fetch", "build", "metadata --format-version 1", "fetch --locked"] {
        let output = ok(&at.sandbox, words);
        assert!(!output.stderr.contains("Updating git"), "{words}: {output}");
    }
    assert_eq!(at.lock(), first);
    // Another home has to fetch, and fetches that commit.
    let elsewhere = at.sandbox.copy();
    elsewhere.remove("../home/.cargo/git");
    ok(&elsewhere, "fetch --locked").assert_stderr_has("Updating git repository");
    assert_eq!(elsewhere.read("Cargo.lock"), first);
    ok(&at.sandbox, "generate-lockfile");
    assert!(at.lock().contains(&dep.rev("HEAD")));
    // Another branch is another source.
    dep.branch("other").commit("third");
    let line = format!("[dependencies]\ndep = {{ git = \"{}\", branch = \"other\" }}\n", dep.url());
    at.app(&line, "fn main() {}");
    assert!(!run(&at.sandbox, "fetch --locked").success());
    ok(&at.sandbox, "fetch");
    assert!(at.lock().contains(&format!("?branch=other#{}", dep.rev("other"))));
}

#[test]
fn a_repository_may_be_a_workspace() {
    let at = Project::new();
    let nested = at.library("nested");
    let repo = at.repo("many");
    repo.file(
        "Cargo.toml",
        format!(
            "[workspace]\nmembers = [\"crates/*\"]\n[workspace.package]\nversion = \"0.3.0\"\nedition = \"2021\"\n\
             [workspace.dependencies]\nnested = {{ git = \"{}\" }}\nbelow = {{ path = \"crates/below\" }}\n\
             [workspace.lints.rust]\nunused = \"deny\"\n",
            nested.url()
        ),
    );
    let inherits = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n{more}")
    };
    repo.file("crates/top/Cargo.toml", inherits("top", "[dependencies]\nbelow.workspace = true\n[lints]\nworkspace = true\n"))
        .file("crates/top/build.rs", "fn main() { let unused = 1; println!(\"cargo::rustc-env=DIR={}\", env!(\"CARGO_MANIFEST_DIR\")); }")
        .file("crates/top/src/lib.rs", "pub fn top() -> u32 { let unused = 1; assert!(env!(\"DIR\").ends_with(\"crates/top\")); below::below() }")
        .file("crates/below/Cargo.toml", inherits("below", "[dependencies]\nnested.workspace = true\n"))
        .file("crates/below/src/lib.rs", "pub fn below() -> u32 { nested::nested() }")
        .file("crates/broken/Cargo.toml", "this is no manifest")
        .file("deep/down/Cargo.toml", package("apart", "0.1.0", "[dependencies]\nother = { path = \"../other\" }\n[workspace]\n"))
        .file("deep/down/src/lib.rs", "pub use other::other;")
        .file("deep/other/Cargo.toml", package("other", "0.1.0", "[workspace]\n"))
        .file("deep/other/src/lib.rs", "pub fn other() -> u32 { 7 }")
        .commit("first");
    let url = repo.url();
    at.app(
        &format!(
            "[dependencies]\ntop = {{ git = \"{url}\" }}\napart = {{ git = \"{url}\", version = \"0.1\" }}\n"
        ),
        "fn main() { println!(\"{}\", top::top() + apart::other()); }",
    );
    compare(&at.sandbox, dhow(), |c| {
        c.command(&["generate-lockfile"])
            .lockfile()
            .metadata()
            .tree(&[])
            .stdout(&["run", "--quiet"])
            .stdout(&["pkgid", "below"])
            .artifacts("target/debug")
    });
    let output = ok(&at.sandbox, "build");
    assert!(!output.stderr.contains("unused"), "warnings of others: {output}");
    assert!(compiled(&ok(&at.sandbox, "build")).is_empty());
}

#[test]
fn a_new_commit_is_another_unit() {
    let at = Project::new();
    let dep = at.library("dep");
    at.app(
        &format!("[dependencies]\ndep = {{ git = \"{}\" }}\n", dep.url()),
        "fn main() { println!(\"{}\", dep::dep()); }",
    );
    ok(&at.sandbox, "run -q").assert_stdout_has("1");
    let first = at.lock();
    dep.file("src/lib.rs", "pub fn dep() -> u32 { 2 }").commit("second");
    ok(&at.sandbox, "generate-lockfile");
    ok(&at.sandbox, "run -q").assert_stdout_has("2");
    at.sandbox.file("Cargo.lock", first);
    let back = ok(&at.sandbox, "run");
    assert!(compiled(&back.assert_stdout_has("1")).is_empty(), "both commits have their own files");
}

#[test]
fn update_moves_a_repository_to_its_newest_or_to_a_named_commit() {
    let at = Project::new();
    let dep = at.library("dep");
    dep.file("more/Cargo.toml", package("more", "1.0.0", "")).file("more/src/lib.rs", "");
    let first = dep.commit("with more");
    let url = dep.url();
    at.app(
        &format!("[dependencies]\ndep = {{ git = \"{url}\" }}\nmore = {{ git = \"{url}\" }}\n"),
        "fn main() {}",
    );
    ok(&at.sandbox, "generate-lockfile");
    let second = dep.commit("second");
    dep.annotated_tag("v2");
    dep.commit("third");
    let both = |words: &[&str]| compare(&at.sandbox, dhow(), |c| c.command(words).lockfile());
    both(&["update"]);
    both(&["update", "dep"]);
    both(&["update", "dep", "--precise", &second]);
    both(&["update", "more", "--precise", &second[..7]]);
    both(&["update", "dep", "--precise", "v2"]);
    compare(&at.sandbox, dhow(), |c| c.command(&["update", "dep", "--precise", "nothing"]));
    assert!(at.lock().contains(&first));
    ok(&at.sandbox, "update dep --precise v2");
    assert!(at.lock().contains(&second) && !at.lock().contains(&first));
}
