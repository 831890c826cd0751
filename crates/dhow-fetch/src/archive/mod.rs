//! Unpacks a `.crate` file, which somebody else made: nothing leaves its directory, nothing but files and
//! directories comes out, and no more than a plausible amount.

use std::io::{BufRead, Cursor, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;
use tar::Archive;

mod entries;
mod error;
mod inventory;
mod opened;

use entries::Unpacking;
pub use error::ArchiveError;
pub use inventory::Inventory;
pub(crate) use opened::Opened;

/// Any archive may become this large.
const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Larger ones may become this many times as large as they are packed.
const MAX_RATIO: u64 = 20;
/// Archives that are not larger than this, unpacked, are unpacked in memory first.
const MAX_HELD_BYTES: usize = 64 * 1024 * 1024;
/// The same where files are held against them, which is one archive for each processor.
const MAX_OPENED_BYTES: usize = 192 * 1024 * 1024;

/// How much may come out of an archive of a given size.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    packed: u64,
    limit: u64,
}

impl Bounds {
    fn of(packed: u64) -> Self {
        Self { packed, limit: MAX_UNPACKED_BYTES.max(packed.saturating_mul(MAX_RATIO)) }
    }

    fn exceeded(self) -> ArchiveError {
        ArchiveError::TooLarge { limit: self.limit, packed: self.packed }
    }
}

/// Unpacks `archive`, a file of `packed` bytes, into `target`, which exists and is empty. All names in the archive
/// start with `dir`, the package's name and version, which is left out.
///
/// Permission bits, the umask applied, and times of files are set as the archive has them; a `.cargo-ok` in the
/// archive is left out, because it would say that the package is complete. Gives back what was written.
///
/// # Errors
/// See [`ArchiveError`]; `target` may be half full then.
pub(crate) fn unpack(
    archive: impl BufRead,
    packed: u64,
    dir: &str,
    target: &Path,
) -> Result<Inventory, ArchiveError> {
    stream(archive, Unpacking::new(dir, Some(target), Bounds::of(packed))?)
}

/// What [`unpack`] would write, if it would write it, without writing it.
///
/// # Errors
/// See [`ArchiveError`].
pub(crate) fn list(archive: impl BufRead, packed: u64, dir: &str) -> Result<Inventory, ArchiveError> {
    stream(archive, Unpacking::new(dir, None, Bounds::of(packed))?)
}

/// As [`unpack`], of an archive that is in memory: in one piece if it is not too large, which is quicker.
///
/// # Errors
/// As [`unpack`].
pub(crate) fn unpack_held(archive: &[u8], dir: &str, target: &Path) -> Result<Inventory, ArchiveError> {
    held(archive, Unpacking::new(dir, Some(target), Bounds::of(archive.len() as u64))?)
}

/// As [`list`], of an archive that is in memory.
///
/// # Errors
/// See [`ArchiveError`].
pub(crate) fn list_held(archive: &[u8], dir: &str) -> Result<Inventory, ArchiveError> {
    held(archive, Unpacking::new(dir, None, Bounds::of(archive.len() as u64))?)
}

fn held(archive: &[u8], unpacking: Unpacking<'_>) -> Result<Inventory, ArchiveError> {
    match inflate(archive, MAX_HELD_BYTES) {
        Some(plain) => {
            let mut archive = Archive::new(Cursor::new(&plain[..]));
            unpacking.all(archive.entries_with_seek().map_err(no_archive)?, Some(&plain))
        }
        // Too large, or damaged: the other way tells which.
        None => stream(archive, unpacking),
    }
}

/// All that is in a gzip file, if it says itself that it is not larger than `most`.
fn inflate(archive: &[u8], most: usize) -> Option<Vec<u8>> {
    let size = archive.last_chunk::<4>().map(|size| u32::from_le_bytes(*size))?;
    let size = usize::try_from(size).ok().filter(|&size| size <= most)?;
    let mut plain = vec![0; size];
    let written = Decompressor::new().gzip_decompress(archive, &mut plain).ok()?;
    (written == size).then_some(plain)
}

fn stream(archive: impl BufRead, unpacking: Unpacking<'_>) -> Result<Inventory, ArchiveError> {
    let bounds = unpacking.bounds();
    // One byte more than allowed, so that the limit itself is not mistaken for the end.
    let mut plain = GzDecoder::new(archive).take(bounds.limit.saturating_add(1));
    let mut archive = Archive::new(&mut plain);
    let result = archive.entries().map_err(no_archive).and_then(|entries| unpacking.all(entries, None));
    if plain.limit() == 0 { Err(bounds.exceeded()) } else { result }
}

fn no_archive(reason: std::io::Error) -> ArchiveError {
    ArchiveError::Damaged { after: None, reason }
}

#[cfg(test)]
mod tests;
