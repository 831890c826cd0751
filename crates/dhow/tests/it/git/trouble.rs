//! What goes wrong: names that are not there, no network, no git, SIGKILL.

use std::time::Duration;

use dhow_testkit::{Random, compare};

use super::{Project, directories, package};
use crate::support::{cargo_ok, cmd, dhow, ok, run};

#[test]
fn what_is_not_there_is_said_with_the_code_of_cargo() {
    let at = Project::new();
    let dep = at.library("dep");
    dep.branch("empty").remove("Cargo.toml").commit("no manifest");
    dep.branch("broken").file("Cargo.toml", "this is no manifest").commit("broken");
    dep.checkout("main");
    let url = dep.url();
    for (line, said) in [
        (format!("none = {{ git = \"{url}\" }}"), "none"),
        (format!("dep = {{ git = \"{url}\", branch = \"nowhere\" }}"), "`nowhere`"),
        (format!("dep = {{ git = \"{url}\", tag = \"nowhere\" }}"), "`nowhere`"),
        (format!("dep = {{ git = \"{url}\", rev = \"nowhere\" }}"), "`nowhere`"),
        (format!("dep = {{ git = \"{url}\", version = \"7\" }}"), "1.0.0"),
        (format!("dep = {{ git = \"{url}\", branch = \"empty\" }}"), "Cargo.toml"),
        (format!("dep = {{ git = \"{url}\", branch = \"broken\" }}"), "Cargo.toml"),
        (format!("dep = {{ git = \"{url}-not-there\" }}"), "not-there"),
        ("dep = { git = \"git@localhost:a/b.git\" }".to_owned(), "ssh://git@localhost/a/b.git"),
        ("dep = { git = \"ext::sh -c evil\" }".to_owned(), "ext::sh"),
    ] {
        at.app(&format!("[dependencies]\n{line}\n"), "fn main() {}");
        compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]));
        run(&at.sandbox, "generate-lockfile").assert_failure().assert_stderr_has(said);
    }
}

#[test]
fn without_a_network_what_is_missing_is_named() {
    let at = Project::new();
    let dep = at.library("dep");
    at.app(&format!("[dependencies]\ndep = {{ git = \"{}\" }}\n", dep.url()), "fn main() {}");
    compare(&at.sandbox, dhow(), |c| c.command(&["fetch", "--offline"]));
    run(&at.sandbox, "fetch --offline").assert_failure().assert_stderr_has("--offline");
    ok(&at.sandbox, "fetch");
    at.sandbox.remove("../home/.cargo/git");
    at.sandbox.config("[net]\noffline = true\n");
    run(&at.sandbox, "build").assert_failure().assert_stderr_has(&dep.url());
}

#[test]
fn a_machine_without_git_is_told_what_to_install() {
    let at = Project::new();
    let dep = at.library("dep");
    at.app(&format!("[dependencies]\ndep = {{ git = \"{}\" }}\n", dep.url()), "fn main() {}");
    let output = cmd(&at.sandbox, "fetch").env("PATH", "/nowhere").run();
    output.assert_failure().assert_stderr_has("`git`").assert_stderr_has("install it");
    ok(&at.sandbox, "build");
    // What is checked out already needs none.
    cmd(&at.sandbox, "metadata --format-version 1 --locked").env("PATH", "/nowhere").run().assert_success();
}

#[test]
fn a_name_that_is_there_twice_means_the_first() {
    let at = Project::new();
    let dep = at.library("dep");
    dep.file("second/Cargo.toml", package("dep", "1.0.0", "")).file("second/src/lib.rs", "compile_error!();");
    dep.file("third/Cargo.toml", package("dep", "2.0.0", "")).file("third/src/lib.rs", "");
    dep.file("torn/Cargo.toml", "[package\n").commit("more");
    at.app(
        &format!("[dependencies]\ndep = {{ git = \"{}\", version = \"1\" }}\n", dep.url()),
        "fn main() { println!(\"{}\", dep::dep()); }",
    );
    compare(&at.sandbox, dhow(), |c| c.command(&["generate-lockfile"]).lockfile().stdout(&["run", "-q"]));
    let again = cmd(&at.sandbox, "metadata --format-version 1").run().assert_success();
    let again = again.assert_stderr_has("second/Cargo.toml").assert_stderr_has("torn/Cargo.toml:1");
    assert!(!again.stderr.contains("third"), "{}", again.stderr);
}

#[test]
fn killed_at_any_moment_the_next_run_works() {
    let at = Project::new();
    let data = at.repo("data");
    for n in 0..40 {
        data.file(format!("f{n}"), format!("{n}").repeat(2000));
    }
    data.commit("first");
    let dep = at.library("dep");
    dep.submodule("data", "../data").commit("more");
    at.app(&format!("[dependencies]\ndep = {{ git = \"{}\" }}\n", dep.url()), "fn main() { dep::dep(); }");
    ok(&at.sandbox, "generate-lockfile");
    let clean = directories(&at.sandbox);
    let mut random = Random::new(7);
    let mut met = 0;
    for round in 0..8 {
        at.sandbox.remove("../home/.cargo/git");
        for _ in 0..3 {
            let at_millis = random.below(120);
            let output = cmd(&at.sandbox, "fetch").killed_at(Duration::from_millis(at_millis));
            met += u32::from(output.signal == Some(9));
        }
        if round % 2 == 0 {
            ok(&at.sandbox, "fetch --locked");
            // A run that finds all it needs does not look for what is left of others.
            let mut found = directories(&at.sandbox);
            found.retain(|name| !name.contains(".dhow-"));
            assert_eq!(found, clean);
        }
        cargo_ok(&at.sandbox, "build --locked");
        ok(&at.sandbox, "build --frozen");
        cmd(&at.sandbox, "home verify --repair").run();
        ok(&at.sandbox, "home verify");
        // The files that locks hang on stay where they are.
        let mut found = directories(&at.sandbox);
        found.retain(|name| !name.ends_with(".lock"));
        assert_eq!(found, clean, "what was left is removed");
    }
    assert!(met >= 8, "only {met} of 24 met it alive");
}
