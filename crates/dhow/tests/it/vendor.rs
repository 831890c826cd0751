//! `vendor` beside the real cargo: the same directory, byte for byte, and what one has vendored the other builds from.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use dhow_testkit::{Cmd, GitRepo, Output, RawEntry, Registry, Sandbox};

use crate::support::{Fixture, bare_fixture, cmd, listing, noise, run, without_network};

fn fill(r: &Registry) {
    r.versions("leaf", &["0.1.0", "1.0.0", "1.2.0"]);
    r.package("bits", "1.0.0")
        .file("Cargo.toml.orig", "[package]\n")
        .file(".gitignore", "target\n")
        .file(".gitattributes", "* text\n")
        .file("sub/.gitignore", "x\n")
        .file("more/.gitattributes", "x\n")
        .file("more/kept", "x\n")
        .file(".git/config", "x\n")
        .file("deep/.cargo-ok", "x\n")
        .file("src/lib.rs.rej", "no\n")
        .file(".hidden", "h\n")
        .file("target/left", "t\n")
        .file("Cargo.lock", "version = 4\n")
        .entry(RawEntry::file("bits-1.0.0/run.sh", "#!/bin/sh\n").mode(0o755))
        .lib("pub fn bits() -> &'static str { include_str!(\"../.hidden\") }")
        .publish();
    r.package("hub", "1.0.0+meta")
        .dep("leaf", "1")
        .dep("bits", "1")
        .target_dep("cfg(windows)", "win", "2")
        .publish();
    r.versions("win", &["2.0.0"]);
}

const APP: &str = "[dependencies]\nhub = \"1\"\nold = { package = \"leaf\", version = \"0.1\" }\n";

fn project() -> Fixture {
    let f = bare_fixture(fill);
    f.project
        .manifest("app", APP)
        .file("src/main.rs", "fn main() { old::leaf(); hub::hub(); println!(\"built\"); }");
    f
}

fn cargo(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cargo_cmd(words.split_whitespace())
}

type Tool = fn(&Sandbox, &str) -> Cmd;

/// Every file below the project but what is built: permission bits and content.
fn files(sandbox: &Sandbox) -> BTreeMap<String, (u32, String)> {
    let root = sandbox.path("");
    let read = |path: String| {
        let full = root.join(&path);
        let mode = fs::symlink_metadata(&full).expect("an entry").permissions().mode() & 0o7777;
        let text = if path.ends_with('/') { Vec::new() } else { fs::read(&full).expect("a file") };
        (path, (mode, sandbox.normalized(&String::from_utf8_lossy(&text))))
    };
    listing(&root).into_iter().filter(|path| !path.starts_with("target/")).map(read).collect()
}

/// Status lines, and what is said of the configuration; not where from and how the lock file came.
fn said(sandbox: &Sandbox, output: &Output) -> Vec<String> {
    let lines = output.stderr.lines().filter(|line| {
        line.starts_with("   Vendoring") || line.starts_with("To use") || line.starts_with("There is")
    });
    lines.map(|line| sandbox.normalized(line)).collect()
}

/// Both tools in copies of a project; everything that they leave and say must be equal.
#[track_caller]
fn both(project: &Sandbox, words: &str) -> (Output, Output) {
    let (theirs, ours) = (project.copy(), project.copy());
    same(&theirs, &ours, words)
}

#[track_caller]
fn same(theirs: &Sandbox, ours: &Sandbox, words: &str) -> (Output, Output) {
    let expected = cargo(theirs, words).run();
    let got = cmd(ours, words).run();
    assert_eq!(expected.code, got.code, "{words}\n{expected}\n{got}");
    assert_eq!(theirs.normalized(&expected.stdout), ours.normalized(&got.stdout), "{words}");
    assert_eq!(said(theirs, &expected), said(ours, &got), "{words}\n{expected}\n{got}");
    // Cargo makes the directory before it knows whether there will be anything in it.
    if got.code != Some(0) {
        return (expected, got);
    }
    let (expected_files, got_files) = (files(theirs), files(ours));
    assert_eq!(expected_files.keys().collect::<Vec<_>>(), got_files.keys().collect::<Vec<_>>(), "{words}");
    for (path, file) in &expected_files {
        assert_eq!(file, &got_files[path], "{path} after {words}");
    }
    (expected, got)
}

#[test]
fn the_directory_is_the_same() {
    let f = project();
    for words in [
        "vendor --respect-source-config",
        "vendor --respect-source-config --versioned-dirs",
        "vendor --respect-source-config some/where",
        "vendor --respect-source-config -q",
        "vendor --respect-source-config --locked",
        "vendor --respect-source-config --offline",
    ] {
        both(&f.project, words);
    }
}

