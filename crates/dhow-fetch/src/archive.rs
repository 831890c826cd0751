//! Unpacks a `.crate` file, which somebody else made: nothing leaves its directory, nothing but files and
//! directories comes out, and no more than a plausible amount.

use std::io::{self, BufRead, Cursor, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use dhow_formats::cargo_ok;
use dhow_fs::{ContentHash, File, FsError, Hasher, TreeWriter};
use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;
use tar::{Archive, Entries, Entry, EntryType};

mod inventory;

pub(crate) use inventory::Inventory;

/// Any archive may become this large.
const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Larger ones may become this many times as large as they are packed.
const MAX_RATIO: u64 = 20;
/// Archives that are not larger than this, unpacked, are unpacked in memory first.
const MAX_HELD_BYTES: usize = 64 * 1024 * 1024;
const PIECE_BYTES: usize = 128 * 1024;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not a gzipped tar file, or cut off.
    #[error("it is damaged ({0})")]
    Damaged(io::Error),
    /// A name that leads out of the package's directory.
    #[error("it holds `{}`, which is outside of `{}/`; such an archive is made by an attacker or a broken tool", .path.display(), .dir)]
    Outside {
        /// The name in the archive.
        path: PathBuf,
        /// The only directory that may be written to.
        dir: String,
    },
    /// A link, a device, a pipe.
    #[error("it holds `{}`, which is {what}; a package has only files and directories", .path.display())]
    NotAFile {
        /// The name in the archive.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A decompression bomb.
    #[error("it unpacks to more than {limit} bytes, from {packed}")]
    TooLarge {
        /// What would be allowed.
        limit: u64,
        /// How large the archive is.
        packed: u64,
    },
    /// The file system refused.
    #[error(transparent)]
    Fs(#[from] FsError),
}

/// Unpacks `archive`, a file of `packed` bytes, into `target`, which exists and is empty. All names in the archive
/// start with `dir`, the package's name and version, which is left out.
///
/// Permission bits, the umask applied, and times of files are set as the archive has them; a `.cargo-ok` in the
/// archive is left out, because it would say that the package is complete.
///
/// What was written is noted in `inventory`.
///
/// # Errors
/// See [`ArchiveError`]; `target` may be half full then.
pub(crate) fn unpack(
    archive: impl BufRead,
    packed: u64,
    dir: &str,
    target: &Path,
    inventory: &mut Inventory,
) -> Result<(), ArchiveError> {
    unpack_up_to(limit(packed), archive, packed, dir, target, inventory)
}

/// As [`unpack`], of an archive that is in memory: in one piece if it is not too large, which is quicker.
pub(crate) fn unpack_held(
    archive: &[u8],
    dir: &str,
    target: &Path,
    inventory: &mut Inventory,
) -> Result<(), ArchiveError> {
    match inflate(archive) {
        Some(plain) => {
            let mut archive = Archive::new(Cursor::new(&plain[..]));
            let entries = archive.entries_with_seek().map_err(ArchiveError::Damaged)?;
            unpack_entries(entries, Some(&plain), dir, target, inventory)
        }
        // Too large, or damaged: the other way tells which.
        None => unpack(archive, archive.len() as u64, dir, target, inventory),
    }
}

fn limit(packed: u64) -> u64 {
    MAX_UNPACKED_BYTES.max(packed.saturating_mul(MAX_RATIO))
}

/// All that is in a gzip file, if it says itself that it is not too large.
fn inflate(archive: &[u8]) -> Option<Vec<u8>> {
    let size = archive.last_chunk::<4>().map(|size| u32::from_le_bytes(*size))?;
    let size = usize::try_from(size).ok().filter(|&size| size <= MAX_HELD_BYTES)?;
    let mut plain = vec![0; size];
    let written = Decompressor::new().gzip_decompress(archive, &mut plain).ok()?;
    (written == size).then_some(plain)
}

fn unpack_up_to(
    limit: u64,
    archive: impl BufRead,
    packed: u64,
    dir: &str,
    target: &Path,
    inventory: &mut Inventory,
) -> Result<(), ArchiveError> {
    // One byte more than allowed, so that the limit itself is not mistaken for the end.
    let mut plain = GzDecoder::new(archive).take(limit.saturating_add(1));
    let mut archive = Archive::new(&mut plain);
    let result = archive
        .entries()
        .map_err(ArchiveError::Damaged)
        .and_then(|entries| unpack_entries(entries, None, dir, target, inventory));
    if plain.limit() == 0 {
        return Err(ArchiveError::TooLarge { limit, packed });
    }
    result
}

/// `plain` is the whole tar file, if it is in memory.
fn unpack_entries(
    entries: Entries<'_, impl Read>,
    plain: Option<&[u8]>,
    dir: &str,
    target: &Path,
    inventory: &mut Inventory,
) -> Result<(), ArchiveError> {
    let mut tree = TreeWriter::new(target)?;
    let mut buffer = Vec::new();
    for entry in entries {
        let mut entry = entry.map_err(ArchiveError::Damaged)?;
        let path = entry.path().map_err(ArchiveError::Damaged)?.into_owned();
        let Some(relative) = inside(&path, dir) else {
            return Err(ArchiveError::Outside { path, dir: dir.to_owned() });
        };
        let kind = entry.header().entry_type();
        if let Some(what) = unwanted(kind) {
            return Err(ArchiveError::NotAFile { path, what });
        }
        let root = relative.as_os_str().is_empty();
        let marker = relative.file_name().is_some_and(|name| name == cargo_ok::FILE_NAME);
        match kind {
            _ if marker => {}
            EntryType::Directory if root => {}
            EntryType::Directory => tree.create_dir(relative)?,
            _ if root => {
                return Err(ArchiveError::NotAFile { path, what: "a file in place of the directory" });
            }
            _ => {
                let mode = entry.header().mode().unwrap_or(0o644);
                let mut file = create(&mut tree, relative, mode)?;
                let place = target.join(relative);
                let hash = match plain {
                    Some(plain) => write_held(&mut file, &place, &entry, plain)?,
                    None => write_stream(&mut file, &place, &mut entry, &mut buffer)?,
                };
                set_time(&file, &place, &entry)?;
                inventory.written(relative, hash, &file, &place)?;
            }
        }
    }
    Ok(())
}

/// The part of `path` below `dir`, if it stays there.
fn inside<'a>(path: &'a Path, dir: &str) -> Option<&'a Path> {
    let relative = path.strip_prefix(dir).ok()?;
    relative.components().all(|part| matches!(part, Component::Normal(_))).then_some(relative)
}

