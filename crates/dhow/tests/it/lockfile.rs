//! A `Cargo.lock` that is there already: kept as it is as far as it can be, in its version and with its line ends.

use dhow_testkit::{Registry, compare};

use crate::support::{Fixture, cargo_ok, dhow, fixture, ok, run};

fn fill(r: &Registry) {
    r.versions("leaf", &["1.0.0"]);
    r.versions("other", &["0.1.0", "0.2.0"]);
    r.package("mid", "1.0.0").dep("leaf", "1").publish();
}

/// A project with a lock, after which newer versions came out.
fn aged() -> Fixture {
    let f = fixture(fill, "[dependencies]\nmid = \"1\"\n");
    cargo_ok(&f.project, "generate-lockfile");
    f.registry.versions("leaf", &["1.0.1", "1.1.0"]);
    f.registry.package("mid", "1.1.0").dep("leaf", "1.1").publish();
    f
}

/// What the lock becomes, and whether a build with `--locked` says the same afterwards.
#[track_caller]
fn agree(f: &Fixture) {
    compare(&f.project, dhow(), |c| c.metadata().tree(&[]).command(&["check", "--locked"]).lockfile());
}

#[test]
fn nothing_changes_when_nothing_must() {
    let f = aged();
    let before = f.project.read("Cargo.lock");
    agree(&f);
    ok(&f.project, "check");
    assert_eq!(f.project.read("Cargo.lock"), before);
}

#[test]
fn an_edit_of_the_manifest_moves_only_what_it_must() {
    for (title, deps) in [
        ("one more", "mid = \"1\"\nother = \"*\""),
        ("one less", ""),
        ("a locked one, named", "mid = \"1\"\nleaf = \"1\""),
        ("a newer one, named", "mid = \"1\"\nleaf = \"1.0.1\""),
        ("a newer parent", "mid = \"1.1\""),
        ("a feature", "mid = { version = \"1\", default-features = false }"),
    ] {
        let f = aged();
        f.project.manifest("app", &format!("[dependencies]\n{deps}\n"));
        eprintln!("{title}");
        agree(&f);
    }
}

#[test]
fn a_new_version_of_the_package_itself() {
    let f = aged();
    let manifest = f.project.read("Cargo.toml").replace("0.1.0", "0.2.0");
    f.project.file("Cargo.toml", manifest);
    agree(&f);
}

#[test]
fn a_yanked_version_stays_when_locked() {
    let f = aged();
    f.registry.set_yanked("leaf", "1.0.0", true);
    agree(&f);
    assert!(f.project.read("Cargo.lock").contains("\"1.0.0\""));
    f.project.manifest("app", "[dependencies]\nmid = \"1\"\nother = \"0.1\"\n");
    agree(&f);
    // From nothing it is not chosen.
    f.project.remove("Cargo.lock");
    agree(&f);
}

#[test]
fn a_version_that_vanished() {
    let f = aged();
    f.registry.remove("leaf", "1.0.0");
    compare(&f.project, dhow(), |c| c.command(&["metadata", "--format-version", "1"]).lockfile());
}

/// The lock in an older version of the format.
fn in_version(lock: &str, version: u8) -> String {
    let text = match version {
        1 | 2 => lock.replace("version = 4\n\n", ""),
        _ => lock.replace("version = 4\n", &format!("version = {version}\n")),
    };
    if version == 1 { as_v1(&text) } else { text }
}

