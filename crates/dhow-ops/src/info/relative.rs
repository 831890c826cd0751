//! A path as seen from a directory.

use std::path::{Component, Path, PathBuf};

/// `path` from `base`, both absolute: `../other`, or nothing if they are the same.
pub(super) fn relative(path: &Path, base: &Path) -> PathBuf {
    let (mut left, mut right) = (path.components().peekable(), base.components().peekable());
    while left.peek().is_some() && left.peek() == right.peek() {
        left.next();
        right.next();
    }
    right.map(|_| Component::ParentDir).chain(left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_goes_over_what_both_have() {
        let check = |path: &str, base: &str, expect: &str| {
            assert_eq!(
                relative(Path::new(path), Path::new(base)),
                PathBuf::from(expect),
                "{path} from {base}"
            );
        };
        check("/a/b", "/a/b", "");
        check("/a/b/c", "/a", "b/c");
        check("/a", "/a/b/c", "../..");
        check("/a/x", "/a/b", "../x");
    }
}
