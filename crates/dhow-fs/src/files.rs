//! Whole files: read, written so that nobody sees half of them, moved, removed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Context, FsError, optional};
use crate::temp::TempFile;

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, FsError> {
    fs::read(path).during("read", path)
}

/// The bytes of a file, or `None` if there is none.
pub fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, FsError> {
    optional(read(path))
}

/// The text of a file; what is not UTF-8 is an error.
pub fn read_to_string(path: &Path) -> Result<String, FsError> {
    fs::read_to_string(path).during("read", path)
}

/// The text of a file, or `None` if there is none.
pub fn read_to_string_optional(path: &Path) -> Result<Option<String>, FsError> {
    optional(read_to_string(path))
}

/// Opens a file to be read piece by piece.
pub fn open(path: &Path) -> Result<File, FsError> {
    File::open(path).during("open", path)
}

/// Opens a file to be read piece by piece, or `None` if there is none.
pub fn open_optional(path: &Path) -> Result<Option<File>, FsError> {
    optional(open(path))
}

/// Creates a file, or empties the one that is there, to be written piece by piece.
pub fn create_file(path: &Path) -> Result<File, FsError> {
    File::create(path).during("create", path)
}

/// Writes a file in place, creating it first if need be: only for what nobody else can see yet.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    fs::write(path, bytes).during("write", path)
}

/// Replaces a file as a whole: others see the old content or the new, never a part. Keeps the permissions of what
/// was there, and writes through a symlink to what it points at. Missing directories above are not made.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    let target = behind_link(path);
    let mut temp = TempFile::new_in(directory_of(&target))?;
    temp.write_all(bytes).during("write", path)?;
    if let Ok(meta) = fs::metadata(&target) {
        temp.set_permissions(meta.permissions())?;
    }
    temp.persist(&target)
}

/// As [`write_atomic`], but from its first moment on nobody else on the machine may read what is written.
pub fn write_atomic_private(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    let target = behind_link(path);
    let mut temp = TempFile::private_in(directory_of(&target))?;
    temp.write_all(bytes).during("write", path)?;
    temp.persist(&target)
}

/// What a symlink points at; any other path as it is.
fn behind_link(path: &Path) -> PathBuf {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_symlink() => fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
        _ => path.to_owned(),
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes `bytes` unless the file has exactly these already. Says whether it wrote.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool, FsError> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(false);
    }
    write_atomic(path, bytes)?;
    Ok(true)
}

/// Adds `bytes` to the end of a file in one write, creating it first if need be.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).during("append to", path)
}

/// Removes a file or a symlink; one that is not there is no error.
pub fn remove_file(path: &Path) -> Result<(), FsError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result.during("remove", path),
    }
}

/// Copies a file's content and permissions to a new file; what was at `to` is unlinked, not written through.
pub fn copy(from: &Path, to: &Path) -> Result<u64, FsError> {
    remove_file(to)?;
    fs::copy(from, to).map_err(|source| {
        // The system does not say which of the two it meant; a missing source is by far the likelier.
        let path = if from.exists() { to } else { from };
        FsError::new("copy", path, source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn an_atomic_write_replaces_and_keeps_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("file");
        write_atomic(&path, b"one").expect("writes");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("chmod");
        write_atomic(&path, b"two").expect("writes");
        assert_eq!(read(&path).expect("reads"), b"two");
        assert_eq!(fs::metadata(&path).expect("stat").permissions().mode() & 0o777, 0o640);
        assert!(!write_if_changed(&path, b"two").expect("compares"));
        assert!(write_if_changed(&path, b"three").expect("writes"));
        assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 1, "nothing is left beside the file");
    }

    #[test]
    fn a_private_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("file");
        write_atomic(&path, b"one").expect("writes");
        write_atomic_private(&path, b"two").expect("writes");
        assert_eq!(read(&path).expect("reads"), b"two");
        assert_eq!(fs::metadata(&path).expect("stat").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_atomic_write_goes_through_a_symlink() {
        let dir = TempDir::anywhere().expect("temp dir");
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        write_atomic(&real, b"old").expect("writes");
        std::os::unix::fs::symlink("real", &link).expect("links");
        write_atomic(&link, b"new").expect("writes");
        assert_eq!(read(&real).expect("reads"), b"new");
        assert!(fs::symlink_metadata(&link).expect("stat").is_symlink());
    }

    #[test]
    fn what_is_missing_is_an_answer_or_an_error_with_the_path() {
        let path = Path::new("/nowhere/at/all");
        assert!(read_optional(path).expect("no error").is_none());
        remove_file(path).expect("nothing to remove");
        let error = read(path).expect_err("is missing");
        assert_eq!(error.to_string(), "could not read `/nowhere/at/all`");
        assert!(error.is_not_found());
    }
}
