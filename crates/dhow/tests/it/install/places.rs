//! Where packages come from, where they are built, and where their programs go.

use dhow_testkit::Registry;

use super::{cargo, fill, registry, same, says, state};
use crate::support::{bare_fixture, cmd, names_in, ok, without_network};

fn project(f: &crate::support::Fixture) {
    f.project
        .manifest("app", "odd = 1\n[dependencies]\nleaf = \"1\"\n[workspace]\nmembers = [\"member\"]\ndefault-members = [\"member\"]\n")
        .file("src/main.rs", says("app"))
        .file("member/Cargo.toml", "[package]\nname = \"member\"\nversion = \"0.2.0\"\nedition = \"2021\"\n")
        .file("member/src/main.rs", says("member"))
        .file("old/Cargo.toml", "[package]\nname = \"old\"\nversion = \"0.1.0\"\n[workspace]\n")
        .file("old/src/main.rs", says("old"));
}

#[test]
fn directories() {
    let f = registry();
    project(&f);
    let ours = same(
        &f.project,
        &[
            "install --path .",
            "install --path ./",
            "install --path member member",
            "install --path . app@0.1.0 --locked",
            "install --path . app@9.0.0",
            "install --path . member",
            "install --path . app member",
            "install",
            "install --path old old",
            "uninstall",
            "uninstall member old",
        ],
    );
    assert!(ours.exists("target/release/app") && !ours.exists("Cargo.lock"));
    ours.file("old/src/main.rs", says("older"));
    cmd(&ours, "install").cwd(ours.path("old")).run().assert_success().assert_stderr_has("deprecated");
    cmd(&ours, "uninstall").cwd(ours.path("old")).run().assert_success();
}

/// Only what is installed by its path asks what lies around it.
#[test]
fn configuration_is_that_of_the_home_or_of_the_path() {
    let f = registry();
    project(&f);
    f.project.file(".cargo/config.toml", "[install]\nroot = \"here/\"\n[build]\ntarget-dir = \"built\"\n");
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    for words in ["install uses", "install --path .", "install --list"] {
        cargo(&theirs, words).run().assert_success();
        cmd(&ours, words).run().assert_success();
        for root in ["here", "../home/.cargo"] {
            assert_eq!(state(&ours, &ours.path(root)), state(&theirs, &theirs.path(root)), "{words}");
        }
    }
    assert!(ours.exists("here/bin/app") && ours.exists("built/release/deps"));
}

#[test]
fn roots() {
    let f = registry();
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    for (variable, words) in [
        ("", "install uses --root a"),
        ("b", "install uses"),
        ("b", "install uses --root a/c"),
        ("", "install uses --config install.root=\"d\""),
        ("", "install --list --root a"),
        ("", "uninstall uses --root a"),
        ("b", "uninstall uses"),
    ] {
        let run = |cmd: dhow_testkit::Cmd| match variable {
            "" => cmd.run(),
            root => cmd.env("CARGO_INSTALL_ROOT", root).run(),
        };
        let (their_output, our_output) = (run(cargo(&theirs, words)), run(cmd(&ours, words)));
        assert_eq!(our_output.code, their_output.code, "{their_output}\n{our_output}");
        assert_eq!(our_output.stdout, their_output.stdout);
        for root in ["a", "b", "a/c", "d", "../home/.cargo"] {
            assert_eq!(state(&ours, &ours.path(root)), state(&theirs, &theirs.path(root)), "{words}: {root}");
        }
    }
    assert!(ours.exists("d/bin/uses") && ours.exists("a/c/bin/uses") && !ours.exists("b/bin/uses"));
}

/// What is built for good stays where it was asked to be; else nothing stays, unless it failed.
#[test]
fn target_directories() {
    let f = registry();
    let tmp = f.project.root().join("tmp");
    ok(&f.project, "install uses");
    assert_eq!(names_in(&tmp), [""; 0]);
    ok(&f.project, "install uses -f --target-dir built");
    assert!(f.project.exists("built/release/deps"));
    cmd(&f.project, "install uses -f").env("CARGO_TARGET_DIR", "kept").run().assert_success();
    let again = cmd(&f.project, "install uses -f").env("CARGO_TARGET_DIR", "kept").run().assert_success();
    assert!(!again.stderr.contains("Compiling"), "{again}");
    assert_eq!(names_in(&tmp), [""; 0]);
    let failed = crate::support::run(&f.project, "install broken").assert_code(101);
    let left = names_in(&tmp);
    assert_eq!(left.len(), 1);
    failed.assert_stderr_has(&left[0]).assert_stderr_has("cannot find value `oops`");
}

#[test]
fn without_the_network() {
    let f = registry();
    ok(&f.project, "install tool@1.0.0");
    f.server.clear_log();
    ok(&f.project, "install tool@1.0.0");
    assert_eq!(f.server.count("/dl/*"), 0);
    for words in ["install tool --offline -f", "install tool --frozen -f"] {
        without_network(cmd(&f.project, words)).run().assert_success();
        assert_eq!(ok(&f.project, "install --list").stdout, "tool v1.0.0:\n    extra\n    tool\n", "{words}");
    }
    without_network(cmd(&f.project, "install tool@1.1.0 --offline")).run().assert_code(101);
}

#[test]
fn other_registries() {
    let f = bare_fixture(|_| {});
    let alt = Registry::new();
    fill(&alt);
    let server = alt.serve();
    f.project.alt_registry("alt", &server);
    same(&f.project, &["install tool", "install tool@1.0.0 --registry alt", "install tool --registry alt"]);
    f.project.config("[registry]\ndefault = \"alt\"\n");
    same(&f.project, &["install tool", "install tool@1.0.0", "uninstall tool"]);
    let f = bare_fixture(|_| {});
    let index = format!("install tool --index {}", server.index_url());
    same(&f.project, &[index.as_str(), index.as_str(), "install tool --index nonsense"]);
}

#[test]
fn messages_for_programs() {
    let f = registry();
    let kinds = |output: dhow_testkit::Output| {
        let lines = output.assert_success().stdout;
        let reason = |line: &str| line.split("\"reason\":\"").nth(1)?.split('"').next().map(str::to_owned);
        lines.lines().map(|line| reason(line).expect("a message")).collect::<Vec<_>>()
    };
    let words = "install uses --message-format json";
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    assert_eq!(kinds(cmd(&ours, words).run()), kinds(cargo(&theirs, words).run()));
    let short = cmd(&ours, "install broken --message-format short").run().assert_code(101);
    short.assert_stderr_has("src/main.rs:1:13: error[E0425]");
}
