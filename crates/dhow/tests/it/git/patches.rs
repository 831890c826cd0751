//! Patches and replacements by repositories and of them, and repositories that vendored packages stand in for.

use dhow_testkit::{Registry, compare};

use super::{Project, package};
use crate::support::{dhow, ok, run};

/// crates.io has `dep` 1.0.0, which `hub` needs; a repository has `dep` 1.5.0.
fn patched(manifest: impl Fn(&str) -> String) -> (Project, Registry) {
    let at = Project::new();
    let registry = Registry::new();
    registry.versions("dep", &["1.0.0"]);
    registry.package("hub", "1.0.0").dep("dep", "1").publish();
    at.sandbox.use_local(&registry);
    let repo = at.repo("dep");
    repo.file("Cargo.toml", package("dep", "1.5.0", ""))
        .file("src/lib.rs", "pub fn dep() {}")
        .commit("first");
    repo.branch("other").file("Cargo.toml", package("dep", "1.6.0", "")).commit("second");
    repo.checkout("main");
    at.app(&manifest(&repo.url()), "fn main() {}");
    (at, registry)
}

#[test]
fn a_repository_patches_a_registry() {
    let (at, _registry) = patched(|url| {
        format!("[dependencies]\nhub = \"1\"\n[patch.crates-io]\ndep = {{ git = \"{url}\" }}\n")
    });
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]).lockfile().tree(&[]).metadata());
    ok(&at.sandbox, "build");
    let lock = at.lock();
    // A patch keeps its commit, too.
    at.repo("dep").file("src/lib.rs", "pub fn dep() { }").commit("third");
    let output = ok(&at.sandbox, "build");
    assert!(!output.stderr.contains("Updating git"), "{output}");
    assert_eq!(at.lock(), lock);
    compare(&at.sandbox, dhow(), |c| c.command(&["fetch"]).lockfile());
}

#[test]
fn an_unused_patch_keeps_its_commit() {
    let (at, _registry) = patched(|url| {
        format!(
            "[dependencies]\nhub = \"1\"\n[patch.crates-io]\nnone = {{ package = \"dep\", git = \"{url}\", version = \"9\" }}\n"
        )
    });
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]));
    let (at, _registry) = patched(|url| {
        format!(
            "[dependencies]\nhub = {{ version = \"1\", optional = true }}\n[patch.\"https://example.com/x\"]\ndep = {{ git = \"{url}\" }}\n"
        )
    });
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]).lockfile().command(&["fetch"]));
    ok(&at.sandbox, "fetch");
    let lock = at.lock();
    at.repo("dep").commit("third");
    ok(&at.sandbox, "fetch");
    assert_eq!(at.lock(), lock);
}

#[test]
fn a_repository_is_patched_whatever_its_branch() {
    for patch in ["dep = { path = \"local\" }", "dep = { git = \"OTHER\" }"] {
        let (at, _registry) = patched(|url| {
            format!(
                "[dependencies]\ndep = {{ git = \"{url}\", branch = \"other\" }}\n[patch.\"{url}/\"]\n{patch}\n"
            )
        });
        let other = at.repo("other");
        other.file("Cargo.toml", package("dep", "1.7.0", "")).file("src/lib.rs", "").commit("first");
        let manifest = at.sandbox.read("Cargo.toml").replace("OTHER", &other.url());
        at.sandbox.file("Cargo.toml", manifest);
        at.sandbox.file("local/Cargo.toml", package("dep", "1.8.0", "")).file("local/src/lib.rs", "");
        compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]).lockfile().tree(&[]));
    }
}

#[test]
fn a_patch_comes_from_elsewhere() {
    let (at, _registry) = patched(|url| {
        format!(
            "[dependencies]\ndep = {{ git = \"{url}\" }}\n[patch.\"{url}\"]\ndep = {{ git = \"{url}\", branch = \"other\" }}\n"
        )
    });
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]));
    run(&at.sandbox, "generate-lockfile").assert_failure().assert_stderr_has("elsewhere");
}

#[test]
fn a_repository_replaces_a_release() {
    let (at, _registry) = patched(|url| {
        format!(
            "[dependencies]\nhub = \"1\"\n[replace]\n\"dep:1.0.0\" = {{ git = \"{url}\", branch = \"same\" }}\n"
        )
    });
    let repo = at.repo("dep");
    repo.branch("same").file("Cargo.toml", package("dep", "1.0.0", "")).commit("same version");
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]).lockfile().tree(&[]));
    ok(&at.sandbox, "fetch");
    let lock = at.lock();
    repo.commit("later");
    ok(&at.sandbox, "fetch");
    assert_eq!(at.lock(), lock);
}

#[test]
fn vendored_packages_stand_in_for_a_repository_that_is_locked() {
    let at = Project::new();
    let dep = at.library("dep");
    let url = dep.url();
    at.app(
        &format!("[dependencies]\ndep = {{ git = \"{url}\", branch = \"main\" }}\n"),
        "fn main() { println!(\"{}\", dep::dep()); }",
    );
    let config = at.sandbox.cargo(["vendor", "vendored"]).assert_success().stdout;
    at.sandbox.file(".cargo/config.toml", config).remove("../home/.cargo/git");
    std::fs::rename(dep.path(), dep.path().with_extension("moved")).expect("moves");
    ok(&at.sandbox, "run -q --frozen").assert_stdout_has("1");
    compare(&at.sandbox, dhow(), |c| c.tree(&[]).metadata().command(&["build", "--locked"]).lockfile());
    at.sandbox.file("vendored/dep/src/lib.rs", "pub fn dep() -> u32 { 3 }");
    run(&at.sandbox, "check").assert_failure().assert_stderr_has("src/lib.rs");
    at.sandbox.remove("Cargo.lock");
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]));
    run(&at.sandbox, "build").assert_failure().assert_stderr_has("lock file");
}
