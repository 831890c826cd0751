//! One home for both tools: what one fills the other uses as it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dhow_fetch::Wanted;
use dhow_model::SourceId;

use crate::support::Fixture;

/// A project that depends on three packages with build script, executable file and directories.
fn fixture() -> Fixture {
    let fixture = Fixture::new();
    let registry = &fixture.registry;
    registry.package("bar", "1.0.0").build_script("fn main() {}").file("deep/er/data", "x").publish();
    registry.package("foo", "1.2.3-beta.1+meta").dep("bar", "1").publish();
    registry.package("baz", "0.1.0").publish();
    registry.raw_index_line("baz", "not json");
    registry.raw_index_line("baz", r#"{"name":"baz","vers":"0.2.0","deps":"what"}"#);
    registry
        .raw_index_line("baz", r#"{"name":"baz","vers":"0.3.0","deps":[],"cksum":"0","features":{},"v":9}"#);
    fixture.sandbox.manifest("app", "[dependencies]\nfoo = \"=1.2.3-beta.1\"\nbaz = \"0.1\"\n");
    fixture.sandbox.file("src/main.rs", "fn main() { foo::foo(); baz::baz(); }");
    fixture
}

fn wanted(fixture: &Fixture) -> Vec<Wanted> {
    [("foo", "1.2.3-beta.1+meta"), ("bar", "1.0.0"), ("baz", "0.1.0")]
        .map(|(name, version)| fixture.wanted(name, version))
        .into()
}

/// Inode, size, permissions and (of files) time of everything below a directory.
fn inventory(dir: &Path) -> BTreeMap<PathBuf, (u64, u64, u32, i64)> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in dhow_fs::list_dir(&dir).expect("lists") {
            let stat = dhow_fs::lstat(&entry.path).expect("stats").expect("is there");
            if stat.is_dir() {
                open.push(entry.path.clone());
            }
            let (size, secs) = if stat.is_dir() { (0, 0) } else { (stat.size, stat.mtime.secs) };
            found.insert(entry.path, (stat.inode, size, stat.mode, secs));
        }
    }
    found
}

fn registry_dir(fixture: &Fixture, part: &str) -> PathBuf {
    fixture.sandbox.cargo_home().join("registry").join(part)
}

#[test]
fn cargo_builds_from_a_home_that_we_filled() {
    let fixture = fixture();
    fixture.sandbox.cargo(["generate-lockfile"]).assert_success();
    let lock = fixture.sandbox.read("Cargo.lock");
    dhow_fs::remove_dir_all(&registry_dir(&fixture, "")).expect("empties the home");
    fixture.download(&wanted(&fixture)).expect("downloads");
    let before = inventory(&registry_dir(&fixture, ""));
    fixture.server.clear_log();
    fixture.sandbox.cargo(["build", "--offline", "--locked"]).assert_success();
    let after = inventory(&registry_dir(&fixture, ""));
    assert_eq!(before, after, "nothing may be unpacked again");
    assert_eq!(fixture.server.requests().len(), 0);
    fixture.sandbox.remove("Cargo.lock");
    fixture.sandbox.cargo(["generate-lockfile", "--offline"]).assert_success();
    assert_eq!(fixture.sandbox.read("Cargo.lock"), lock, "our copy of the index serves as well");
}

#[test]
fn downloads_bring_the_index_files_that_cargo_needs_offline() {
    let fixture = fixture();
    fixture.sandbox.cargo(["generate-lockfile"]).assert_success();
    let wanted = wanted(&fixture);
    dhow_fs::remove_dir_all(&registry_dir(&fixture, "")).expect("empties the home");
    fixture.download(&wanted).expect("downloads");
    fixture.sandbox.cargo(["build", "--offline", "--locked"]).assert_success();
}

#[test]
fn we_use_a_home_that_cargo_filled() {
    let mut fixture = fixture();
    fixture.sandbox.cargo(["fetch"]).assert_success();
    let before = inventory(&registry_dir(&fixture, ""));
    fixture.server.clear_log();
    fixture.offline = true;
    let ready = fixture.download(&wanted(&fixture)).expect("all is there");
    assert_eq!(ready.len(), 3);
    assert_eq!(inventory(&registry_dir(&fixture, "")), before);
    assert_eq!(fixture.server.requests().len(), 0);
}

#[test]
fn both_leave_the_same_files() {
    let ours = fixture();
    ours.download(&wanted(&ours)).expect("downloads");
    let relative = |fixture: &Fixture| {
        let root = registry_dir(fixture, "");
        let all = inventory(&root).into_iter().map(|(path, (_, size, mode, secs))| {
            // The marker's time is that of its making; inodes are never equal.
            let secs =
                if path.ends_with(".cargo-ok") || path.starts_with(root.join("src")) { secs } else { 0 };
            let secs = if path.ends_with(".cargo-ok") { 0 } else { secs };
            (path.strip_prefix(&root).expect("below").to_owned(), (size, mode, secs))
        });
        all.collect::<BTreeMap<_, _>>()
    };
    let mine = relative(&ours);
    let files: Vec<_> = mine.keys().filter(|path| path.starts_with("index")).cloned().collect();
    let read = |path: &Path| dhow_fs::read(&registry_dir(&ours, "").join(path)).ok();
    let contents: Vec<_> = files.iter().map(|path| read(path)).collect();
    dhow_fs::remove_dir_all(&registry_dir(&ours, "")).expect("empties the home");
    ours.sandbox.cargo(["fetch"]).assert_success();
    assert_eq!(mine, relative(&ours));
    for (path, content) in files.iter().zip(contents) {
        assert_eq!(content, read(path), "{}", path.display());
    }
}

#[test]
fn the_source_names_its_directories_as_cargo_does() {
    let fixture = fixture();
    fixture.sandbox.cargo(["fetch"]).assert_success();
    let home = fixture.home().registry_of(fixture.actual());
    for dir in [home.index(), home.cache(), home.src()] {
        assert!(dir.is_dir(), "{}", dir.display());
    }
    let other = SourceId::crates_io();
    assert_ne!(fixture.home().registry_of(other), home);
}
