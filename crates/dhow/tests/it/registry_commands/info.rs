//! `info`: the text of the real cargo, in and outside of a workspace.

use dhow_testkit::{PackageBuilder, Sandbox};

use super::{Alt, same, same_in};

const MANIFEST: &str = r#"[package]
name = "rich"
version = "1.2.0"
edition = "2021"
rust-version = "1.56"
keywords = ["one", "two-words"]
description = """
Does things.

And others.

"""
license = "MIT OR Apache-2.0"
homepage = "https://example.com/home"
repository = "https://example.com/repo"
documentation = "https://example.com/docs"
[lib]
path = "src/lib.rs"
[features]
default = ["std", "leaf/more"]
std = ["alloc", "dep:optional"]
alloc = []
extra = ["weak?/x", "renamed"]
[dependencies]
leaf = ">=1, <3"
optional = { version = "^0.3", optional = true }
weak = { version = "0.1.2", optional = true }
renamed = { package = "other", version = "=2.0.0", optional = true }
[build-dependencies]
leaf = "1"
[dev-dependencies]
weak = "*"
"#;

fn many_features(builder: PackageBuilder, on: usize, off: usize) -> PackageBuilder {
    let names: Vec<String> = (0..on).map(|n| format!("on-{n}")).collect();
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    let builder =
        names.iter().fold(builder.feature("default", &list), |builder, name| builder.feature(name, &[]));
    (0..off).fold(builder, |builder, n| builder.feature(&format!("off-{n}"), &["default"]))
}

fn registry() -> Alt {
    let alt = Alt::new();
    let r = &alt.registry;
    r.package("rich", "1.2.0").dep("leaf", ">=1, <3").rust_version("1.56").manifest(MANIFEST).publish();
    r.versions("leaf", &["1.0.0", "1.1.0", "2.0.0", "3.0.0-beta.1"]);
    r.package("yanked", "1.1.0").yanked(true).publish();
    r.versions("yanked", &["1.0.0"]);
    r.package("picky", "1.0.0").rust_version("1.60").publish();
    r.package("picky", "1.1.0").publish();
    r.package("picky", "2.0.0").rust_version("99.0").publish();
    many_features(r.package("thirty", "1.0.0"), 10, 19).publish();
    many_features(r.package("off", "1.0.0"), 10, 30).publish();
    many_features(r.package("on", "1.0.0"), 30, 3).publish();
    alt
}

#[test]
fn outside_of_a_workspace() {
    let alt = registry();
    let url = alt.server.index_url();
    for spec in
        ["rich", "leaf", "leaf@1", "leaf@1.0", "yanked", "picky", "thirty", "off", "on", "nobody", "leaf@9"]
    {
        drop(same(&alt.sandbox, &["info", spec, "--registry", "alt"], |cmd| cmd));
        drop(same(&alt.sandbox, &["info", "-v", spec, "--index", &url], |cmd| cmd));
    }
    drop(same(&alt.sandbox, &["info", "rich", "-q"], |cmd| cmd.env("CARGO_REGISTRY_DEFAULT", "alt")));
    for words in [
        &["info", "rich", "--registry", "alt", "--locked"][..],
        &["info", "no spec", "--registry", "alt"],
        &["info", "rich", "--registry", "nobody"],
        &["info", "rich", "--registry", "alt", "--index", &url],
        &["info"],
    ] {
        drop(same(&alt.sandbox, words, |cmd| cmd));
    }
}

/// Members `app` (with `rust-version`) and `tool`, and a path dependency outside of the members.
fn workspace(alt: &Alt) -> Sandbox {
    let sandbox = alt.sandbox.copy();
    sandbox
        .file("Cargo.toml", "[workspace]\nmembers = [\"app\", \"tool\"]\nexclude = [\"aside\"]\nresolver = \"2\"\n")
        .file(
            "app/Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\nrust-version = \"1.65\"\nlicense = \"MIT\"\n\
             [dependencies]\nleaf = { version = \"=1.0.0\", registry = \"alt\" }\naside = { path = \"../aside\" }\n\
             [features]\nx = [\"aside/y\"]\n",
        )
        .file("app/src/lib.rs", "")
        .file(
            "tool/Cargo.toml",
            "[package]\nname = \"tool\"\nversion = \"0.2.0\"\nedition = \"2021\"\n\
             [dependencies]\nleaf = { version = \"2\", registry = \"alt\" }\napp = { path = \"../app\" }\n",
        )
        .file("tool/src/lib.rs", "")
        .file(
            "aside/Cargo.toml",
            "[package]\nname = \"aside\"\nversion = \"0.3.0\"\nedition = \"2021\"\n[features]\ny = []\n\
             [dependencies]\nyanked = { version = \"1\", registry = \"alt\" }\n",
        )
        .file("aside/src/lib.rs", "");
    sandbox
}

#[test]
fn in_a_workspace_its_own_versions_come_first() {
    let alt = registry();
    let sandbox = workspace(&alt);
    for dir in ["app", "tool/src"] {
        for words in [
            &["info", "app"][..],
            &["info", "-v", "tool"],
            &["info", "-v", "aside"],
            &["info", "leaf"],
            &["info", "leaf@2"],
            &["info", "leaf", "--registry", "alt"],
            &["info", "app", "--registry", "alt"],
            &["info", "yanked", "--locked"],
            &["info", "picky", "--registry", "alt"],
        ] {
            drop(same_in(&sandbox, dir, words, |cmd| cmd));
        }
    }
    let (output, _) = same(&sandbox, &["info", "leaf"], |cmd| cmd);
    assert!(output.stderr.contains("tree --invert --package leaf@2.0.0"), "{output}");
    let (output, _) = same(&sandbox, &["info", "app"], |cmd| cmd);
    assert!(!output.stderr.contains("--invert"), "{output}");
}

#[test]
fn crates_io_that_is_replaced() {
    let alt = registry();
    alt.sandbox.use_sparse(&alt.server);
    for words in [
        &["info", "rich", "--registry", "crates-io"][..],
        &["info", "-v", "leaf@1", "--registry", "crates-io"],
        &["info", "rich"],
        &["info", "nobody", "--registry", "crates-io"],
    ] {
        drop(same(&alt.sandbox, words, |cmd| cmd));
    }
    alt.sandbox.manifest("app", "[dependencies]\nleaf = \"1\"\n").file("src/lib.rs", "");
    drop(same(&alt.sandbox, &["info", "leaf"], |cmd| cmd));
    drop(same(&alt.sandbox, &["info", "app"], |cmd| cmd));
    drop(same(&alt.sandbox, &["info", "leaf", "--registry", "crates-io"], |cmd| cmd));
}
