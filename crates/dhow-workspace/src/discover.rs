//! Targets that nobody wrote down: the files that are where a target would be. Specified in the Cargo book,
//! "Target auto-discovery". Looks at directories only, and only when asked.

use std::path::{Path, PathBuf};

use dhow_fs::{FileKind, FsError};

/// A file that could be a target: its name, and its path relative to the package.
pub(crate) type Found = (String, PathBuf);

/// Whether something is there.
pub(crate) fn exists(path: &Path) -> Result<bool, FsError> {
    Ok(dhow_fs::stat(path)?.is_some())
}

/// Whether a file is there.
pub(crate) fn is_file(path: &Path) -> Result<bool, FsError> {
    Ok(dhow_fs::stat(path)?.is_some_and(|stat| stat.is_file()))
}

/// `src/lib.rs`
pub(crate) fn library(root: &Path) -> Result<Option<PathBuf>, FsError> {
    let path = Path::new("src").join("lib.rs");
    Ok(exists(&root.join(&path))?.then_some(path))
}

/// `src/main.rs` under the package's name, and what stands in `src/bin`.
pub(crate) fn binaries(root: &Path, package_name: &str) -> Result<Vec<Found>, FsError> {
    let main = Path::new("src").join("main.rs");
    let mut found = Vec::new();
    if exists(&root.join(&main))? {
        found.push((package_name.to_owned(), main));
    }
    found.extend(directory(root, &Path::new("src").join("bin"))?);
    Ok(found)
}

/// Every `name.rs` and `name/main.rs` in `directory`, except hidden ones.
pub(crate) fn directory(root: &Path, directory: &Path) -> Result<Vec<Found>, FsError> {
    // A file in the place of the directory is as good as none.
    let entries = match dhow_fs::list_dir_optional(&root.join(directory)) {
        Ok(entries) => entries.unwrap_or_default(),
        Err(_) if is_file(&root.join(directory))? => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let Some(name) = entry.file_name.to_str() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = directory.join(name);
        if entry.kind == FileKind::Dir {
            let main = path.join("main.rs");
            if exists(&root.join(&main))? {
                found.push((name.to_owned(), main));
            }
        } else if let Some(stem) = name.strip_suffix(".rs") {
            found.push((stem.to_owned(), path));
        }
    }
    Ok(found)
}

/// The `README` that a package has without saying so.
pub(crate) fn readme(root: &Path) -> Result<Option<String>, FsError> {
    for name in ["README.md", "README.txt", "README"] {
        if is_file(&root.join(name))? {
            return Ok(Some(name.to_owned()));
        }
    }
    Ok(None)
}
