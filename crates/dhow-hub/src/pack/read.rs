//! Unpacks a hub to a place beside its own. Somebody else made the file: every name is judged before anything is written
//! under it, only files come out, and no more than a plausible amount.

use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use dhow_fs::{File, TreeWriter};
use dhow_home::{REPOSITORY_CONFIG, Substance};
use tar::{Archive, Entry, EntryType};

use super::frames::FrameReader;
use super::{FILE_MODE, HUB_DIR, LOCK_FILE, PackError};

/// Any packed hub may become this large.
const MAX_UNPACKED_BYTES: u64 = 64 * 1024 * 1024;
/// Larger ones may become this many times as large as they are packed: archives are compressed already, and entries of an
/// index are the smaller part.
const MAX_RATIO: u64 = 32;
/// A lock file, a configuration.
const MAX_TEXT_BYTES: u64 = 32 * 1024 * 1024;
const PIECE_BYTES: usize = 256 * 1024;
/// What a tar file ends with.
const END_BYTES: u64 = 1024;

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// The lock file that it belongs to.
    pub lock: Vec<u8>,
    /// The configuration, if there was one.
    pub config: Option<Vec<u8>>,
    /// Files of the hub.
    pub files: u64,
}

/// Unpacks the packed hub `file` into `target`, an existing and empty directory, in which `.cargo` is made. The lock file
/// is not written; `admit` sees it before anything is.
///
/// # Errors
/// See [`PackError`]; `target` may be half full then.
pub fn unpack(
    file: &Path,
    target: &Path,
    admit: &dyn Fn(&[u8]) -> Result<(), PackError>,
) -> Result<Unpacked, PackError> {
    let packed = dhow_fs::stat(file)?.map_or(0, |stat| stat.size);
    unpack_within(file, target, admit, MAX_UNPACKED_BYTES.max(packed.saturating_mul(MAX_RATIO)))
}

/// The same with no more than `limit` bytes.
fn unpack_within(
    file: &Path,
    target: &Path,
    admit: &dyn Fn(&[u8]) -> Result<(), PackError>,
    limit: u64,
) -> Result<Unpacked, PackError> {
    let open = dhow_fs::open(file)?;
    // One byte more than allowed, so that the limit itself is not mistaken for the end.
    let mut frames = FrameReader::new(BufReader::with_capacity(PIECE_BYTES, open), limit.saturating_add(1));
    let unpacking = Unpacking {
        file,
        tree: TreeWriter::new(target)?,
        admit,
        lock: None,
        config: None,
        files: 0,
        buffer: vec![0; PIECE_BYTES],
        last: None,
    };
    let result = unpacking.all(&mut frames);
    if frames.is_exhausted() { Err(PackError::TooLarge { path: file.to_owned(), limit }) } else { result }
}

struct Unpacking<'a> {
    file: &'a Path,
    tree: TreeWriter,
    admit: &'a dyn Fn(&[u8]) -> Result<(), PackError>,
    lock: Option<Vec<u8>>,
    config: Option<Vec<u8>>,
    files: u64,
    buffer: Vec<u8>,
    last: Option<String>,
}

