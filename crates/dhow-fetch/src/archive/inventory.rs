//! What an archive's files are: noted while they are unpacked, or read from the archive alone.

use std::collections::BTreeMap;
use std::io::{BufRead, Cursor, Read};
use std::path::{Path, PathBuf};

use dhow_formats::cargo_ok;
use dhow_formats::source_manifest::{SourceFile, SourceManifest, StatRecord};
use dhow_fs::{ContentHash, File, FsError, Hasher};
use dhow_home::{is_executable, stat_record};
use dhow_model::Checksum;
use flate2::bufread::GzDecoder;
use tar::{Archive, Entries, EntryType};

use super::{ArchiveError, PIECE_BYTES, held, inflate, inside, limit, unwanted};

/// The files of a package. An archive may name a file twice; the last one counts.
#[derive(Debug, Default)]
pub(crate) struct Inventory(BTreeMap<PathBuf, SourceFile>);

impl Inventory {
    /// A file was unpacked.
    pub(super) fn written(
        &mut self,
        relative: &Path,
        hash: ContentHash,
        file: &File,
        place: &Path,
    ) -> Result<(), FsError> {
        let stat = dhow_fs::stat_file(file, place)?;
        self.add(relative, hash, is_executable(&stat), stat_record(&stat));
        Ok(())
    }

    fn add(&mut self, relative: &Path, hash: ContentHash, executable: bool, stat: StatRecord) {
        let file = SourceFile { path: relative.to_owned(), hash: hash.0, executable, stat };
        self.0.insert(relative.to_owned(), file);
    }

    /// Bytes of all files.
    pub(crate) fn size(&self) -> u64 {
        self.0.values().map(|file| file.stat.size).sum()
    }

    /// As it is kept beside the sources, which come from an archive with this checksum.
    pub(crate) fn into_manifest(self, archive: Checksum) -> SourceManifest {
        SourceManifest::new(archive.0, self.0.into_values().collect())
    }

    /// What [`super::unpack_held`] would write, without times: whoever compares with it must read every file.
    pub(crate) fn of_held(archive: &[u8], dir: &str) -> Result<Self, ArchiveError> {
        let Some(plain) = inflate(archive) else {
            return Self::of_stream(archive, archive.len() as u64, dir);
        };
        let mut archive = Archive::new(Cursor::new(&plain[..]));
        let entries = archive.entries_with_seek().map_err(ArchiveError::Damaged)?;
        Self::of_entries(entries, Some(&plain), dir)
    }

    /// As [`Self::of_held`], of an archive of `packed` bytes that is too large for memory.
    pub(crate) fn of_stream(archive: impl BufRead, packed: u64, dir: &str) -> Result<Self, ArchiveError> {
        let limit = limit(packed);
        let mut plain = GzDecoder::new(archive).take(limit.saturating_add(1));
        let mut archive = Archive::new(&mut plain);
        let entries = archive.entries().map_err(ArchiveError::Damaged);
        let result = entries.and_then(|entries| Self::of_entries(entries, None, dir));
        if plain.limit() == 0 {
            return Err(ArchiveError::TooLarge { limit, packed });
        }
        result
    }

    fn of_entries(
        entries: Entries<'_, impl Read>,
        plain: Option<&[u8]>,
        dir: &str,
    ) -> Result<Self, ArchiveError> {
        let mut inventory = Self::default();
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
            let marker = relative.file_name().is_some_and(|name| name == cargo_ok::FILE_NAME);
            if kind == EntryType::Directory || marker {
                continue;
            }
            let executable = entry.header().mode().unwrap_or(0o644) & 0o100 != 0;
            let stat = StatRecord { size: entry.size(), ..StatRecord::default() };
            let hash = match plain {
                Some(plain) => dhow_fs::hash_bytes(held(&entry, plain)?),
                None => hash_stream(&mut entry, &mut buffer)?,
            };
            inventory.add(relative, hash, executable, stat);
        }
        Ok(inventory)
    }
}

fn hash_stream(entry: &mut impl Read, buffer: &mut Vec<u8>) -> Result<ContentHash, ArchiveError> {
    buffer.resize(PIECE_BYTES, 0);
    let mut hasher = Hasher::new();
    loop {
        let count = entry.read(buffer).map_err(ArchiveError::Damaged)?;
        if count == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&buffer[..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{tests::pack, unpack, unpack_held};
    use dhow_fs::TempDir;
    use dhow_home::{Depth, check_sources};

    /// Noted or read, in memory or as a stream: the same files, and a directory that was unpacked is in order.
    #[test]
    fn all_ways_say_the_same() {
        let archive = pack(&[
            (EntryType::Directory, "a-1.0.0/", b""),
            (EntryType::Regular, "a-1.0.0/src/lib.rs", b"one"),
            (EntryType::Regular, "a-1.0.0/.cargo-ok", b"{}"),
            (EntryType::Regular, "a-1.0.0/Cargo.toml", &[7; 300_000]),
            (EntryType::Regular, "a-1.0.0/src/lib.rs", b"two"),
        ]);
        let (packed, checksum) = (archive.len() as u64, Checksum([3; 32]));
        let read = Inventory::of_held(&archive, "a-1.0.0").expect("reads");
        let streamed = Inventory::of_stream(&archive[..], packed, "a-1.0.0").expect("reads");
        assert_eq!((read.0.len(), read.size()), (2, 300_003));
        let dir = TempDir::anywhere().expect("temp dir");
        let plain = read.into_manifest(checksum);
        assert_eq!(plain, streamed.into_manifest(checksum));
        for held in [true, false] {
            let target = dir.path().join(held.to_string());
            dhow_fs::create_dir_all(&target).expect("makes");
            let mut noted = Inventory::default();
            match held {
                true => unpack_held(&archive, "a-1.0.0", &target, &mut noted).expect("unpacks"),
                false => unpack(&archive[..], packed, "a-1.0.0", &target, &mut noted).expect("unpacks"),
            }
            let manifest = noted.into_manifest(checksum);
            for (manifest, depth) in
                [(&manifest, Depth::Stat), (&manifest, Depth::Content), (&plain, Depth::Stat)]
            {
                let checked = check_sources(&target, manifest, depth).expect("checks");
                assert_eq!(checked.differences, []);
                assert_eq!(checked.refreshed.is_some(), *manifest == plain);
            }
        }
    }
}