fn unwanted(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Regular | EntryType::Directory => None,
        EntryType::Symlink => Some("a symbolic link"),
        EntryType::Link => Some("a hard link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a pipe"),
        _ => Some("of an unusual kind"),
    }
}

fn write_held(
    file: &mut File,
    place: &Path,
    entry: &Entry<'_, impl Read>,
    plain: &[u8],
) -> Result<ContentHash, ArchiveError> {
    let content = held(entry, plain)?;
    file.write_all(content).map_err(|error| FsError::new("write", place, error))?;
    Ok(dhow_fs::hash_bytes(content))
}

fn held<'p>(entry: &Entry<'_, impl Read>, plain: &'p [u8]) -> Result<&'p [u8], ArchiveError> {
    let start = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(entry.size()).unwrap_or(usize::MAX));
    plain.get(start..end).ok_or_else(|| ArchiveError::Damaged(ErrorKind::UnexpectedEof.into()))
}

fn write_stream(
    file: &mut File,
    place: &Path,
    entry: &mut Entry<'_, impl Read>,
    buffer: &mut Vec<u8>,
) -> Result<ContentHash, ArchiveError> {
    buffer.resize(PIECE_BYTES, 0);
    let mut left = entry.size();
    let mut hasher = Hasher::new();
    loop {
        let count = entry.read(buffer).map_err(ArchiveError::Damaged)?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(|error| FsError::new("write", place, error))?;
        hasher.update(&buffer[..count]);
        left = left.saturating_sub(count as u64);
    }
    if left == 0 { Ok(hasher.finish()) } else { Err(ArchiveError::Damaged(ErrorKind::UnexpectedEof.into())) }
}

fn set_time(file: &File, place: &Path, entry: &Entry<'_, impl Read>) -> Result<(), FsError> {
    let Ok(secs) = entry.header().mtime() else { return Ok(()) };
    // Second zero means "never" to some tools; Cargo's unpacker avoids it too.
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(secs.max(1))).unwrap_or(UNIX_EPOCH);
    file.set_modified(time).map_err(|error| FsError::new("set the time of", place, error))
}

/// An archive may name a file twice; the last one counts.
fn create(tree: &mut TreeWriter, relative: &Path, mode: u32) -> Result<File, FsError> {
    match tree.create_file(relative, mode) {
        Err(error) if error.source.kind() == ErrorKind::AlreadyExists => {
            tree.remove_file(relative)?;
            tree.create_file(relative, mode)
        }
        result => result,
    }
}

#[cfg(test)]
mod tests;
