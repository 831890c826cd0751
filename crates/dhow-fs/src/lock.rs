//! Advisory file locks as values: whoever holds the value holds the lock.
//!
//! They are `flock` locks, the kind that Cargo takes, so both tools exclude each other. Where a file system has no
//! locks (ENOLCK, ENOTSUP, NFS) the value is handed out without one, and the caller is told.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::{Context, FsError};
use crate::stat::{stat, stat_file};

/// What a caller may want to tell the user while a lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockNotice {
    /// Somebody else holds the lock; the call returns when it is released.
    Waiting,
    /// The file system has no locks; work goes on without.
    Unsupported,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Shared,
    Exclusive,
}

/// A lock that is held until the value is dropped.
#[derive(Debug)]
#[must_use = "the lock is released when this value is dropped"]
pub struct FileLock {
    file: File,
    path: PathBuf,
    held: bool,
}

impl FileLock {
    /// Waits until nobody else holds `path`. The file is made if need be; its directory must exist.
    pub fn lock_exclusive(path: &Path, notice: &dyn Fn(LockNotice)) -> Result<Self, FsError> {
        Self::take(path, Mode::Exclusive, notice)
    }

    /// Waits until nobody holds `path` exclusively. The file is made if need be; its directory must exist.
    pub fn lock_shared(path: &Path, notice: &dyn Fn(LockNotice)) -> Result<Self, FsError> {
        Self::take(path, Mode::Shared, notice)
    }

    /// Takes the lock if nobody else holds it in any way; `None` if somebody does.
    pub fn try_exclusive(path: &Path, notice: &dyn Fn(LockNotice)) -> Result<Option<Self>, FsError> {
        Self::attempt(path, Mode::Exclusive, notice)
    }

    /// Takes the lock if nobody holds it exclusively; `None` if somebody does.
    pub fn try_shared(path: &Path, notice: &dyn Fn(LockNotice)) -> Result<Option<Self>, FsError> {
        Self::attempt(path, Mode::Shared, notice)
    }

    /// The locked file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The locked file, to read or to write.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The text of the locked file.
    ///
    /// # Errors
    /// It cannot be read, or is not UTF-8.
    pub fn read_to_string(&self) -> Result<String, FsError> {
        let mut text = String::new();
        let mut file = &self.file;
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text));
        read.map(|_| text).during("read", &self.path)
    }

    /// Replaces the text of the locked file, in place: who waits for the lock has the file open already, and a new one
    /// by the same name would not be the one that it then reads.
    ///
    /// What the old text is longer than the new is first overwritten with line ends, then cut off. So one write is the
    /// whole change, and who is killed beside it leaves no mixture of old and new.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn overwrite(&self, text: &str) -> Result<(), FsError> {
        let mut file = &self.file;
        let mut write = || -> io::Result<()> {
            let old = usize::try_from(file.metadata()?.len()).unwrap_or(0);
            let mut bytes = text.as_bytes().to_vec();
            bytes.resize(bytes.len().max(old), b'\n');
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&bytes)?;
            file.set_len(text.len() as u64)
        };
        write().during("write", &self.path)
    }

    /// Whether the system really holds the lock: not where the file system has none.
    pub fn is_held(&self) -> bool {
        self.held
    }

    fn take(path: &Path, mode: Mode, notice: &dyn Fn(LockNotice)) -> Result<Self, FsError> {
        loop {
            if let Some(lock) = Self::attempt(path, mode, notice)? {
                return Ok(lock);
            }
            notice(LockNotice::Waiting);
            let file = open(path)?;
            let wait = || match mode {
                Mode::Shared => file.lock_shared(),
                Mode::Exclusive => file.lock(),
            };
            uninterrupted(wait).during("lock", path)?;
            if is_still_there(&file, path)? {
                return Ok(Self { file, path: path.to_owned(), held: true });
            }
        }
    }

    fn attempt(path: &Path, mode: Mode, notice: &dyn Fn(LockNotice)) -> Result<Option<Self>, FsError> {
        loop {
            let file = open(path)?;
            if is_on_nfs(&file) {
                notice(LockNotice::Unsupported);
                return Ok(Some(Self { file, path: path.to_owned(), held: false }));
            }
            let result = match mode {
                Mode::Shared => file.try_lock_shared(),
                Mode::Exclusive => file.try_lock(),
            };
            match result {
                Ok(()) if is_still_there(&file, path)? => {
                    return Ok(Some(Self { file, path: path.to_owned(), held: true }));
                }
                // Removed between opening and locking: the lock that we got protects nothing.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) if is_unsupported(&error) => {
                    notice(LockNotice::Unsupported);
                    return Ok(Some(Self { file, path: path.to_owned(), held: false }));
                }
                Err(TryLockError::Error(error)) => return Err(FsError::new("lock", path, error)),
            }
        }
    }
}

