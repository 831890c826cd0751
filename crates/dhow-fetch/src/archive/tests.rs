//! Good archives, and those that an attacker or a broken tool would make.

use super::*;
use dhow_fs::TempDir;
use dhow_testkit::{RawEntry, build_archive};

/// Both ways must say the same.
fn unpacked(archive: &[u8]) -> (TempDir, Result<(), ArchiveError>) {
    let dir = TempDir::anywhere().expect("temp dir");
    let target = dir.path().join("target");
    dhow_fs::create_dir_all(&target).expect("makes");
    let streamed = unpack(archive, archive.len() as u64, "a-1.0.0", &target);
    dhow_fs::remove_dir_all(&target).expect("removes");
    dhow_fs::create_dir_all(&target).expect("makes");
    let held = unpack_held(archive, "a-1.0.0", &target).map(drop);
    assert_eq!(held.as_ref().err().map(ToString::to_string), streamed.err().map(|error| error.to_string()));
    (dir, held)
}

/// What is said of an archive with these entries.
fn refused(entries: &[RawEntry]) -> String {
    let (dir, result) = unpacked(&build_archive(entries));
    let left: Vec<_> =
        dhow_fs::list_dir(dir.path()).expect("lists").into_iter().map(|e| e.file_name).collect();
    assert_eq!(left, ["target"], "nothing may be written outside");
    result.expect_err("is refused").to_string()
}

fn file(path: &str) -> RawEntry {
    RawEntry::file(path, "x")
}

/// One record of an extended header.
fn pax(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + rest.to_string().len();
    len = rest + len.to_string().len();
    [format!("{len} {key}=").as_bytes(), value, b"\n"].concat()
}

#[test]
fn files_have_their_modes_and_times() {
    let archive = build_archive(&[
        RawEntry::dir("a-1.0.0/"),
        RawEntry::file("a-1.0.0/src/lib.rs", "one").mode(0o6755),
        RawEntry::file("a-1.0.0/.cargo-ok", "{\"v\":1}"),
        RawEntry::file("a-1.0.0/src/lib.rs", "two").mode(0o6755),
        RawEntry::dir("a-1.0.0/empty/dir"),
    ]);
    let (dir, result) = unpacked(&archive);
    result.expect("unpacks");
    let target = dir.path().join("target");
    let file = target.join("src/lib.rs");
    assert_eq!(dhow_fs::read(&file).expect("reads"), b"two");
    let stat = dhow_fs::stat(&file).expect("stats").expect("is there");
    assert_eq!((stat.mtime.secs, stat.mode & 0o7500), (1_153_704_088, 0o500));
    assert!(target.join("empty/dir").is_dir());
    assert!(!target.join(".cargo-ok").exists(), "the archive must not vouch for itself");
}

#[test]
fn names_that_lead_outside_are_refused() {
    let names = [
        "../evil",
        "a-1.0.0/../evil",
        "a-1.0.0/b/../evil",
        "a-1.0.0/../a-1.0.0/evil",
        "/evil",
        "/a-1.0.0/evil",
        "a-1.0.1/evil",
        "A-1.0.0/evil",
        "evil",
        "a-1.0.0x/evil",
        "./a-1.0.0/x",
        "./",
        "a-1.0.0\\evil",
        "C:\\evil",
        "pax_global_header",
    ];
    for name in names {
        let said = refused(&[file("a-1.0.0/first"), file(name)]);
        assert!(said.contains(&format!("it holds `{name}`, which is outside of `a-1.0.0/`")), "{said}");
    }
    let said = refused(&[RawEntry::file(b"a-\xff/evil", "x")]);
    assert!(said.contains("it holds `a-\u{fffd}/evil`, which is outside"), "{said}");
}

/// The long names of both kinds of extension replace the short one, and are judged like it.
#[test]
fn names_in_extensions_are_judged_too() {
    for (kind, data) in [(b'L', b"../evil\0".to_vec()), (b'x', pax("path", b"../evil"))] {
        let said = refused(&[RawEntry::of_kind(kind, "././@LongLink", data), file("a-1.0.0/x")]);
        assert!(said.contains("it holds `../evil`, which is outside"), "{said}");
    }
    for (kind, data) in [(b'L', b"a-1.0.0/x\0y\0".to_vec()), (b'x', pax("path", b"a-1.0.0/x\0y"))] {
        let said = refused(&[RawEntry::of_kind(kind, "././@LongLink", data), file("a-1.0.0/x")]);
        assert!(said.contains("it holds `a-1.0.0/x\\u{0}y`") && said.contains("NUL byte"), "{said}");
    }
}

#[test]
fn names_that_no_file_can_have_are_refused() {
    let check = |name: &str, why: &str| {
        let said = refused(&[file(name)]);
        assert!(said.contains("cannot be a file's name here") && said.contains(why), "{said}");
        assert!(said.len() < 400, "{said}");
    };
    check(&format!("a-1.0.0/{}", "n".repeat(256)), "too long");
    check(&format!("a-1.0.0/{}x", format!("{}/", "n".repeat(200)).repeat(21)), "too long");
    check(&format!("a-1.0.0/{}x", "d/".repeat(200)), "too deep");
    check("a-1.0.0/.cargo-ok/x", "`.cargo-ok` is where");
    check("a-1.0.0/sub/.cargo-ok/x", "`.cargo-ok` is where");
}

