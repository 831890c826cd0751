//! All files below a directory: of a package, or of what a script watches or makes.

use std::path::{Path, PathBuf};

use dhow_formats::fingerprint::Hash;
use dhow_fs::{DirEntry, FileKind, FsError, Hasher};

/// Which files below a directory count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of them.
    Everything,
    /// What somebody asked to watch: without repositories and caches inside it, which nobody means who says `.`.
    Watched,
    /// What belongs to the package at the directory: without other packages below it either.
    Package,
}

/// Every file below `root` that counts, sorted; nothing inside the directories in `skip`.
pub(crate) fn files_below(root: &Path, scope: Scope, skip: &[PathBuf]) -> Result<Vec<PathBuf>, FsError> {
    let mut files = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        let Some(entries) = dhow_fs::list_dir_optional(&dir)? else { continue };
        if dir != root && is_foreign(&entries, scope) {
            continue;
        }
        for entry in entries {
            match entry.kind {
                FileKind::Dir if scope != Scope::Everything && entry.file_name == ".git" => {}
                FileKind::Dir if skip.contains(&entry.path) => {}
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

/// A directory below the one that counts, with these entries, is something of its own.
fn is_foreign(entries: &[DirEntry], scope: Scope) -> bool {
    let has = |name: &str| entries.iter().any(|entry| entry.file_name == name);
    match scope {
        Scope::Everything => false,
        Scope::Watched => has("CACHEDIR.TAG"),
        Scope::Package => has("CACHEDIR.TAG") || has("Cargo.toml"),
    }
}

/// The hash of all names and contents below `root`.
///
/// # Errors
/// If something there cannot be read.
pub fn hash_tree(root: &Path) -> Result<Hash, FsError> {
    let mut hasher = Hasher::new();
    for path in files_below(root, Scope::Everything, &[])? {
        let name = path.strip_prefix(root).unwrap_or(&path).as_os_str().as_encoded_bytes();
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name).update(&dhow_fs::hash_file(&path)?.0);
    }
    Ok(hasher.finish().0)
}
