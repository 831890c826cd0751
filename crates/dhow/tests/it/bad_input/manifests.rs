//! Manifests, configuration, lock files and command lines that are wrong.

use dhow_testkit::Sandbox;

use super::{refused, refused_without_trace};
use crate::support::{fixture, ok};

/// A manifest, and the words that the message about it must have.
#[track_caller]
fn wrong(manifest: &str, said: &[&str]) {
    let sandbox = Sandbox::new();
    sandbox.file("Cargo.toml", manifest).file("src/lib.rs", "");
    let said: Vec<&str> = ["Cargo.toml"].iter().chain(said).copied().collect();
    refused_without_trace(&sandbox, "check", &said);
    refused_without_trace(&sandbox, "metadata --format-version 1", &said);
}

#[test]
fn broken_toml_is_shown() {
    wrong("[package]\nname = \"app\"\nversion = 0.1.0\n", &["3", "version = 0.1.0"]);
    wrong("[package\nname = \"app\"\n", &["1", "[package"]);
    wrong("[package]\nname = \"app\"\nname = \"twice\"\n", &["3", "name"]);
    wrong("[package]\nname = \"unended\n", &["2", "name = \"unended"]);
}

#[test]
fn wrong_values_are_shown() {
    let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";
    wrong("[package]\nname = \"app\"\nversion = \"1.x.y\"\n", &["version", "1.x.y"]);
    wrong("[package]\nname = \"a b\"\nversion = \"0.1.0\"\n", &["a b"]);
    wrong("[package]\nversion = \"0.1.0\"\n", &["name"]);
    wrong("[dependencies]\n", &["[package]|dependencies"]);
    wrong(&format!("{package}edition = \"2077\"\n"), &["edition", "2077"]);
    wrong(&format!("{package}edition = 2021\n"), &["edition"]);
    wrong(&format!("{package}resolver = \"9\"\n"), &["resolver", "9"]);
    wrong(&format!("{package}[dependencies]\nfoo = 1\n"), &["foo"]);
    wrong(&format!("{package}[dependencies]\nfoo = \"not a version\"\n"), &["foo", "not a version"]);
    wrong(&format!("{package}[features]\na = [\"b\"]\n"), &["`a`", "`b`"]);
    wrong(&format!("{package}[features]\na = [\"dep:none\"]\n"), &["a", "none"]);
    wrong(&format!("{package}[dependencies]\nfoo.workspace = true\n"), &["workspace"]);
    // Seen only when it comes to building.
    let missing = "[[bin]]\nname = \"x\"\npath = \"nowhere.rs\"\n";
    for (rest, said) in [("links = \"z\"\n", "links"), (missing, "nowhere.rs")] {
        let sandbox = Sandbox::new();
        sandbox.file("Cargo.toml", format!("{package}{rest}")).file("src/lib.rs", "");
        drop(refused(&sandbox, "check", &["Cargo.toml", said]));
        assert!(!sandbox.exists("target"));
    }
}

/// Keys that nobody knows are only worth a warning.
#[test]
fn unknown_keys_warn() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "colour = \"red\"\n[lib]\nsound = true\n[dependences]\n").file("src/lib.rs", "");
    let output = ok(&sandbox, "check");
    for word in ["warning", "colour", "sound", "dependences"] {
        assert!(output.stderr.contains(word), "{word}: {output}");
    }
}

#[test]
fn files_that_are_missing() {
    let sandbox = Sandbox::new();
    refused_without_trace(&sandbox, "build", &["Cargo.toml"]);
    refused_without_trace(&sandbox, "build --manifest-path no/Cargo.toml", &["no/Cargo.toml"]);
    refused_without_trace(&sandbox, "build --manifest-path no/other.toml", &["other.toml"]);
    sandbox.manifest("app", "");
    refused_without_trace(&sandbox, "build", &["Cargo.toml", "src/lib.rs", "src/main.rs"]);
    sandbox.file("src/lib.rs", "").manifest("app", "[dependencies]\ngone = { path = \"gone\" }\n");
    refused_without_trace(&sandbox, "build", &["gone/Cargo.toml"]);
    sandbox.manifest("app", "[workspace]\nmembers = [\"nobody\"]\n");
    refused_without_trace(&sandbox, "build", &["nobody/Cargo.toml"]);
}

#[test]
fn members_that_do_not_belong() {
    let sandbox = Sandbox::new();
    let package =
        |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    sandbox
        .file("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n")
        .file("a/Cargo.toml", package("twin"))
        .file("a/src/lib.rs", "")
        .file("b/Cargo.toml", package("twin"))
        .file("b/src/lib.rs", "")
        .file("c/Cargo.toml", package("c"))
        .file("c/src/lib.rs", "");
    refused_without_trace(&sandbox, "check", &["twin"]);
    sandbox.file("b/Cargo.toml", package("b"));
    // Lies below a workspace that does not know it.
    refused_without_trace(&sandbox, "check --manifest-path c/Cargo.toml", &["workspace", "c/Cargo.toml"]);
    let ring = |from: &str, to: &str| {
        let text = package(from) + &format!("[dependencies]\n{to} = {{ path = \"../{to}\" }}\n");
        sandbox.file(format!("{from}/Cargo.toml"), text);
    };
    ring("a", "b");
    ring("b", "a");
    refused_without_trace(&sandbox, "check", &["cycl|circle", "a v0.1.0", "b v0.1.0"]);
}

