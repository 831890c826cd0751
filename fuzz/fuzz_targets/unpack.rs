//! Any bytes as an archive: nothing leaves the directory, nothing but files and directories comes out, and both ways
//! of unpacking say the same.
#![no_main]

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::{Corpus, fuzz_target};

// The module itself and not its crate, which would bring a whole network client.
#[path = "../../crates/dhow-fetch/src/archive/mod.rs"]
#[expect(dead_code, unused_imports, reason = "not all of it is fuzzed")]
mod archive;

const DIR: &str = "foo-1.0.0";

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((&how, rest)) = input.split_first() else { return Corpus::Reject };
    let archive = match how % 4 {
        0 => rest.to_vec(),
        1 => gzip(rest),
        2 => gzip(&with_checksums(rest)),
        _ => gzip(&from_recipe(rest)),
    };
    let place = tempfile::tempdir_in(shared_memory()).expect("a directory");
    let [held, streamed] = ["held", "streamed"].map(|name| {
        let target = place.path().join(name);
        fs::create_dir(&target).expect("a directory");
        target
    });
    let first = archive::unpack_held(&archive, DIR, &held).map(drop).map_err(|error| error.to_string());
    let second = archive::unpack(&archive[..], archive.len() as u64, DIR, &streamed)
        .map(drop)
        .map_err(|error| error.to_string());
    assert_eq!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    assert_eq!(fs::read_dir(place.path()).expect("lists").count(), 2, "something is outside");
    let (first_tree, second_tree) = (tree(&held), tree(&streamed));
    if first.is_ok() {
        assert_eq!(first_tree, second_tree);
        let listed = archive::list_held(&archive, DIR).expect("lists what it unpacks");
        let streamed = archive::list(&archive[..], archive.len() as u64, DIR).expect("lists what it unpacks");
        assert_eq!(listed.size(), streamed.size());
        assert_eq!(listed.size(), first_tree.iter().filter_map(|(_, text)| text.as_ref()).map(|t| t.len() as u64).sum::<u64>());
    }
    Corpus::Keep
});

fn shared_memory() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(plain).expect("to memory");
    gzip.finish().expect("to memory")
}

/// A tar file whose headers, wherever blocks look like headers, have the right checksum.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut plain = bytes.to_vec();
    plain.resize(bytes.len().next_multiple_of(512), 0);
    for block in plain.chunks_exact_mut(512).filter(|block| block[257..262] == *b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    plain
}

/// Well-formed headers with anything in them: kind, mode, name, claimed size, content.
fn from_recipe(mut bytes: &[u8]) -> Vec<u8> {
    fn take<'b>(bytes: &mut &'b [u8], count: usize) -> &'b [u8] {
        let (head, tail) = bytes.split_at(count.min(bytes.len()));
        *bytes = tail;
        head
    }
    let mut plain = Vec::new();
    while let [kind, flags, name_len, data_len, rest @ ..] = bytes {
        bytes = rest;
        let mut header = if flags & 1 == 0 { tar::Header::new_gnu() } else { tar::Header::new_ustar() };
        let kinds = b"000055LxKgS1234567\0";
        header.set_entry_type(tar::EntryType::new(kinds[usize::from(*kind) % kinds.len()]));
        let mut name = if flags & 2 == 0 { format!("{DIR}/").into_bytes() } else { Vec::new() };
        name.extend(take(&mut bytes, usize::from(*name_len % 96)));
        name.truncate(100);
        header.as_old_mut().name[..name.len()].copy_from_slice(&name);
        let mut data = Vec::new();
        if flags & 4 != 0 {
            data.extend_from_slice(format!("{DIR}/").as_bytes());
        }
        data.extend(take(&mut bytes, usize::from(*data_len)));
        if *kind % 20 == 7 {
            let len = data.len() + 9;
            data = [format!("{len:02} path=").as_bytes(), &data, b"\n"].concat();
        }
        header.set_mode(u32::from(*flags) << 4);
        header.set_mtime(u64::from(*flags));
        header.set_size(if flags & 8 == 0 { data.len() as u64 } else { u64::from(*data_len) * 37 });
        header.set_cksum();
        plain.extend_from_slice(header.as_bytes());
        data.resize(data.len().next_multiple_of(512), 0);
        plain.extend(data);
    }
    plain
}

fn tree(root: &Path) -> Vec<(std::path::PathBuf, Option<Vec<u8>>)> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("lists") {
            let entry = entry.expect("an entry");
            let kind = entry.file_type().expect("its kind");
            assert!(kind.is_dir() || kind.is_file(), "{entry:?}");
            let path = entry.path().strip_prefix(root).expect("below").to_owned();
            assert_ne!(path.file_name().expect("a name"), ".cargo-ok");
            if kind.is_dir() {
                open.push(entry.path());
                found.push((path, None));
            } else {
                found.push((path, Some(fs::read(entry.path()).unwrap_or_default())));
            }
        }
    }
    found.sort();
    found
}
