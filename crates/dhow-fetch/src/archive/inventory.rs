//! What an archive's files are: noted while they are unpacked, or read from the archive alone.

use std::path::Path;

use dhow_formats::source_manifest::{SourceFile, SourceKind, SourceManifest, StatRecord};
use dhow_fs::{ContentHash, File, FsError};
use dhow_home::{is_executable, stat_record};
use dhow_model::Checksum;

/// The files of a package, in the order of the archive.
#[derive(Debug, Default)]
pub struct Inventory(Vec<SourceFile>);

impl Inventory {
    /// A file was unpacked.
    pub(super) fn written(&mut self, relative: &Path, hash: ContentHash, file: &File) -> Result<(), FsError> {
        let stat = dhow_fs::stat_file(file, relative)?;
        self.add(relative, hash, kind(is_executable(&stat)), stat_record(&stat));
        Ok(())
    }

    /// A file would be unpacked. Its times are not known: whoever compares with it must read it.
    pub(super) fn listed(&mut self, relative: &Path, hash: ContentHash, mode: u32, size: u64) {
        self.add(relative, hash, kind(mode & 0o100 != 0), StatRecord { size, ..StatRecord::default() });
    }

    fn add(&mut self, relative: &Path, hash: ContentHash, kind: SourceKind, stat: StatRecord) {
        self.0.push(SourceFile { path: relative.to_owned(), hash: hash.0, kind, stat });
    }

    /// There will be no more. An archive may name a file twice; the last one counts.
    pub(super) fn finish(&mut self) {
        self.0.reverse();
        self.0.sort_by(|a, b| a.path.cmp(&b.path));
        self.0.dedup_by(|later, kept| later.path == kept.path);
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.0.iter().map(|file| file.stat.size).sum()
    }

    /// As it is kept beside the sources, which come from an archive with this checksum.
    pub fn into_manifest(self, archive: Checksum) -> SourceManifest {
        SourceManifest::new(archive.0, self.0)
    }
}

fn kind(executable: bool) -> SourceKind {
    if executable { SourceKind::Executable } else { SourceKind::File }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Opened, list, list_held, unpack, unpack_held};
    use dhow_fs::TempDir;
    use dhow_home::{Depth, SourceChange, check_sources};
    use dhow_testkit::{RawEntry, build_archive};

    /// Noted or read, in memory or as a stream: the same files, and a directory that was unpacked is in order.
    #[test]
    fn all_ways_say_the_same() {
        let archive = build_archive(&[
            RawEntry::dir("a-1.0.0/"),
            RawEntry::file("a-1.0.0/src/lib.rs", "one"),
            RawEntry::file("a-1.0.0/.cargo-ok", "{}"),
            RawEntry::zeros("a-1.0.0/Cargo.toml", 300_000),
            RawEntry::file("a-1.0.0/src/lib.rs", "two"),
        ]);
        let (packed, checksum) = (archive.len() as u64, Checksum([3; 32]));
        let read = list_held(&archive, "a-1.0.0").expect("reads");
        let streamed = list(&archive[..], packed, "a-1.0.0").expect("reads");
        assert_eq!((read.0.len(), read.size()), (2, 300_003));
        let dir = TempDir::anywhere().expect("temp dir");
        let plain = read.into_manifest(checksum);
        assert_eq!(plain, streamed.into_manifest(checksum));
        for held in [true, false] {
            let target = dir.path().join(held.to_string());
            dhow_fs::create_dir_all(&target).expect("makes");
            let noted = match held {
                true => unpack_held(&archive, "a-1.0.0", &target),
                false => unpack(&archive[..], packed, "a-1.0.0", &target),
            };
            let noted = noted.expect("unpacks");
            let manifest = noted.into_manifest(checksum);
            for (manifest, depth) in
                [(&manifest, Depth::Stat), (&manifest, Depth::Content), (&plain, Depth::Stat)]
            {
                let checked = check_sources(&target, manifest, depth).expect("checks");
                assert_eq!(checked.differences, []);
                assert_eq!(checked.refreshed.is_some(), *manifest == plain);
            }
            dhow_fs::write(&target.join(".cargo-ok"), b"").expect("writes");
            let opened =
                Opened::new(&archive, checksum, "a-1.0.0").expect("reads").expect("is not too large");
            assert_eq!(opened.check(&target).expect("checks").differences, []);
            dhow_fs::write(&target.join("src/lib.rs"), b"one").expect("writes");
            dhow_fs::set_executable(&target.join("Cargo.toml")).expect("sets");
            let differences = opened.check(&target).expect("checks").differences;
            let changes: Vec<_> = differences.into_iter().map(|found| found.change).collect();
            assert_eq!(changes, [SourceChange::Executable, SourceChange::Content]);
        }
    }
}
