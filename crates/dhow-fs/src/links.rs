//! Links of both kinds, and what to do where they are refused.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Context, FsError};
use crate::files::{copy, remove_file};

/// How a file came to its second place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
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
        symlink(Path::new("a"), &b).expect("links");
        assert_eq!(read_link(&b).expect("reads"), Path::new("a"));
        assert!(hard_link_or_copy(&dir.path().join("none"), &b).expect_err("no source").is_not_found());
    }
}
