//! An archive's bytes, in memory or in a file.

use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use dhow_fs::{File, FsError};
use dhow_model::Checksum;
use sha2::{Digest, Sha256};

use crate::archive::{ArchiveError, Inventory, list, list_held, unpack, unpack_held};
use crate::error::FetchError;

/// Larger files are read twice instead of being held.
const HELD_BYTES: u64 = 16 * 1024 * 1024;
const PIECE_BYTES: usize = 256 * 1024;

pub(crate) enum Content {
    Memory(Vec<u8>),
    File(PathBuf, u64),
}

impl Content {
    /// Of a file.
    pub(crate) fn of_file(path: &Path) -> Result<Self, FetchError> {
        let size = dhow_fs::stat(path)?.map_or(0, |stat| stat.size);
        if size <= HELD_BYTES {
            Ok(Self::Memory(dhow_fs::read(path)?))
        } else {
            Ok(Self::File(path.to_owned(), size))
        }
    }

    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, size) => *size,
        }
    }

    pub(crate) fn checksum(&self) -> Result<Checksum, FetchError> {
        let mut hasher = Sha256::new();
        match self {
            Self::Memory(bytes) => hasher.update(bytes),
            Self::File(path, _) => {
                let mut file = dhow_fs::open(path)?;
                let mut buffer = vec![0; PIECE_BYTES];
                loop {
                    let count = file.read(&mut buffer).map_err(|error| FsError::new("read", path, error))?;
                    if count == 0 {
                        break;
                    }
                    hasher.update(&buffer[..count]);
                }
            }
        }
        Ok(Checksum(hasher.finalize().into()))
    }

    /// Writes what is in memory to `file`, which is at `path`; a file is taken to be that one.
    pub(super) fn store(&self, mut file: &File, path: &Path) -> Result<(), FetchError> {
        match self {
            Self::Memory(bytes) => {
                file.write_all(bytes).map_err(|error| FsError::new("write", path, error))?;
                Ok(())
            }
            Self::File(..) => Ok(()),
        }
    }

    /// Unpacks what is below `dir` in the archive into `target`, which exists and is empty.
    pub(crate) fn unpack(&self, dir: &str, target: &Path) -> Result<Inventory, ArchiveError> {
        match self {
            Self::Memory(bytes) => unpack_held(bytes, dir, target),
            Self::File(path, size) => unpack(pieces(path)?, *size, dir, target),
        }
    }

    /// What [`Self::unpack`] would write.
    pub(crate) fn list(&self, dir: &str) -> Result<Inventory, ArchiveError> {
        match self {
            Self::Memory(bytes) => list_held(bytes, dir),
            Self::File(path, size) => list(pieces(path)?, *size, dir),
        }
    }
}

fn pieces(path: &Path) -> Result<BufReader<File>, FsError> {
    Ok(BufReader::with_capacity(PIECE_BYTES, dhow_fs::open(path)?))
}
