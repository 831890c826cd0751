//! Packs a hub.

use std::io;
use std::path::{Path, PathBuf};

use dhow_fs::{FsError, TempFile};
use dhow_home::{CargoHome, REPOSITORY_CONFIG, Substance};
use tar::{Builder, EntryType, Header};

use super::frames::{Effort, FrameWriter};
use super::{DIR_MODE, FILE_MODE, HUB_DIR, LOCK_FILE, PackError};

/// What was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Files of the hub.
    pub files: u64,
    /// Bytes of the packed file.
    pub bytes: u64,
}

/// Writes what a hub consists of, and the lock file that it belongs to, to a file: others see all of it or nothing.
///
/// # Errors
/// There is nothing to pack, or something cannot be read or written.
pub fn pack(home: &CargoHome, lock: &[u8], file: &Path) -> Result<Packed, PackError> {
    let files = home.substance()?;
    if !files.iter().any(|(_, what)| *what == Substance::Index || *what == Substance::Repository) {
        return Err(PackError::NoHub(home.root().to_owned()));
    }
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temp = TempFile::new_in(dir)?;
    let failed = |error| PackError::Fs(FsError::new("write", file, error));
    let mut tar = Builder::new(FrameWriter::new(temp));
    add(&mut tar, Path::new(LOCK_FILE), lock).map_err(failed)?;
    for (relative, what) in &files {
        let effort = match what {
            Substance::Archive => Effort::Store,
            Substance::Repository if relative.extension().is_some_and(|kind| kind == "pack") => Effort::Store,
            _ => Effort::Compress,
        };
        let place = Path::new(HUB_DIR).join(relative);
        let content = match what {
            // Where a repository was made decides what git writes there.
            Substance::RepositoryConfig => {
                for dir in ["objects", "refs"] {
                    add_dir(&mut tar, &place.with_file_name(dir)).map_err(failed)?;
                }
                REPOSITORY_CONFIG.to_vec()
            }
            _ => dhow_fs::read(&home.root().join(relative))?,
        };
        tar.get_mut().set_effort(effort).map_err(failed)?;
        add(&mut tar, &place, &content).map_err(failed)?;
        tar.get_mut().set_effort(Effort::Compress).map_err(failed)?;
    }
    let (temp, bytes) = tar.into_inner().and_then(FrameWriter::finish).map_err(failed)?;
    temp.persist(file)?;
    Ok(Packed { files: files.len() as u64, bytes })
}

fn add<W: io::Write>(tar: &mut Builder<W>, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut header = header(EntryType::Regular, FILE_MODE);
    header.set_size(content.len() as u64);
    tar.append_data(&mut header, path, content)
}

/// git takes no directory for a repository that lacks one of its own, be it empty.
fn add_dir<W: io::Write>(tar: &mut Builder<W>, path: &Path) -> io::Result<()> {
    let mut path = PathBuf::from(path).into_os_string();
    path.push("/");
    tar.append_data(&mut header(EntryType::Directory, DIR_MODE), PathBuf::from(path), io::empty())
}

/// Nothing that depends on who packs, where and when.
fn header(kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(MTIME_SECS);
    header.set_size(0);
    header
}

/// When Cargo says that what it packs was changed: time zero means "never" to some programs.
const MTIME_SECS: u64 = 1_153_704_088;
