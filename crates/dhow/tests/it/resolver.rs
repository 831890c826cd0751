//! Which versions are chosen: each fixture through the real cargo and Dhow, `Cargo.lock` byte for byte, `metadata` and
//! `tree` beside it.

use dhow_testkit::{Registry, Sandbox, compare};

use crate::support::{Fixture, bare_fixture, cargo_ok, dhow, fixture};

/// Lock from nothing, the graph as JSON, and the graph as text with and without features.
#[track_caller]
fn agree(project: &Sandbox) {
    compare(project, dhow(), |c| {
        c.command(&["generate-lockfile"])
            .metadata()
            .tree(&["-e", "all", "--target", "all"])
            .tree(&["-e", "features", "--workspace"])
            .lockfile()
    });
}

/// What the real cargo locks.
fn locked(project: &Sandbox) -> String {
    let copy = project.copy();
    cargo_ok(&copy, "generate-lockfile");
    copy.read("Cargo.lock")
}

/// The version of the one package with this name.
fn version_of(lock: &str, name: &str) -> String {
    let (_, after) = lock
        .split_once(&format!("name = \"{name}\"\nversion = \""))
        .unwrap_or_else(|| panic!("no {name} in {lock}"));
    after.split('"').next().expect("a version").into()
}

/// `left` and `right` pin `shared` differently in their newest versions: who is chosen first keeps its newest.
fn competitors(registry: &Registry, left: usize, right: usize) {
    registry.versions("shared", &["1.0.1", "1.0.2", "1.0.3"]);
    for (name, count, pin) in [("left", left, "=1.0.1"), ("right", right, "=1.0.2")] {
        for patch in 0..count {
            let req = if patch + 1 == count { pin } else { "1" };
            registry.package(name, &format!("1.0.{patch}")).dep("shared", req).publish();
        }
    }
}

const BOTH: &str = "[dependencies]\nleft = \"1\"\nright = \"1\"\n";

#[test]
fn the_number_of_candidates_decides_who_is_first() {
    let winners: Vec<String> = [(3, 2), (3, 3), (3, 4)]
        .map(|(left, right)| {
            let f = fixture(|r| competitors(r, left, right), BOTH);
            agree(&f.project);
            version_of(&locked(&f.project), "shared")
        })
        .into();
    // Otherwise the fixture would not show anything.
    assert_eq!(winners, ["1.0.2", "1.0.1", "1.0.1"]);
}

#[test]
fn the_order_of_appearance_decides_between_equals() {
    let swapped = "[dependencies]\nright = \"1\"\nleft = \"1\"\n";
    for manifest in [BOTH, swapped] {
        agree(&fixture(|r| competitors(r, 3, 3), manifest).project);
    }
}

#[test]
fn yanked_candidates_in_the_count() {
    for yanked in [&["1.0.0"][..], &["1.0.0", "1.0.1"], &["1.0.3"], &["1.0.2", "1.0.3"]] {
        let fill = |r: &Registry| {
            competitors(r, 3, 4);
            for version in yanked {
                r.set_yanked("right", version, true);
            }
        };
        agree(&fixture(fill, BOTH).project);
    }
}

#[test]
fn two_siblings_that_pin() {
    let fill = |r: &Registry| {
        r.versions("core", &["2.1.0", "2.1.1", "2.1.2", "2.2.0"]);
        for (version, pin) in [("1.0.0", "=2.1.0"), ("1.1.0", "=2.1.1"), ("1.2.0", "=2.1.2")] {
            r.package("derive", version).dep("core", pin).publish();
        }
        for (version, pin) in [("1.0.0", "=2.1.0"), ("1.1.0", "=2.1.1"), ("1.2.0", "=2.2.0")] {
            r.package("runtime", version).dep("core", pin).publish();
        }
    };
    let f = fixture(fill, "[dependencies]\nderive = \"1\"\nruntime = \"1\"\n");
    agree(&f.project);
    assert_eq!(version_of(&locked(&f.project), "core"), "2.1.1");
}

