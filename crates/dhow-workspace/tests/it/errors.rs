//! What cannot be used: refused where cargo refuses, with the place and a word about it.

use crate::cargo;
use crate::project::Project;

/// Cargo refuses the project and so do we: with `message`, pointing at `spanned` (if not empty).
#[track_caller]
fn refused(project: &Project, message: &str, spanned: &str) {
    // `check` looks at more than `metadata`; whichever refuses first will do.
    let dir = project.root();
    if cargo::metadata(&dir).is_ok() {
        let output = cargo::run(&dir, &["check", "--offline"]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains("manifest"), "cargo accepts:\n{text}");
    }
    let error = project.load("Cargo.toml").expect_err("we must refuse it too");
    let text = format!("{error} {}", error.help().unwrap_or_default());
    assert!(text.contains(message), "{text}");
    let location = error.location();
    let marked = location.and_then(|l| l.text.as_ref()?.get(l.span.clone()?)).unwrap_or_default();
    assert_eq!(marked, spanned, "{text}");
}

/// A package `a` with a library and these lines in its manifest.
#[track_caller]
fn bad(manifest: &str, message: &str, spanned: &str) {
    refused(&Project::package(manifest, &["src/lib.rs"]), message, spanned);
}

#[test]
fn manifests_that_are_none() {
    let file = |text: &str| Project::new(&format!("=== Cargo.toml\n{text}=== src/lib.rs\n"));
    refused(&file("[package\n"), "unclosed table", "");
    refused(&file("[package]\nname = \"a\"\nname = \"b\"\n"), "duplicate key", "name");
    refused(&file("[package]\nname = \"a b\"\n"), "invalid character", "\"a b\"");
    refused(&file("[package]\nname = 1\n"), "invalid type", "1");
    refused(&file("[package]\nversion = \"1.0.0\"\n"), "has no `name`", "package");
    refused(&file("[package]\nname = \"a\"\nversion = \"1\"\n"), "unexpected end of input", "\"1\"");
    refused(&file("[profile.dev]\nopt-level = 1\n"), "no `[package]`", "");
    refused(&file("[package]\nname = \"\"\n"), "empty", "\"\"");
    refused(&file("[project]\nname = \"a\"\nedition = \"2024\"\n"), "`[project]`", "project");
    refused(&file("[workspace]\n[dependencies]\n"), "cannot have `dependencies`", "dependencies");
}

#[test]
fn packages_that_contradict_themselves() {
    bad("edition = \"2022\"\n", "unknown edition", "\"2022\"");
    bad("edition = \"2024\"\nrust-version = \"1.70\"\n", "older than edition", "\"1.70\"");
    bad("links = \"z\"\n", "no build script", "\"z\"");
    bad("default-run = \"x\"\n", "no binary", "\"x\"");
    bad("resolver = \"9\"\n", "unknown resolver", "\"9\"");
    bad("resolver = \"2\"\n[workspace]\nresolver = \"2\"\n", "both", "\"2\"");
    bad("workspace = \"..\"\n[workspace]\n", "root of a workspace and a member", "\"..\"");
    bad("build = [\"a.rs\", \"b.rs\"]\n", "unstable", "[\"a.rs\", \"b.rs\"]");
    bad("cargo-features = [\"x\"]\n", "cargo-features", "[\"x\"]");
    bad("rust-version = \"x\"\n", "", "\"x\"");
    bad("edition.workspace = true\nversion2 = 1\n", "no workspace root", "edition");
    let features = |list: &str| {
        Project::new(&format!(
            "=== Cargo.toml\ncargo-features = [{list}]\n[package]\nname = \"a\"\n=== src/lib.rs\n"
        ))
    };
    refused(&features("\"public-dependency\""), "unstable", "\"public-dependency\"");
    refused(&features("\"edition\", \"nonsense\""), "unknown Cargo feature", "\"nonsense\"");
    let publish = Project::new("=== Cargo.toml\n[package]\nname = \"a\"\npublish = true\n=== src/lib.rs\n");
    refused(&publish, "without `version`", "true");
}