#[test]
fn a_second_time_and_what_is_stale() {
    let f = project();
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    same(&theirs, &ours, "vendor --respect-source-config");
    for sandbox in [&theirs, &ours] {
        sandbox.file("vendor/leaf/src/lib.rs", "broken").file("vendor/leaf-0.1.0/src/lib.rs", "broken");
        sandbox.file("vendor/stale/x", "").file("vendor/.kept/x", "").file("vendor/stale-file", "");
        sandbox.file("vendor/leaf/added", "");
    }
    same(&theirs, &ours, "vendor --respect-source-config --no-delete --frozen");
    same(&theirs, &ours, "vendor --respect-source-config --locked");
    assert!(
        !ours.exists("vendor/stale") && !ours.exists("vendor/leaf/added") && ours.exists("vendor/.kept/x")
    );
    for sandbox in [&theirs, &ours] {
        sandbox.manifest("app", "[dependencies]\nleaf = \"1\"\n");
    }
    same(&theirs, &ours, "vendor --respect-source-config");
    assert!(!ours.exists("vendor/leaf-0.1.0") && !ours.exists("vendor/hub"));
}

#[test]
fn nothing_to_vendor_and_what_cannot_be() {
    let f = project();
    f.project.manifest("app", "");
    both(&f.project, "vendor");
    both(&f.project, "vendor -q");
    f.project.file("vendor/old/x", "");
    both(&f.project, "vendor");
    f.project.manifest("app", "[dependencies]\nnowhere = \"1\"\n");
    assert_eq!(run(&f.project, "vendor --respect-source-config").code, Some(101));
}

/// Without `--respect-source-config` crates.io is crates.io; registries with names are what they are.
#[test]
fn other_registries_and_other_workspaces() {
    let f = project();
    let second = Registry::new();
    second.versions("leaf", &["3.0.0"]);
    second.versions("two", &["1.0.0"]);
    let server = second.serve();
    f.project.alt_registry("alt", &server);
    f.project.manifest("app", "[dependencies]\ntwo = { version = \"1\", registry = \"alt\" }\n");
    both(&f.project, "vendor");
    f.project
        .file(
            "other/Cargo.toml",
            "[package]\nname = \"other\"\nversion = \"0.1.0\"\n[workspace]\n[dependencies]\nleaf = \"1\"\n",
        )
        .file("other/src/lib.rs", "")
        .file(
            "third/Cargo.toml",
            "[package]\nname = \"third\"\nversion = \"0.1.0\"\n[workspace]\n[dependencies]\nleaf = \"0.1\"\n",
        )
        .file("third/src/lib.rs", "");
    both(&f.project, "vendor --respect-source-config --sync other/Cargo.toml -s third/Cargo.toml");
    both(&f.project, "vendor --respect-source-config --manifest-path other/Cargo.toml");
    second.versions("leaf", &["1.2.0"]);
    f.project.manifest(
        "app",
        "[dependencies]\nleaf = \"1\"\nl = { package = \"leaf\", version = \"1\", registry = \"alt\" }\n",
    );
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    assert_eq!(cargo(&theirs, "vendor --respect-source-config").run().code, Some(101));
    let output = run(&ours, "vendor --respect-source-config");
    assert_eq!(output.code, Some(101), "{output}");
    assert!(output.stderr.contains("two sources"), "{output}");
}

#[test]
fn path_dependencies_stay() {
    let f = project();
    f.project
        .manifest("app", "[dependencies]\nown = { path = \"vendor/own\" }\nleaf = \"1\"\n")
        .file("vendor/own/Cargo.toml", "[package]\nname = \"own\"\nversion = \"0.1.0\"\n")
        .file("vendor/own/src/lib.rs", "");
    both(&f.project, "vendor --respect-source-config");
}

/// What one tool vendors the other builds from, with nothing in its home.
#[test]
fn what_one_vendors_serves_the_other() {
    let f = project();
    for (first, second) in [(cmd as Tool, cargo as Tool), (cargo, cmd), (cmd, cmd)] {
        let made = f.project.copy();
        let output = first(&made, "vendor --respect-source-config").run().assert_success();
        let away = Sandbox::new();
        for (path, (_, text)) in files(&made).iter().filter(|(path, _)| !path.ends_with('/')) {
            away.file(path, text);
        }
        away.file(".cargo/config.toml", &output.stdout);
        let output = without_network(second(&away, "run -q --frozen")).run();
        output.assert_success().assert_stdout_has("built");
        // The vendored sources are in use: `vendor` looks past them, unless it is told not to.
        let again = cmd(&away, "vendor --respect-source-config --offline again").run();
        again.assert_success();
        assert_eq!(
            away.read("again/bits/.cargo-checksum.json"),
            away.read("vendor/bits/.cargo-checksum.json")
        );
    }
}

