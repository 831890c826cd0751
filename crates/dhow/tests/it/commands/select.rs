//! Which packages and targets a command means.

use dhow_testkit::{Sandbox, compare};

use super::json::agree;
use crate::support::{cmd, compiled, dhow, ok, with_status};

/// Members `a` (library), `b` (program on `a`), `c` (both, with a feature); `b` and `c` are the default.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\ndefault-members = [\"crates/b\", \"crates/c\"]\nresolver = \"2\"\n",
        )
        .file("crates/a/src/lib.rs", "")
        .file("crates/a/tests/a_test.rs", "")
        .file("crates/a/examples/a_ex.rs", "fn main() {}")
        .file("crates/b/src/main.rs", "fn main() {}")
        .file("crates/c/src/lib.rs", "#[cfg(feature = \"broken\")] compile_error!(\"asked for\");")
        .file("crates/c/src/main.rs", "fn main() {}")
        .file("crates/c/src/bin/needs.rs", "fn main() {}")
        .file("crates/c/benches/c_bench.rs", "");
    let package = |name: &str, rest: &str| {
        sandbox.file(
            format!("crates/{name}/Cargo.toml"),
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{rest}"),
        );
    };
    package("a", "[features]\nextra = []\n");
    package("b", "[dependencies]\na = { path = \"../a\" }\n[features]\nmore = [\"a/extra\"]\n");
    package(
        "c",
        "[features]\nbroken = []\nwith = []\n[[bin]]\nname = \"needs\"\nrequired-features = [\"with\"]\n",
    );
    sandbox
}

#[test]
fn packages() {
    let words = |selection: &str| format!("check --message-format json {selection}");
    for selection in [
        "",
        "-p a",
        "-p a -p b",
        "--package c",
        "--workspace",
        "--all",
        "--workspace --exclude c",
        "--workspace --exclude a --exclude b",
        "--manifest-path crates/a/Cargo.toml",
        "-p crates/a -p no",
        "-p path+file:///nowhere#a",
        "-p [ab]",
        "-p a@0.1.0",
        "-p a@0.2",
    ] {
        agree(&workspace(), &[&words(selection)]);
    }
}

#[test]
fn targets() {
    for selection in [
        "--lib -p a",
        "--bins",
        "--bin c",
        "--bin b --bin c",
        "--bin needs -p c -F with",
        "--tests --workspace",
        "--examples --workspace",
        "--example a_ex -p a",
        "--benches",
        "--bench c_bench",
        "--test a_test -p a",
        "--all-targets --workspace",
        "--lib --bins --workspace",
        "--bin [bc]",
    ] {
        agree(&workspace(), &[&format!("check --message-format json {selection}")]);
    }
    compare(&workspace(), dhow(), |c| {
        c.command(&["check", "--lib", "-p", "b"])
            .command(&["check", "--bin", "a"])
            .command(&["check", "-p", "c", "--bin", "needs"])
    });
}

#[test]
fn features() {
    for selection in [
        "-p b -F more",
        "-p b --features a/extra",
        "--workspace -F more",
        "--workspace --features b/more,c/with",
        "-p c --all-features",
        "-p a -p b --no-default-features",
        "-p c -F with --bins",
    ] {
        agree(&workspace(), &[&format!("check --keep-going --message-format json {selection}")]);
    }
}

#[test]
fn where_one_stands_selects() {
    let sandbox = workspace();
    let there = cmd(&sandbox, "check").cwd(sandbox.path("crates/a/src")).run();
    assert_eq!(with_status(&there.assert_success(), "Checking"), ["a"]);
    let root = ok(&sandbox, "build");
    assert_eq!(compiled(&root), ["a", "b", "c"]);
    assert!(sandbox.exists("target/debug/b") && !sandbox.exists("crates/a/target"));
}

#[test]
fn keep_going_builds_what_it_can() {
    for words in [&["check", "--workspace"][..], &["check", "--workspace", "--keep-going", "-j1"]] {
        let sandbox = workspace();
        sandbox.file("crates/a/src/lib.rs", "broken");
        compare(&sandbox, dhow(), |c| c.command(words));
    }
    let sandbox = workspace();
    sandbox.file("crates/a/src/lib.rs", "broken").file("crates/c/src/lib.rs", "broken, too");
    let output = sandbox.dhow(dhow(), ["check", "--workspace", "--keep-going"]).assert_code(101);
    for name in ["`a`", "`c`"] {
        assert!(output.stderr.contains(&format!("could not compile {name}")), "{output}");
    }
}
