//! What the project's git is told of its hub: a few lines in `.gitignore` and `.gitattributes`, between two marks, so that
//! what somebody else wrote there stays.

use dhow_fs::FsError;

use crate::place::Hub;

/// What the project's git is to do with the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionControl {
    /// It commits all that cannot be made again from the rest without the network.
    Commit,
    /// It commits the configuration alone.
    Ignore,
}

const BEGIN: &str = "# dhow hub {\n";
const END: &str = "# } dhow hub\n";

/// What is made again from the rest of the directory, without the network.
const DERIVED: &str = "\
/registry/src/
/git/checkouts/
CACHEDIR.TAG
";
const ALL: &str = "\
/registry/
/git/
";
/// Locks, notes, what somebody works on, and what Cargo may leave in any home: tokens and programs.
const PASSING: &str = "\
/bin/
/credentials
/credentials.toml
/.crates.toml
/.crates2.json
/.dhow/
/.global-cache
/.package-cache
/.package-cache-mutate
.dhow-*
";
/// Line ends count in there.
const ATTRIBUTES: &str = "\
/registry/** -text
/git/** -text
";

impl VersionControl {
    /// Tells git.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn tell(self, hub: &Hub) -> Result<(), FsError> {
        dhow_fs::create_dir_all(hub.home().root())?;
        let (ignored, attributes) = match self {
            Self::Commit => (DERIVED, Some(ATTRIBUTES)),
            Self::Ignore => (ALL, None),
        };
        let path = hub.ignore_file();
        let old = dhow_fs::read_to_string_optional(&path)?;
        let new = with_block(old.as_deref().unwrap_or_default(), Some(&format!("{ignored}{PASSING}")));
        dhow_fs::write_if_changed(&path, new.as_bytes())?;
        let path = hub.attributes_file();
        let old = dhow_fs::read_to_string_optional(&path)?;
        let new = with_block(old.as_deref().unwrap_or_default(), attributes);
        match new.is_empty() {
            true => dhow_fs::remove_file(&path),
            false => dhow_fs::write_if_changed(&path, new.as_bytes()).map(drop),
        }
    }
}

/// The text with our lines in place of those that we wrote before, or behind it.
fn with_block(text: &str, lines: Option<&str>) -> String {
    let (before, after) = match text.split_once(BEGIN) {
        Some((before, rest)) => (before, rest.split_once(END).map_or("", |(_, after)| after)),
        None => (text, ""),
    };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    match lines {
        Some(lines) => format!("{before}{gap}{BEGIN}{lines}{END}{after}"),
        None => format!("{before}{after}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_others_stay() {
        let first = with_block("mine", Some("a\n"));
        assert_eq!(first, format!("mine\n{BEGIN}a\n{END}"));
        let second = with_block(&format!("{first}more\n"), Some("b\n"));
        assert_eq!(second, format!("mine\n{BEGIN}b\n{END}more\n"));
        assert_eq!(with_block(&second, None), "mine\nmore\n");
        assert_eq!(with_block("", None), "");
    }
}
