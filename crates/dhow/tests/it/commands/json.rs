//! `--message-format`: what tools read from us, line by line the same as from Cargo.

use dhow_testkit::{Output, Sandbox};
use serde_json::Value;

use crate::support::{Fixture, bare_fixture, dhow, ok, run, without_hashes};

/// The messages, paths and hashes aside, sorted: the order of what is built side by side is chance.
fn messages(sandbox: &Sandbox, output: &Output) -> Vec<String> {
    let mut lines: Vec<String> = output
        .stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| {
            let text = without_hashes(&sandbox.normalized(line));
            let mut value: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {line}"));
            value.sort_all_objects();
            value.to_string()
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// Runs the same in copies of a project and compares exit codes and messages.
#[track_caller]
pub(super) fn agree(project: &Sandbox, lines: &[&str]) {
    let (theirs, ours) = (project.copy(), project.copy());
    for words in lines {
        let expected = theirs.cargo(words.split_whitespace());
        let found = ours.dhow(dhow(), words.split_whitespace());
        assert_eq!(expected.code, found.code, "{expected}\n\n{found}");
        let (left, right) = (messages(&theirs, &expected), messages(&ours, &found));
        assert!(!left.is_empty() || !expected.success(), "no messages: {expected}");
        for line in &left {
            assert!(right.contains(line), "`{words}`: only cargo says\n{line}\nof\n{right:#?}\n{found}");
        }
        for line in &right {
            assert!(left.contains(line), "`{words}`: only dhow says\n{line}\nof\n{left:#?}");
        }
        assert_eq!(left.len(), right.len(), "`{words}`: {left:#?}\n{right:#?}");
    }
}

fn project() -> Fixture {
    let f = bare_fixture(|r| {
        r.package("macros", "1.0.0").proc_macro().publish();
        r.package("scripted", "1.0.0")
            .feature("on", &[])
            .build_script(concat!(
                "fn main() { println!(\"cargo::rustc-cfg=x\"); println!(\"cargo::rustc-env=K=v\"); println!(\"cargo::rustc-link-lib=m\"); ",
                "println!(\"cargo::rustc-link-search=native=/opt\"); }",
            ))
            .publish();
    });
    f.project
        .manifest(
            "my-app",
            concat!(
                "[dependencies]\nmacros = \"1\"\nscripted = { version = \"1\", features = [\"on\"] }\n",
                "[profile.tuned]\ninherits = \"release\"\npanic = \"abort\"\n",
                "[profile.dev.package.macros]\nopt-level = 1\n[profile.release]\ndebug = 1\nstrip = true\n",
                "[lib]\ncrate-type = [\"rlib\", \"cdylib\"]\n",
            ),
        )
        .file("src/lib.rs", "fn unused() {}\n/// ```\n/// ```\npub fn f() {}\n#[test] fn t() {}")
        .file("src/main.rs", "fn main() { let x = 1; }")
        .file("src/bin/other.rs", "fn main() {}")
        .file("examples/ex.rs", "fn main() {}")
        .file("tests/it.rs", "#[test] fn t() {}")
        .file("benches/b.rs", "");
    f
}

#[test]
fn a_build_and_the_same_again() {
    let f = project();
    agree(
        &f.project,
        &[
            "build --message-format json",
            "build --message-format json",
            "build --message-format=json --release",
        ],
    );
}

#[test]
fn all_targets_and_other_modes() {
    agree(
        &project().project,
        &[
            "build --message-format json --all-targets",
            "check --message-format json",
            "check --message-format json --profile test --tests",
            "test --message-format json --no-run",
            "doc --message-format json --no-deps",
        ],
    );
}

#[test]
fn a_target_a_profile_and_one_artifact() {
    agree(
        &project().project,
        &[
            "build --message-format json --target x86_64-unknown-linux-gnu",
            "build --message-format json --profile tuned --bin other",
            "build --message-format json-render-diagnostics --example ex",
        ],
    );
}

#[test]
fn errors_as_messages() {
    let f = project();
    f.project.file("src/lib.rs", "pub fn f() -> u32 { \"x\" }\nfn also_unused() {}");
    agree(
        &f.project,
        &["check --message-format json --lib", "check --message-format json-diagnostic-short --lib"],
    );
    let output = run(&f.project, "check --message-format json").assert_code(101);
    let last = output.stdout.lines().last().expect("messages");
    assert!(last.contains("\"build-finished\"") && last.contains("\"success\":false"), "{last}");
}

#[test]
fn short_and_rendered_diagnostics() {
    let f = project();
    let short = ok(&f.project, "check --message-format short");
    let warning = short.stderr.lines().find(|l| l.starts_with("src/lib.rs:1:4: warning:"));
    assert!(warning.is_some(), "{short}");
    let rendered = ok(&f.project, "check --message-format json-render-diagnostics");
    assert!(!rendered.stdout.contains("compiler-message"), "{rendered}");
    assert!(rendered.stderr.contains("unused"), "{rendered}");
    let ansi = ok(&f.project, "check --message-format json-diagnostic-rendered-ansi");
    assert!(ansi.stdout.contains("\\u001b["), "{ansi}");
}

/// Only messages on standard output, also when the program prints.
#[test]
fn run_says_messages_and_then_runs() {
    let f = project();
    f.project.file("src/main.rs", "fn main() { println!(\"said\"); }");
    let output = ok(&f.project, "run --bin my-app --message-format json");
    let last = output.stdout.lines().last();
    assert_eq!(last, Some("said"), "{output}");
    assert!(output.stdout.contains("\"reason\":\"build-finished\""), "{output}");
}
