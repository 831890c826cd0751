//! Fills a new directory with a tree of files, relative to open directories: nothing lands outside of it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Component, Path, PathBuf};

use crate::error::{Context, FsError};
use crate::stat::Stat;

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
    pub fn create_dir(&mut self, relative: &Path) -> Result<(), FsError> {
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

    /// The name under which the system shows `relative`, which exists: another one where names that differ in case
    /// (or in how their letters are composed) are one name.
    pub fn name_on_disk(&self, relative: &Path) -> Result<PathBuf, FsError> {
        self.check(relative)?;
        let mut shown = PathBuf::new();
        for part in relative.components() {
            let dir = self.root.join(&shown);
            let wanted = crate::stat::lstat(&dir.join(part))?;
            let names = crate::dirs::list_dir(&dir)?.into_iter().map(|entry| {
                let stat = crate::stat::lstat(&entry.path).ok().flatten();
                (entry.file_name, stat)
            });
            shown.push(same_file(part.as_os_str(), wanted.as_ref(), names));
        }
        Ok(shown)
    }

    /// The directory `relative`, opened step by step, so that no symlink on the way is followed; what is missing is
    /// made.
    #[cfg(unix)]
    fn enter(&mut self, relative: &Path) -> Result<&File, FsError> {
        if relative.as_os_str().is_empty() {
            return Ok(&self.root_dir);
        }
        if self.last_dir.as_ref().is_none_or(|(last, _)| last != relative) {
            let known = self.last_dir.take().filter(|(last, _)| relative.starts_with(last));
            let (mut at, mut dir) = known.map_or((PathBuf::new(), None), |(last, dir)| (last, Some(dir)));
            for part in relative.components().skip(at.components().count()) {
                at.push(part);
                let next = step(dir.as_ref().unwrap_or(&self.root_dir), Path::new(&part));
                dir = Some(next.map_err(|(op, error)| FsError::new(op, &self.root.join(&at), error))?);
            }
            self.last_dir = dir.map(|dir| (at, dir));
        }
        Ok(self.last_dir.as_ref().map_or(&self.root_dir, |(_, dir)| dir))
    }

    #[cfg(unix)]
    fn make_dirs(&mut self, relative: &Path) -> Result<(), FsError> {
        self.enter(relative).map(drop)
    }

    #[cfg(unix)]
    fn make_file(&mut self, relative: &Path, mode: u32) -> Result<File, FsError> {
        use rustix::fs::{Mode, OFlags, openat};
        let dir = self.enter(relative.parent().unwrap_or(Path::new("")))?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        let name = relative.file_name().unwrap_or_default();
        match openat(dir, name, flags, Mode::from_raw_mode(mode & 0o777)) {
            Ok(fd) => Ok(File::from(fd)),
            Err(errno) => Err(FsError::new("create", &self.root.join(relative), errno.into())),
        }
    }

    #[cfg(not(unix))]
    fn make_dirs(&mut self, relative: &Path) -> Result<(), FsError> {
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

/// Which of the names in a directory the file `wanted` has: its own, or that of the same inode.
fn same_file(
    wanted: &OsStr,
    stat: Option<&Stat>,
    names: impl Iterator<Item = (OsString, Option<Stat>)>,
) -> OsString {
    let inode = |stat: &Stat| (stat.inode, stat.device);
    let mut twin = None;
    for (name, found) in names {
        if name == wanted {
            return name;
        }
        if found.as_ref().map(inode) == stat.map(inode) {
            twin = Some(name);
        }
    }
    twin.unwrap_or_else(|| wanted.to_owned())
}

/// The directory `name` in `dir`, made if it is missing.
#[cfg(unix)]
fn step(dir: &File, name: &Path) -> Result<File, (&'static str, std::io::Error)> {
    use rustix::fs::{Mode, OFlags, mkdirat, openat};
    use rustix::io::Errno;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
    let open = || openat(dir, name, flags, Mode::empty()).map(File::from);
    match open() {
        Err(Errno::NOENT) => match mkdirat(dir, name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => open().map_err(|errno| ("open directory", errno.into())),
            Err(errno) => Err(("create directory", errno.into())),
        },
        result => result.map_err(|errno| ("open directory", errno.into())),
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
        crate::create_dir_all(&dir.path().join("outside")).expect("makes");
        for bad in ["link/out", "link/outside/out", "link/new/out"] {
            assert!(tree.create_file(Path::new(bad), 0o644).is_err(), "no following: {bad}");
        }
        assert!(tree.create_dir(Path::new("link/outside/deeper")).is_err(), "no following");
        assert_eq!(crate::list_dir(dir.path()).expect("lists").len(), 2);
        assert!(crate::list_dir(&dir.path().join("outside")).expect("lists").is_empty());
        assert_eq!(tree.name_on_disk(Path::new("a/b/one")).expect("lists"), Path::new("a/b/one"));
    }

    /// As a directory looks where case is folded: `README` is there, and answers to `readme` too.
    #[test]
    fn a_name_in_other_letters_is_known_by_its_inode() {
        let dir = TempDir::anywhere().expect("temp dir");
        let stat_of = |name: &str| {
            crate::write_atomic(&dir.path().join(name), b"").expect("writes");
            crate::lstat(&dir.path().join(name)).expect("stats")
        };
        let (readme, other) = (stat_of("README"), stat_of("other"));
        let check = |wanted: &str, stat: Option<&Stat>, expect: &str| {
            let names = [(OsString::from("README"), readme), (OsString::from("other"), other)];
            assert_eq!(same_file(OsStr::new(wanted), stat, names.into_iter()), expect, "{wanted}");
        };
        check("README", readme.as_ref(), "README");
        check("readme", readme.as_ref(), "README");
        check("Other", other.as_ref(), "other");
        let missing = dir.path().join("third");
        crate::write_atomic(&missing, b"").expect("writes");
        check("third", crate::lstat(&missing).expect("stats").as_ref(), "third");
    }
}
