//! Cargo's two locks on its home, as values that own what they permit.
//!
//! The protocol, as Cargo 1.95 was seen to follow it: whoever adds files holds `.package-cache` exclusively; whoever
//! reads sources holds `.package-cache-mutate` shared; whoever removes files holds both exclusively. We hold the
//! first only while finished files are moved into place, never while the network is busy.

use std::path::{Path, PathBuf};

use dhow_formats::cargo_ok;
use dhow_fs::{FileKind, FileLock, FsError, LockNotice};
use dhow_model::PackageId;

use crate::git::{BareRepository, GitHome};
use crate::layout::CargoHome;
use crate::registry::RegistryHome;

/// The text by which backup programs know a directory that can be made again.
const CACHE_TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by cargo.
# For information about cache directory tags see https://bford.info/cachedir/
";

/// Permits to add files to the home.
#[derive(Debug)]
#[must_use = "the lock is released when this value is dropped"]
pub struct DownloadGuard<'h> {
    home: &'h CargoHome,
    _lock: FileLock,
}

/// Keeps others from removing sources while they are read. Held for a whole build.
#[derive(Debug)]
#[must_use = "the lock is released when this value is dropped"]
pub struct ReadGuard {
    _lock: Option<FileLock>,
}

/// Permits to remove files from the home: nobody reads it, nobody adds to it.
#[derive(Debug)]
#[must_use = "the locks are released when this value is dropped"]
pub struct CollectGuard<'h> {
    pub(crate) home: &'h CargoHome,
    _mutate: FileLock,
    _downloads: FileLock,
}

impl CargoHome {
    /// Waits until nobody else reads the home or adds files, and then may remove some.
    ///
    /// # Errors
    /// The home cannot be made or written to.
    pub fn lock_collection(&self, notice: &dyn Fn(LockNotice)) -> Result<CollectGuard<'_>, FsError> {
        dhow_fs::create_dir_all(self.root())?;
        let mutate = FileLock::lock_exclusive(&self.mutate_lock(), notice)?;
        let downloads = FileLock::lock_exclusive(&self.download_lock(), notice)?;
        Ok(CollectGuard { home: self, _mutate: mutate, _downloads: downloads })
    }

    /// As [`Self::lock_collection`], but `None` at once if somebody else uses the home.
    ///
    /// # Errors
    /// The home cannot be made or written to.
    pub fn try_lock_collection(&self) -> Result<Option<CollectGuard<'_>>, FsError> {
        dhow_fs::create_dir_all(self.root())?;
        let quiet = |_: LockNotice| {};
        let Some(mutate) = FileLock::try_exclusive(&self.mutate_lock(), &quiet)? else { return Ok(None) };
        let downloads = FileLock::try_exclusive(&self.download_lock(), &quiet)?;
        Ok(downloads.map(|downloads| CollectGuard { home: self, _mutate: mutate, _downloads: downloads }))
    }
}

/// Permits to change the user's tokens.
#[derive(Debug)]
#[must_use = "the lock is released when this value is dropped"]
pub struct CredentialsGuard {
    path: PathBuf,
    _lock: FileLock,
}

impl CredentialsGuard {
    /// The file that is changed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its text; empty if it was not there.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self) -> Result<String, FsError> {
        Ok(dhow_fs::read_to_string_optional(&self.path)?.unwrap_or_default())
    }

    /// Replaces it. Nobody but its owner may read it from then on.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, text: &str) -> Result<(), FsError> {
        dhow_fs::write_atomic_private(&self.path, text.as_bytes())
    }
}

impl CargoHome {
    /// Waits until nobody else changes the user's tokens, and then may. Cargo locks the file itself, too.
    ///
    /// # Errors
    /// The home cannot be made, or the file not be opened.
    pub fn lock_credentials(&self, notice: &dyn Fn(LockNotice)) -> Result<CredentialsGuard, FsError> {
        dhow_fs::create_dir_all(self.root())?;
        let path = self.credentials_in_use()?;
        if dhow_fs::stat(&path)?.is_none() {
            // The lock would make it readable for everybody.
            dhow_fs::write_atomic_private(&path, b"")?;
        }
        let lock = FileLock::lock_exclusive(&path, notice)?;
        Ok(CredentialsGuard { path, _lock: lock })
    }

