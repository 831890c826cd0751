//! Directories: made, listed in a stable order, removed even while somebody else removes them too.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Context, FsError, optional};
use crate::stat::FileKind;

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// Its name within the directory.
    pub file_name: OsString,
    /// The directory's path with that name.
    pub path: PathBuf,
    /// What it is; symlinks are not followed.
    pub kind: FileKind,
}

/// Makes a directory and all that are missing above it.
pub fn create_dir_all(path: &Path) -> Result<(), FsError> {
    fs::create_dir_all(path).during("create directory", path)
}

/// The entries of a directory, sorted by name.
pub fn list_dir(path: &Path) -> Result<Vec<DirEntry>, FsError> {
    let read = || -> io::Result<Vec<DirEntry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            entries.push(DirEntry {
                file_name: entry.file_name(),
                path: entry.path(),
                kind: FileKind::of(entry.file_type()?),
            });
        }
        Ok(entries)
    };
    let mut entries = read().during("list directory", path)?;
    entries.sort_unstable_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok(entries)
}

/// The entries of a directory, sorted by name, or `None` if there is none.
pub fn list_dir_optional(path: &Path) -> Result<Option<Vec<DirEntry>>, FsError> {
    optional(list_dir(path))
}

/// Removes a directory with everything in it; one that is not there is no error. Symlinks are removed, not followed.
///
/// Directories without write permission are opened up, and a few new files that others create meanwhile are removed
/// as well.
pub fn remove_dir_all(path: &Path) -> Result<(), FsError> {
    const ATTEMPTS: u32 = 5;
    for attempt in 1.. {
        let error = match fs::remove_dir_all(path) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::NotFound if fs::symlink_metadata(path).is_err() => return Ok(()),
            io::ErrorKind::NotADirectory => return crate::files::remove_file(path),
            io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty if attempt < ATTEMPTS => {}
            io::ErrorKind::PermissionDenied if attempt < ATTEMPTS => make_writable(path),
            _ => return Err(FsError::new("remove directory", path, error)),
        }
    }
    Ok(())
}

/// Best effort: what cannot be changed fails again, and with a better error, when it is removed.
fn make_writable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o700);
        if fs::set_permissions(path, mode).is_err() {
            return;
        }
    }
    for entry in list_dir(path).unwrap_or_default() {
        if entry.kind == FileKind::Dir {
            make_writable(&entry.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn lists_sorted_and_removes_twice() {
        let dir = TempDir::anywhere().expect("temp dir");
        let top = dir.path().join("top");
        create_dir_all(&top.join("b/c")).expect("makes");
        crate::write_atomic(&top.join("a"), b"").expect("writes");
        std::os::unix::fs::symlink("a", top.join("z")).expect("links");
        let names: Vec<_> =
            list_dir(&top).expect("lists").into_iter().map(|e| (e.file_name, e.kind)).collect();
        assert_eq!(
            names,
            [("a".into(), FileKind::File), ("b".into(), FileKind::Dir), ("z".into(), FileKind::Symlink)]
        );
        remove_dir_all(&top).expect("removes");
        remove_dir_all(&top).expect("is gone already");
        assert!(list_dir_optional(&top).expect("no error").is_none());
    }
}
