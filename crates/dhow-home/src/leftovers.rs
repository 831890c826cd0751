//! What killed processes left half-made in the home. What somebody works on just now is locked, and is none.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use dhow_fs::{FileKind, FileLock, FileTime, FsError};

use crate::collect::is_gone;
use crate::layout::CargoHome;

/// A file that is written beside its place is renamed within moments.
const MOMENTS_SECS: i64 = 10 * 60;

impl CargoHome {
    /// What killed processes left half-made.
    ///
    /// # Errors
    /// A directory cannot be listed, or a lock not be tried.
    pub fn all_leftovers(&self) -> Result<Vec<PathBuf>, FsError> {
        let mut found = Vec::new();
        let now = FileTime::from_system(SystemTime::now()).secs;
        for base in [
            self.indexes(),
            self.archives(),
            self.all_sources(),
            self.git_db(),
            self.git_checkouts(),
            self.manifests(),
        ] {
            look(&base, now, &mut found)?;
            for entry in dhow_fs::list_dir_optional(&base)?.unwrap_or_default() {
                if entry.kind == FileKind::Dir && !is_marked(&entry.path) {
                    look(&entry.path, now, &mut found)?;
                }
            }
        }
        for registry in self.registries()? {
            for path in registry.leftovers()? {
                // The parts of a package have one lock, which is that of its archive.
                let part = match path.extension() {
                    Some(extension) if extension == "part" => path.clone(),
                    _ => registry.cache().join(format!("{}.part", name_of(&path))),
                };
                if !is_gone(&path) && !is_locked(&part)? {
                    found.push(path);
                }
            }
        }
        for base in [self.git_db(), self.git_checkouts()] {
            self.git_leftovers(&base, &mut found)?;
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// What was being made has a lock of its name beside it.
    fn git_leftovers(&self, base: &Path, found: &mut Vec<PathBuf>) -> Result<(), FsError> {
        for entry in dhow_fs::list_dir_optional(base)?.unwrap_or_default() {
            if entry.kind != FileKind::Dir || is_gone(&entry.path) {
                continue;
            }
            if !is_marked(&entry.path) {
                if base == self.git_checkouts() {
                    self.git_leftovers(&entry.path, found)?;
                }
            } else if !is_locked(&entry.path.with_file_name(format!("{}.lock", name_of(&entry.path))))? {
                found.push(entry.path);
            }
        }
        Ok(())
    }
}

/// What was on its way out, and temporary files that are too old to be in use.
fn look(dir: &Path, now: i64, found: &mut Vec<PathBuf>) -> Result<(), FsError> {
    for entry in dhow_fs::list_dir_optional(dir)?.unwrap_or_default() {
        let is_temporary = entry.kind == FileKind::File && name_of(&entry.path).starts_with(".tmp-");
        let is_old = || -> Result<bool, FsError> {
            let stat = dhow_fs::lstat(&entry.path)?;
            Ok(stat.is_some_and(|stat| now.saturating_sub(stat.mtime.secs) > MOMENTS_SECS))
        };
        if is_gone(&entry.path) || (is_temporary && is_old()?) {
            found.push(entry.path);
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_marked(path: &Path) -> bool {
    name_of(path).starts_with(".dhow-")
}

/// Only a lock that is there: trying would make it.
fn is_locked(path: &Path) -> Result<bool, FsError> {
    Ok(dhow_fs::lstat(path)?.is_some() && FileLock::try_shared(path, &|_| {})?.is_none())
}