#[test]
fn what_is_neither_file_nor_directory_is_refused() {
    let inside = "a-1.0.0/x";
    let table = [
        (RawEntry::symlink(inside, "Cargo.toml"), "a symbolic link"),
        (RawEntry::symlink("a-1.0.0/.cargo-ok", "/etc/passwd"), "a symbolic link"),
        (RawEntry::hard_link(inside, "a-1.0.0/Cargo.toml"), "a hard link"),
        (RawEntry::fifo(inside), "a pipe"),
        (RawEntry::device(inside), "a device"),
        (RawEntry::of_kind(b'4', inside, ""), "a device"),
        (RawEntry::of_kind(b'7', inside, ""), "of an unusual kind"),
        (RawEntry::of_kind(b'g', inside, pax("comment", b"x")), "of an unusual kind"),
        (RawEntry::of_kind(b'V', inside, ""), "of an unusual kind"),
        (RawEntry::of_kind(b'Z', inside, ""), "of an unusual kind"),
        (RawEntry::file("a-1.0.0", "x"), "a file in place of the directory"),
    ];
    for (entry, what) in table {
        let said = refused(&[file("a-1.0.0/first"), entry]);
        assert!(said.contains(&format!(", which is {what}; a package has only")), "{said}");
    }
}

#[test]
fn one_name_is_a_file_or_a_directory() {
    let table = [
        [file("a-1.0.0/x"), RawEntry::dir("a-1.0.0/x")],
        [RawEntry::dir("a-1.0.0/x"), file("a-1.0.0/x")],
        [file("a-1.0.0/x"), file("a-1.0.0/x/y")],
        [file("a-1.0.0/x/y"), file("a-1.0.0/x")],
        [file("a-1.0.0/x"), RawEntry::dir("a-1.0.0/x/y/z")],
    ];
    for entries in table {
        let said = refused(&entries);
        assert!(
            said.starts_with("it holds `a-1.0.0/x") && said.ends_with("both as a file and as a directory")
        );
    }
}

#[test]
fn names_do_not_reach_the_terminal_as_commands() {
    let said = refused(&[file("../\u{1b}[31mred\n\u{7}")]);
    assert!(said.contains("`../\\u{1b}[31mred\\n\\u{7}`"), "{said}");
}

#[test]
fn a_bomb_does_not_go_off() {
    let archive =
        build_archive(&[RawEntry::zeros("a-1.0.0/x", 300_000), RawEntry::zeros("a-1.0.0/y", 300_000)]);
    let dir = TempDir::anywhere().expect("temp dir");
    for (limit, fits) in [(200_000, false), (599_999, false), (600_100, false), (700_000, true)] {
        let target = dir.path().join(limit.to_string());
        dhow_fs::create_dir_all(&target).expect("makes");
        let bounds = Bounds { packed: archive.len() as u64, limit };
        let unpacking = Unpacking::new("a-1.0.0", Some(&target), bounds).expect("opens");
        match stream(&archive[..], unpacking) {
            Err(ArchiveError::TooLarge { .. }) => assert!(!fits, "{limit}"),
            other => assert!(fits && other.is_ok(), "{limit}: {other:?}"),
        }
    }
}

#[test]
fn a_bomb_that_says_so_is_not_even_lit() {
    let limit = Bounds::of(1000).limit;
    assert_eq!(limit, 512 * 1024 * 1024);
    assert_eq!(Bounds::of(100 * 1024 * 1024).limit, 2000 * 1024 * 1024);
    let half = || RawEntry::zeros("a-1.0.0/x", 1000).claims_size(limit + 1);
    let archive = build_archive(&[half()]);
    let (dir, result) = unpacked(&archive);
    assert!(matches!(result, Err(ArchiveError::TooLarge { .. })), "{result:?}");
    assert!(dhow_fs::list_dir(&dir.path().join("target")).expect("lists").is_empty());
}

#[test]
fn what_is_cut_off_or_no_archive_is_refused() {
    let noise: Vec<u8> =
        (0..50_000_u32).map(|i| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).expect("a byte")).collect();
    let archive = build_archive(&[file("a-1.0.0/first"), RawEntry::file("a-1.0.0/x", &noise)]);
    for bytes in [&archive[..archive.len() / 2], &archive[..archive.len() / 3], b"no archive", b""] {
        let (_dir, result) = unpacked(bytes);
        let said = result.expect_err("is refused").to_string();
        assert!(said.starts_with("it is damaged"), "{} bytes: {said}", bytes.len());
        assert!(said.contains("after `a-1.0.0/x`") || bytes.len() < 20, "{said}");
    }
}

#[test]
fn what_the_tar_reader_cannot_follow_is_refused() {
    let claims = |size| RawEntry::zeros("a-1.0.0/x", 2000).claims_size(size);
    let path = || RawEntry::of_kind(b'x', "x", pax("path", b"a-1.0.0/y"));
    let table = [
        vec![file("a-1.0.0/first"), claims(100_000)],
        vec![file("a-1.0.0/first"), claims(u64::MAX)],
        vec![file("a-1.0.0/first"), path(), path(), file("a-1.0.0/x")],
        vec![file("a-1.0.0/first"), path()],
        vec![file("a-1.0.0/first"), RawEntry::dir("a-1.0.0/x").claims_size(100_000)],
        vec![file("a-1.0.0/first"), RawEntry::of_kind(b'S', "a-1.0.0/x", "")],
    ];
    for entries in table {
        let said = refused(&entries);
        let told = said.starts_with("it is damaged after `a-1.0.0/") || said.contains("it unpacks to more");
        assert!(told, "{said}");
    }
}