    /// Waits until nobody else adds files, and then may.
    ///
    /// # Errors
    /// The home cannot be made or written to.
    pub fn lock_downloads(&self, notice: &dyn Fn(LockNotice)) -> Result<DownloadGuard<'_>, FsError> {
        dhow_fs::create_dir_all(self.root())?;
        let lock = FileLock::lock_exclusive(&self.download_lock(), notice)?;
        Ok(DownloadGuard { home: self, _lock: lock })
    }

    /// As [`Self::lock_downloads`], but `None` at once if somebody else holds the lock.
    ///
    /// # Errors
    /// The home cannot be made or written to.
    pub fn try_lock_downloads(
        &self,
        notice: &dyn Fn(LockNotice),
    ) -> Result<Option<DownloadGuard<'_>>, FsError> {
        dhow_fs::create_dir_all(self.root())?;
        let lock = FileLock::try_exclusive(&self.download_lock(), notice)?;
        Ok(lock.map(|lock| DownloadGuard { home: self, _lock: lock }))
    }

    /// Keeps sources in their place while the value lives. A home that cannot be written to needs no lock: nobody
    /// removes anything there.
    ///
    /// # Errors
    /// The lock cannot be taken for another reason.
    pub fn lock_sources(&self, notice: &dyn Fn(LockNotice)) -> Result<ReadGuard, FsError> {
        let locked = dhow_fs::create_dir_all(self.root())
            .and_then(|()| FileLock::lock_shared(&self.mutate_lock(), notice));
        match locked {
            Ok(lock) => Ok(ReadGuard { _lock: Some(lock) }),
            Err(error) if error.is_read_only() => Ok(ReadGuard { _lock: None }),
            Err(error) => Err(error),
        }
    }
}

