//! Files and directories on their way to their place: gone when dropped, unless they are moved there.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::{Context, FsError};

/// A nameless-to-be file beside its final place. Removed when dropped before [`TempFile::persist`].
#[derive(Debug)]
pub struct TempFile(tempfile::NamedTempFile);

impl TempFile {
    /// A new empty file in `dir`, with the permissions that any new file has: the umask applies.
    pub fn new_in(dir: &Path) -> Result<Self, FsError> {
        Self::with_mode(dir, 0o666)
    }

    /// A new empty file in `dir` that nobody else may read.
    pub fn private_in(dir: &Path) -> Result<Self, FsError> {
        Self::with_mode(dir, 0o600)
    }

    #[cfg_attr(not(unix), expect(unused_variables, reason = "a file has no mode there"))]
    fn with_mode(dir: &Path, mode: u32) -> Result<Self, FsError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tmp-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        builder.tempfile_in(dir).map(Self).during("create a file in", dir)
    }

    /// Where it is now.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The open file.
    pub fn as_file(&self) -> &File {
        self.0.as_file()
    }

    /// Back to the start, to read what was written.
    pub fn rewind(&mut self) -> Result<(), FsError> {
        let result = self.0.as_file_mut().seek(SeekFrom::Start(0));
        result.map(drop).during("rewind", self.0.path())
    }

    pub(crate) fn set_permissions(&self, permissions: fs::Permissions) -> Result<(), FsError> {
        self.0.as_file().set_permissions(permissions).during("set the permissions of", self.0.path())
    }

    /// Moves it to `path`, replacing what is there, in one step.
    pub fn persist(self, path: &Path) -> Result<(), FsError> {
        let (file, temp) = self.0.into_parts();
        drop(file);
        // Removes the file if it cannot be moved; once it is moved, there is nothing to remove.
        crate::rename::rename(&temp, path)?;
        drop(temp.keep());
        Ok(())
    }
}

impl Write for TempFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_file_mut().flush()
    }
}

/// A directory with everything in it, removed when dropped.
#[derive(Debug)]
pub struct TempDir(tempfile::TempDir);

impl TempDir {
    /// A directory in the system's place for temporary files, whose name begins with `prefix`.
    pub fn anywhere_named(prefix: &str) -> Result<Self, FsError> {
        let dir = tempfile::Builder::new().prefix(prefix).tempdir();
        dir.map(Self).during("create a directory in", Path::new("the temporary directory"))
    }

    /// A new directory in `parent` whose name starts with `prefix`.
    pub fn new_in(parent: &Path, prefix: &str) -> Result<Self, FsError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o777));
        }
        builder.tempdir_in(parent).map(Self).during("create a directory in", parent)
    }

    /// A new directory where the system keeps temporary files. For tests and for what needs no certain place.
    pub fn anywhere() -> Result<Self, FsError> {
        tempfile::tempdir().map(Self).during("create a directory in", Path::new("the temporary directory"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Keeps it where it is.
    pub fn keep(self) -> PathBuf {
        self.0.keep()
    }

    /// Moves it to `path`, which must not exist or be an empty directory, in one step.
    pub fn persist(self, path: &Path) -> Result<(), FsError> {
        crate::rename::rename(self.0.path(), path)?;
        drop(self.0.keep());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_persisted_vanishes() {
        let outer = TempDir::anywhere().expect("temp dir");
        let mut file = TempFile::new_in(outer.path()).expect("creates");
        file.write_all(b"x").expect("writes");
        let path = file.path().to_owned();
        drop(file);
        assert!(!path.exists());
        let inner = TempDir::new_in(outer.path(), ".x").expect("creates");
        let place = outer.path().join("place");
        inner.persist(&place).expect("moves");
        assert!(place.is_dir());
        assert_eq!(fs::read_dir(outer.path()).expect("lists").count(), 1);
    }
}