/// Packages of repositories lose the workspace around them.
#[test]
fn packages_of_repositories() {
    const X: &str = "# comment\n[package]\nname = \"x\"\nversion.workspace = true\nedition.workspace = true\n\
        authors.workspace = true\nlicense.workspace = true\nreadme.workspace = true\n\n[lints]\nworkspace = true\n\n\
        [dependencies]\ny = { workspace = true, optional = true }\nleaf = \"1\"\n\n\
        [target.'cfg(unix)'.dev-dependencies]\ny.workspace = true\n\n[features]\ndefault = [\"y\"]\nmore = []\n\n\
        [[bin]]\nname = \"tool\"\npath = \"src/tool.rs\"\nrequired-features = [\"more\"]\n\n[profile.dev]\nopt-level = 1\n";
    let f = project();
    let repo = GitRepo::new();
    repo.file(
        "Cargo.toml",
        "[workspace]\nmembers = [\"x\", \"y\"]\nresolver = \"2\"\n[workspace.package]\nversion = \"1.2.3\"\n\
         authors = [\"A\"]\nedition = \"2021\"\nlicense = \"MIT\"\nreadme = \"README.md\"\n[workspace.dependencies]\n\
         y = { path = \"y\", version = \"1\", features = [\"z\"] }\n[workspace.lints.rust]\nunsafe_code = \"deny\"\n",
    );
    repo.file("README.md", "r")
        .file("x/Cargo.toml", X)
        .file("x/build.rs", "fn main() {}")
        .file("x/.gitignore", "t");
    repo.file("x/src/lib.rs", "pub fn x() {}").file("x/src/tool.rs", "fn main() {}").file("x/tests/t.rs", "");
    repo.file("x/inner/Cargo.toml", "[package]\nname = \"inner\"\n").file("x/inner/src/lib.rs", "");
    repo.file("y/Cargo.toml", "[package]\nname = \"y\"\nversion.workspace = true\n[features]\nz = []\n");
    repo.file("y/src/lib.rs", "").commit("first");
    let url = repo.url();
    f.project
        .manifest("app", &format!("[dependencies]\nx = {{ git = \"{url}\", branch = \"main\" }}\n"))
        .file("src/main.rs", "fn main() { x::x(); println!(\"built\"); }");
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    let (_, got) = same(&theirs, &ours, "vendor --respect-source-config");
    let away = Sandbox::new();
    for (path, (_, text)) in files(&ours).iter().filter(|(path, _)| !path.ends_with('/')) {
        away.file(path, text);
    }
    away.file(".cargo/config.toml", got.stdout);
    for tool in [cargo as Tool, cmd] {
        let output = without_network(tool(&away, "run -q --frozen")).run();
        output.assert_success().assert_stdout_has("built");
        away.remove("target");
    }
}

/// A file that is not what was vendored is noticed where it counts: when it is about to be compiled. What was not vendored
/// is not looked at.
#[test]
fn what_was_changed_is_not_compiled() {
    let f = project();
    let config = cmd(&f.project, "vendor --respect-source-config").run().assert_success().stdout;
    f.project.file(".cargo/config.toml", config);
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    let check = |words: &str, expected: i32| {
        for output in [cargo(&theirs, words).run(), cmd(&ours, words).run()] {
            assert_eq!(output.code, Some(expected), "{words}: {output}");
        }
    };
    check("check -q --frozen", 0);
    for sandbox in [&theirs, &ours] {
        let text = sandbox.read("vendor/bits/src/lib.rs");
        sandbox.file("vendor/bits/src/lib.rs", text + "// changed\n");
    }
    for words in ["tree --frozen", "metadata --frozen --format-version 1", "check -q --frozen"] {
        check(words, 0);
    }
    check("check -q --frozen --release", 101);
    let output = cmd(&ours, "check --frozen --release").run();
    assert!(output.stderr.contains("vendor/bits/src/lib.rs"), "{output}");
    for sandbox in [&theirs, &ours] {
        sandbox.file("vendor/bits/src/lib.rs", f.project.read("vendor/bits/src/lib.rs"));
        sandbox.file("vendor/bits/added", "").remove("vendor/bits/run.sh");
    }
    check("check -q --frozen --release", 101);
    for sandbox in [&theirs, &ours] {
        sandbox.file("vendor/bits/run.sh", f.project.read("vendor/bits/run.sh"));
    }
    check("check -q --frozen --release", 0);
}

/// Who is killed leaves what was there or what will be, and the next run completes it.
#[test]
fn killed_at_any_time() {
    let f = bare_fixture(|r| {
        for n in 0..20 {
            r.package(&format!("p{n:02}"), "1.0.0").file("data", noise(n, 60_000)).publish();
        }
    });
    let deps: String = (0..20).map(|n| format!("p{n:02} = \"1\"\n")).collect();
    f.project.manifest("app", &format!("[dependencies]\n{deps}")).file("src/lib.rs", "");
    let words = "vendor --respect-source-config";
    let config = cmd(&f.project, words).run().assert_success().stdout;
    let expected = files(&f.project);
    let build = |when: &str| {
        f.project.file(".cargo/config.toml", &config);
        let output = without_network(cargo(&f.project, "check -q --frozen")).run();
        assert_eq!(output.code, Some(0), "{when}: {output}");
        f.project.remove("target").remove(".cargo");
    };
    for millis in [5, 15, 25, 40, 60, 80] {
        let output = cmd(&f.project, words).killed_at(Duration::from_millis(millis));
        build(&format!("killed after {millis} ms ({:?})", output.code));
    }
    f.project.remove("vendor");
    for millis in [20, 40, 60, 80] {
        cmd(&f.project, words).killed_at(Duration::from_millis(millis));
    }
    cmd(&f.project, words).run().assert_success();
    assert_eq!(files(&f.project), expected);
}
