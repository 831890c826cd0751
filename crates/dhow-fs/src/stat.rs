//! What the system knows of a file without reading it.

use std::fs::{self, File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Context, FsError, optional};

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link (only where links are not followed).
    Symlink,
    /// A socket, a device, a pipe.
    Other,
}

impl FileKind {
    pub(crate) fn of(kind: fs::FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Dir
        } else if kind.is_symlink() {
            Self::Symlink
        } else {
            Self::Other
        }
    }
}

/// Seconds since 1970 (negative before) and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileTime {
    /// Whole seconds.
    pub secs: i64,
    /// The rest, below one billion.
    pub nanos: u32,
}

impl FileTime {
    /// Of a point in time of the system's clock.
    pub fn from_system(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self { secs: after.as_secs().cast_signed(), nanos: after.subsec_nanos() },
            Err(before) => {
                let before = before.duration();
                let borrow = i64::from(before.subsec_nanos() > 0);
                Self {
                    secs: -before.as_secs().cast_signed() - borrow,
                    nanos: (1_000_000_000 - before.subsec_nanos()) % 1_000_000_000,
                }
            }
        }
    }

    /// As a point in time of the system's clock; what it cannot express becomes 1970.
    pub fn to_system(self) -> SystemTime {
        let (secs, nanos) = (self.secs.unsigned_abs(), Duration::from_nanos(self.nanos.into()));
        let whole = Duration::from_secs(secs);
        let time = if self.secs < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        time.and_then(|t| t.checked_add(nanos)).unwrap_or(UNIX_EPOCH)
    }
}

/// One stat of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// When the content was written last.
    pub mtime: FileTime,
    /// When content or attributes changed last (where the system has none: `mtime`).
    pub ctime: FileTime,
    /// Number of the file on its device (0 where the system has none).
    pub inode: u64,
    /// The device (0 where the system has none).
    pub device: u64,
    /// Permission bits (where the system has none: made up from what it has).
    pub mode: u32,
    /// Number of names that this file has.
    pub links: u64,
}

impl Stat {
    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == FileKind::File
    }

    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind == FileKind::Dir
    }

    /// Whether somebody may execute it.
    pub fn executable(&self) -> bool {
        self.mode & 0o111 != 0
    }

    #[cfg(unix)]
    fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let time = |secs, nanos: i64| FileTime { secs, nanos: u32::try_from(nanos).unwrap_or(0) };
        Self {
            kind: FileKind::of(meta.file_type()),
            size: meta.len(),
            mtime: time(meta.mtime(), meta.mtime_nsec()),
            ctime: time(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
            device: meta.dev(),
            mode: meta.mode() & 0o7777,
            links: meta.nlink(),
        }
    }

    #[cfg(not(unix))]
    fn of(meta: &Metadata) -> Self {
        let mtime = meta.modified().map(FileTime::from_system).unwrap_or_default();
        Self {
            kind: FileKind::of(meta.file_type()),
            size: meta.len(),
            mtime,
            ctime: mtime,
            inode: 0,
            device: 0,
            mode: if meta.permissions().readonly() { 0o555 } else { 0o755 },
            links: 1,
        }
    }
}

/// What `path` is, symlinks followed; `None` if there is nothing.
pub fn stat(path: &Path) -> Result<Option<Stat>, FsError> {
    optional(fs::metadata(path).map(|meta| Stat::of(&meta)).during("look at", path))
}

/// What `path` itself is, symlinks not followed; `None` if there is nothing.
pub fn lstat(path: &Path) -> Result<Option<Stat>, FsError> {
    optional(fs::symlink_metadata(path).map(|meta| Stat::of(&meta)).during("look at", path))
}

/// What an open file is. `path` is for the error only.
pub fn stat_file(file: &File, path: &Path) -> Result<Stat, FsError> {
    file.metadata().map(|meta| Stat::of(&meta)).during("look at", path)
}

/// Allows everybody who may read a file to execute it. Does nothing where the system has no such permission.
pub fn set_executable(path: &Path) -> Result<(), FsError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).during("look at", path)?.permissions().mode();
        let mode = mode | (mode & 0o444) >> 2;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).during("make executable", path)?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Takes away or gives back the permission to write a file.
pub fn set_read_only(path: &Path, read_only: bool) -> Result<(), FsError> {
    let mut permissions = fs::metadata(path).during("look at", path)?.permissions();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = permissions.mode();
        permissions.set_mode(if read_only { mode & !0o222 } else { mode | 0o200 });
    }
    #[cfg(not(unix))]
    permissions.set_readonly(read_only);
    fs::set_permissions(path, permissions).during("change the permissions of", path)
}

/// Sets the time of the last change of a file or a directory.
pub fn set_mtime(path: &Path, time: FileTime) -> Result<(), FsError> {
    // Opened for reading: that is enough for its owner, and works for directories and read-only files.
    let file = File::open(path).during("open", path)?;
    file.set_modified(time.to_system()).during("set the time of", path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn stat_tells_kind_size_and_mode() {
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("f");
        crate::write_atomic(&path, b"12345").expect("writes");
        let before = stat(&path).expect("stats").expect("is there");
        assert!(before.is_file() && before.size == 5 && !before.executable());
        set_executable(&path).expect("chmod");
        assert!(stat(&path).expect("stats").expect("is there").executable());
        assert!(stat(dir.path()).expect("stats").expect("is there").is_dir());
        assert_eq!(stat(&dir.path().join("none")).expect("no error"), None);
    }

    #[test]
    fn times_survive_also_before_1970() {
        let dir = TempDir::anywhere().expect("temp dir");
        for time in [FileTime { secs: 1_153_704_088, nanos: 7 }, FileTime { secs: -3, nanos: 5 }] {
            assert_eq!(FileTime::from_system(time.to_system()), time);
            set_mtime(dir.path(), time).expect("sets");
            assert_eq!(stat(dir.path()).expect("stats").expect("is there").mtime, time);
        }
    }
}
