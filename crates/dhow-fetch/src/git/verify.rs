//! Whether repositories of the home are whole, and working trees are what their commit says: every file, link and
//! permission, and nothing besides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::cargo_ok;
use dhow_formats::source_manifest::SourceManifest;
use dhow_fs::FileKind;
use dhow_home::{Difference, SourceChange, is_executable};

use super::objects::ObjectReader;
use super::program::GitProgram;
use crate::error::FetchError;
use crate::finding::{Finding, Inspected, Remedy};

/// How closely a repository is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fsck {
    /// All that is reachable is there.
    Connectivity,
    /// And every object has the content that its name says.
    Content,
}

/// Looks at a bare repository of the home, which has to have `commits`.
///
/// # Errors
/// git cannot be run.
pub fn inspect_repository(
    git: &GitProgram,
    path: &Path,
    fsck: Fsck,
    commits: &[String],
) -> Result<Inspected, FetchError> {
    let mut found = Inspected { files: 1, ..Inspected::default() };
    if let Some(reason) = git.fsck(path, fsck == Fsck::Content)? {
        found.findings.push(Finding {
            path: path.to_owned(),
            what: format!("is a damaged repository ({reason})"),
            change: None,
            remedy: Remedy::Remove,
        });
        return Ok(found);
    }
    for commit in commits {
        if git.resolve(path, commit)?.is_none() {
            found.add(path.to_owned(), format!("does not have the commit {commit}"), Remedy::Bring);
        }
    }
    Ok(found)
}

/// Holds a working tree against the commit that it is of, submodules included. What differs is told by its path; what
/// helps is to make the whole tree again. `noted` tells what build scripts were seen to write.
///
/// # Errors
/// git cannot be run, or something cannot be read.
pub fn inspect_checkout(
    git: &Arc<GitProgram>,
    root: &Path,
    noted: Option<&SourceManifest>,
) -> Result<Inspected, FetchError> {
    let mut look = Look { git, root, noted, found: Inspected::default() };
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if dhow_fs::lstat(&root.join(cargo_ok::FILE_NAME))?.is_none() {
        look.differs(root, "is not complete: it has no `.cargo-ok`");
        return Ok(look.found);
    }
    match git.resolve(&root.join(".git"), "HEAD")? {
        Some(commit) if commit.starts_with(&name) => look.tree(root, &commit)?,
        Some(commit) => look.differs(root, &format!("is a checkout of another commit, {commit}")),
        None => look.differs(root, "has no commit: its repository is damaged"),
    }
    Ok(look.found)
}

struct Look<'a> {
    git: &'a Arc<GitProgram>,
    root: &'a Path,
    noted: Option<&'a SourceManifest>,
    found: Inspected,
}

/// An entry of a commit.
struct Entry {
    mode: Vec<u8>,
    hash: String,
}

