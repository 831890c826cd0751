//! Recording what a unit read and made, so that it can be told later whether that is still so.
//!
//! The danger is the clock: a file that changes while, or in the same tick as, it is being read keeps a stat that looks
//! old. So a stat is believed only if it is strictly older than the start of the run, measured by the file system's own
//! clock ([`Clock`]), and a file that may have changed during the run is recorded as not to be relied on.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dhow_formats::fingerprint::{FileRecord, Hash, InputRecord, StatRecord, Trust};
use dhow_fs::{FileTime, FsError, Stat};

use crate::tree::{self, Scope};

/// A moment, as the file system of the target directory sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock(FileTime);

impl Clock {
    /// Writes `marker` and takes its time. Whatever is written later on that file system is not older.
    ///
    /// Where nothing can be written, no file counts as old: what is there may still be found to be fresh.
    ///
    /// # Errors
    /// If the file cannot be written for another reason.
    pub fn now(marker: &Path) -> Result<Self, FsError> {
        match Self::mark(marker) {
            Err(error) if error.is_read_only() => Ok(Self(FileTime { secs: i64::MIN, nanos: 0 })),
            result => result,
        }
    }

    fn mark(marker: &Path) -> Result<Self, FsError> {
        // A new file rather than a new time: so the file system sets it, not we.
        dhow_fs::remove_file(marker)?;
        let file = dhow_fs::create_file(marker)?;
        let stat = dhow_fs::stat_file(&file, marker)?;
        Ok(Self(stat.ctime.max(stat.mtime)))
    }

    /// Strictly older than this moment.
    pub(crate) fn is_after(self, stat: &Stat) -> bool {
        stat.ctime < self.0
    }
}

/// Observes files for records. One for a whole build: a file that several units read is hashed once.
#[derive(Debug, Default)]
pub struct Observer {
    skip: Vec<PathBuf>,
    hashes: Mutex<HashMap<PathBuf, (StatRecord, Hash)>>,
}

impl Observer {
    /// Nothing seen yet. What is in the directories of `skip`, the build's own, is no input because it lies below a
    /// directory that is one.
    pub fn new(skip: Vec<PathBuf>) -> Self {
        Self { skip, hashes: Mutex::default() }
    }

    /// The hash of a file whose stat is known. Kept for files that are older than the build.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn hash(&self, path: &Path, stat: StatRecord, keep: bool) -> Result<Hash, FsError> {
        let lock = || self.hashes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((known, hash)) = lock().get(path)
            && *known == stat
        {
            return Ok(*hash);
        }
        let hash = dhow_fs::hash_file(path)?.0;
        if keep {
            lock().insert(path.to_owned(), (stat, hash));
        }
        Ok(hash)
    }

    /// Records a file that was read by a run that began at `start`. `before` is what the file was shortly before, if
    /// somebody looked. `ours` says that the run cannot have changed it and nobody else writes there.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn input(
        &self,
        path: &Path,
        start: Clock,
        before: Option<StatRecord>,
        ours: bool,
    ) -> Result<InputRecord, FsError> {
        let Some(stat) = dhow_fs::stat(path)? else { return Ok(InputRecord::Missing(path.to_owned())) };
        if stat.is_dir() {
            // A directory that a compiler names as input: what counts is what is in it.
            return self.tree(path, false, start);
        }
        let mut file = self.file(path, &stat, start)?;
        if file.trust == Trust::Nothing && (ours || before == Some(file.stat)) {
            file.trust = Trust::Hash;
        }
        Ok(InputRecord::File(file))
    }

    /// Records all files of the package at `root`.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn package(&self, root: &Path, start: Clock) -> Result<InputRecord, FsError> {
        self.tree(root, true, start)
    }

    fn tree(&self, root: &Path, package: bool, start: Clock) -> Result<InputRecord, FsError> {
        let mut files = Vec::new();
        for path in self.files_below(root, package)? {
            // Gone since it was listed: then it is not there.
            if let Some(stat) = dhow_fs::stat(&path)? {
                files.push(self.file(&path, &stat, start)?);
            }
        }
        Ok(InputRecord::Tree { root: root.to_owned(), package, files })
    }

    /// The files that count below a directory that is watched, or that is a package.
    pub(crate) fn files_below(&self, root: &Path, package: bool) -> Result<Vec<PathBuf>, FsError> {
        let scope = if package { Scope::Package } else { Scope::Watched };
        tree::files_below(root, scope, &self.skip)
    }

    /// Records a file as it is now.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn file(&self, path: &Path, stat: &Stat, start: Clock) -> Result<FileRecord, FsError> {
        let settled = start.is_after(stat);
        let stat = stat_record(stat);
        Ok(FileRecord {
            path: path.to_owned(),
            stat,
            hash: self.hash(path, stat, settled)?,
            trust: if settled { Trust::Stat } else { Trust::Nothing },
        })
    }

    /// Records an output, by a name relative to its directory. A directory counts only as being there.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn output(&self, dir: &Path, name: &str) -> Result<FileRecord, FsError> {
        let path = dir.join(name);
        let stat = dhow_fs::stat(&path)?.ok_or_else(|| missing(&path))?;
        let hash = if stat.is_dir() { [0; 32] } else { dhow_fs::hash_file(&path)?.0 };
        // Believed by its stat: nobody else writes into the unit's own files while the build is locked.
        Ok(FileRecord { path: name.into(), stat: stat_record(&stat), hash, trust: Trust::Stat })
    }
}

/// What the files of a record's inputs are now: taken before a run, so that a clock that went wrong does not make every
/// run look as if its inputs had changed meanwhile.
pub(crate) fn stats_of(inputs: &[InputRecord]) -> HashMap<PathBuf, StatRecord> {
    let files = inputs.iter().filter_map(|input| match input {
        InputRecord::File(file) => Some(&file.path),
        _ => None,
    });
    files.filter_map(|path| Some((path.clone(), stat_record(&dhow_fs::stat(path).ok()??)))).collect()
}

pub(crate) fn stat_record(stat: &Stat) -> StatRecord {
    StatRecord {
        size: stat.size,
        mtime: (stat.mtime.secs, stat.mtime.nanos),
        ctime: (stat.ctime.secs, stat.ctime.nanos),
        inode: stat.inode,
    }
}

fn missing(path: &Path) -> FsError {
    FsError::new("find the output", path, std::io::ErrorKind::NotFound.into())
}
