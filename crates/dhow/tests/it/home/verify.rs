//! Sources are what was unpacked: checked before they are compiled, verified when asked to, and mended.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use dhow_testkit::Sandbox;

use super::{archive, cargo, depend, dhow, fill, only_dir, sources};
use crate::support::{Fixture, bare_fixture, compiled, listing, ok};

/// A home that `tool` filled.
fn filled(tool: super::Tool) -> Fixture {
    let f = bare_fixture(fill);
    depend(&f.project, &["one", "two", "three"]);
    tool(&f.project, "fetch").run().assert_success();
    f
}

#[test]
fn what_somebody_changed_is_not_compiled() {
    for tool in [dhow as super::Tool, cargo] {
        let f = filled(tool);
        let lib = sources(&f.project, "one-1.0.0").join("src/lib.rs");
        let good = fs::read(&lib).expect("reads");
        let refused = |what: &str| {
            f.project.remove("target");
            for words in ["check", "build --verify-sources", "check --keep-going"] {
                let output = dhow(&f.project, words).run().assert_code(101);
                let output = output.assert_stderr_has("the sources of `one 1.0.0`").assert_stderr_has(what);
                output.assert_stderr_has("dhow home verify --repair");
            }
        };
        fs::write(&lib, [&good[..], b" "].concat()).expect("writes");
        refused("one-1.0.0/src/lib.rs` was changed");
        fs::remove_file(&lib).expect("removes");
        refused("one-1.0.0/src/lib.rs` is missing");
        fs::write(&lib, &good).expect("writes");
        fs::set_permissions(&lib, fs::Permissions::from_mode(0o755)).expect("changes");
        refused("one-1.0.0/src/lib.rs` has another permission");
        fs::set_permissions(&lib, fs::Permissions::from_mode(0o644)).expect("changes");
        let added = lib.with_file_name("added.rs");
        fs::write(&added, "").expect("writes");
        refused("one-1.0.0/src/added.rs` was added");
        fs::remove_file(&added).expect("removes");
        ok(&f.project, "build --verify-sources");
    }
}

/// What is fresh is not looked at, unless that is asked for: by flag, by variable, by configuration.
#[test]
fn what_is_fresh_costs_nothing_unless_asked_for() {
    let f = filled(dhow);
    ok(&f.project, "check");
    let lib = sources(&f.project, "three-1.0.0").join("src/lib.rs");
    let good = fs::read(&lib).expect("reads");
    fs::write(&lib, "").expect("writes");
    assert!(compiled(&ok(&f.project, "check")).is_empty());
    let refused = |cmd: dhow_testkit::Cmd| {
        cmd.run().assert_code(101).assert_stderr_has("three-1.0.0/src/lib.rs` was changed");
    };
    refused(dhow(&f.project, "check --verify-sources"));
    refused(dhow(&f.project, "check").env("DHOW_VERIFY_SOURCES", "1"));
    refused(dhow(&f.project, "check --config dhow.verify-sources=true"));
    dhow(&f.project, "check").env("DHOW_VERIFY_SOURCES", "maybe").run().assert_code(101);
    fs::write(&lib, good).expect("writes");
    ok(&f.project, "check --verify-sources");
}

#[test]
fn a_touched_file_is_no_changed_one_and_a_broken_manifest_is_made_again() {
    let f = filled(dhow);
    let lib = sources(&f.project, "one-1.0.0").join("src/lib.rs");
    let file = fs::File::options().write(true).open(&lib).expect("opens");
    file.set_modified(SystemTime::now() + Duration::from_secs(100)).expect("touches");
    ok(&f.project, "check");
    let manifests = only_dir(&f.project.cargo_home().join(".dhow/sources"));
    for entry in fs::read_dir(&manifests).expect("lists") {
        fs::write(entry.expect("an entry").path(), "of another time").expect("writes");
    }
    f.project.remove("target");
    ok(&f.project, "check");
    for entry in fs::read_dir(&manifests).expect("lists") {
        assert!(fs::read(entry.expect("an entry").path()).expect("reads").starts_with(b"dhow-sm"));
    }
    ok(&f.project, "home verify");
}