#[test]
fn names_that_nobody_knows() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "[features]\nfull = []\n")
        .file("src/lib.rs", "")
        .file("tests/flow.rs", "")
        .file("src/bin/tool.rs", "fn main() {}");
    ok(&sandbox, "generate-lockfile");
    refused_without_trace(&sandbox, "build -F fulll", &["fulll", "full"]);
    refused_without_trace(&sandbox, "build -F app/none", &["none"]);
    refused_without_trace(&sandbox, "build -p appp", &["appp", "app"]);
    refused_without_trace(&sandbox, "build --bin toool", &["toool", "tool"]);
    refused_without_trace(&sandbox, "build --test flov", &["flov", "flow"]);
    refused_without_trace(&sandbox, "build --example any", &["any"]);
    refused_without_trace(&sandbox, "build --profile fast", &["fast"]);
    refused_without_trace(&sandbox, "run --bin nobody", &["nobody", "tool"]);
    refused_without_trace(&sandbox, "tree -i nobody", &["nobody"]);
    refused_without_trace(&sandbox, "pkgid nobody", &["nobody"]);
}

#[test]
fn features_of_dependencies_that_do_not_exist() {
    let fill = |r: &dhow_testkit::Registry| {
        r.package("dep", "1.0.0").feature("real", &[]).publish();
    };
    let f = fixture(fill, "[dependencies]\ndep = { version = \"1\", features = [\"unreal\"] }\n");
    drop(refused(&f.project, "check", &["dep", "unreal", "app"]));
    assert!(!f.project.exists("Cargo.lock") && !f.project.exists("target"));
    let f = fixture(fill, "[dependencies]\ndep = \"1\"\n[features]\nx = [\"dep/unreal\"]\n");
    drop(refused(&f.project, "check -F x", &["dep", "unreal"]));
    f.project.manifest("app", "[dependencies]\ndep = { version = \"1\", features = [\"real\"] }\n");
    ok(&f.project, "check");
}

#[test]
fn configuration_that_is_wrong() {
    for (text, said) in [
        ("[build\n", &["config.toml", "[build"][..]),
        ("[build]\njobs = \"many\"\n", &["many"]),
        ("[net]\noffline = 3\n", &["config.toml", "net.offline"]),
        ("[source.crates-io]\nreplace-with = \"nowhere\"\n", &["nowhere"]),
        ("[term]\ncolor = \"pink\"\n", &["pink"]),
    ] {
        let sandbox = Sandbox::new();
        sandbox
            .manifest("app", "[dependencies]\nfoo = \"1\"\n")
            .file("src/lib.rs", "")
            .file(".cargo/config.toml", text);
        refused_without_trace(&sandbox, "check", said);
    }
}

#[test]
fn a_lock_file_that_is_wrong() {
    let f = fixture(|r| r.versions("leaf", &["1.0.0"]), "[dependencies]\nleaf = \"1\"\n");
    ok(&f.project, "fetch");
    let good = f.project.read("Cargo.lock");
    for bad in [
        good.replace("[[package]]", "[[package"),
        good.replace("version = \"1.0.0\"", "version = \"one\""),
        good.replace("name = \"leaf\"", "nome = \"leaf\""),
    ] {
        f.project.file("Cargo.lock", bad);
        refused_without_trace(&f.project, "check", &["Cargo.lock"]);
    }
    // Left by a merge.
    f.project.file("Cargo.lock", format!("<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> other\n"));
    refused_without_trace(&f.project, "check", &["Cargo.lock"]);
    // A checksum that is not the one of the archive that we have.
    let (head, sum) = good.split_once("checksum = \"").expect("a checksum");
    let other = format!("{head}checksum = \"{}{}", "0".repeat(64), &sum[64..]);
    f.project.file("Cargo.lock", other);
    refused_without_trace(&f.project, "check", &["leaf", "checksum|sha-256"]);
}

#[test]
fn a_compiler_that_is_missing_or_too_old() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "rust-version = \"1.999\"\n").file("src/lib.rs", "");
    drop(refused(&sandbox, "check", &["1.999", "app"]));
    ok(&sandbox, "check --ignore-rust-version");
    let nobody = sandbox.path("no-rustc");
    let output = crate::support::cmd(&sandbox, "check").env("RUSTC", &nobody).run();
    output.assert_code(101).assert_stderr_has("no-rustc");
}
