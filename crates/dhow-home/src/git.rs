//! Where a git repository is in the cargo home: its database, and what is checked out of it.

use std::path::{Path, PathBuf};

use dhow_formats::cargo_ok;
use dhow_fs::{FileKind, FsError};
use dhow_model::SourceId;

use crate::source_name::git_dir_name;

/// A bare repository in the home, and what lies beside it while something is fetched into it:
///
/// ```text
/// git/db/
///     regex-2e5ab1a1dd2f0c52/             the repository
///     .dhow-regex-2e5ab1a1dd2f0c52.lock   held by who fetches into it: one at a time
///     .dhow-regex-2e5ab1a1dd2f0c52/       a repository that takes what comes over the network, under that lock
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareRepository {
    path: PathBuf,
}

impl BareRepository {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The repository.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where fetched objects are kept until they are moved into the repository.
    pub fn incoming(&self) -> PathBuf {
        beside(&self.path, "")
    }

    /// The lock of who fetches.
    pub fn lock(&self) -> PathBuf {
        beside(&self.path, ".lock")
    }
}

/// The directories of one git repository:
///
/// ```text
/// git/db/regex-2e5ab1a1dd2f0c52/          see BareRepository
/// git/checkouts/regex-2e5ab1a1dd2f0c52/
///     0f1e2d3/                            complete if it has .cargo-ok and its HEAD is that commit
///     .dhow-0f1e2d3.lock                  held by who checks it out
///     .dhow-0f1e2d3/                      being checked out, under that lock
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHome {
    database: BareRepository,
    checkouts: PathBuf,
}

impl GitHome {
    pub(crate) fn new(databases: &Path, checkouts: &Path, source: SourceId) -> Self {
        let name = git_dir_name(source);
        let database = BareRepository::new(databases.join(&name));
        Self { database, checkouts: checkouts.join(name) }
    }

    /// The repository with all that was fetched.
    pub fn database(&self) -> &BareRepository {
        &self.database
    }

    /// Where working trees are.
    pub fn checkouts(&self) -> &Path {
        &self.checkouts
    }

    /// The working tree of a commit, by its abbreviated hash.
    pub fn checkout(&self, short: &str) -> PathBuf {
        self.checkouts.join(short)
    }

    /// The working tree while it is being made, under the lock of [`Self::checkout_lock`].
    pub fn checkout_part(&self, short: &str) -> PathBuf {
        beside(&self.checkout(short), "")
    }

    /// The lock of who makes a working tree.
    pub fn checkout_lock(&self, short: &str) -> PathBuf {
        beside(&self.checkout(short), ".lock")
    }

    /// Where a complete working tree of `commit` is, if there is one: abbreviated hashes have as many digits as tell
    /// them from the others of the repository.
    ///
    /// # Errors
    /// The directory cannot be searched.
    pub fn find_checkout(&self, commit: &str) -> Result<Option<PathBuf>, FsError> {
        let mut found = None;
        for entry in dhow_fs::list_dir_optional(&self.checkouts)?.unwrap_or_default() {
            let short = entry.file_name.to_str().unwrap_or_default();
            if short.len() >= MIN_SHORT && commit.starts_with(short) && is_complete(&entry.path, commit)? {
                found = Some(entry.path);
            }
        }
        Ok(found)
    }

    /// What killed processes left half-made among the working trees: locks, which come first, and directories.
    ///
    /// # Errors
    /// The directory cannot be listed.
    pub fn leftovers(&self) -> Result<Vec<PathBuf>, FsError> {
        let entries = dhow_fs::list_dir_optional(&self.checkouts)?.unwrap_or_default();
        let ours = |name: Option<&str>| {
            name.is_some_and(|name| name.starts_with(PART_PREFIX) && name.ends_with(".lock"))
        };
        Ok(entries.into_iter().filter(|e| ours(e.file_name.to_str())).map(|e| e.path).collect())
    }

    /// The [`Self::checkout_part`] that belongs to a [`Self::checkout_lock`].
    pub fn part_of(lock: &Path) -> PathBuf {
        lock.with_extension("")
    }
}