#[test]
fn everything_that_differs_is_named_and_mended() {
    // Without its archive, what a real Cargo unpacked cannot be held against anything.
    for (tool, unverifiable) in [(dhow as super::Tool, 0), (cargo, 1)] {
        let f = filled(tool);
        ok(&f.project, "home verify").assert_stderr_has("Verified");
        let home = f.project.cargo_home();
        let before = listing(&home.join("registry"));
        let [one, two, three] =
            ["one-1.0.0", "two-1.0.0", "three-1.0.0"].map(|name| sources(&f.project, name));
        fs::write(one.join("src/lib.rs"), "pub fn evil() {}").expect("writes");
        fs::write(one.join("added"), "").expect("writes");
        fs::remove_file(two.join("data")).expect("removes");
        fs::remove_file(three.join(".cargo-ok")).expect("removes");
        let bad = archive(&f.project, "four-1.0.0");
        let mut bytes = fs::read(&bad).expect("reads");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&bad, bytes).expect("writes");
        let index = only_dir(&home.join("registry/index"));
        let cached = index.join(".cache/3/o/one");
        let half = fs::read(&cached).expect("reads").len() as u64 / 2;
        fs::File::options().write(true).open(&cached).expect("opens").set_len(half).expect("cuts");
        fs::write(index.join("config.json"), "{").expect("writes");
        let gone = one.with_file_name(".dhow-gone-five-1.0.0");
        fs::create_dir(&gone).expect("makes");
        fs::write(archive(&f.project, ".dhow-six-1.0.0").with_extension("part"), "").expect("writes");
        let expected = [
            "one-1.0.0/src/lib.rs: was changed",
            "one-1.0.0/added: was added",
            "two-1.0.0/data: is missing",
            "three-1.0.0: is not complete",
            "four-1.0.0.crate: is not the one that was published",
            ".cache/3/o/one: is a damaged copy of an index file",
            "config.json: is not a registry's",
            ".dhow-gone-five-1.0.0: was left half-made",
            ".dhow-six-1.0.0.part: was left half-made",
        ];
        let output = dhow(&f.project, "home verify").run().assert_code(101);
        for line in expected {
            assert!(output.stdout.contains(line), "{line}\n{}", output.stdout);
        }
        assert_eq!(output.stdout.matches("four-1.0.0: cannot be verified").count(), unverifiable);
        assert_eq!(output.stdout.lines().count(), expected.len() + unverifiable, "{}", output.stdout);
        dhow(&f.project, "home verify --repair").run().assert_success().assert_stderr_has("Repaired");
        ok(&f.project, "home verify");
        cargo(&f.project, "fetch --locked").run().assert_success();
        ok(&f.project, "build --verify-sources --locked");
        ok(&f.project, "home verify");
        assert_eq!(listing(&home.join("registry")), before);
    }
}

#[test]
fn what_is_there_is_shown() {
    let f = filled(dhow);
    let output = ok(&f.project, "home stat --format json");
    let stat: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let kind = |name: &str| {
        stat["kinds"]
            .as_array()
            .expect("kinds")
            .iter()
            .find(|kind| kind["kind"] == name)
            .expect("a kind")
            .clone()
    };
    assert_eq!(kind("crates")["count"], 4);
    assert_eq!(kind("sources")["count"], 4);
    assert_eq!(kind("index")["count"], 1);
    assert_eq!(kind("git-db")["count"], 0);
    assert!(kind("sources")["bytes"].as_u64() > Some(12_000));
    assert!(kind("sources")["newest_use"].is_u64() && kind("git-db")["newest_use"].is_null());
    ok(&f.project, "home stat").assert_stdout_has("crates").assert_stdout_has("total");
}

