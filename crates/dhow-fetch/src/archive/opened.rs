//! An archive in memory, whose files are held against those on disk byte by byte: nothing is hashed for that.

use std::io::Cursor;
use std::ops::Range;
use std::path::Path;

use dhow_formats::source_manifest::SourceManifest;
use dhow_fs::FsError;
use dhow_home::{Checked, compare_sources};
use dhow_model::Checksum;
use tar::Archive;

use super::entries::Unpacking;
use super::{ArchiveError, Bounds, MAX_OPENED_BYTES, inflate, no_archive};

/// An archive, unpacked in memory.
pub(crate) struct Opened {
    plain: Vec<u8>,
    /// Without hashes.
    manifest: SourceManifest,
    /// Where the content of each file of the manifest is.
    places: Vec<Range<usize>>,
}

impl Opened {
    /// Unpacks an archive with this checksum. Nothing, if it is too large to be held, or damaged.
    ///
    /// # Errors
    /// It holds what no package may hold.
    pub(crate) fn new(archive: &[u8], checksum: Checksum, dir: &str) -> Result<Option<Self>, ArchiveError> {
        let Some(plain) = inflate(archive, MAX_OPENED_BYTES) else { return Ok(None) };
        let unpacking = Unpacking::new(dir, None, Bounds::of(archive.len() as u64))?;
        let mut tar = Archive::new(Cursor::new(&plain[..]));
        let (inventory, places) = unpacking.places(tar.entries_with_seek().map_err(no_archive)?, &plain)?;
        // Both are in the order of their paths.
        let (manifest, places) = (inventory.into_manifest(checksum), places.into_values().collect());
        Ok(Some(Self { plain, manifest, places }))
    }

    /// What its files are. Their hashes are not known.
    pub(crate) fn manifest_mut(&mut self) -> &mut SourceManifest {
        &mut self.manifest
    }

    /// Holds unpacked sources against it.
    ///
    /// # Errors
    /// Something cannot be looked at or read.
    pub(crate) fn check(&self, sources: &Path) -> Result<Checked, FsError> {
        compare_sources(sources, &self.manifest, &|at, place| {
            let content = self.places.get(at).and_then(|range| self.plain.get(range.clone()));
            content.map_or(Ok(false), |content| dhow_fs::has_content(place, content))
        })
    }
}
