//! `build`: what lies in the target directory afterwards, for every kind of target and profile, and the command lines.

use std::collections::BTreeSet;

use dhow_testkit::{Output, Sandbox, compare};

use crate::support::{Fixture, bare_fixture, dhow, ok, run, without_hashes};

fn kinds() -> Fixture {
    let f = bare_fixture(|r| {
        r.versions("leaf", &["1.0.0"]);
        r.package("macros", "1.0.0").proc_macro().publish();
        r.package("scripted", "2.0.0-beta.1+x")
            .build_dep("leaf", "1")
            .build_script("fn main() { println!(\"cargo::rustc-cfg=made\"); }")
            .publish();
    });
    f.project
        .manifest(
            "my-app",
            concat!(
                "authors = [\"A\"]\n[dependencies]\nleaf = \"1\"\nmacros = \"1\"\nscripted = \"2.0.0-beta.1\"\n",
                "[lib]\ncrate-type = [\"rlib\", \"cdylib\"]\n",
                "[profile.release]\ncodegen-units = 1\nstrip = \"symbols\"\n",
                "[profile.slim]\ninherits = \"release\"\nopt-level = \"z\"\npanic = \"abort\"\nlto = \"fat\"\nincremental = false\n",
                "[profile.slim.package.\"*\"]\nopt-level = 2\n[profile.dev.build-override]\nopt-level = 1\ndebug = true\n",
                "[lints.rust]\nunused_variables = \"allow\"\nunexpected_cfgs = { level = \"warn\", check-cfg = [\"cfg(odd)\"] }\n",
                "[lints.clippy]\nall = { level = \"warn\", priority = -1 }\n",
            ),
        )
        .file("src/lib.rs", "pub fn f() { let x = 1; leaf::leaf(); }")
        .file("src/main.rs", "fn main() { my_app::f(); }")
        .file("src/bin/other-tool.rs", "fn main() {}")
        .file("examples/ex-one.rs", "fn main() {}")
        .file("examples/multi/main.rs", "fn main() {}")
        .file("tests/it.rs", "#[test] fn t() {}")
        .file("benches/speed.rs", "");
    f
}

#[test]
fn artifacts_of_every_kind() {
    compare(&kinds().project, dhow(), |c| {
        c.command(&["build", "--all-targets"])
            .artifacts("target/debug")
            .command(&["build", "--release"])
            .artifacts("target/release")
            .lockfile()
    });
}

#[test]
fn libraries_for_other_languages() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("my-lib", "[lib]\ncrate-type = [\"staticlib\", \"dylib\"]\nname = \"other_name\"\n")
        .file("src/lib.rs", "#[unsafe(no_mangle)] pub extern \"C\" fn f() {}");
    compare(&sandbox, dhow(), |c| c.command(&["build"]).artifacts("target/debug"));
}

#[test]
fn artifacts_for_a_named_target() {
    compare(&kinds().project, dhow(), |c| {
        c.command(&["build", "--target", "x86_64-unknown-linux-gnu", "--target-dir", "out"])
            .artifacts("out/debug")
            .artifacts("out/x86_64-unknown-linux-gnu/debug")
            .command(&["check", "--target", "x86_64-unknown-linux-gnu"])
            .artifacts("target/x86_64-unknown-linux-gnu/debug")
    });
}

/// The compilers' command lines of `build -v`, each once; hashes, and what only says where outputs go, aside.
fn command_lines(sandbox: &Sandbox, output: &Output) -> BTreeSet<String> {
    let text = sandbox.normalized(&output.stderr);
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("Running `")).map(|line| {
        let line = line.trim_end_matches('`');
        let start = line.find("--crate-name").map_or(0, |at| at);
        let words = line[start..].split_whitespace();
        let words: Vec<String> = words.map(without_metadata).collect();
        words.join(" ")
    });
    lines.collect()
}

fn without_metadata(word: &str) -> String {
    for prefix in ["metadata=", "extra-filename="] {
        if word.starts_with(prefix) {
            return format!("{prefix}[HASH]");
        }
    }
    without_hashes(word)
}

