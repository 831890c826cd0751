//! Directories that come and go: scratch space, copies of trees, sizes.

use std::path::{Path, PathBuf};

/// A path with what went wrong there.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> String {
    let path = path.to_path_buf();
    move |error| format!("{}: {error}", path.display())
}

/// An empty directory at `path`, whatever was there.
pub(crate) fn fresh(path: &Path) -> Result<PathBuf, String> {
    remove(path)?;
    std::fs::create_dir_all(path).map_err(at(path))?;
    Ok(path.to_path_buf())
}

/// Removes a file or a tree; not being there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), String> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Copies a package: every file and directory but `target` and the mark of unpacking.
pub(crate) fn copy_package(from: &Path, to: &Path) -> Result<(), String> {
    copy_tree(from, to, &["target", ".cargo-ok"])
}

/// Copies a tree of files and directories, without what is named in its top directory.
pub(crate) fn copy_tree(from: &Path, to: &Path, without: &[&str]) -> Result<(), String> {
    std::fs::create_dir_all(to).map_err(at(to))?;
    for entry in std::fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        if without.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let target = to.join(entry.file_name());
        let kind = entry.file_type().map_err(at(from))?;
        if kind.is_dir() {
            copy_tree(&entry.path(), &target, &[])?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), &target).map_err(at(&target))?;
        }
    }
    Ok(())
}

/// All files below `directory`, from there.
pub(crate) fn files(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).map_err(at(&next))? {
            let path = entry.map_err(at(&next))?.path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a file, with its path in the error.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(at(path))
}

/// Writes a file and the directories above it.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(at(parent))?;
    }
    std::fs::write(path, text).map_err(at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_leaves_its_own_target_directory_behind() {
        let scratch = tempfile::tempdir().unwrap();
        let (from, to) = (scratch.path().join("from"), scratch.path().join("to"));
        for file in ["a.txt", "b/target/c.txt", "target/d.txt", ".cargo-ok"] {
            write(&from.join(file), file).unwrap();
        }
        copy_package(&from, &to).unwrap();
        assert_eq!(files(&to).unwrap(), [to.join("a.txt"), to.join("b/target/c.txt")]);
        assert_eq!(read(&to.join("b/target/c.txt")).unwrap(), "b/target/c.txt");
        fresh(&to).unwrap();
        assert!(files(&to).unwrap().is_empty());
        remove(&to).unwrap();
        remove(&to).unwrap();
        assert!(read(&to.join("a.txt")).unwrap_err().contains("a.txt"));
    }
}
