//! Fingerprint records: what one run of a unit depended on and what came of it, as a small binary file.
//!
//! The file is our own: a magic, a version, the fields, a check sum. A file that is damaged, torn or of another version
//! is as good as none: the unit is made again.

use std::path::PathBuf;

use crate::bytes::{Reader, Writer};
pub use crate::stat_record::StatRecord;

const MAGIC: &[u8; 7] = b"dhow-fp";
const VERSION: u8 = 1;

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// One run of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FingerprintRecord {
    /// The static key of the unit.
    pub key: Hash,
    /// What it was made from that is itself a unit.
    pub dependencies: Vec<DependencyRecord>,
    /// Files and directories that it read.
    pub inputs: Vec<InputRecord>,
    /// Variables that it asked for.
    pub env: Vec<EnvRecord>,
    /// Files that it made, in its own directories.
    pub outputs: Vec<FileRecord>,
    /// What dependents that only compile against it are bound to.
    pub interface: Hash,
    /// What dependents that link it are bound to.
    pub link: Hash,
    /// Its run had something to say, which is kept beside this record.
    pub has_messages: bool,
}

/// Another unit, as it was when it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DependencyRecord {
    /// Its static key.
    pub key: Hash,
    /// The hash of it that counts for the dependent: its interface, or what is linked.
    pub hash: Hash,
}

/// A variable, as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvRecord {
    /// Its name.
    pub name: String,
    /// `None`: it was not set.
    pub value: Option<String>,
}

/// Something that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputRecord {
    /// A file.
    File(FileRecord),
    /// Nothing was there.
    Missing(PathBuf),
    /// All files below a directory.
    Tree {
        /// The directory.
        root: PathBuf,
        /// Only what belongs to the package there: no other packages, no build output, no repository.
        package: bool,
        /// Sorted by path.
        files: Vec<FileRecord>,
    },
}

/// A file as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Where it is; outputs are relative to the directory that the unit's place names.
    pub path: PathBuf,
    /// What the system said of it.
    pub stat: StatRecord,
    /// BLAKE3 of its content.
    pub hash: Hash,
    /// What may be believed of this record.
    pub trust: Trust,
}

/// How far a record of a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// An equal stat means equal content.
    Stat,
    /// Only an equal hash does: the file was written too shortly before it was recorded.
    Hash,
    /// The file changed while it was being used: nobody knows what was used.
    Nothing,
}

impl FingerprintRecord {
    /// As the bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.raw(MAGIC);
        writer.byte(VERSION);
        writer.raw(&self.key);
        writer.list(&self.dependencies, |writer, dependency| {
            writer.raw(&dependency.key);
            writer.raw(&dependency.hash);
        });
        writer.list(&self.inputs, write_input);
        writer.list(&self.env, |writer, variable| {
            writer.text(&variable.name);
            writer.byte(u8::from(variable.value.is_some()));
            if let Some(value) = &variable.value {
                writer.text(value);
            }
        });
        writer.list(&self.outputs, write_file);
        writer.raw(&self.interface);
        writer.raw(&self.link);
        writer.byte(u8::from(self.has_messages));
        writer.finish()
    }

    /// From the bytes of a file; `None` if they are not a whole record of this version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::checked(bytes)?;
        if &reader.array::<7>()? != MAGIC || reader.byte()? != VERSION {
            return None;
        }
        let record = Self {
            key: reader.array()?,
            dependencies: reader
                .list(|reader| Some(DependencyRecord { key: reader.array()?, hash: reader.array()? }))?,
            inputs: reader.list(read_input)?,
            env: reader.list(|reader| {
                let name = reader.text()?;
                let value = if reader.flag()? { Some(reader.text()?) } else { None };
                Some(EnvRecord { name, value })
            })?,
            outputs: reader.list(read_file)?,
            interface: reader.array()?,
            link: reader.array()?,
            has_messages: reader.flag()?,
        };
        reader.is_empty().then_some(record)
    }
}

fn write_input(writer: &mut Writer, input: &InputRecord) {
    match input {
        InputRecord::File(file) => {
            writer.byte(0);
            write_file(writer, file);
        }
        InputRecord::Missing(path) => {
            writer.byte(1);
            writer.path(path);
        }
        InputRecord::Tree { root, package, files } => {
            writer.byte(2);
            writer.path(root);
            writer.byte(u8::from(*package));
            writer.list(files, write_file);
        }
    }
}

fn read_input(reader: &mut Reader<'_>) -> Option<InputRecord> {
    Some(match reader.byte()? {
        0 => InputRecord::File(read_file(reader)?),
        1 => InputRecord::Missing(reader.path()?),
        2 => InputRecord::Tree {
            root: reader.path()?,
            package: reader.flag()?,
            files: reader.list(read_file)?,
        },
        _ => return None,
    })
}

fn write_file(writer: &mut Writer, file: &FileRecord) {
    writer.path(&file.path);
    file.stat.write(writer);
    writer.raw(&file.hash);
    writer.byte(match file.trust {
        Trust::Stat => 0,
        Trust::Hash => 1,
        Trust::Nothing => 2,
    });
}

fn read_file(reader: &mut Reader<'_>) -> Option<FileRecord> {
    Some(FileRecord {
        path: reader.path()?,
        stat: StatRecord::read(reader)?,
        hash: reader.array()?,
        trust: match reader.byte()? {
            0 => Trust::Stat,
            1 => Trust::Hash,
            2 => Trust::Nothing,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> FingerprintRecord {
        let file = |path: &str, trust| FileRecord {
            path: path.into(),
            stat: StatRecord {
                size: 300,
                mtime: (-5, 7),
                ctime: (1_800_000_000, 999_999_999),
                inode: u64::MAX,
            },
            hash: [7; 32],
            trust,
        };
        FingerprintRecord {
            key: [1; 32],
            dependencies: vec![DependencyRecord { key: [2; 32], hash: [3; 32] }],
            inputs: vec![
                InputRecord::File(file("/a b/c.rs", Trust::Stat)),
                InputRecord::Missing("/gone".into()),
                InputRecord::Tree { root: "/d".into(), package: true, files: vec![file("x", Trust::Hash)] },
            ],
            env: vec![
                EnvRecord { name: "A".into(), value: Some("é".into()) },
                EnvRecord { name: "B".into(), value: None },
            ],
            outputs: vec![file("liba.rmeta", Trust::Nothing)],
            interface: [4; 32],
            link: [5; 32],
            has_messages: true,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for record in [record(), FingerprintRecord::default()] {
            assert_eq!(FingerprintRecord::from_bytes(&record.to_bytes()), Some(record));
        }
    }

    #[test]
    fn every_torn_or_damaged_file_is_discarded() {
        let bytes = record().to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(FingerprintRecord::from_bytes(&bytes[..end]), None, "cut at {end}");
            let mut damaged = bytes.clone();
            damaged[end] ^= 0x10;
            assert_eq!(FingerprintRecord::from_bytes(&damaged), None, "damaged at {end}");
        }
    }

    #[test]
    fn another_version_is_discarded() {
        let mut writer = Writer::default();
        writer.raw(MAGIC);
        writer.byte(VERSION + 1);
        assert_eq!(FingerprintRecord::from_bytes(&writer.finish()), None);
    }
}