/// One command after the other, in one target directory.
#[track_caller]
fn same_command_lines(project: &Sandbox, lines: &[&str]) {
    let (theirs, ours) = (project.copy(), project.copy());
    for words in lines {
        let expected = theirs.cargo(words.split_whitespace()).assert_success();
        let found = run(&ours, words).assert_success();
        let (left, right) = (command_lines(&theirs, &expected), command_lines(&ours, &found));
        assert!(!left.is_empty(), "{expected}");
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert!(
            left == right,
            "`{words}`: only cargo runs\n{:#?}\nonly dhow runs\n{:#?}",
            only(&left, &right),
            only(&right, &left)
        );
    }
}

#[test]
fn command_lines_of_the_compiler() {
    let f = kinds();
    same_command_lines(
        &f.project,
        &["build -v --all-targets", "check -v --all-targets", "check -v --release --lib"],
    );
}

#[test]
fn command_lines_of_other_profiles() {
    let f = kinds();
    same_command_lines(
        &f.project,
        &[
            "build -v --release --bins",
            "bench -v --no-run --bench speed",
            "build -v --profile slim --bin other-tool",
            "build -v --target x86_64-unknown-linux-gnu --bin other-tool",
        ],
    );
}

#[test]
fn flags_from_config_and_environment() {
    let f = kinds();
    f.project.config(concat!(
        "[build]\nrustflags = [\"--cfg\", \"from_build\"]\n[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Cdebuginfo=0\"]\n",
        "[target.'cfg(unix)']\nrustflags = [\"--cfg\", \"odd\"]\n[profile.dev]\nopt-level = 1\n",
    ));
    same_command_lines(&f.project, &["check -v --bins", "check -v --bins --target x86_64-unknown-linux-gnu"]);
    for variable in
        ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_PROFILE_DEV_DEBUG"]
    {
        let project = f.project.copy().with_env("CARGO_INCREMENTAL", "0");
        let value = if variable.ends_with("FLAGS") { "-Copt-level=2" } else { "1" };
        same_command_lines(&project.with_env(variable, value), &["check -v --lib"]);
    }
}

#[test]
fn a_wrapper_around_the_compiler() {
    let f = kinds();
    let wrapper = f.project.root().join("wrapper");
    let script = "#!/bin/sh\necho \"$@\" >> \"$WRAPPER_LOG\"\nexec \"$@\"\n";
    std::fs::write(&wrapper, script).expect("a script");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&wrapper, mode).expect("its mode");
    let log = f.project.root().join("log");
    let build = crate::support::cmd(&f.project, "build --bins")
        .env("RUSTC_WRAPPER", &wrapper)
        .env("WRAPPER_LOG", &log);
    build.run().assert_success();
    let calls = std::fs::read_to_string(&log).expect("the wrapper's log");
    assert!(calls.contains("--crate-name leaf") && calls.contains("--crate-name my_app"), "{calls}");
}

#[test]
fn artifacts_work_and_are_where_people_look() {
    let f = kinds();
    ok(&f.project, "build").assert_stderr_has("Finished `dev` profile");
    let program = f.project.cmd(f.project.path("target/debug/my-app"));
    program.run().assert_success();
    let depinfo = f.project.read("target/debug/my-app.d");
    assert!(depinfo.contains("src/main.rs") && depinfo.contains("src/lib.rs"), "{depinfo}");
    assert!(f.project.read("target/CACHEDIR.TAG").starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
    ok(&f.project, "check --release").assert_stderr_has("Finished `release` profile");
}

#[test]
fn dep_info_files() {
    compare(&kinds().project, dhow(), |c| {
        c.command(&["build"]).file("target/debug/my-app.d").file("target/debug/other-tool.d")
    });
}

#[test]
fn jobs_are_accepted() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file("src/lib.rs", "");
    for words in ["check -j1", "check -j 2 --release", "check --jobs default", "check -j -1 --target-dir t"] {
        ok(&sandbox, words);
    }
}
