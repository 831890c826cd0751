//! Removes files and directories of the home: out of their place in one step, then deleted.

use std::path::{Path, PathBuf};

use dhow_fs::{FileKind, FsError};

use crate::layout::CargoHome;

/// Begins the names of what is on its way out.
const GONE_PREFIX: &str = ".dhow-gone-";

/// What was removed, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Files and directories, each as a whole.
    pub paths: Vec<PathBuf>,
    /// Files in them.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
}

/// How much something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Files.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
}

/// The files below a path, or the file itself; without `.git` if that is another's: checkouts share it by links.
///
/// # Errors
/// Something cannot be looked at.
pub fn disk_usage(path: &Path, without_git: bool) -> Result<Usage, FsError> {
    let mut usage = Usage::default();
    let Some(stat) = dhow_fs::lstat(path)? else { return Ok(usage) };
    if !stat.is_dir() {
        return Ok(Usage { files: 1, bytes: stat.size });
    }
    let mut open = vec![path.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in dhow_fs::list_dir_optional(&dir)?.unwrap_or_default() {
            if without_git && entry.file_name == ".git" {
                continue;
            }
            if entry.kind == FileKind::Dir {
                open.push(entry.path);
            } else if let Some(stat) = dhow_fs::lstat(&entry.path)? {
                usage.files += 1;
                usage.bytes += stat.size;
            }
        }
    }
    Ok(usage)
}

pub(super) struct Removal<'h> {
    home: &'h CargoHome,
    dry_run: bool,
    removed: Removed,
}

impl<'h> Removal<'h> {
    pub(super) fn new(home: &'h CargoHome, dry_run: bool) -> Self {
        Self { home, dry_run, removed: Removed::default() }
    }

    /// Removes a path, if it is there.
    pub(super) fn remove(&mut self, path: &Path) -> Result<(), FsError> {
        let Some(stat) = dhow_fs::lstat(path)? else { return Ok(()) };
        let usage = disk_usage(path, false)?;
        self.removed.files += usage.files;
        self.removed.bytes += usage.bytes;
        self.removed.paths.push(path.to_owned());
        if self.dry_run {
            return Ok(());
        }
        remove_at_once(path, stat.is_dir())
    }

    /// Removes what killed collections left, and manifests of sources that are gone.
    pub(super) fn sweep(&mut self) -> Result<(), FsError> {
        if self.dry_run {
            return Ok(());
        }
        let home = self.home;
        for base in [home.indexes(), home.archives(), home.all_sources(), home.git_db(), home.git_checkouts()]
        {
            let owners = directories(&base)?;
            for dir in owners.iter().chain([&base]) {
                sweep_gone(dir)?;
            }
        }
        sweep_manifests(&home.manifests(), &home.all_sources())?;
        sweep_manifests(&home.manifests_of_checkouts(), &home.git_checkouts())
    }

    pub(super) fn finish(self) -> Removed {
        self.removed
    }
}

/// Removes manifests of what is gone.
fn sweep_manifests(manifests: &Path, places: &Path) -> Result<(), FsError> {
    for owner in directories(manifests)? {
        let place = places.join(owner.file_name().unwrap_or_default());
        for entry in dhow_fs::list_dir(&owner)? {
            if dhow_fs::lstat(&place.join(&entry.file_name))?.is_none() {
                dhow_fs::remove_file(&entry.path)?;
            }
        }
    }
    Ok(())
}

/// Removes what killed collections left in a directory.
fn sweep_gone(dir: &Path) -> Result<(), FsError> {
    for entry in dhow_fs::list_dir_optional(dir)?.unwrap_or_default() {
        if is_gone(&entry.path) {
            dhow_fs::remove_dir_all(&entry.path)?;
        }
    }
    Ok(())
}

/// Whether a path is one that is on its way out.
pub(crate) fn is_gone(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(GONE_PREFIX))
}

/// Moves a directory aside before it is deleted, so that nobody finds half of it.
pub(super) fn remove_at_once(path: &Path, is_dir: bool) -> Result<(), FsError> {
    if !is_dir {
        return dhow_fs::remove_file(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!("{GONE_PREFIX}{name}"));
    dhow_fs::remove_dir_all(&aside)?;
    dhow_fs::rename(path, &aside)?;
    dhow_fs::remove_dir_all(&aside)
}

fn directories(base: &Path) -> Result<Vec<PathBuf>, FsError> {
    let entries = dhow_fs::list_dir_optional(base)?.unwrap_or_default();
    Ok(entries.into_iter().filter(|entry| entry.kind == FileKind::Dir).map(|entry| entry.path).collect())
}
