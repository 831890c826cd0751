//! The right to work on one package: the lock of its `.part` file, which also is where its archive is made.

use std::sync::atomic::{AtomicBool, Ordering};

use dhow_fs::{File, FileLock, FsError, LockNotice};
use dhow_home::{DownloadGuard, RegistryHome};
use dhow_model::PackageId;

use crate::error::FetchError;

/// A claim. When it is dropped unfinished, nothing half-made is left.
#[derive(Debug)]
pub(crate) struct Claim {
    lock: FileLock,
    home: RegistryHome,
    id: PackageId,
    placed: AtomicBool,
}

impl Claim {
    /// Waits until nobody else works on `id`.
    pub(crate) fn take(
        home: &RegistryHome,
        id: PackageId,
        notice: &dyn Fn(LockNotice),
    ) -> Result<Self, FetchError> {
        let lock = FileLock::lock_exclusive(&home.archive_part(id), notice)?;
        Ok(Self::new(lock, home, id)?)
    }

    /// `None` if somebody else works on `id`.
    pub(crate) fn try_take(home: &RegistryHome, id: PackageId) -> Result<Option<Self>, FetchError> {
        match FileLock::try_exclusive(&home.archive_part(id), &|_| {})? {
            Some(lock) => Ok(Some(Self::new(lock, home, id)?)),
            None => Ok(None),
        }
    }

    fn new(lock: FileLock, home: &RegistryHome, id: PackageId) -> Result<Self, FsError> {
        let claim = Self { lock, home: home.clone(), id, placed: AtomicBool::new(false) };
        claim.clear()?;
        Ok(claim)
    }

    /// The `.part` file.
    pub(crate) fn file(&self) -> &File {
        self.lock.file()
    }

    /// Its path.
    pub(crate) fn path(&self) -> &std::path::Path {
        self.lock.path()
    }

    /// Empties the `.part` file.
    pub(crate) fn clear(&self) -> Result<(), FsError> {
        use std::io::Seek;
        let mut file = self.file();
        let cleared = file.set_len(0).and_then(|()| file.rewind());
        cleared.map_err(|error| FsError::new("empty", self.lock.path(), error))
    }

    /// Moves the `.part` file to where archives are. The claim ends with that.
    pub(crate) fn place_archive(&self, guard: &DownloadGuard<'_>) -> Result<(), FetchError> {
        guard.place_archive(&self.home, self.id)?;
        self.placed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.placed.load(Ordering::Relaxed) {
            // While the lock is still held: nobody else can have begun anew.
            drop(dhow_fs::remove_dir_all(&self.home.sources_part(self.id)));
            drop(dhow_fs::remove_file(self.lock.path()));
        }
    }
}

/// Removes what killed processes left behind. Called under the lock of the package cache; what somebody works on is
/// locked, and stays.
pub(crate) fn sweep(home: &RegistryHome) -> Result<(), FsError> {
    let leftovers = home.leftovers()?;
    for path in leftovers.iter().filter(|path| path.extension().is_some_and(|extension| extension == "part"))
    {
        if let Some(lock) = FileLock::try_exclusive(path, &|_| {})? {
            if let Some(sources) = home.sources_part_of(path) {
                dhow_fs::remove_dir_all(&sources)?;
            }
            dhow_fs::remove_file(path)?;
            drop(lock);
        }
    }
    Ok(())
}
