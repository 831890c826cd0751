//! Files that an attacker or a broken tool would make.

use super::*;
use crate::pack::frames::FrameWriter;
use dhow_fs::TempDir;
use tar::{Builder, Header};

/// An entry with that name, byte for byte.
fn entry(kind: EntryType, name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(0o4777);
    header.set_size(content.len() as u64);
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.as_old_mut().linkname[..4].copy_from_slice(b"/etc");
    header.set_cksum();
    let mut tar = Builder::new(Vec::new());
    tar.append(&header, content).expect("appends");
    let mut bytes = tar.into_inner().expect("ends");
    bytes.truncate(bytes.len() - 1024);
    bytes
}

fn file(name: &str) -> Vec<u8> {
    entry(EntryType::Regular, name, b"x")
}

/// What is said of a file with these entries behind a lock file. Nothing may be written outside.
fn said(entries: &[Vec<u8>]) -> String {
    let lock = entry(EntryType::Regular, "Cargo.lock", b"version = 4\n");
    said_of(&[&[lock], entries].concat().concat(), 1024)
}

fn said_of(tar: &[u8], zeros: usize) -> String {
    let dir = TempDir::anywhere().expect("temp dir");
    let (packed, target) = (dir.path().join("hub.tar.zst"), dir.path().join("target"));
    let mut frames = FrameWriter::new(Vec::new());
    io::Write::write_all(&mut frames, &[tar, &vec![0; zeros]].concat()).expect("writes");
    dhow_fs::write(&packed, &frames.finish().expect("ends").0).expect("writes");
    dhow_fs::create_dir_all(&target).expect("makes");
    let result = unpack_within(&packed, &target, &|_| Ok(()), LIMIT);
    let names: Vec<_> =
        dhow_fs::list_dir(dir.path()).expect("lists").into_iter().map(|e| e.file_name).collect();
    assert_eq!(names, ["hub.tar.zst", "target"]);
    match result {
        Ok(unpacked) => format!("{} files", unpacked.files),
        Err(error) => error.to_string(),
    }
}

const LIMIT: u64 = 50_000;
const CRATE: &str = ".cargo/registry/cache/a-1/serde-1.0.0.crate";

#[test]
fn a_good_one_is_unpacked() {
    let entries = [
        entry(EntryType::Directory, ".cargo/git/db/a-1/refs/", b""),
        entry(EntryType::Directory, ".cargo/", b""),
        file(".cargo/config.toml"),
        file(CRATE),
        entry(EntryType::Regular, ".cargo/git/db/a-1/config", REPOSITORY_CONFIG),
    ];
    assert_eq!(said(&entries), "3 files");
}

#[test]
fn what_is_no_part_of_a_hub_is_refused() {
    for name in [
        "../evil",
        "/etc/evil",
        "evil",
        ".cargo/../evil",
        ".cargo/credentials.toml",
        ".cargo/config",
        ".cargo/registry/src/a-1/b-1.0.0/build.rs",
        ".cargo/registry/cache/a-1/../../../../evil.crate",
        ".cargo//config.toml",
        "./.cargo/config.toml",
        ".cargo/git/db/a-1/hooks/post-checkout",
        ".cargo/git/db/a-1/objects/info/alternates",
        "Cargo.lock",
    ] {
        let said = said(&[file(name)]);
        assert!(said.contains("which is no part of a hub"), "{name}: {said}");
    }
    for name in ["../evil/", ".cargo/bin/", ".cargo/registry/cache/../../x/", "/"] {
        let said = said(&[entry(EntryType::Directory, name, b"")]);
        assert!(said.contains("which is no part of a hub"), "{name}: {said}");
    }
    let said = said(&[file(".cargo/git/db/a-1/config")]);
    assert!(said.contains("which configures a repository"), "{said}");
}

#[test]
fn only_files_come_out_and_each_once() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo, EntryType::Block] {
        let said = said(&[entry(kind, CRATE, b"")]);
        assert!(said.contains("which is neither a file nor a directory"), "{kind:?}: {said}");
    }
    assert!(said(&[file(CRATE), file(CRATE)]).contains("a second time"));
    let nested = ".cargo/registry/index/a-1/.cache/aa/b";
    assert!(said(&[file(nested), file(&format!("{nested}/c"))]).contains("below what is a file"));
}

#[test]
fn the_end_and_the_beginning_are_where_they_should_be() {
    let lock = || entry(EntryType::Regular, "Cargo.lock", b"version = 4\n");
    assert!(said_of(&lock(), 0).contains("cut off"));
    assert!(said_of(&[lock(), vec![0; 1024], b"more".to_vec()].concat(), 1020).contains("behind its end"));
    assert!(said_of(&file(CRATE), 1024).contains("before the `Cargo.lock`"));
    assert!(said_of(b"", 1024).contains("it has no `Cargo.lock`"));
    let names = said(&[file("\u{1b}[31mred")]);
    assert!(names.contains("`\\u{1b}[31mred`"), "{names}");
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = entry(EntryType::Regular, CRATE, &vec![0; 70_000]);
    assert!(said(&[bomb]).contains("unpacks to more than"));
}
