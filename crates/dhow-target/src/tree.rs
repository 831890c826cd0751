//! All files below a directory: of a package, or of what a script watches or makes.

use std::path::{Path, PathBuf};

use dhow_formats::fingerprint::{FileRecord, Hash};
use dhow_fs::{FileKind, FsError, Hasher};

use crate::observe::{Clock, Observer};

/// The files that belong to the package at `root`, sorted: without other packages below it, repositories, and
/// directories that are marked as caches (`target` among them).
///
/// # Errors
/// If a directory cannot be listed.
pub fn package_files(root: &Path) -> Result<Vec<PathBuf>, FsError> {
    files_below(root, true)
}

/// Every file below `root`, sorted. With `package`, only what belongs to the package there.
pub(crate) fn files_below(root: &Path, package: bool) -> Result<Vec<PathBuf>, FsError> {
    let mut files = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        let Some(entries) = dhow_fs::list_dir_optional(&dir)? else { continue };
        let has = |name: &str| entries.iter().any(|entry| entry.file_name == name);
        if package && dir != root && (has("Cargo.toml") || has("CACHEDIR.TAG")) {
            continue;
        }
        for entry in entries {
            match entry.kind {
                FileKind::Dir if package && entry.file_name == ".git" => {}
                FileKind::Dir => open.push(entry.path),
                FileKind::File => files.push(entry.path),
                // Links to files are read through; links to directories may lead in circles.
                FileKind::Symlink => {
                    if dhow_fs::stat(&entry.path).ok().flatten().is_some_and(|stat| stat.is_file()) {
                        files.push(entry.path);
                    }
                }
                FileKind::Other => {}
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Records every file below `root`.
pub(crate) fn observe_tree(
    observer: &Observer,
    root: &Path,
    package: bool,
    start: Clock,
) -> Result<Vec<FileRecord>, FsError> {
    let mut records = Vec::new();
    for path in files_below(root, package)? {
        // Gone since it was listed: then it is not there.
        if let Some(stat) = dhow_fs::stat(&path)? {
            records.push(observer.file(&path, &stat, start)?);
        }
    }
    Ok(records)
}

/// The hash of all names and contents below `root`.
///
/// # Errors
/// If something there cannot be read.
pub fn hash_tree(root: &Path) -> Result<Hash, FsError> {
    let mut hasher = Hasher::new();
    for path in files_below(root, false)? {
        let name = path.strip_prefix(root).unwrap_or(&path).as_os_str().as_encoded_bytes();
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name).update(&dhow_fs::hash_file(&path)?.0);
    }
    Ok(hasher.finish().0)
}