/// Checksums at the end, and dependencies with version and source.
fn as_v1(lock: &str) -> String {
    let value = |block: &str, key: &str| {
        let line = block.lines().find(|l| l.starts_with(&format!("{key} = ")));
        line.and_then(|l| l.split('"').nth(1)).map(String::from)
    };
    let blocks: Vec<&str> = lock.split("\n\n").filter(|b| b.contains("[[package]]")).collect();
    let full = |block: &str| {
        let name = value(block, "name").expect("a name");
        let version = value(block, "version").expect("a version");
        match value(block, "source") {
            Some(source) => format!("{name} {version} ({source})"),
            None => format!("{name} {version}"),
        }
    };
    // The first block has the comments above it.
    let (mut text, mut sums) = (String::new(), Vec::new());
    for (at, block) in blocks.iter().enumerate() {
        text += if at == 0 { "" } else { "\n" };
        for line in block.lines() {
            let name = line.trim().trim_matches(|c| c == '"' || c == ',');
            let named = blocks.iter().find(|b| value(b, "name").as_deref() == Some(name));
            match named {
                Some(named) if line.starts_with(' ') => {
                    text.extend([" \"", &full(named), "\",\n"]);
                }
                _ if line.starts_with("checksum") => {}
                _ => text.extend([line, "\n"]),
            }
        }
        if let Some(sum) = value(block, "checksum") {
            sums.push(format!("\"checksum {}\" = \"{sum}\"\n", full(block)));
        }
    }
    text + "\n[metadata]\n" + &sums.concat()
}

#[test]
fn older_versions_of_the_format_are_kept() {
    for version in [1, 2, 3] {
        let f = aged();
        let old = in_version(&f.project.read("Cargo.lock"), version);
        f.project.file("Cargo.lock", &old);
        agree(&f);
        run(&f.project, "check --locked").assert_success();
        assert_eq!(f.project.read("Cargo.lock"), old);
        f.project.manifest("app", "[dependencies]\nmid = \"1\"\nother = \"0.1\"\n");
        agree(&f);
    }
}

/// `--locked` is about what the lock says, not about how it is written.
#[test]
fn a_lock_with_remarks_is_good_enough() {
    let f = aged();
    let lock = f.project.read("Cargo.lock").replace("[[package]]", "# A remark.\n\n[[package]]");
    f.project.file("Cargo.lock", &lock);
    for words in ["check --locked", "metadata --format-version 1 --locked", "fetch --locked"] {
        ok(&f.project, words);
        assert_eq!(f.project.read("Cargo.lock"), lock);
    }
    agree(&f);
}

#[test]
fn line_ends_are_kept() {
    let f = aged();
    let dos = f.project.read("Cargo.lock").replace('\n', "\r\n");
    f.project.file("Cargo.lock", &dos);
    agree(&f);
    ok(&f.project, "check --locked");
    assert_eq!(f.project.read("Cargo.lock"), dos);
    f.project.manifest("app", "[dependencies]\nmid = \"1\"\nother = \"0.1\"\n");
    agree(&f);
}

#[test]
fn a_lock_from_a_newer_tool_is_refused() {
    let f = aged();
    let lock = f.project.read("Cargo.lock");
    let newer = lock.replace("version = 4", "version = 99");
    f.project.file("Cargo.lock", &newer);
    run(&f.project, "check").assert_code(101).assert_stderr_has("99");
    assert_eq!(f.project.read("Cargo.lock"), newer);
}

#[test]
fn locked_refuses_and_changes_nothing() {
    let f = aged();
    f.project.manifest("app", "[dependencies]\nmid = \"1\"\nother = \"0.1\"\n");
    let before = f.project.read("Cargo.lock");
    for words in ["check --locked", "metadata --format-version 1 --locked", "tree --frozen", "fetch --locked"]
    {
        run(&f.project, words).assert_code(101).assert_stderr_has("Cargo.lock");
    }
    assert_eq!(f.project.read("Cargo.lock"), before);
    f.project.remove("Cargo.lock");
    run(&f.project, "check --locked").assert_code(101).assert_stderr_has("Cargo.lock");
    assert!(!f.project.exists("Cargo.lock"));
}

#[test]
fn generate_lockfile_starts_anew() {
    let f = aged();
    compare(&f.project, dhow(), |c| c.command(&["generate-lockfile"]).lockfile());
    ok(&f.project, "generate-lockfile");
    assert!(f.project.read("Cargo.lock").contains("\"1.1.0\""));
}
