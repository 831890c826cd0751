//! The comparison: cargo against itself is equal, and against scripts that change one thing each differs in that.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use dhow_testkit::{Sandbox, compare, differences, toolchain};

use crate::fixture;

/// A tool that is cargo but for a few lines of shell around it.
fn altered_cargo(sandbox: &Sandbox, before: &str, after: &str) -> PathBuf {
    let path = sandbox.root().join("altered");
    let cargo = toolchain().cargo();
    let script = format!("#!/bin/sh\n{before}\n{} \"$@\"\ncode=$?\n{after}\nexit $code\n", cargo.display());
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn small_project() -> (dhow_testkit::Registry, Sandbox) {
    let registry = fixture::registry();
    let sandbox = fixture::project_on("leaf");
    sandbox.use_local(&registry).file("src/main.rs", "fn main() {}");
    (registry, sandbox)
}

#[test]
fn cargo_equals_itself() {
    let registry = fixture::registry();
    let server = registry.serve();
    let project = fixture::project();
    project.use_sparse(&server);
    compare(&project, toolchain().cargo(), |c| {
        c.lockfile()
            .metadata()
            .tree(&["-e", "all"])
            .command(&["build"])
            .command(&["build", "--no-such-flag"])
            .stdout(&["run", "-q"])
            .artifacts("target/debug")
    });
}

#[test]
fn one_home_serves_both() {
    let registry = fixture::registry();
    let server = registry.serve();
    let project = fixture::project_on("leaf");
    project.use_sparse(&server);
    compare(&project, toolchain().cargo(), |c| c.same_home().dhow_first().command(&["fetch"]));
    assert_eq!(server.count("/dl/leaf/*"), 1);
}

#[test]
fn each_difference_is_shown() {
    let (_registry, project) = small_project();
    let tool = altered_cargo(&project, "", "echo more; echo '# end' >> Cargo.lock");
    let found =
        differences(&project, &tool, |c| c.tree(&[]).metadata().command(&["generate-lockfile"]).lockfile());
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("`tree` differs") && found[0].contains("\n+more\n"));
    assert!(found[1].starts_with("`metadata --format-version 1` differs"));
    assert!(found[2].starts_with("Cargo.lock differs") && found[2].contains("\n+# end\n"));
}

#[test]
fn exit_codes_and_artifacts_are_compared() {
    let (_registry, project) = small_project();
    let tool = altered_cargo(&project, "", "rm -f target/debug/app; code=3");
    let found = differences(&project, &tool, |c| c.command(&["build"]).artifacts("target/debug"));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("exit codes differ") && found[0].contains("Some(3)"));
    assert!(found[1].contains("\n-app*\n"), "{}", found[1]);
}

#[test]
fn what_nobody_made_is_not_equal() {
    let (_registry, project) = small_project();
    let found = differences(&project, toolchain().cargo(), |c| c.lockfile().artifacts("target/debug"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("nobody made it"));
}