/// A repository with a submodule, a link and a script, which a package of the project is from.
pub(super) fn with_git() -> Option<Sandbox> {
    let project = Sandbox::new();
    let git = |dir: &str, args: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
        let cmd = project.cmd("git").args(who).args(args).cwd(project.path(dir));
        cmd.env("GIT_CONFIG_GLOBAL", "/dev/null").run().assert_success();
    };
    if !std::process::Command::new("git").arg("--version").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no `git`");
        return None;
    }
    project.file("sub/text", "in a submodule").file("dep/src/lib.rs", "").file("dep/run", "#!/bin/sh\n");
    project.file("dep/Cargo.toml", "[package]\nname = \"dep\"\nversion = \"1.0.0\"\n");
    for dir in ["sub", "dep"] {
        git(dir, &["init", "-q", "-b", "main"]);
    }
    git("sub", &["add", "."]);
    git("sub", &["commit", "-qm", "x"]);
    fs::set_permissions(project.path("dep/run"), fs::Permissions::from_mode(0o755)).expect("changes");
    std::os::unix::fs::symlink("run", project.path("dep/link")).expect("links");
    let url = format!("file://{}", project.path("sub").display());
    git("dep", &["submodule", "add", "-q", &url, "sub"]);
    git("dep", &["add", "."]);
    git("dep", &["commit", "-qm", "x"]);
    let url = format!("file://{}", project.path("dep").display());
    project.manifest("app", &format!("[dependencies]\ndep = {{ git = \"{url}\" }}\n")).file("src/lib.rs", "");
    Some(project)
}

#[test]
fn a_git_checkout_is_what_its_commit_says() {
    let Some(project) = with_git() else { return };
    cargo(&project, "fetch").run().assert_success();
    ok(&project, "home verify");
    let checkouts = project.cargo_home().join("git/checkouts");
    let place = || only_dir(&only_dir(&checkouts));
    let found = |expected: &[&str]| {
        let output = dhow(&project, "home verify").run().assert_code(101);
        for line in expected {
            assert!(output.stdout.contains(line), "{line}\n{}", output.stdout);
        }
        assert_eq!(output.stdout.lines().count(), expected.len(), "{}", output.stdout);
        dhow(&project, "home verify --repair").run().assert_success();
        ok(&project, "home verify");
        cargo(&project, "fetch --offline --locked").run().assert_success();
        ok(&project, "home verify");
    };
    ok(&project, "check");
    fs::write(place().join("src/lib.rs"), "pub fn evil() {}").expect("writes");
    // Fresh is fresh; what has to be compiled is looked at by what was noted, and all of it by the commit.
    assert!(compiled(&ok(&project, "check")).is_empty());
    for words in ["check --verify-sources", "build"] {
        let output = dhow(&project, words).run().assert_code(101);
        output.assert_stderr_has("/src/lib.rs` was changed").assert_stderr_has("dhow home verify --repair");
    }
    fs::write(place().join("src/added.rs"), "").expect("writes");
    fs::write(place().join(".gitignore"), "*").expect("writes");
    fs::write(place().join("sub/text"), "changed").expect("writes");
    fs::remove_file(place().join("link")).expect("removes");
    std::os::unix::fs::symlink("src", place().join("link")).expect("links");
    fs::set_permissions(place().join("run"), fs::Permissions::from_mode(0o644)).expect("changes");
    found(&[
        "/src/lib.rs: was changed",
        "/src/added.rs: was added",
        "/.gitignore: was added",
        "/sub/text: was changed",
        "/link: was changed",
        "/run: has another permission",
    ]);
    fs::remove_file(place().join(".cargo-ok")).expect("removes");
    found(&["is not complete"]);
    fs::remove_file(place().join("src/lib.rs")).expect("removes");
    found(&["/src/lib.rs: is missing"]);
    let databases = project.cargo_home().join("git/db");
    for database in fs::read_dir(&databases).expect("lists") {
        let objects = database.expect("an entry").path().join("objects");
        fs::remove_dir_all(&objects).expect("removes");
        fs::create_dir(&objects).expect("makes");
    }
    let output = dhow(&project, "home verify").run().assert_code(101);
    assert_eq!(output.stdout.matches("is a damaged repository").count(), 2, "{}", output.stdout);
    dhow(&project, "home verify --repair").run().assert_success();
    ok(&project, "home verify");
    cargo(&project, "fetch --locked").run().assert_success();
    ok(&project, "home verify");
}
