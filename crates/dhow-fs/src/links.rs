//! Links of both kinds, and what to do where they are refused.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Context, FsError};
use crate::files::{copy, remove_file};

/// How a file came to its second place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// Two files that share what is on the disk until one of them is written to.
    Cloned,
    /// Both names are one file.
    Hard,
    /// The content was copied.
    Copied,
}

/// Gives `original` the second name `link`, replacing what is there. An error where the system refuses.
pub fn hard_link(original: &Path, link: &Path) -> Result<(), FsError> {
    match fs::hard_link(original, link) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove_file(link)?;
            fs::hard_link(original, link).during("link", link)
        }
        result => result.during("link", link),
    }
}

/// As [`hard_link`]; where links are refused (another file system, somebody else's file, too many names) copies.
pub fn hard_link_or_copy(original: &Path, link: &Path) -> Result<Linked, FsError> {
    match hard_link(original, link) {
        Ok(()) => Ok(Linked::Hard),
        // A missing source or directory would only fail again, less clearly.
        Err(error) if error.is_not_found() || error.is_full() => Err(error),
        Err(_) => copy(original, link).map(|_| Linked::Copied),
    }
}

/// Gives many files a second place at the cost of no space, where the file system can: as clones, else as hard links, else
/// as copies. What was refused once is not tried again.
#[derive(Debug, Default)]
pub struct Sharing {
    no_clones: AtomicBool,
}

impl Sharing {
    /// Lets `place`, which does not exist, have the content and the permissions of `original`.
    pub fn share(&self, original: &Path, place: &Path) -> Result<Linked, FsError> {
        if !self.no_clones.load(Ordering::Relaxed) {
            if clone_file(original, place).is_ok() {
                return Ok(Linked::Cloned);
            }
            self.no_clones.store(true, Ordering::Relaxed);
        }
        hard_link_or_copy(original, place)
    }
}

#[cfg(target_os = "linux")]
fn clone_file(original: &Path, place: &Path) -> io::Result<()> {
    let from = fs::File::open(original)?;
    let to = fs::File::create_new(place)?;
    let cloned = rustix::fs::ioctl_ficlone(&to, &from).map_err(io::Error::from);
    let done = cloned.and_then(|()| to.set_permissions(from.metadata()?.permissions()));
    if done.is_err() {
        drop(fs::remove_file(place));
    }
    done
}

#[cfg(not(target_os = "linux"))]
fn clone_file(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes `link` a symbolic link to `target`, replacing a file or link that is there.
pub fn symlink(target: &Path, link: &Path) -> Result<(), FsError> {
    match make_symlink(target, link) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove_file(link)?;
            make_symlink(target, link).during("link", link)
        }
        result => result.during("link", link),
    }
}

/// What a symbolic link says, unresolved.
pub fn read_link(path: &Path) -> Result<PathBuf, FsError> {
    fs::read_link(path).during("read the link", path)
}

#[cfg(unix)]
fn make_symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn make_symlink(target: &Path, link: &Path) -> io::Result<()> {
    let resolved = link.parent().map_or_else(|| target.to_owned(), |dir| dir.join(target));
    if resolved.is_dir() {
        std::os::windows::fs::symlink_dir(target, link)
    } else {
        std::os::windows::fs::symlink_file(target, link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stat::stat;
    use crate::temp::TempDir;

    #[test]
    fn a_link_replaces_and_a_copy_is_its_own_file() {
        let dir = TempDir::anywhere().expect("temp dir");
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        crate::write_atomic(&a, b"a").expect("writes");
        crate::write_atomic(&b, b"b").expect("writes");
        assert_eq!(hard_link_or_copy(&a, &b).expect("links"), Linked::Hard);
        let inode = |path| stat(path).expect("stats").expect("is there").inode;
        assert_eq!(inode(&a), inode(&b));
        copy(&a, &b).expect("copies");
        assert_ne!(inode(&a), inode(&b));
        let c = dir.path().join("c");
        assert_ne!(Sharing::default().share(&a, &c).expect("shares"), Linked::Copied);
        assert_eq!(crate::read(&c).expect("reads"), b"a");
        symlink(Path::new("a"), &b).expect("links");
        assert_eq!(read_link(&b).expect("reads"), Path::new("a"));
        assert!(hard_link_or_copy(&dir.path().join("none"), &b).expect_err("no source").is_not_found());
    }
}