impl Unpacking<'_> {
    fn all(mut self, frames: &mut FrameReader<BufReader<File>>) -> Result<Unpacked, PackError> {
        let mut archive = Archive::new(&mut *frames);
        let entries = archive.entries().map_err(|reason| self.damaged(reason))?;
        for entry in entries {
            self.one(entry.map_err(|reason| self.damaged(reason))?)?;
        }
        self.end(frames)?;
        let Some(lock) = self.lock else {
            let reason = io::Error::new(io::ErrorKind::UnexpectedEof, "it has no `Cargo.lock`");
            return Err(PackError::Damaged { path: self.file.to_owned(), after: None, reason });
        };
        Ok(Unpacked { lock, config: self.config, files: self.files })
    }

    /// Behind the last entry there are zeros, and then there is nothing: what was cut off between two entries has none.
    fn end(&mut self, frames: &mut FrameReader<BufReader<File>>) -> Result<(), PackError> {
        loop {
            let count = frames.read(&mut self.buffer).map_err(|reason| self.damaged(reason))?;
            if self.buffer[..count].iter().any(|byte| *byte != 0) {
                let reason = io::Error::new(io::ErrorKind::InvalidData, "something lies behind its end");
                return Err(self.damaged(reason));
            }
            if count == 0 {
                break;
            }
        }
        if frames.zeros() < END_BYTES {
            let reason = io::Error::new(io::ErrorKind::UnexpectedEof, "it is cut off");
            return Err(self.damaged(reason));
        }
        Ok(())
    }

    fn one(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), PackError> {
        let name = String::from_utf8_lossy(&entry.path_bytes()).escape_debug().to_string();
        let path = entry.path().map_err(|reason| self.damaged(reason))?.into_owned();
        let kind = entry.header().entry_type();
        self.last = Some(name.clone());
        let refused = |why| PackError::Refused { path: self.file.to_owned(), entry: name.clone(), why };
        match kind {
            EntryType::Regular => {}
            EntryType::Directory => return self.directory(&path).ok_or_else(|| refused(OUTSIDE))?,
            _ => return Err(refused("which is neither a file nor a directory")),
        }
        if self.lock.is_none() {
            if path != Path::new(LOCK_FILE) {
                return Err(refused("before the `Cargo.lock` that it belongs to"));
            }
            let lock = self.text(&mut entry)?;
            (self.admit)(&lock)?;
            self.lock = Some(lock);
            return Ok(());
        }
        let what = path.strip_prefix(HUB_DIR).ok().and_then(Substance::of).ok_or_else(|| refused(OUTSIDE))?;
        // The reader of paths forgives what the reader of directories would not.
        if path.components().collect::<PathBuf>().as_os_str() != path.as_os_str() {
            return Err(refused(OUTSIDE));
        }
        match what {
            Substance::Config => {
                let config = self.text(&mut entry)?;
                self.write(&path, &refused, &mut &config[..])?;
                self.config = Some(config);
            }
            Substance::RepositoryConfig => {
                if self.text(&mut entry)? != REPOSITORY_CONFIG {
                    return Err(refused("which configures a repository: it could run programs"));
                }
                self.write(&path, &refused, &mut &REPOSITORY_CONFIG[..])?;
            }
            _ => self.write(&path, &refused, &mut entry)?,
        }
        self.files += 1;
        Ok(())
    }

    /// Those of a repository have to be there, be they empty; all others come with what is in them.
    fn directory(&mut self, path: &Path) -> Option<Result<(), PackError>> {
        let relative = path.strip_prefix(HUB_DIR).ok()?;
        let is_plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let parts = ["registry/index", "registry/cache", "git/db"].map(Path::new);
        if !is_plain || !parts.iter().any(|part| relative.starts_with(part) || part.starts_with(relative)) {
            return None;
        }
        let repository = relative.parent().map(|dir| Substance::of(&dir.join("HEAD")));
        let is_part = relative.file_name().is_some_and(|name| name == "objects" || name == "refs");
        if is_part && repository == Some(Some(Substance::Repository)) {
            return Some(self.tree.create_dir(path).map_err(PackError::Fs));
        }
        Some(Ok(()))
    }

    fn text(&self, entry: &mut impl Read) -> Result<Vec<u8>, PackError> {
        let mut text = Vec::new();
        let result = entry.take(MAX_TEXT_BYTES + 1).read_to_end(&mut text);
        result.map_err(|reason| self.damaged(reason))?;
        if text.len() as u64 > MAX_TEXT_BYTES {
            return Err(PackError::TooLarge { path: self.file.to_owned(), limit: MAX_TEXT_BYTES });
        }
        Ok(text)
    }

    fn write(
        &mut self,
        path: &Path,
        refused: &dyn Fn(&'static str) -> PackError,
        from: &mut dyn Read,
    ) -> Result<(), PackError> {
        let created = self.tree.create_file(path, FILE_MODE);
        let mut file = created.map_err(|error| match error.source.kind() {
            io::ErrorKind::AlreadyExists => refused("a second time"),
            io::ErrorKind::NotADirectory => refused("below what is a file"),
            io::ErrorKind::InvalidFilename => refused("whose name is too long"),
            _ => error.into(),
        })?;
        loop {
            let count = from.read(&mut self.buffer).map_err(|reason| self.damaged(reason))?;
            if count == 0 {
                return Ok(());
            }
            let written = io::Write::write_all(&mut file, &self.buffer[..count]);
            written.map_err(|error| dhow_fs::FsError::new("write", path, error))?;
        }
    }

    fn damaged(&self, reason: io::Error) -> PackError {
        PackError::Damaged { path: self.file.to_owned(), after: self.last.clone(), reason }
    }
}

const OUTSIDE: &str = "which is no part of a hub";

#[cfg(test)]
mod tests;