#[test]
fn targets_that_cannot_be() {
    refused(&Project::package("", &[]), "no targets", "package");
    refused(&Project::package("", &["build.rs"]), "no targets", "package");
    bad("[lib]\nname = \"a-b\"\n", "use `a_b`", "\"a-b\"");
    bad("[lib]\nname = \"\"\n", "empty", "\"\"");
    bad("[lib]\ncrate-type = [\"dylib\", \"cdylib\"]\n", "both", "[\"dylib\", \"cdylib\"]");
    bad(
        "[lib]\ncrate-type = [\"proc-macro\", \"rlib\"]\n",
        "other crate types",
        "[\"proc-macro\", \"rlib\"]",
    );
    bad("[lib]\nedition = \"x\"\n", "unknown edition", "\"x\"");
    bad("[[bin]]\nname = \"b\"\n", "src/bin/b.rs", "\"b\"");
    bad("[[bin]]\npath = \"b.rs\"\n", "no `name`", "[[bin]]");
    bad("[[bin]]\nname = \"deps\"\npath = \"b.rs\"\n", "cannot be named", "\"deps\"");
    bad(
        "[[bin]]\nname = \"b\"\npath = \"b.rs\"\n[[bin]]\nname = \"b\"\npath = \"c.rs\"\n",
        "two bin targets",
        "\"b\"",
    );
    bad("[[bin]]\nname = \"b\"\npath = \"b.rs\"\ncrate-type = [\"lib\"]\n", "crate type", "[\"lib\"]");
    bad("[[bin]]\nname = \"b\"\npath = \"b.rs\"\nproc-macro = true\n", "procedural macro", "true");
    bad("[[test]]\nname = \"tt\"\n", "tests/tt.rs", "\"tt\"");
    let two = ["src/lib.rs", "src/bin/b.rs", "src/bin/b/main.rs"];
    refused(&Project::package("[[bin]]\nname = \"b\"\n", &two), "two files", "\"b\"");
    refused(&Project::package("", &two), "two bin targets", "");
    refused(&Project::package("[lib]\n", &["src/main.rs"]), "library `a`", "lib");
    let required = "[[bin]]\nname = \"x\"\npath = \"x.rs\"\nrequired-features = [\"dep:y\"]\n";
    assert!(Project::package(required, &["src/lib.rs"]).load("Cargo.toml").is_err());
    bad("edition = \"2024\"\n[lib]\ncrate_type = [\"lib\"]\n", "write `crate-type`", "[\"lib\"]");
}

#[test]
fn dependencies_that_cannot_be() {
    bad("[dependencies]\nb = {}\n", "neither which version", "b");
    bad("[dependencies]\nb = \"one\"\n", "version requirement", "\"one\"");
    bad("[dependencies]\nb = { version = \"one\" }\n", "version requirement", "\"one\"");
    bad("[dependencies]\nb = true\n", "", "true");
    bad("[dependencies]\nb = { version = \"1\", branch = \"x\" }\n", "together with `git`", "\"x\"");
    bad(
        "[dependencies]\nb = { git = \"https://x.example\", branch = \"x\", tag = \"y\" }\n",
        "only one",
        "\"y\"",
    );
    bad("[dependencies]\nb = { git = \"https://x.example\", path = \"y\" }\n", "only one", "\"y\"");
    bad(
        "[dependencies]\nb = { git = \"https://x.example\", registry = \"mine\" }\n",
        "only one",
        "\"https://x.example\"",
    );
    bad("[dependencies]\nb = { git = \"no url\" }\n", "URL", "\"no url\"");
    bad(
        "[dependencies]\nb = { version = \"1\", registry = \"unknown\" }\n",
        "no registry `unknown`",
        "\"unknown\"",
    );
    bad(
        "[dependencies]\nb = { version = \"1\", features = [\"x/y\"] }\n",
        "not the name of a feature",
        "[\"x/y\"]",
    );
    bad("[dependencies]\nb = { version = \"1\", features = [\"dep:y\"] }\n", "without `dep:`", "[\"dep:y\"]");
    bad("[dependencies]\nb = { version = \"1\", artifact = \"bin\" }\n", "unstable", "\"bin\"");
    bad("[dependencies]\nb = { version = \"1\", lib = true }\n", "unstable", "true");
    bad("[dependencies]\nb = { path = \"b\", base = \"x\" }\n", "unstable", "\"x\"");
    bad("[dev-dependencies]\nb = { version = \"1\", optional = true }\n", "cannot be optional", "b");
    bad("[target.'cfg('.dependencies]\nb = \"1\"\n", "not a platform", "'cfg('");
    bad(
        "[dependencies]\nb = \"1\"\n[build-dependencies]\nb = { git = \"https://x.example\" }\n",
        "different sources",
        "\"1\"",
    );
    bad("[dependencies]\nb = { workspace = true }\n", "no workspace root", "b");
    bad("[dependencies]\nb = { workspace = false }\n", "cannot be false", "{ workspace = false }");
    bad("[dependencies]\n\"b c\" = \"1\"\n", "invalid character", "\"b c\"");
    bad(
        "edition = \"2024\"\n[dependencies]\nb = { version = \"1\", default_features = false }\n",
        "write `default-features`",
        "false",
    );
    bad("edition = \"2024\"\n[dev_dependencies]\n", "write `dev-dependencies`", "dev_dependencies");
}