#[test]
fn a_wide_requirement_beside_a_narrow_one() {
    let fill = |r: &Registry| {
        r.versions("range", &["0.3.0", "0.3.9", "0.4.0", "0.4.7", "0.5.2", "0.6.0"]);
        r.package("wide", "1.0.0").dep("range", ">=0.3,<0.6").publish();
        r.package("narrow", "1.0.0").dep("range", "^0.4").publish();
    };
    for deps in [
        "wide = \"1\"\nnarrow = \"1\"",
        "narrow = \"1\"\nrange = \">=0.3, <0.6\"",
        "range = \"^0.4\"\nwide = \"1\"",
        "wide = \"1\"\nnarrow = \"1\"\nrange = \"0.3\"",
    ] {
        agree(&fixture(fill, &format!("[dependencies]\n{deps}\n")).project);
    }
}

#[test]
fn links_that_need_an_older_parent() {
    let fill = |r: &Registry| {
        for version in ["1.0.0", "2.0.0"] {
            let script = "fn main() {}";
            let sys = r.package("ssl-sys", version).links("ssl");
            sys.build_script(script).publish();
        }
        r.package("client", "1.0.0").dep("ssl-sys", "1").publish();
        r.package("client", "1.1.0").dep("ssl-sys", "2").publish();
        r.package("server", "3.0.0").dep("ssl-sys", "1").publish();
    };
    let f = fixture(fill, "[dependencies]\nclient = \"1\"\nserver = \"3\"\n");
    agree(&f.project);
    assert_eq!(version_of(&locked(&f.project), "client"), "1.0.0");
}

/// Packages with weak features and namespaced ones.
fn featured(r: &Registry) {
    r.package("opt", "1.0.0").feature("std", &[]).publish();
    r.package("opt", "1.1.0").feature("std", &["dep:inner"]).optional_dep("inner", "1").publish();
    r.versions("inner", &["1.0.0", "1.0.1"]);
    r.package("lib", "1.0.0")
        .dep_with("opt", "1", |d| d.optional().no_default())
        .dep_with("inner", "1", dhow_testkit::Dep::optional)
        .feature("std", &["opt?/std"])
        .feature("with", &["dep:opt"])
        .feature("both", &["std", "opt/std"])
        .publish();
}

#[test]
fn weak_features() {
    for features in [&[][..], &["std"], &["with"], &["std", "with"], &["both"], &["inner"]] {
        let manifest = format!("[dependencies]\nlib = {{ version = \"1\", features = {features:?} }}\n");
        agree(&fixture(featured, &manifest).project);
    }
}

#[test]
fn features_of_the_command_line() {
    let manifest = concat!(
        "[features]\ndefault = [\"a\"]\na = [\"lib?/std\"]\nb = [\"dep:lib\"]\nc = [\"lib/with\"]\n",
        "[dependencies]\nlib = { version = \"1\", optional = true }\n",
    );
    let f = fixture(featured, manifest);
    agree(&f.project);
    compare(&f.project, dhow(), |c| {
        c.tree(&["-e", "features", "--no-default-features"])
            .tree(&["-e", "features", "-F", "b"])
            .tree(&["-e", "features", "--features", "a,c"])
            .tree(&["-e", "features", "--all-features"])
            .metadata_with(&["--no-default-features", "-F", "c"])
    });
}

#[test]
fn one_name_from_two_sources() {
    let other = Registry::new();
    other.package("twin", "1.0.0").dep("inner", "1").publish();
    other.versions("inner", &["1.5.0"]);
    let alt = other.serve();
    let f = bare_fixture(|r| {
        r.versions("twin", &["1.0.0", "1.2.0"]);
        r.versions("inner", &["1.0.0"]);
    });
    let manifest = concat!(
        "[dependencies]\ntwin = \"1\"\ninner = \"1\"\n",
        "theirs = { package = \"twin\", version = \"1\", registry = \"alt\" }\n",
        "mine = { package = \"twin\", path = \"twin\" }\n",
    );
    f.project
        .alt_registry("alt", &alt)
        .manifest("app", manifest)
        .file("src/lib.rs", "")
        .file("twin/Cargo.toml", "[package]\nname = \"twin\"\nversion = \"1.2.0\"\nedition = \"2021\"\n")
        .file("twin/src/lib.rs", "");
    agree(&f.project);
}