impl DownloadGuard<'_> {
    /// Makes the directories of a registry, and marks all registries as not worth a backup.
    ///
    /// # Errors
    /// A directory cannot be made.
    pub fn prepare(&self, registry: &RegistryHome) -> Result<(), FsError> {
        if registry.has_archives() {
            dhow_fs::create_dir_all(registry.cache())?;
        }
        dhow_fs::create_dir_all(registry.src())?;
        self.tag();
        Ok(())
    }

    /// Moves unpacked sources into their place, unless somebody else's are complete there by now; what is
    /// incomplete there is removed. Marks them as complete last, as Cargo does, so the marker is younger than all
    /// that it vouches for.
    ///
    /// # Errors
    /// They cannot be moved or marked.
    pub fn place_sources(&self, registry: &RegistryHome, id: PackageId) -> Result<(), FsError> {
        let (part, place) = (registry.sources_part(id), registry.sources(id));
        if registry.has_sources(id)? {
            return dhow_fs::remove_dir_all(&part);
        }
        dhow_fs::remove_dir_all(&place)?;
        dhow_fs::write(&part.join(cargo_ok::FILE_NAME), cargo_ok::COMPLETE)?;
        dhow_fs::rename(&part, &place)
    }

    /// Moves a finished archive into its place. Sources go first: once the `.part` is gone, others may think that
    /// nobody works on this package.
    ///
    /// # Errors
    /// It cannot be moved.
    pub fn place_archive(&self, registry: &RegistryHome, id: PackageId) -> Result<(), FsError> {
        dhow_fs::rename(&registry.archive_part(id), &registry.archive(id))
    }

    /// Keeps a copy of an index file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_index_file(&self, path: &Path, content: &[u8]) -> Result<(), FsError> {
        if let Some(dir) = path.parent() {
            dhow_fs::create_dir_all(dir)?;
        }
        dhow_fs::write_atomic(path, content)
    }

    /// Keeps a registry's `config.json`, and marks all registries as not worth a backup.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_index_config(&self, registry: &RegistryHome, content: &[u8]) -> Result<(), FsError> {
        self.prepare_index(registry)?;
        dhow_fs::write_if_changed(&registry.index_config(), content).map(drop)
    }

    /// Makes the directory of a registry's index, and marks all registries as not worth a backup.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn prepare_index(&self, registry: &RegistryHome) -> Result<(), FsError> {
        dhow_fs::create_dir_all(registry.index())?;
        self.tag();
        Ok(())
    }

    /// Marks all git repositories as not worth a backup.
    ///
    /// # Errors
    /// Their directory cannot be made.
    pub fn prepare_git(&self, git: &GitHome) -> Result<(), FsError> {
        for dir in [git.checkouts(), git.database().path()] {
            dhow_fs::create_dir_all(dir.parent().unwrap_or(dir))?;
        }
        tag(&self.home.git_tag());
        Ok(())
    }

    /// Moves objects that were fetched beside a repository into it. An index comes after its pack, so that nobody
    /// finds half of one.
    ///
    /// # Errors
    /// One cannot be moved.
    pub fn place_objects(&self, repository: &BareRepository) -> Result<(), FsError> {
        let (from, to) = (repository.incoming().join("objects"), repository.path().join("objects"));
        for dir in dhow_fs::list_dir(&from)? {
            let name = dir.file_name.to_string_lossy();
            if name != "pack" && name.len() != 2 {
                continue;
            }
            let mut files = dhow_fs::list_dir(&dir.path)?;
            files.retain(|file| !file.file_name.to_string_lossy().starts_with("tmp_"));
            files.sort_by_key(|file| file.path.extension().is_some_and(|extension| extension == "idx"));
            let place = to.join(&dir.file_name);
            if !files.is_empty() {
                dhow_fs::create_dir_all(&place)?;
            }
            for file in files {
                dhow_fs::rename(&file.path, &place.join(&file.file_name))?;
            }
        }
        Ok(())
    }

    /// Removes locks that a killed git left in a repository: nobody else changes it while this guard lives.
    ///
    /// # Errors
    /// One cannot be removed.
    pub fn break_locks(&self, repository: &BareRepository) -> Result<(), FsError> {
        for name in ["HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock"] {
            dhow_fs::remove_file(&repository.path().join(name))?;
        }
        let mut todo = vec![repository.path().join("refs")];
        while let Some(dir) = todo.pop() {
            for entry in dhow_fs::list_dir_optional(&dir)?.unwrap_or_default() {
                if entry.kind == FileKind::Dir {
                    todo.push(entry.path);
                } else if entry.path.extension().is_some_and(|extension| extension == "lock") {
                    dhow_fs::remove_file(&entry.path)?;
                }
            }
        }
        Ok(())
    }

    /// Removes all that a repository knows, for one that is broken; what Cargo keeps beside it stays.
    ///
    /// # Errors
    /// Something cannot be removed.
    pub fn clear_repository(&self, repository: &BareRepository) -> Result<(), FsError> {
        for name in ["HEAD", "packed-refs", "shallow"] {
            dhow_fs::remove_file(&repository.path().join(name))?;
        }
        for name in ["refs", "objects"] {
            dhow_fs::remove_dir_all(&repository.path().join(name))?;
        }
        Ok(())
    }

    /// Moves a finished working tree into its place, unless somebody else's is complete there by now. It was marked
    /// as complete before.
    ///
    /// # Errors
    /// It cannot be moved.
    pub fn place_checkout(&self, git: &GitHome, short: &str, commit: &str) -> Result<(), FsError> {
        let (part, place) = (git.checkout_part(short), git.checkout(short));
        if git.find_checkout(commit)?.is_some_and(|found| found == place) {
            return dhow_fs::remove_dir_all(&part);
        }
        dhow_fs::remove_dir_all(&place)?;
        dhow_fs::rename(&part, &place)
    }

    fn tag(&self) {
        tag(&self.home.registry_tag());
    }
}

impl CargoHome {
    /// Marks what only Dhow knows as not worth a backup.
    pub(crate) fn tag_own(&self) {
        tag(&self.own_tag());
    }
}

fn tag(tag: &Path) {
    if matches!(dhow_fs::stat(tag), Ok(None)) {
        // Only a hint to backup programs: not worth failing for.
        drop(dhow_fs::write_atomic(tag, CACHE_TAG));
    }
}
