//! Packages that cannot be chosen, and archives that are not what they should be.

use dhow_testkit::{Output, PackageBuilder, RawEntry, Registry, compare};

use super::{nothing_half_made, refused};
use crate::support::{Fixture, dhow, fixture, ok, packages_in};

#[test]
fn packages_and_versions_that_do_not_exist() {
    let f = fixture(|r| r.versions("leaf", &["1.0.0", "1.2.0"]), "[dependencies]\nleef = \"1\"\n");
    drop(refused(&f.project, "check", &["leef", "app"]));
    f.project.manifest("app", "[dependencies]\nleaf = \"2\"\n");
    drop(refused(&f.project, "check", &["leaf", "2", "1.2.0", "app"]));
    f.registry.set_yanked("leaf", "1.0.0", true);
    f.project.manifest("app", "[dependencies]\nleaf = \"=1.0.0\"\n");
    drop(refused(&f.project, "check", &["leaf", "1.0.0", "yanked"]));
    assert!(!f.project.exists("Cargo.lock") && !f.project.exists("target"));
    assert!(packages_in(&f.project.cargo_home()).is_empty());
    nothing_half_made(&f.project);
}

#[test]
fn links_that_conflict() {
    let fill = |r: &Registry| {
        for (name, version) in [("ssl-sys", "1.0.0"), ("ssl-sys", "2.0.0"), ("boring", "1.0.0")] {
            r.package(name, version).links("ssl").build_script("fn main() {}").publish();
        }
        r.package("client", "1.0.0").dep("ssl-sys", "1").publish();
        r.package("server", "1.0.0").dep("ssl-sys", "2").publish();
    };
    let f = fixture(fill, "[dependencies]\nclient = \"1\"\nserver = \"1\"\n");
    drop(refused(&f.project, "check", &["ssl-sys", "links", "client", "server"]));
    f.project.manifest("app", "[dependencies]\nclient = \"1\"\nboring = \"1\"\n");
    drop(refused(&f.project, "check", &["ssl-sys", "boring", "links"]));
    assert!(!f.project.exists("Cargo.lock"));
}

#[test]
fn pins_that_conflict() {
    let fill = |r: &Registry| {
        r.versions("core", &["1.0.0", "1.0.1"]);
        r.package("one", "1.0.0").dep("core", "=1.0.0").publish();
        r.package("two", "1.0.0").dep("core", "=1.0.1").publish();
    };
    let f = fixture(fill, "[dependencies]\none = \"1\"\ntwo = \"1\"\n");
    drop(refused(&f.project, "check", &["core", "one", "two", "=1.0.0", "=1.0.1"]));
    compare(&f.project, dhow(), |c| c.command(&["check"]).command(&["metadata", "--format-version", "1"]));
}

/// A project on one package that is broken as told.
fn on(break_it: impl FnOnce(PackageBuilder) -> PackageBuilder) -> Fixture {
    fixture(
        |r| {
            r.versions("whole", &["1.0.0"]);
            break_it(r.package("broken", "1.0.0")).publish();
        },
        "[dependencies]\nbroken = \"1\"\nwhole = \"1\"\n",
    )
}

/// Refuses it, leaves nothing half-made, and goes on once there is a version that is in order.
#[track_caller]
fn refused_until_mended(f: &Fixture, said: &[&str], mended: &str) -> Output {
    let output = refused(&f.project, "fetch", said);
    nothing_half_made(&f.project);
    assert!(!f.project.root().join("evil").exists());
    assert!(!f.project.exists("target"));
    f.registry.package("broken", mended).publish();
    f.project.remove("Cargo.lock");
    ok(&f.project, "fetch");
    ok(&f.project, "check --offline");
    output
}

#[test]
fn a_checksum_that_does_not_match() {
    let f = on(|p| p.tamper(|bytes| bytes[20] ^= 1));
    drop(refused_until_mended(&f, &["broken", "checksum|sha-256"], "1.0.0"));
    let f = on(|p| p.checksum(&"0".repeat(64)));
    let output = refused(&f.project, "fetch", &["broken", "checksum|sha-256"]);
    assert!(!output.stderr.contains("evil"));
    let packages = packages_in(&f.project.cargo_home());
    assert!(!packages.iter().any(|path| path.contains("broken")), "{packages:?}");
}

// Stricter than the real cargo, which leaves what it had unpacked until then.
#[test]
fn an_archive_that_breaks_off() {
    let f = on(|p| p.reshape(|bytes| bytes.truncate(bytes.len() / 2)));
    drop(refused_until_mended(&f, &["broken"], "1.0.1"));
    let f = on(|p| p.crate_bytes(b"not gzip at all".to_vec()));
    drop(refused_until_mended(&f, &["broken"], "1.0.1"));
}

// Stricter than the real cargo in the same way.
#[test]
fn an_entry_that_leaves_its_directory() {
    for path in ["../evil", "other-1.0.0/evil", "/evil"] {
        let f = on(|p| p.entry(RawEntry::file(path, "x")));
        drop(refused_until_mended(&f, &["broken", "evil"], "1.0.1"));
    }
}

// Stricter than the real cargo, which leaves out what climbs, and makes links.
#[test]
fn entries_that_no_package_has() {
    for entry in [
        RawEntry::file("broken-1.0.0/../../../../evil", "x"),
        RawEntry::symlink("broken-1.0.0/evil", "/etc/passwd"),
        RawEntry::symlink("broken-1.0.0/src/evil", "lib.rs"),
    ] {
        let f = on(|p| p.entry(entry.clone()));
        drop(refused_until_mended(&f, &["broken", "evil"], "1.0.1"));
    }
}

// Stricter than the real cargo in what it leaves.
#[test]
fn a_size_that_is_a_lie() {
    let f = on(|p| p.entry(RawEntry::file("broken-1.0.0/big", "x").claims_size(1 << 40)));
    drop(refused_until_mended(&f, &["broken"], "1.0.1"));
}

#[test]
fn a_manifest_in_a_package_that_cannot_be_read() {
    let f = on(|p| p.manifest("[package\n"));
    drop(refused(&f.project, "check", &["broken", "Cargo.toml"]));
    let f = on(|p| p.lib("pub fn broken() -> u32 { \"x\" }"));
    drop(refused(&f.project, "check", &["could not compile `broken`", "E0308"]));
}

#[test]
fn lines_of_the_index_that_cannot_be_read() {
    let f = fixture(
        |r| {
            r.versions("leaf", &["1.0.0"]);
            r.raw_index_line("leaf", "{ not json");
            r.raw_index_line("leaf", "{\"name\":\"leaf\",\"vers\":\"1.9.0\",\"deps\":[],\"cksum\":\"00\",\"features\":{},\"v\":99}");
        },
        "[dependencies]\nleaf = \"1\"\n",
    );
    // What it does not understand is passed over, as by the real one.
    compare(&f.project, dhow(), |c| c.command(&["generate-lockfile"]).lockfile());
}
