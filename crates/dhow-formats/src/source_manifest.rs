//! Source manifests: what an unpacked package consists of, file by file, as a small binary file of our own.
//!
//! A magic, a version, the fields, a check sum. A file that is damaged, torn or of another version is as good as none:
//! it is made again from the package's archive.

use std::path::{Path, PathBuf};

use crate::bytes::{Reader, Writer};
pub use crate::fingerprint::Hash;
pub use crate::stat_record::StatRecord;

const MAGIC: &[u8; 7] = b"dhow-sm";
const VERSION: u8 = 2;

/// What a package consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceManifest {
    /// SHA-256 of the archive that it comes from; of a repository the commit, filled up with zeros.
    pub archive: [u8; 32],
    /// Its files, sorted by path. The marker that says that they are complete is none of them.
    pub files: Vec<SourceFile>,
    /// What its build script was seen to change, remove or add, sorted.
    pub scripted: Vec<PathBuf>,
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is in the package's directory.
    pub path: PathBuf,
    /// BLAKE3 of its content; of what it says, if it is a link.
    pub hash: Hash,
    /// What it is.
    pub kind: SourceKind,
    /// How it looked when it had that content; an equal stat means that nobody has touched it since.
    pub stat: StatRecord,
}

/// What a file of a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A file that is only read.
    File,
    /// A file that its owner may execute.
    Executable,
    /// A symbolic link; repositories may have them.
    Link,
}

impl SourceManifest {
    /// With its files in order.
    pub fn new(archive: [u8; 32], mut files: Vec<SourceFile>) -> Self {
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Self { archive, files, scripted: Vec::new() }
    }

    /// What is recorded of the file at `path` in the package's directory.
    pub fn file(&self, path: &Path) -> Option<&SourceFile> {
        let at = self.files.binary_search_by(|file| file.path.as_path().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// Whether the build script was seen to change, remove or add the file at `path`.
    pub fn is_scripted(&self, path: &Path) -> bool {
        self.scripted.binary_search_by(|known| known.as_path().cmp(path)).is_ok()
    }

    /// Adds what the build script was seen to change, remove or add.
    pub fn add_scripted(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.scripted.extend(paths);
        self.scripted.sort_unstable();
        self.scripted.dedup();
    }

    /// As the bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.raw(MAGIC);
        writer.byte(VERSION);
        writer.raw(&self.archive);
        writer.list(&self.files, |writer, file| {
            writer.path(&file.path);
            writer.raw(&file.hash);
            writer.byte(match file.kind {
                SourceKind::File => 0,
                SourceKind::Executable => 1,
                SourceKind::Link => 2,
            });
            file.stat.write(writer);
        });
        writer.list(&self.scripted, |writer, path| writer.path(path));
        writer.finish()
    }

    /// From the bytes of a file; `None` if they are not a whole manifest of this version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::checked(bytes)?;
        if &reader.array::<7>()? != MAGIC || reader.byte()? != VERSION {
            return None;
        }
        let manifest = Self {
            archive: reader.array()?,
            files: reader.list(|reader| {
                Some(SourceFile {
                    path: reader.path()?,
                    hash: reader.array()?,
                    kind: match reader.byte()? {
                        0 => SourceKind::File,
                        1 => SourceKind::Executable,
                        2 => SourceKind::Link,
                        _ => return None,
                    },
                    stat: StatRecord::read(reader)?,
                })
            })?,
            scripted: reader.list(Reader::path)?,
        };
        let in_order = manifest.files.is_sorted_by(|a, b| a.path < b.path)
            && manifest.scripted.is_sorted_by(|a, b| a < b);
        (reader.is_empty() && in_order).then_some(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> SourceManifest {
        let file = |path: &str, kind| SourceFile {
            path: path.into(),
            hash: [7; 32],
            kind,
            stat: StatRecord {
                size: 1 << 40,
                mtime: (1_153_704_088, 0),
                ctime: (-1, 999_999_999),
                inode: u64::MAX,
            },
        };
        let mut manifest = SourceManifest::new(
            [9; 32],
            vec![
                file("src/lib.rs", SourceKind::File),
                file("Cargo.toml", SourceKind::Link),
                file("x", SourceKind::Executable),
            ],
        );
        manifest.add_scripted(["x".into(), "gen/a.rs".into(), "x".into()]);
        manifest
    }

    #[test]
    fn what_is_written_is_read() {
        let manifest = manifest();
        assert_eq!(SourceManifest::from_bytes(&manifest.to_bytes()), Some(manifest.clone()));
        assert_eq!(manifest.file(Path::new("src/lib.rs")).map(|file| file.kind), Some(SourceKind::File));
        assert_eq!(manifest.file(Path::new("src")), None);
        assert_eq!(
            ["gen", "gen/a.rs", "x"].map(|path| manifest.is_scripted(Path::new(path))),
            [false, true, true]
        );
    }

    #[test]
    fn what_is_torn_damaged_or_out_of_order_is_discarded() {
        let bytes = manifest().to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(SourceManifest::from_bytes(&bytes[..end]), None, "cut at {end}");
            let mut damaged = bytes.clone();
            damaged[end] ^= 0x10;
            assert_eq!(SourceManifest::from_bytes(&damaged), None, "damaged at {end}");
        }
        let mut twisted = manifest();
        twisted.files.swap(0, 1);
        assert_eq!(SourceManifest::from_bytes(&twisted.to_bytes()), None);
        let mut twisted = manifest();
        twisted.scripted.swap(0, 1);
        assert_eq!(SourceManifest::from_bytes(&twisted.to_bytes()), None);
    }

    #[test]
    fn another_version_is_discarded() {
        let mut writer = Writer::default();
        writer.raw(MAGIC);
        writer.byte(VERSION + 1);
        assert_eq!(SourceManifest::from_bytes(&writer.finish()), None);
    }
}
