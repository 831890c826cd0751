//! Fills a new directory with a tree of files, relative to open directories: nothing lands outside of it.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use crate::error::{Context, FsError};

/// Writes files below one directory. Names must be plain (no `..`, not absolute); existing files and symlinks on
/// the way are errors, not followed.
#[derive(Debug)]
pub struct TreeWriter {
    root: PathBuf,
    #[cfg(unix)]
    root_dir: File,
    /// The directory of the last file: neighbours come one after the other in archives.
    #[cfg(unix)]
    last_dir: Option<(PathBuf, File)>,
}

impl TreeWriter {
    /// For the directory `root`, which must exist.
    pub fn new(root: &Path) -> Result<Self, FsError> {
        Ok(Self {
            root: root.to_owned(),
            #[cfg(unix)]
            root_dir: File::open(root).during("open", root)?,
            #[cfg(unix)]
            last_dir: None,
        })
    }

    /// Makes the directory `relative` and those above it; existing ones are kept.
    pub fn create_dir(&self, relative: &Path) -> Result<(), FsError> {
        self.check(relative)?;
        self.make_dirs(relative)
    }

    /// Creates the file `relative` with these permission bits (the umask applies), and directories above it.
    pub fn create_file(&mut self, relative: &Path, mode: u32) -> Result<File, FsError> {
        self.check(relative)?;
        self.make_file(relative, mode)
    }

    /// Removes the file `relative`: a symlink itself, not what it points at.
    pub fn remove_file(&self, relative: &Path) -> Result<(), FsError> {
        self.check(relative)?;
        crate::files::remove_file(&self.root.join(relative))
    }

    fn check(&self, relative: &Path) -> Result<(), FsError> {
        let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if plain && !relative.as_os_str().is_empty() {
            return Ok(());
        }
        let reason =
            std::io::Error::new(std::io::ErrorKind::InvalidInput, "the name leads outside of its directory");
        Err(FsError::new("create", &self.root.join(relative), reason))
    }

    #[cfg(unix)]
    fn make_dirs(&self, relative: &Path) -> Result<(), FsError> {
        use rustix::fs::{Mode, mkdirat};
        use rustix::io::Errno;
        let whole = || self.root.join(relative);
        match mkdirat(&self.root_dir, relative, Mode::from_raw_mode(0o777)) {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) => self.open_dir(relative).map(drop),
            Err(Errno::NOENT) => {
                let Some(parent) = relative.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
                    return Err(FsError::new("create directory", &whole(), Errno::NOENT.into()));
                };
                self.make_dirs(parent)?;
                match mkdirat(&self.root_dir, relative, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(Errno::EXIST) => Ok(()),
                    Err(errno) => Err(FsError::new("create directory", &whole(), errno.into())),
                }
            }
            Err(errno) => Err(FsError::new("create directory", &whole(), errno.into())),
        }
    }

    #[cfg(unix)]
    fn open_dir(&self, relative: &Path) -> Result<File, FsError> {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        match openat(&self.root_dir, relative, flags, Mode::empty()) {
            Ok(fd) => Ok(File::from(fd)),
            Err(errno) => Err(FsError::new("open directory", &self.root.join(relative), errno.into())),
        }
    }

    #[cfg(unix)]
    fn make_file(&mut self, relative: &Path, mode: u32) -> Result<File, FsError> {
        use rustix::fs::{Mode, OFlags, openat};
        let parent = relative.parent().unwrap_or(Path::new(""));
        if !parent.as_os_str().is_empty() && self.last_dir.as_ref().is_none_or(|(last, _)| last != parent) {
            let dir = match self.open_dir(parent) {
                Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => {
                    self.make_dirs(parent)?;
                    self.open_dir(parent)?
                }
                result => result?,
            };
            self.last_dir = Some((parent.to_owned(), dir));
        }
        let dir = match &self.last_dir {
            Some((_, dir)) if !parent.as_os_str().is_empty() => dir,
            _ => &self.root_dir,
        };
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        let name = relative.file_name().unwrap_or_default();
        match openat(dir, name, flags, Mode::from_raw_mode(mode & 0o777)) {
            Ok(fd) => Ok(File::from(fd)),
            Err(errno) => Err(FsError::new("create", &self.root.join(relative), errno.into())),
        }
    }

    #[cfg(not(unix))]
    fn make_dirs(&self, relative: &Path) -> Result<(), FsError> {
        crate::dirs::create_dir_all(&self.root.join(relative))
    }

    #[cfg(not(unix))]
    fn make_file(&mut self, relative: &Path, _mode: u32) -> Result<File, FsError> {
        let path = self.root.join(relative);
        if let Some(parent) = path.parent() {
            crate::dirs::create_dir_all(parent)?;
        }
        std::fs::OpenOptions::new().write(true).create_new(true).open(&path).during("create", &path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;
    use std::io::Write;

    #[test]
    fn a_tree_is_written_and_stays_inside() {
        let dir = TempDir::anywhere().expect("temp dir");
        let root = dir.path().join("root");
        crate::create_dir_all(&root).expect("makes");
        let mut tree = TreeWriter::new(&root).expect("opens");
        for name in ["top", "a/b/one", "a/b/two", "c/three", "a/four", "last"] {
            let mut file = tree.create_file(Path::new(name), 0o644).expect("creates");
            file.write_all(name.as_bytes()).expect("writes");
            assert_eq!(crate::read(&root.join(name)).expect("reads"), name.as_bytes());
        }
        tree.create_dir(Path::new("a/b")).expect("is there");
        tree.create_dir(Path::new("x/y/z")).expect("makes");
        assert!(root.join("x/y/z").is_dir());
        for bad in ["../out", "/out", "a/../../out", ""] {
            assert!(tree.create_file(Path::new(bad), 0o644).is_err(), "{bad}");
            assert!(tree.create_dir(Path::new(bad)).is_err(), "{bad}");
        }
        assert!(tree.create_file(Path::new("a/b/one"), 0o644).is_err(), "no overwriting");
        std::os::unix::fs::symlink(dir.path(), root.join("link")).expect("links");
        assert!(tree.create_file(Path::new("link/out"), 0o644).is_err(), "no following");
        assert!(!dir.path().join("out").exists());
    }
}
