//! Packages on their way into the vendored directory: prepared in a hidden directory inside of it, then put into their
//! places, each in one step.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dhow_fetch::Registries;
use dhow_formats::registry_checksums::RegistryChecksums;
use dhow_fs::{FileKind, FileLock, FsError, TempDir};
use dhow_model::PackageId;
use sha2::{Digest, Sha256};

use super::Item;
use super::layout::{CHECKSUMS, Layout};
use crate::error::Error;

/// Directories of sources ignore hidden ones, and so does Cargo when it tidies up.
const PREFIX: &str = ".dhow-vendor-";
/// Held as long as somebody works in the directory that it is in.
const LOCK: &str = "lock";
/// Of no use to a build, and harmful where somebody else's version control looks at them.
const LEFT_OUT: [&str; 3] = [".gitattributes", ".gitignore", ".git"];

/// The hidden directory; gone when dropped.
pub(super) struct Staging {
    directory: PathBuf,
    dir: TempDir,
    _lock: FileLock,
}

impl Staging {
    /// In `directory`. What others left there who were killed is removed.
    pub(super) fn new(directory: &Path) -> Result<Self, Error> {
        for entry in dhow_fs::list_dir(directory)? {
            let is_staging = entry.file_name.to_string_lossy().starts_with(PREFIX);
            if is_staging && FileLock::try_exclusive(&entry.path.join(LOCK), &|_| {})?.is_some() {
                dhow_fs::remove_dir_all(&entry.path)?;
            }
        }
        let dir = TempDir::new_in(directory, PREFIX)?;
        let lock = FileLock::lock_exclusive(&dir.path().join(LOCK), &|_| {})?;
        Ok(Self { directory: directory.to_owned(), dir, _lock: lock })
    }

    /// Prepares packages, on all processors; each is told when its turn comes, in their order.
    pub(super) fn prepare(
        &mut self,
        registries: &Registries,
        items: &[&Item],
        tell: &(dyn Fn(&Item) + Sync),
    ) -> Result<(), Error> {
        let todo = Mutex::new(items.iter());
        let failed: Mutex<Option<Error>> = Mutex::new(None);
        let next = || {
            let mut todo = todo.lock().unwrap_or_else(PoisonError::into_inner);
            let has_failed = failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
            let item = todo.next().filter(|_| !has_failed)?;
            tell(item);
            Some(item)
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        std::thread::scope(|scope| {
            for _ in 0..threads.min(items.len()) {
                scope.spawn(|| {
                    while let Some(item) = next() {
                        if let Err(error) = self.prepare_one(registries, item) {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        }
                    }
                });
            }
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    fn prepare_one(&self, registries: &Registries, item: &Item) -> Result<(), Error> {
        let place = self.place(item.wanted.id);
        dhow_fs::create_dir_all(&place)?;
        match &item.manifest {
            None => registries.unpack_afresh(item.wanted, &place)?,
            Some(manifest) => {
                copy_package(&item.sources, &place, true)?;
                dhow_fs::write(&place.join("Cargo.toml"), manifest.as_bytes())?;
            }
        }
        leave_out(&place)?;
        // Of where it was vendored before.
        dhow_fs::remove_file(&place.join(CHECKSUMS))?;
        let mut files = BTreeMap::new();
        checksums(&place, "", &mut files)?;
        let package = item.wanted.checksum.map(|checksum| checksum.to_string());
        let sums = RegistryChecksums { files, package };
        let json = sums.to_json().map_err(|error| Error::Json(error.to_string()))?;
        Ok(dhow_fs::write(&place.join(CHECKSUMS), json.as_bytes())?)
    }

    /// Puts everything that was prepared into its place. What is new comes first: until nothing but exchanges is left,
    /// all that was there is there.
    pub(super) fn put_in_place(&mut self, items: &[&Item], layout: &Layout) -> Result<(), Error> {
        let mut replaced = Vec::new();
        for item in items {
            let (prepared, place) = self.way(item, layout);
            match dhow_fs::lstat(&place)? {
                None => dhow_fs::rename(&prepared, &place)?,
                Some(_) => replaced.push((prepared, place)),
            }
        }
        for (prepared, place) in replaced {
            dhow_fs::exchange(&prepared, &place)?;
        }
        Ok(())
    }

    fn way(&self, item: &Item, layout: &Layout) -> (PathBuf, PathBuf) {
        (self.place(item.wanted.id), self.directory.join(layout.name(item.wanted.id)))
    }

    fn place(&self, id: PackageId) -> PathBuf {
        self.dir.path().join(format!("{}-{}", id.name(), id.version()))
    }
}

/// Copies a package of a repository; other packages in it, and what is built there, do not belong to it.
fn copy_package(from: &Path, to: &Path, is_root: bool) -> Result<(), FsError> {
    for entry in dhow_fs::list_dir(from)? {
        let place = to.join(&entry.file_name);
        let name = entry.file_name.to_str();
        if name == Some(".git") || name == Some(dhow_formats::cargo_ok::FILE_NAME) {
            continue;
        }
        if entry.kind != FileKind::Dir {
            // The content of what a link points at; a link to a directory is nothing that a package needs.
            if dhow_fs::stat(&entry.path)?.is_some_and(|stat| stat.is_file()) {
                dhow_fs::copy(&entry.path, &place)?;
            }
            continue;
        }
        let is_built = is_root && name == Some("target");
        if !is_built && dhow_fs::stat(&entry.path.join("Cargo.toml"))?.is_none() {
            dhow_fs::create_dir_all(&place)?;
            copy_package(&entry.path, &place, false)?;
        }
    }
    Ok(())
}

/// Removes what does not belong into a vendored directory, at any depth, and directories that had nothing else in them.
fn leave_out(dir: &Path) -> Result<(), FsError> {
    for entry in dhow_fs::list_dir(dir)? {
        if LEFT_OUT.iter().any(|name| entry.file_name == *name) {
            dhow_fs::remove_dir_all(&entry.path)?;
        } else if entry.kind == FileKind::Dir {
            let had_something = !dhow_fs::list_dir(&entry.path)?.is_empty();
            leave_out(&entry.path)?;
            if had_something && dhow_fs::list_dir(&entry.path)?.is_empty() {
                dhow_fs::remove_dir_all(&entry.path)?;
            }
        }
    }
    Ok(())
}

/// The checksums of all files below `dir`, by their paths with `/`.
fn checksums(dir: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    for entry in dhow_fs::list_dir(dir)? {
        let name = entry.file_name.to_str().ok_or_else(|| Error::NotUtf8 { path: entry.path.clone() })?;
        let name = format!("{prefix}{name}");
        if entry.kind == FileKind::Dir {
            checksums(&entry.path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, sha256(&entry.path)?);
        }
    }
    Ok(())
}

fn sha256(path: &Path) -> Result<String, FsError> {
    let mut file = dhow_fs::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer).map_err(|error| FsError::new("read", path, error))?;
        if count == 0 {
            return Ok(format!("{:x}", hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}
