//! Good archives, and those that an attacker or a broken tool would make.

use super::*;
use dhow_fs::TempDir;
use flate2::{Compression, write::GzEncoder};
use tar::{Builder, Header};

fn header(kind: EntryType, path: &str, size: u64) -> Header {
    let mut header = Header::new_ustar();
    let name = &mut header.as_old_mut().name;
    name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o755);
    header.set_mtime(1_153_704_088);
    header.set_cksum();
    header
}

pub(super) fn pack(entries: &[(EntryType, &str, &[u8])]) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (kind, path, content) in entries {
        tar.append(&header(*kind, path, content.len() as u64), *content).expect("packs");
    }
    tar.into_inner().expect("packs").finish().expect("packs")
}

/// Both ways must say the same.
fn unpacked(archive: &[u8]) -> (TempDir, Result<(), ArchiveError>) {
    let dir = TempDir::anywhere().expect("temp dir");
    let target = dir.path().join("target");
    dhow_fs::create_dir_all(&target).expect("makes");
    let streamed = unpack(archive, archive.len() as u64, "a-1.0.0", &target, &mut Inventory::default());
    dhow_fs::remove_dir_all(&target).expect("removes");
    dhow_fs::create_dir_all(&target).expect("makes");
    let held = unpack_held(archive, "a-1.0.0", &target, &mut Inventory::default());
    assert_eq!(held.as_ref().err().map(ToString::to_string), streamed.err().map(|error| error.to_string()));
    (dir, held)
}

fn refused(entries: &[(EntryType, &str, &[u8])]) -> ArchiveError {
    let (dir, result) = unpacked(&pack(entries));
    let left: Vec<_> =
        dhow_fs::list_dir(dir.path()).expect("lists").into_iter().map(|e| e.file_name).collect();
    assert_eq!(left, ["target"], "nothing may be written outside");
    result.expect_err("is refused")
}

#[test]
fn files_have_their_modes_and_times() {
    let archive = pack(&[
        (EntryType::Directory, "a-1.0.0/", b""),
        (EntryType::Regular, "a-1.0.0/src/lib.rs", b"one"),
        (EntryType::Regular, "a-1.0.0/.cargo-ok", b"{\"v\":1}"),
        (EntryType::Regular, "a-1.0.0/src/lib.rs", b"two"),
        (EntryType::Directory, "a-1.0.0/empty/dir", b""),
    ]);
    let (dir, result) = unpacked(&archive);
    result.expect("unpacks");
    let target = dir.path().join("target");
    let file = target.join("src/lib.rs");
    assert_eq!(dhow_fs::read(&file).expect("reads"), b"two");
    let stat = dhow_fs::stat(&file).expect("stats").expect("is there");
    assert_eq!((stat.mtime.secs, stat.mode & 0o500), (1_153_704_088, 0o500));
    assert!(target.join("empty/dir").is_dir());
    assert!(!target.join(".cargo-ok").exists(), "the archive must not vouch for itself");
}

#[test]
fn names_that_lead_outside_are_refused() {
    for path in
        ["../evil", "a-1.0.0/../evil", "/evil", "a-1.0.1/evil", "evil", "a-1.0.0x/evil", "./a-1.0.0/x"]
    {
        let error = refused(&[(EntryType::Regular, path, b"x")]);
        assert!(matches!(error, ArchiveError::Outside { .. }), "{path}: {error}");
    }
}

#[test]
fn what_is_neither_file_nor_directory_is_refused() {
    let kinds = [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo];
    for kind in kinds {
        let error = refused(&[(kind, "a-1.0.0/x", b"")]);
        assert!(matches!(error, ArchiveError::NotAFile { .. }), "{kind:?}: {error}");
    }
}

#[test]
fn a_bomb_does_not_go_off() {
    let archive = pack(&[(EntryType::Regular, "a-1.0.0/x", &vec![0; 3_000_000])]);
    let dir = TempDir::anywhere().expect("temp dir");
    for (limit, fits) in [(1_000_000, false), (2_999_999, false), (4_000_000, true)] {
        let target = dir.path().join(limit.to_string());
        dhow_fs::create_dir_all(&target).expect("makes");
        let result = unpack_up_to(
            limit,
            &archive[..],
            archive.len() as u64,
            "a-1.0.0",
            &target,
            &mut Inventory::default(),
        );
        match result {
            Err(ArchiveError::TooLarge { .. }) => assert!(!fits, "{limit}"),
            other => assert!(fits && other.is_ok(), "{limit}: {other:?}"),
        }
    }
}

#[test]
fn what_is_cut_off_or_no_archive_is_refused() {
    let noise: Vec<u8> = (0..200_000_u32)
        .map(|i| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).expect("a byte"))
        .collect();
    let archive = pack(&[(EntryType::Regular, "a-1.0.0/x", &noise)]);
    for bytes in [&archive[..archive.len() / 2], &archive[..archive.len() / 3], b"no archive", b""] {
        let (_dir, result) = unpacked(bytes);
        assert!(matches!(result, Err(ArchiveError::Damaged(_))), "{} bytes: {result:?}", bytes.len());
    }
}