#[test]
fn a_cycle_through_dev_dependencies() {
    let f = bare_fixture(|r| r.versions("leaf", &["1.0.0"]));
    f.project
        .file("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n")
        .file(
            "a/Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dev-dependencies]\nb = { path = \"../b\" }\n",
        )
        .file("a/src/lib.rs", "")
        .file(
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\na = { path = \"../a\" }\nleaf = \"1\"\n",
        )
        .file("b/src/lib.rs", "pub fn b() {}")
        .file("a/tests/uses.rs", "#[test] fn uses() { b::b(); }");
    agree(&f.project);
    compare(&f.project, dhow(), |c| c.command(&["test", "-q", "-p", "a"]));
}

#[test]
fn renamed_twins() {
    let fill = |r: &Registry| {
        r.versions("rand", &["0.7.3", "0.8.1", "0.8.5"]);
        r.package("user", "1.0.0")
            .renamed_dep("rand_old", "rand", "0.7")
            .renamed_dep("rand_new", "rand", "0.8")
            .publish();
    };
    let manifest = concat!(
        "[dependencies]\nuser = \"1\"\nrand7 = { package = \"rand\", version = \"0.7\" }\n",
        "rand8 = { package = \"rand\", version = \"=0.8.1\" }\n[dev-dependencies]\nrand = \"0.7\"\n",
    );
    let twins = fixture(fill, &manifest.replace("[dev-dependencies]\nrand = \"0.7\"\n", ""));
    agree(&twins.project);
    // One package under two names is refused.
    let f = fixture(fill, manifest);
    compare(&f.project, dhow(), |c| {
        c.command(&["generate-lockfile"])
            .command(&["metadata", "--format-version", "1"])
            .command(&["check"])
            .lockfile()
    });
}

/// Two members whose `rust-version`s differ, and a package whose versions ask for more and more.
fn with_rust_versions(resolver: &str, versions: [Option<&str>; 2]) -> Fixture {
    let f = bare_fixture(|r| {
        for (version, rust) in [("1.0.0", "1.50"), ("1.1.0", "1.70"), ("1.2.0", "1.85"), ("1.3.0", "9.0")] {
            r.package("picky", version).rust_version(rust).publish();
        }
        r.package("hard", "1.0.0").rust_version("9.0").publish();
        r.package("hard", "1.1.0").rust_version("9.1").publish();
    });
    f.project
        .file("Cargo.toml", format!("[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"{resolver}\"\n"));
    for (name, version) in ["a", "b"].iter().zip(versions) {
        let rust = version.map_or(String::new(), |v| format!("rust-version = \"{v}\"\n"));
        f.project
            .file(
                format!("{name}/Cargo.toml"),
                format!(
                    "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2018\"\n{rust}[dependencies]\npicky = \"1\"\nhard = \"1\"\n"
                ),
            )
            .file(format!("{name}/src/lib.rs"), "");
    }
    f
}

#[test]
fn members_with_different_rust_versions() {
    for versions in
        [[Some("1.60"), Some("1.85")], [Some("1.85"), None], [Some("1.75"), Some("1.75")], [None, None]]
    {
        agree(&with_rust_versions("3", versions).project);
    }
    let lock = locked(&with_rust_versions("3", [Some("1.60"), Some("1.85")]).project);
    assert_eq!(version_of(&lock, "picky"), "1.0.0");
}

#[test]
fn resolver_2_does_not_look_at_rust_versions() {
    let f = with_rust_versions("2", [Some("1.60"), Some("1.85")]);
    agree(&f.project);
    assert_eq!(version_of(&locked(&f.project), "picky"), "1.3.0");
    let told = with_rust_versions("2", [Some("1.60"), Some("1.85")]);
    told.project.config("[resolver]\nincompatible-rust-versions = \"fallback\"");
    agree(&told.project);
}

#[test]
fn prereleases_only_when_named() {
    let fill = |r: &Registry| {
        r.versions("pre", &["1.0.0", "1.1.0-alpha.1", "2.0.0-rc.1", "2.0.0-rc.2"]);
    };
    for req in ["1", "1.1.0-alpha.1", "2.0.0-rc.1", "=2.0.0-rc.1", "*", ">=1.0"] {
        agree(&fixture(fill, &format!("[dependencies]\npre = \"{req}\"\n")).project);
    }
}

#[test]
fn dependencies_of_every_kind_and_platform() {
    let fill = |r: &Registry| {
        r.versions("one", &["1.0.0"]);
        r.versions("two", &["1.0.0+build.5", "1.0.1"]);
        r.package("winonly", "0.1.0").dep("one", "1").publish();
        r.package("unixonly", "0.1.0").dep("two", "=1.0.0").publish();
        r.package("mid", "0.2.0")
            .target_dep("cfg(windows)", "winonly", "0.1")
            .target_dep("cfg(unix)", "unixonly", "0.1")
            .target_dep("x86_64-unknown-linux-gnu", "one", "1")
            .build_dep("two", "1")
            .build_script("fn main() {}")
            .dev_dep("nowhere", "1")
            .publish();
    };
    let manifest = concat!(
        "[dependencies]\nmid = \"0.2\"\n[build-dependencies]\none = \"1\"\n",
        "[target.'cfg(windows)'.dev-dependencies]\ntwo = \"1\"\n",
    );
    let f = fixture(fill, manifest);
    f.project.file("build.rs", "fn main() {}");
    agree(&f.project);
    compare(&f.project, dhow(), |c| {
        c.metadata_with(&["--filter-platform", "x86_64-unknown-linux-gnu"])
            .tree(&["--target", "x86_64-pc-windows-msvc"])
            .tree(&["--target", "all", "-e", "no-dev"])
    });
}

#[test]
fn workspace_inheritance_and_patches() {
    let f = bare_fixture(|r| {
        r.versions("leaf", &["1.0.0", "1.1.0"]);
        r.package("mid", "1.0.0").dep("leaf", "1").publish();
    });
    f.project
        .file(
            "Cargo.toml",
            concat!(
                "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\nexclude = [\"crates/not\"]\n",
                "[workspace.package]\nversion = \"0.7.1\"\nedition = \"2021\"\nrust-version = \"1.70\"\n",
                "[workspace.dependencies]\nmid = { version = \"1\" }\nleaf = \"1\"\n",
                "[patch.crates-io]\nleaf = { path = \"patched\" }\n",
            ),
        )
        .file("patched/Cargo.toml", "[package]\nname = \"leaf\"\nversion = \"1.0.7\"\nedition = \"2021\"\n")
        .file("patched/src/lib.rs", "")
        .file("crates/not/Cargo.toml", "[broken");
    for name in ["one", "two"] {
        f.project
            .file(
                format!("crates/{name}/Cargo.toml"),
                format!(
                    "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n[dependencies]\nmid.workspace = true\nleaf = {{ workspace = true, optional = true }}\n"
                ),
            )
            .file(format!("crates/{name}/src/lib.rs"), "");
    }
    agree(&f.project);
}

#[test]
fn patches_of_the_configuration_go_first() {
    let f = fixture(
        |r| r.versions("leaf", &["1.0.0", "1.1.0"]),
        "[dependencies]\nleaf = \"1\"\n[patch.crates-io]\nleaf = { path = \"manifest\" }\n",
    );
    for (place, version) in [("manifest", "1.0.7"), ("config", "1.0.8")] {
        let manifest = format!("[package]\nname = \"leaf\"\nversion = \"{version}\"\nedition = \"2021\"\n");
        f.project.file(format!("{place}/Cargo.toml"), manifest).file(format!("{place}/src/lib.rs"), "");
    }
    f.project.file(".cargo/config.toml", "[patch.crates-io]\nleaf = { path = \"config\" }\n");
    agree(&f.project);
    assert!(crate::support::ok(&f.project, "tree").stdout.contains("leaf v1.0.8"));
}

#[test]
fn the_lock_version_follows_the_rust_version() {
    for version in ["1.40", "1.52", "1.53", "1.77", "1.78", "1.85"] {
        let f = fixture(
            |r| r.versions("leaf", &["1.0.0"]),
            &format!("rust-version = \"{version}\"\n[dependencies]\nleaf = \"1\"\n"),
        );
        f.project.file("Cargo.toml", f.project.read("Cargo.toml").replace("2021", "2018"));
        agree(&f.project);
    }
}
