//! Paths without surprises: made absolute, without `.` and `..`, resolved where the system can.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// `path` without `.` and `..`, by text alone: symlinks are not looked at.
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() {
        out.push(".");
    }
    out
}

/// `path` as seen from the directory `base`, without `.` and `..`.
pub fn absolute(base: &Path, path: &Path) -> PathBuf {
    normalize(&base.join(path))
}

/// The real path, symlinks resolved. Where the system cannot say (some network and FUSE file systems refuse, or the
/// file is not there), the path by text alone.
pub fn canonicalize(path: &Path) -> PathBuf {
    match fs::canonicalize(path) {
        Ok(real) => strip_verbatim(real),
        Err(_) => normalize(path),
    }
}

/// Windows answers `\\?\C:\…`, which few other programs understand.
#[cfg(windows)]
fn strip_verbatim(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(rest) if rest.as_bytes().get(1) == Some(&b':') && rest.len() < 250 => PathBuf::from(rest),
        _ => path,
    }
}

#[cfg(not(windows))]
fn strip_verbatim(path: PathBuf) -> PathBuf {
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_go_away() {
        let check =
            |input: &str, expect: &str| assert_eq!(normalize(Path::new(input)), Path::new(expect), "{input}");
        check("/a/b/../c/./d", "/a/c/d");
        check("/../a", "/a");
        check("../a/..", "..");
        check("a/..", ".");
        check("./a//b/", "a/b");
        assert_eq!(absolute(Path::new("/x/y"), Path::new("../z")), Path::new("/x/z"));
        assert_eq!(canonicalize(Path::new("/nowhere/../gone")), Path::new("/gone"));
    }
}