/// Gives a new repository in `checkout/.git` the objects of a database, as further names of the same files where that is
/// possible; and sees to it that files are written as they were committed, whatever attributes say: Cargo's library
/// knows neither filters nor encodings.
///
/// # Errors
/// A file can neither be linked nor copied.
pub fn share_objects(database: &Path, checkout: &Path) -> Result<(), FsError> {
    let git = checkout.join(".git");
    let (from, to) = (database.join("objects"), git.join("objects"));
    for dir in dhow_fs::list_dir(&from)?.iter().filter(|dir| dir.kind == FileKind::Dir) {
        if dir.file_name == "info" {
            continue;
        }
        let place = to.join(&dir.file_name);
        dhow_fs::create_dir_all(&place)?;
        for file in dhow_fs::list_dir(&dir.path)? {
            if file.kind == FileKind::File && !file.file_name.to_string_lossy().starts_with("tmp_") {
                dhow_fs::hard_link_or_copy(&file.path, &place.join(&file.file_name))?;
            }
        }
    }
    if let Some(shallow) = dhow_fs::read_optional(&database.join("shallow"))? {
        dhow_fs::write(&git.join("shallow"), &shallow)?;
    }
    dhow_fs::create_dir_all(&git.join("info"))?;
    dhow_fs::write(&git.join("info/attributes"), b"* -filter -working-tree-encoding\n")
}

/// Marks a working tree as complete. What the repository itself has under that name is replaced, never written through.
///
/// # Errors
/// The marker cannot be written.
pub fn mark_checkout(checkout: &Path) -> Result<(), FsError> {
    let marker = checkout.join(cargo_ok::FILE_NAME);
    dhow_fs::remove_dir_all(&marker)?;
    dhow_fs::write(&marker, b"")
}

/// Cargo abbreviates to this many digits, and more where they are not enough.
const MIN_SHORT: usize = 7;
const PART_PREFIX: &str = ".dhow-";

fn beside(path: &Path, end: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{PART_PREFIX}{name}{end}"))
}

/// Whether the working tree is complete and of that commit. Cargo's rule, without asking git: the marker is there, and
/// HEAD is the commit.
fn is_complete(checkout: &Path, commit: &str) -> Result<bool, FsError> {
    let marked = dhow_fs::lstat(&checkout.join(cargo_ok::FILE_NAME))?.is_some();
    if !marked {
        return Ok(false);
    }
    let text = |path: PathBuf| -> Result<Option<String>, FsError> {
        Ok(dhow_fs::read_optional(&path)?.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
    };
    let git = checkout.join(".git");
    let Some(head) = text(git.join("HEAD"))? else { return Ok(false) };
    let Some(reference) = head.strip_prefix("ref: ") else { return Ok(head == commit) };
    if !reference.starts_with("refs/heads/") || reference.contains("..") {
        return Ok(false);
    }
    if let Some(found) = text(git.join(reference))? {
        return Ok(found == commit);
    }
    let packed = text(git.join("packed-refs"))?.unwrap_or_default();
    Ok(packed.lines().any(|line| line.split_once(' ') == Some((commit, reference))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_lies_beside_its_place() {
        let source = SourceId::parse("git+https://example.com/a/b.git?branch=x").expect("a source");
        let home = GitHome::new(Path::new("/g/db"), Path::new("/g/checkouts"), source);
        let name = git_dir_name(source);
        assert_eq!(home.database().path(), Path::new("/g/db").join(&name));
        assert_eq!(home.database().incoming(), Path::new("/g/db").join(format!(".dhow-{name}")));
        let lock = home.checkout_lock("0123456");
        assert_eq!(lock, Path::new("/g/checkouts").join(&name).join(".dhow-0123456.lock"));
        assert_eq!(GitHome::part_of(&lock), home.checkout_part("0123456"));
    }

    #[test]
    fn only_a_marked_checkout_of_that_commit_counts() {
        let dir = dhow_fs::TempDir::anywhere().expect("a directory");
        let source = SourceId::parse("git+https://example.com/a/b").expect("a source");
        let home = GitHome::new(&dir.path().join("db"), &dir.path().join("checkouts"), source);
        let commit = "0123456789012345678901234567890123456789";
        let place = home.checkout("0123456");
        let put = |name: &str, text: &str| {
            let path = place.join(name);
            dhow_fs::create_dir_all(path.parent().expect("a parent")).expect("makes");
            dhow_fs::write(&path, text.as_bytes()).expect("writes");
        };
        let found = || home.find_checkout(commit).expect("looks").is_some();
        assert!(!found());
        put(".git/HEAD", "ref: refs/heads/master\n");
        put(".git/refs/heads/master", &format!("{commit}\n"));
        assert!(!found(), "not marked");
        put(".cargo-ok", "");
        assert!(found());
        put(".git/refs/heads/master", "1123456789012345678901234567890123456789\n");
        assert!(!found(), "another commit");
        dhow_fs::remove_file(&place.join(".git/refs/heads/master")).expect("removes");
        put(".git/packed-refs", &format!("# pack-refs\n{commit} refs/heads/master\n"));
        assert!(found());
        put(".git/HEAD", commit);
        assert!(found(), "detached");
    }
}