#[test]
fn features_that_lead_nowhere() {
    bad("[features]\na = [\"b\"]\n", "neither a feature", "\"b\"");
    bad("[features]\na = [\"dep:b\"]\n", "no dependency `b`", "\"dep:b\"");
    bad("[features]\n\"a/b\" = []\n", "slashes", "\"a/b\"");
    bad("[features]\na = [\"b\"]\n[dependencies]\nb = \"1\"\n", "not optional", "\"b\"");
    bad(
        "[features]\nb = []\n[dependencies]\nb = { version = \"1\", optional = true }\n",
        "no feature turns on",
        "b",
    );
    bad("[features]\na = [\"b?/x\"]\n[dependencies]\nb = \"1\"\n", "with a `?`", "\"b?/x\"");
    bad(
        "[features]\na = [\"dep:b\", \"b\"]\n[dependencies]\nb = { version = \"1\", optional = true }\n",
        "use `dep:b`",
        "\"b\"",
    );
    bad(
        "[features]\na = [\"dep:b/x\"]\n[dependencies]\nb = { version = \"1\", optional = true }\n",
        "leave `dep:` away",
        "\"dep:b/x\"",
    );
}

#[test]
fn profiles_and_lints_that_cannot_be() {
    bad("[profile.dev]\nlto = \"true\"\n", "write `lto = true`", "\"true\"");
    bad("[profile.dev]\npanic = \"scream\"\n", "`unwind` or `abort`", "\"scream\"");
    bad("[profile.dev]\nopt-level = \"x\"\n", "", "\"x\"");
    bad("[profile.dev]\ndir-name = \"x\"\n", "named after the profile", "\"x\"");
    bad("[profile.x]\ninherits = \"debug\"\n", "`dev`", "\"debug\"");
    bad("[profile.dev.package.b]\npanic = \"abort\"\n", "cannot be set", "package");
    bad("[profile.dev.build-override]\nlto = true\n", "cannot be set", "build-override");
    bad("[profile.dev]\nrustflags = [\"x\"]\n", "unstable", "[\"x\"]");
    bad("[profile.debug]\n", "reserved", "debug");
    bad("[profile.\"a/b\"]\n", "invalid character", "\"a/b\"");
    bad("[lints.rust]\n\"rust::x\" = \"warn\"\n", "lints.rust.x", "\"warn\"");
    bad("[lints.rust]\n\"clippy::x\" = \"warn\"\n", "lints.clippy.x", "\"warn\"");
    bad("[lints.rust]\nx = \"loud\"\n", "", "\"loud\"");
    bad("[lints.rust]\nunexpected_cfgs = { level = \"warn\", check-cfg = 1 }\n", "list of strings", "1");
    bad("[lints]\nworkspace = true\n", "no workspace root", "lints");
}

#[test]
fn patches_that_cannot_be() {
    bad("[patch.crates]\nb = \"1\"\n", "[patch.crates-io]", "crates");
    bad("[patch.crates-io]\n[replace]\n", "together", "replace");
    bad(
        "[replace]\n\"b:1.0.0\" = { version = \"1\" , path = \"b\" }\n",
        "no version requirement",
        "\"b:1.0.0\"",
    );
    bad("[replace]\n\"b\" = { path = \"b\" }\n", "is missing", "\"b\"");
}
