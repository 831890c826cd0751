//! Moving: the one step by which what was made beside its place gets there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Context, FsError};
use crate::stat::{Stat, lstat};

/// Moves a file or a directory within one file system; a file that is in the way is replaced.
///
/// A server whose answer is lost is asked again by the system, and then finds nothing to move. So what is at its new
/// place was moved, whatever was said.
pub fn rename(from: &Path, to: &Path) -> Result<(), FsError> {
    let before = lstat(from)?;
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let inode = |stat: Stat| (stat.inode, stat.device);
            let (before, now) = (before.map(inode), lstat(to)?.map(inode));
            if before.is_some() && before == now {
                return Ok(());
            }
            Err(error).during("move into place", to)
        }
        result => result.during("move into place", to),
    }
}

/// Puts the directory `new` where `place` is; what was there is at `new` afterwards. In one step where the system can:
/// then nobody sees it missing.
pub fn exchange(new: &Path, place: &Path) -> Result<(), FsError> {
    if exchanged(new, place) {
        return Ok(());
    }
    let aside = aside(new);
    rename(place, &aside)?;
    rename(new, place)?;
    rename(&aside, new)
}

/// Puts back what an [`exchange`] in several steps took away, if it was killed before it was done.
pub fn recover_exchange(new: &Path, place: &Path) -> Result<(), FsError> {
    let aside = aside(new);
    if lstat(place)?.is_none() && lstat(&aside)?.is_some() {
        rename(&aside, place)?;
    }
    Ok(())
}

fn aside(new: &Path) -> PathBuf {
    let mut aside = new.as_os_str().to_owned();
    aside.push(".old");
    aside.into()
}

#[cfg(target_os = "linux")]
fn exchanged(new: &Path, place: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn exchanged(_new: &Path, _place: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn what_is_at_its_place_was_moved_and_nothing_else() {
        let dir = TempDir::anywhere().expect("temp dir");
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        fs::write(&from, "new").expect("writes");
        fs::write(&to, "old").expect("writes");
        rename(&from, &to).expect("moves");
        assert_eq!(fs::read(&to).expect("reads"), b"new");
        let error = rename(&from, &to).expect_err("it is not there any more");
        assert!(error.is_not_found() && error.path == to);
        fs::write(&from, "third").expect("writes");
        let error = rename(&from, &dir.path().join("missing/to")).expect_err("there is no such directory");
        assert!(error.is_not_found() && from.exists());
    }

    #[test]
    fn directories_change_places() {
        let dir = TempDir::anywhere().expect("temp dir");
        let (new, place) = (dir.path().join("new"), dir.path().join("place"));
        for path in [&new, &place] {
            fs::create_dir(path).expect("makes");
            fs::write(path.join("who"), path.as_os_str().as_encoded_bytes()).expect("writes");
        }
        exchange(&new, &place).expect("exchanges");
        let who = |path: &Path| fs::read(path.join("who")).expect("reads");
        assert_eq!(who(&place), new.as_os_str().as_encoded_bytes());
        assert_eq!(who(&new), place.as_os_str().as_encoded_bytes());
        let old = who(&place);
        recover_exchange(&new, &place).expect("nothing to do");
        rename(&place, &aside(&new)).expect("moves");
        recover_exchange(&new, &place).expect("puts back");
        assert_eq!(who(&place), old);
    }
}