impl Look<'_> {
    fn differs(&mut self, path: &Path, what: &str) {
        self.found.findings.push(Finding {
            path: path.to_owned(),
            what: what.to_owned(),
            change: None,
            remedy: Remedy::RemoveAbove(self.root.to_owned()),
        });
    }

    fn change(&mut self, path: &Path, change: SourceChange) {
        let relative = path.strip_prefix(self.root).unwrap_or(path).to_owned();
        let scripted = self.noted.is_some_and(|noted| noted.is_scripted(&relative));
        self.found.findings.push(Finding {
            path: path.to_owned(),
            what: Difference { path: relative, change, scripted }.describe().to_owned(),
            change: Some(change),
            remedy: Remedy::RemoveAbove(self.root.to_owned()),
        });
    }

    fn tree(&mut self, dir: &Path, commit: &str) -> Result<(), FetchError> {
        let repository = dir.join(".git");
        let Ok(listing) = self.git.list_tree(&repository, commit) else {
            self.differs(dir, "cannot be held against its commit: its repository is damaged");
            return Ok(());
        };
        let mut entries = parse(&listing);
        let mut present = Vec::new();
        self.walk(dir, Path::new(""), &mut entries, &mut present)?;
        for (path, entry) in &entries {
            // Submodules that are left out have no directory.
            if entry.mode != b"160000" {
                self.change(&dir.join(path), SourceChange::Missing);
            }
        }
        let mut reader = ObjectReader::new(Arc::clone(self.git), &repository)?;
        let mut files = Vec::new();
        for (path, entry) in present {
            let place = dir.join(&path);
            let Some(stat) = dhow_fs::lstat(&place)? else { continue };
            match (&entry.mode[..], stat.kind) {
                (b"120000", FileKind::Symlink) => {
                    let target = dhow_fs::read_link(&place)?.into_os_string().into_encoded_bytes();
                    if reader.read(&entry.hash)?.is_none_or(|object| object.content != target) {
                        self.change(&place, SourceChange::Content);
                    }
                }
                (b"100644" | b"100755", FileKind::File) => {
                    if is_executable(&stat) != (entry.mode == b"100755") {
                        self.change(&place, SourceChange::Executable);
                    }
                    files.push((path, entry.hash));
                }
                _ => self.change(&place, SourceChange::Kind),
            }
        }
        self.contents(dir, &files)
    }

    /// Lists what is there: what the commit has moves from `entries` to `present`.
    fn walk(
        &mut self,
        dir: &Path,
        relative: &Path,
        entries: &mut BTreeMap<PathBuf, Entry>,
        present: &mut Vec<(PathBuf, Entry)>,
    ) -> Result<(), FetchError> {
        let top = relative.as_os_str().is_empty();
        for child in dhow_fs::list_dir(&dir.join(relative))? {
            let ours = child.file_name == ".git" || child.file_name == cargo_ok::FILE_NAME;
            let path = relative.join(&child.file_name);
            if top && ours {
                entries.remove(&path);
                continue;
            }
            match (entries.remove(&path), child.kind) {
                (Some(entry), FileKind::Dir) if entry.mode == b"160000" => {
                    if !dhow_fs::list_dir(&child.path)?.is_empty() {
                        self.submodule(&child.path, &entry.hash)?;
                    }
                }
                (Some(entry), _) => present.push((path, entry)),
                (None, FileKind::Dir) => self.walk(dir, &path, entries, present)?,
                (None, _) => self.change(&child.path, SourceChange::Added),
            }
        }
        Ok(())
    }

    fn submodule(&mut self, dir: &Path, commit: &str) -> Result<(), FetchError> {
        match self.git.resolve(&dir.join(".git"), "HEAD")? {
            Some(head) if head == commit => self.tree(dir, commit),
            _ => {
                self.differs(dir, "is a submodule of another commit");
                Ok(())
            }
        }
    }

    fn contents(&mut self, dir: &Path, files: &[(PathBuf, String)]) -> Result<(), FetchError> {
        self.found.files += files.len() as u64;
        let hashes = self.git.hash_files(dir, files.iter().map(|(path, _)| path.as_path()))?;
        for ((path, expected), actual) in files.iter().zip(&hashes) {
            if expected != actual {
                self.change(&dir.join(path), SourceChange::Content);
            }
        }
        if hashes.len() < files.len() {
            self.differs(dir, "changed while it was looked at");
        }
        Ok(())
    }
}

/// What `git ls-tree -r -z` prints.
fn parse(listing: &[u8]) -> BTreeMap<PathBuf, Entry> {
    let entry = |entry: &[u8]| {
        let tab = entry.iter().position(|byte| *byte == b'\t')?;
        let mut words = entry[..tab].split(|byte| *byte == b' ');
        let mode = words.next()?.to_owned();
        let hash = std::str::from_utf8(words.nth(1)?).ok()?.to_owned();
        Some((path_of(&entry[tab + 1..])?, Entry { mode, hash }))
    };
    listing.split(|byte| *byte == 0).filter_map(entry).collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(std::ffi::OsString::from_vec(bytes.to_vec()).into())
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}