/// A signal ends the wait for a lock, but not the wish for it.
fn uninterrupted(wait: impl Fn() -> io::Result<()>) -> io::Result<()> {
    loop {
        match wait() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// For writing, which NFS wants for exclusive locks; a file that may only be read is locked all the same.
fn open(path: &Path) -> Result<File, FsError> {
    match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path) {
        Err(error) => match File::open(path) {
            Ok(file) => Ok(file),
            Err(_) => Err(FsError::new("open the lock file", path, error)),
        },
        Ok(file) => Ok(file),
    }
}

fn is_still_there(file: &File, path: &Path) -> Result<bool, FsError> {
    let (ours, named) = (stat_file(file, path)?, stat(path)?);
    Ok(named.is_some_and(|named| (named.inode, named.device) == (ours.inode, ours.device)))
}

#[cfg(unix)]
fn is_unsupported(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let unsupported = [Errno::NOLCK, Errno::NOTSUP, Errno::OPNOTSUPP, Errno::NOSYS];
    error.kind() == io::ErrorKind::Unsupported
        || error.raw_os_error().is_some_and(|raw| unsupported.iter().any(|errno| errno.raw_os_error() == raw))
}

#[cfg(not(unix))]
fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// Locks on NFS may hang for ever when the server's lock service is not running.
#[cfg(target_os = "linux")]
fn is_on_nfs(file: &File) -> bool {
    const NFS_SUPER_MAGIC: u64 = 0x6969;
    rustix::fs::fstatfs(file)
        .is_ok_and(|fs| u64::try_from(fs.f_type).is_ok_and(|kind| kind == NFS_SUPER_MAGIC))
}

#[cfg(not(target_os = "linux"))]
fn is_on_nfs(_file: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn exclusive_excludes_and_shared_shares() {
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("lock");
        let quiet = |_: LockNotice| {};
        let first = FileLock::lock_shared(&path, &quiet).expect("locks");
        let second = FileLock::try_shared(&path, &quiet).expect("no error").expect("is shared");
        assert!(first.is_held() && second.is_held());
        assert!(FileLock::try_exclusive(&path, &quiet).expect("no error").is_none());
        drop((first, second));
        let alone = FileLock::try_exclusive(&path, &quiet).expect("no error").expect("is free");
        assert!(FileLock::try_shared(&path, &quiet).expect("no error").is_none());
        drop(alone);
    }

    #[test]
    fn who_comes_second_is_told_and_waits() {
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("lock");
        let first = FileLock::lock_exclusive(&path, &|_| {}).expect("locks");
        let (told, released) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let notice = |notice| told.store(notice == LockNotice::Waiting, Ordering::SeqCst);
                let lock = FileLock::lock_exclusive(&path, &notice).expect("locks");
                assert!(released.load(Ordering::SeqCst), "the first must be gone");
                drop(lock);
            });
            while !told.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            released.store(true, Ordering::SeqCst);
            drop(first);
            waiter.join().expect("waiter");
        });
    }

    #[test]
    fn a_locked_file_is_replaced_in_place() {
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("lock");
        let lock = FileLock::lock_exclusive(&path, &|_| {}).expect("locks");
        for text in ["", "a longer text\n", "short\n", ""] {
            lock.overwrite(text).expect("writes");
            assert_eq!(lock.read_to_string().expect("reads"), text);
            assert_eq!(std::fs::read_to_string(&path).expect("reads"), text);
        }
        assert!(is_still_there(lock.file(), &path).expect("stats"));
    }

    #[test]
    fn systems_without_locks_are_known_by_their_errors() {
        use rustix::io::Errno;
        for errno in [Errno::NOLCK, Errno::NOTSUP, Errno::NOSYS] {
            assert!(is_unsupported(&io::Error::from_raw_os_error(errno.raw_os_error())));
        }
        assert!(!is_unsupported(&io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error())));
    }
}
