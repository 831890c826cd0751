//! Upgrades, conflicts and options: step by step the same as the real cargo, byte for byte.

use super::{registry, same};

#[test]
fn versions_and_options() {
    let f = registry();
    same(
        &f.project,
        &[
            "install tool@1.0.0",
            "install tool --version 1.0.0",
            "install tool",
            "install tool --version ^1 --features f1,f2",
            "install tool -F f2 -F f1",
            "install tool --all-features --no-default-features",
            "install tool --debug",
            "install tool --profile dev --target x86_64-unknown-linux-gnu",
            "install tool@2.0.0-beta.1",
            "uninstall tool",
            "uninstall tool",
        ],
    );
}

#[test]
fn programs_of_other_packages() {
    let f = registry();
    same(
        &f.project,
        &[
            "install tool@=1.0.0",
            "install other",
            "install other --force",
            "install tool -f",
            "uninstall tool",
            "uninstall -p tool@1.1.0 --bin more",
            "uninstall tool@1.0.0 other",
            "uninstall tool --bin nope",
            "uninstall tool other --bin tool",
            "uninstall tool",
        ],
    );
}

#[test]
fn several_at_once() {
    let f = registry();
    f.project.manifest("app", "").file("src/main.rs", "fn main() {}");
    let ours = same(
        &f.project,
        &[
            "install broken tool@1.0.0 uses nosuch",
            "install tool tool uses",
            "install uses gated",
            "install leaf yanked",
            "uninstall tool uses nosuch",
        ],
    );
    assert!(ours.exists("src/main.rs") && !ours.exists("target") && !ours.exists("Cargo.lock"));
}

#[test]
fn lock_files_of_packages() {
    let f = registry();
    let steps =
        ["install locked", "install locked --locked", "install locked --locked -f", "install uses --locked"];
    same(&f.project, &steps);
    let f = registry();
    same(
        &f.project,
        &["install outgrown --locked", "install outgrown -f", "install future --ignore-rust-version"],
    );
    f.server.clear_log();
    f.registry.set_yanked("pinned", "1.0.0", true);
    same(&f.project, &["install locked --locked", "install locked -f"]);
}

#[test]
fn features_examples_and_single_programs() {
    let f = registry();
    same(
        &f.project,
        &[
            "install gated",
            "install gated --bin gated",
            "install gated --bins",
            "install gated --features f1",
            "install gated --features f1",
            "install shown",
            "install shown --examples",
            "install shown --example one",
            "install shown --example one --force",
            "install shown --example three",
            "uninstall shown --bin one",
            "install tool --bin more",
            "install tool --bin more",
            "install tool --bin tool --debug",
            "install tool",
        ],
    );
}

#[test]
fn untracked() {
    let f = registry();
    same(
        &f.project,
        &[
            "install uses --no-track",
            "install uses --no-track",
            "install uses",
            "install uses --no-track --force",
            "install uses --force",
            "install uses --no-track",
            "uninstall uses",
        ],
    );
}

#[test]
fn refusals() {
    let f = registry();
    let steps = [
        "install",
        "install .",
        "install yanked",
        "install yanked@1.0.0",
        "install nosuch",
        "install tool@9.0.0",
        "install tool@^9",
        "install tool@1",
        "install tool@",
        "install @1.0.0",
        "install tool --version v1.0.0",
        "install tool@1.0.0 --version 1.0.0",
        "install --version 1.0.0",
        "install --registry x",
        "install tool --registry x",
        "install tool --branch b",
        "install --git file:///nowhere --path .",
        "install tool --debug --profile dev",
        "install tool --release",
        "install tool --dry-run",
        "install tool --profile nope",
        "install tool --features nope",
        "install tool --bin nope",
        "install future",
        "install leaf",
        "install tool=1.0",
        "install +nightly tool",
        "install https://example.com/tool",
        "install --path nowhere",
        "install --path .",
        "uninstall",
        "uninstall nosuch",
        "uninstall tool other --bin tool",
    ];
    same(&f.project, &steps);
}

#[test]
fn words_help() {
    let f = registry();
    let says = |words: &str, expected: &str| {
        let output = crate::support::run(&f.project, words);
        assert!(output.stderr.contains(expected), "{words}: no {expected:?} in {output}");
    };
    says("install tool=1.0", "`tool@=1.0`");
    says("install +nightly tool", "`dhow +nightly install`");
    says("install https://example.com/tool", "`--git https://example.com/tool`");
    says("install tool@1.0", "`^1.0`");
    says("install tool@9.0.0", "the newest version is 1.1.0");
    says("install future", "`future@1.0.0`");
    says("install leaf", "has no programs");
    says("install gated", "requires the features: `f1`");
}
