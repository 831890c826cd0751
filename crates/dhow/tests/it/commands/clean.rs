//! `clean`: what goes, and what stays.

use dhow_testkit::{Sandbox, compare};

use crate::support::{Fixture, bare_fixture, dhow, listing, ok, run};

fn built() -> Fixture {
    let f = bare_fixture(|r| {
        r.versions("leaf", &["1.0.0"]);
        r.package("scripted", "1.0.0").build_script("fn main() {}").publish();
    });
    f.project
        .manifest("app", "[dependencies]\nleaf = \"1\"\nscripted = \"1\"\n")
        .file("src/lib.rs", "")
        .file("src/main.rs", "fn main() {}")
        .file("examples/ex.rs", "fn main() {}");
    f
}

#[test]
fn one_package() {
    for (package, what) in [("leaf", "--lib"), ("app", "--all-targets"), ("scripted", "--lib")] {
        compare(&built().project, dhow(), |c| {
            c.command(&["build", what])
                .command(&["clean", "-p", package])
                .artifacts("target/debug")
                .artifacts("target/debug/build")
        });
    }
    let f = built();
    ok(&f.project, "build");
    ok(&f.project, "clean -p leaf");
    // What depends on it need not be made again when it comes out the same.
    let again = crate::support::compiled(&ok(&f.project, "build"));
    assert!(again.contains(&"leaf".into()) && !again.contains(&"scripted".into()), "{again:?}");
}

#[test]
fn one_profile_or_the_documentation() {
    let f = built();
    for words in ["build", "build --release", "doc --no-deps"] {
        ok(&f.project, words);
    }
    ok(&f.project, "clean --release");
    assert!(!f.project.exists("target/release") && f.project.exists("target/debug/app"));
    ok(&f.project, "clean --doc");
    assert!(!f.project.exists("target/doc") && f.project.exists("target/debug/app"));
    ok(&f.project, "clean --profile dev");
    assert!(!f.project.exists("target/debug"));
}

#[test]
fn a_dry_run_removes_nothing() {
    let f = built();
    ok(&f.project, "build");
    let before = listing(&f.project.path("target"));
    let said = ok(&f.project, "clean --dry-run");
    assert!(said.stderr.contains("files"), "{said}");
    ok(&f.project, "clean --dry-run -p leaf");
    assert_eq!(listing(&f.project.path("target")), before);
}

#[test]
fn everything() {
    let f = built();
    ok(&f.project, "build");
    ok(&f.project, "clean").assert_stderr_has("Removed");
    assert!(!f.project.exists("target"));
    assert!(f.project.exists("Cargo.lock") && f.project.exists("src/lib.rs"));
    // Nothing there: nothing wrong.
    ok(&f.project, "clean");
}

#[test]
fn another_target_directory() {
    let f = built();
    ok(&f.project, "build --target-dir away");
    ok(&f.project, "build");
    ok(&f.project, "clean --target-dir away");
    assert!(!f.project.exists("away") && f.project.exists("target/debug/app"));
}

/// A directory that no build made is not removed without a word.
#[test]
fn without_a_manifest() {
    let sandbox = Sandbox::new();
    sandbox.file("target/precious.txt", "x");
    run(&sandbox, "clean").assert_code(101).assert_stderr_has("Cargo.toml");
    assert!(sandbox.exists("target/precious.txt"));
}
