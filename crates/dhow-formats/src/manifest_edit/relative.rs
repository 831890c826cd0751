//! The way from one directory to another, as a manifest writes it.

use std::path::{Component, Path, PathBuf};

use super::EditError;

/// The way from the directory `from` to `to`, both absolute and without dots; there may be none.
pub fn relative_path(from: &Path, to: &Path) -> Option<PathBuf> {
    let (mut here, mut there) = (from.components().peekable(), to.components().peekable());
    while here.peek().is_some() && here.peek() == there.peek() {
        here.next();
        there.next();
    }
    let mut way = PathBuf::new();
    for part in here {
        match part {
            Component::Normal(_) => way.push(".."),
            _ => return None,
        }
    }
    way.extend(there);
    Some(way)
}

/// The same with `/` on every system.
pub(super) fn way(from: &Path, to: &Path) -> Result<String, EditError> {
    let none = || EditError::NoRelativePath { from: from.to_owned(), to: to.to_owned() };
    let way = relative_path(from, to).ok_or_else(none)?;
    let text = way.to_str().ok_or_else(none)?;
    Ok(if std::path::MAIN_SEPARATOR == '/' { text.to_owned() } else { text.replace('\\', "/") })
}

#[cfg(test)]
mod tests {
    use super::way;
    use std::path::Path;

    #[test]
    fn ways_between_directories() {
        let check = |from: &str, to: &str, expected: &str| {
            assert_eq!(way(Path::new(from), Path::new(to)).as_deref(), Ok(expected));
        };
        check("/w/app", "/w/lib", "../lib");
        check("/w/app", "/w/app/inner", "inner");
        check("/w/app", "/w/app/./inner/", "inner");
        check("/w/app", "/w/app/../x", "../x");
        check("/w/app", "/w/app", "");
        check("/a/b/c", "/x", "../../../x");
    }
}
