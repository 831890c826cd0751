//! Unusual archives that the real cargo takes: they must come out the same. And what a refused one leaves: nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dhow_fetch::FetchError;
use dhow_testkit::{RawEntry, build_archive};

use crate::support::Fixture;

/// Path, permissions, time (of files) and content of what is below a directory.
type Tree = BTreeMap<PathBuf, (u32, i64, Vec<u8>)>;

fn tree(root: &Path) -> Tree {
    let (mut found, mut open) = (Tree::new(), vec![root.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in dhow_fs::list_dir_optional(&dir).expect("lists").unwrap_or_default() {
            let stat = dhow_fs::lstat(&entry.path).expect("stats").expect("is there");
            let name = entry.path.strip_prefix(root).expect("below").to_owned();
            if stat.is_dir() {
                open.push(entry.path);
                found.insert(name, (stat.mode, 0, Vec::new()));
            } else {
                let secs = if name.ends_with(".cargo-ok") { 0 } else { stat.mtime.secs };
                found.insert(name, (stat.mode, secs, dhow_fs::read(&entry.path).expect("reads")));
            }
        }
    }
    found
}

/// Each becomes one package; `$` stands for its directory.
fn odd_but_harmless() -> Vec<Vec<RawEntry>> {
    let file = |path: &str| vec![RawEntry::file(path, "x")];
    let text = |path: &str, text: &str| RawEntry::file(path, text);
    vec![
        file("$/./a"),
        file("$//a"),
        file("$/a:stream"),
        file("$/C:/a"),
        file("$/a\\..\\..\\b"),
        file("$/a\nb"),
        file("$/ "),
        // Cargo gives directories the modes in the archive; ours are those of any new directory.
        vec![RawEntry::file("$/a/", "x").mode(0o755)],
        file("$/.CARGO-OK"),
        file("$/.cargo-ok"),
        file("$/a/.cargo-ok"),
        file(&format!("$/{}", "n".repeat(255))),
        file(&format!("$/{}x", format!("{}/", "d".repeat(200)).repeat(15))),
        vec![RawEntry::file(b"$/\xff\xfe", "x")],
        vec![text("$/a", "11111"), text("$/a", "2")],
        vec![text("$/readme", "1"), text("$/README", "2"), text("$/Doc/a", "3"), text("$/doc/a", "4")],
        vec![RawEntry::dir("$/a"), RawEntry::dir("$/a/"), RawEntry::dir("$/")],
        vec![RawEntry::dir("$/.cargo-ok")],
        vec![RawEntry::dir("$/a").claims_size(700), text("$/b", "x")],
        vec![RawEntry::of_kind(0, "$/a", "x"), text("$/b", "x")],
        vec![RawEntry::of_kind(b'K', "././@LongLink", "$/a\0"), text("$/b", "x")],
        vec![RawEntry::of_kind(b'L', "././@LongLink", "$/long\0"), text("$/b", "x")],
        vec![RawEntry::of_kind(b'x', "x", "14 comment=xy\n"), text("$/b", "x")],
        vec![RawEntry::of_kind(b'x', "x", "13 mtime=1.25\n"), text("$/b", "x")],
        vec![RawEntry::of_kind(b'x', "x", "10 size=3\n"), text("$/b", "abcdefg")],
        vec![RawEntry::of_kind(b'x', "x", "garbage"), text("$/b", "x")],
        [0o4755, 0o7777, 0, 0o444, 0o666, 0o111]
            .map(|mode| text(&format!("$/{mode}"), "x").mode(mode))
            .into(),
        [0, 1, 0o77_777_777_777].map(|secs| text(&format!("$/{secs}"), "x").mtime_seconds(secs)).into(),
    ]
}

/// What may come after the archive, or be missing from its end.
const ENDS: [fn(&mut Vec<u8>); 6] = [
    |bytes| bytes.extend_from_slice(b"garbage garbage"),
    |bytes| bytes.extend_from_slice(&[0; 1000]),
    |bytes| bytes.extend(build_archive(&[RawEntry::file("../second", "x")])),
    |bytes| bytes.extend(bytes.clone()),
    |bytes| {
        let at = bytes.len() - 8;
        bytes[at] ^= 1;
    },
    |bytes| bytes.truncate(bytes.len() - 8),
];

#[test]
fn odd_archives_come_out_as_with_cargo() {
    let fixture = Fixture::new();
    let cases = odd_but_harmless();
    let names: Vec<_> = (0..cases.len() + ENDS.len()).map(|n| format!("p{n}")).collect();
    for (name, entries) in names.iter().zip(cases) {
        let dir = format!("{name}-1.0.0");
        let package = fixture.registry.package(name, "1.0.0");
        entries.into_iter().fold(package, |package, entry| package.entry(entry.below(&dir))).publish();
    }
    for (name, end) in names.iter().rev().zip(ENDS) {
        fixture.registry.package(name, "1.0.0").reshape(end).publish();
    }
    let deps: String = names.iter().map(|name| format!("{name} = \"1\"\n")).collect();
    fixture.sandbox.manifest("app", &format!("[dependencies]\n{deps}")).file("src/lib.rs", "");
    fixture.sandbox.cargo(["fetch"]).assert_success();
    let home = fixture.home().registry_of(fixture.actual());
    let theirs = tree(home.src());
    dhow_fs::remove_dir_all(home.src()).expect("removes");
    let wanted: Vec<_> = names.iter().map(|name| fixture.wanted(name, "1.0.0")).collect();
    fixture.download(&wanted).expect("unpacks");
    let ours = tree(home.src());
    for (path, entry) in &theirs {
        assert_eq!(ours.get(path), Some(entry), "{}", path.display());
    }
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn a_refused_archive_leaves_nothing_and_is_named() {
    let hostile = [
        RawEntry::file("foo-1.0.0/../../evil", "x"),
        RawEntry::symlink("foo-1.0.0/link", "/etc/passwd"),
        RawEntry::dir("foo-1.0.0/Cargo.toml"),
        RawEntry::file("foo-1.0.0/Cargo.toml/x", "x"),
        RawEntry::file(format!("foo-1.0.0/{}", "n".repeat(256)), "x"),
        RawEntry::file("foo-1.0.0/x", "x").claims_size(1 << 40),
    ];
    for entry in hostile {
        let fixture = Fixture::new();
        fixture.registry.package("foo", "1.0.0").entry(entry.clone()).publish();
        let wanted = fixture.wanted("foo", "1.0.0");
        let before: Vec<_> = tree(fixture.sandbox.root()).into_keys().collect();
        let error = fixture.download(&[wanted]).expect_err("is refused");
        assert!(matches!(error, FetchError::BadArchive { .. }), "{entry:?}: {error}");
        assert!(error.to_string().contains("`foo 1.0.0`"), "{error}");
        let mut after: Vec<_> = tree(fixture.sandbox.root()).into_keys().collect();
        after.retain(|path| !before.contains(path));
        let packages = after.iter().filter(|path| path.to_string_lossy().contains("foo-1.0.0"));
        assert_eq!(packages.count(), 0, "{after:?}");
        assert!(after.iter().all(|path| path.starts_with("home/.cargo")), "{after:?}");
    }
}
