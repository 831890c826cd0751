//! Real file systems for tests that may mount some: small ones that fill up, read-only ones, overlays.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A mounted file system; unmounted when dropped.
#[derive(Debug)]
pub struct Mount {
    at: PathBuf,
    _dir: TempDir,
}

impl Mount {
    /// An empty file system in memory of so many KiB. `None`, and a word about it, where mounting is not allowed.
    #[must_use]
    pub fn small(kib: u32) -> Option<Self> {
        Self::new(|at| {
            mount(["-t", "tmpfs", "-o", &format!("size={kib}k,mode=755"), "tmpfs"].map(OsStr::new), at)
        })
    }

    /// The tree at `dir`, seen through a mount that refuses to write. `None`, and a word about it, where mounting is
    /// not allowed.
    #[must_use]
    pub fn read_only(dir: &Path) -> Option<Self> {
        Self::new(|at| {
            mount([OsStr::new("--bind"), dir.as_os_str()], at)
                && mount(["-o", "remount,ro,bind"].map(OsStr::new), at)
        })
    }

    /// `lower` with a layer of changes above it, as containers have. `None`, and a word about it, where mounting is
    /// not allowed.
    #[must_use]
    pub fn overlay(lower: &Path) -> Option<Self> {
        // The layers must not lie on an overlay themselves: a file system in memory is none.
        let layers = Self::small(64 * 1024)?;
        let parts = ["upper", "work"].map(|name| layers.at.join(name));
        parts.iter().for_each(|part| fs::create_dir(part).expect("a directory of a layer"));
        let options = format!(
            "lowerdir={},upperdir={},workdir={}",
            lower.display(),
            parts[0].display(),
            parts[1].display()
        );
        let made = Self::new(|at| mount(["-t", "overlay", "-o", &options, "overlay"].map(OsStr::new), at));
        // Unmounted lazily: the overlay keeps its layers alive.
        drop(layers);
        made
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// From now on it refuses to be written to.
    ///
    /// # Panics
    /// When that cannot be done.
    pub fn make_read_only(&self) {
        assert!(
            mount(["-o", "remount,ro"].map(OsStr::new), &self.at),
            "cannot remount {}",
            self.at.display()
        );
    }

    /// Fills it up but for about `kib` KiB; the file that does so is given back.
    ///
    /// # Panics
    /// When it cannot be filled.
    #[must_use]
    pub fn fill_but(&self, kib: u64) -> PathBuf {
        let filler = self.at.join("filler");
        let space = rustix::fs::statvfs(&self.at).expect("a mounted file system");
        let free = space.f_bavail * space.f_frsize;
        let taken = usize::try_from(free.saturating_sub(kib * 1024)).expect("a small file system");
        fs::write(&filler, vec![0; taken]).expect("a file that fills the file system");
        filler
    }

    fn new(make: impl FnOnce(&Path) -> bool) -> Option<Self> {
        let dir = TempDir::new().expect("a temporary directory");
        let at = dir.path().join("mounted");
        fs::create_dir(&at).expect("a directory to mount on");
        if make(&at) {
            return Some(Self { at, _dir: dir });
        }
        // Half-made: what is mounted must not be there when the directory is removed.
        drop(Command::new("umount").args(["-q", "-l"]).arg(&at).output());
        eprintln!("skipped: no file system may be mounted here");
        None
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.at).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.at.display());
        }
    }
}

fn mount<'a>(args: impl IntoIterator<Item = &'a OsStr>, at: &Path) -> bool {
    let output = Command::new("mount").args(args).arg(at).output();
    output.is_ok_and(|output| output.status.success())
}
