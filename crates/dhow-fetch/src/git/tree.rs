//! What a commit consists of, looked at before anything of it is written: nothing of a repository may reach outside of
//! its working tree.

use std::collections::{HashMap, HashSet};

use super::objects::ObjectReader;
use crate::error::FetchError;

/// The entries of a commit that need care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    /// Submodules: path and commit.
    pub(super) submodules: Vec<(String, String)>,
    /// Symbolic links: path and the blob with their target.
    links: Vec<(Vec<u8>, String)>,
    pub(super) has_gitmodules: bool,
}

/// Why a commit is not written out.
pub(super) type Refusal = (String, &'static str);

/// Links that lead to links.
const MAX_LINKS: usize = 40;

impl Tree {
    /// Reads what `git ls-tree -r -z` prints.
    pub(super) fn parse(listing: &[u8]) -> Result<Self, Refusal> {
        let mut tree = Self::default();
        let mut files: HashSet<&[u8]> = HashSet::new();
        let entries = || listing.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).filter_map(entry);
        for (mode, hash, path) in entries() {
            check_path(path)?;
            if !files.insert(path) {
                return Err((shown(path), "two entries have that name"));
            }
            match mode {
                b"120000" => tree.links.push((path.to_owned(), hash.to_owned())),
                b"160000" => {
                    let path = String::from_utf8(path.to_owned())
                        .map_err(|_| (shown(path), "the path of a submodule is not UTF-8"))?;
                    tree.submodules.push((path, hash.to_owned()));
                }
                _ => tree.has_gitmodules |= path == b".gitmodules",
            }
        }
        // git writes through none of these either; a clear word is better than a half-written tree.
        for (_, _, path) in entries() {
            let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
            if let Some(at) = slashes.into_iter().find(|at| files.contains(&path[..*at])) {
                return Err((shown(&path[..at]), "it is both a directory and something else"));
            }
        }
        Ok(tree)
    }

    /// The paths of all that `git ls-tree -r -z` prints, and their hashes.
    pub(super) fn parse_files(listing: &[u8]) -> impl Iterator<Item = (String, String)> {
        let entries = listing.split(|byte| *byte == 0).filter_map(entry);
        entries.map(|(_, hash, path)| (String::from_utf8_lossy(path).into_owned(), hash.to_owned()))
    }

    /// Refuses links that lead out of the tree.
    pub(super) fn check_links(&self, reader: &mut ObjectReader) -> Result<Result<(), Refusal>, FetchError> {
        let mut targets = HashMap::new();
        for (path, blob) in &self.links {
            let content = reader.read(blob)?.map(|object| object.content).unwrap_or_default();
            targets.insert(parts(path), content);
        }
        let mut paths: Vec<_> = targets.keys().collect();
        paths.sort();
        Ok(match paths.into_iter().find(|path| leads_out(path, &targets)) {
            Some(path) => {
                let path = path.join(&b'/');
                Err((shown(&path), "it is a symbolic link that leads out of the repository"))
            }
            None => Ok(()),
        })
    }
}

type Parts<'p> = Vec<&'p [u8]>;

fn parts(path: &[u8]) -> Parts<'_> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").collect()
}

/// Whether following the link at `path`, and all links on the way, leaves the tree.
fn leads_out(path: &[&[u8]], targets: &HashMap<Parts<'_>, Vec<u8>>) -> bool {
    let mut todo: Vec<&[u8]> = path.iter().rev().copied().collect();
    let mut here: Parts<'_> = Vec::new();
    let mut followed = 0;
    while let Some(part) = todo.pop() {
        if part == b".." {
            if here.pop().is_none() {
                return true;
            }
            continue;
        }
        here.push(part);
        let Some(target) = targets.get(&here) else { continue };
        followed += 1;
        if target.first() == Some(&b'/') {
            return true;
        }
        if followed > MAX_LINKS {
            // A circle: the system will not follow it either.
            return false;
        }
        here.pop();
        todo.extend(parts(target).into_iter().rev());
    }
    false
}

fn entry(entry: &[u8]) -> Option<(&[u8], &str, &[u8])> {
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = (&entry[..tab], &entry[tab + 1..]);
    let mut words = head.split(|byte| *byte == b' ');
    let mode = words.next()?;
    let hash = std::str::from_utf8(words.nth(1)?).ok()?;
    Some((mode, hash, path))
}

fn check_path(path: &[u8]) -> Result<(), Refusal> {
    for part in path.split(|byte| *byte == b'/') {
        if part.is_empty() || part == b"." || part == b".." {
            return Err((shown(path), "the path leads out of the repository"));
        }
        if is_git_directory(part) {
            return Err((shown(path), "it would be read as part of git's own directory"));
        }
    }
    Ok(())
}

/// Whether some file system takes that name for `.git`: case, dots and blanks at the end, short names, invisible
/// characters.
fn is_git_directory(part: &[u8]) -> bool {
    let text = String::from_utf8_lossy(part).to_lowercase();
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let name = visible.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    name == ".git" || name == "git~1"
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(entries: &[(&str, &str)]) -> Vec<u8> {
        entries.iter().flat_map(|(mode, path)| format!("{mode} x abc\t{path}\0").into_bytes()).collect()
    }

    #[test]
    fn what_needs_care_is_found() {
        let text =
            listing(&[("100644", ".gitmodules"), ("160000", "a/b"), ("120000", "l"), ("100755", "a/c d")]);
        let tree = Tree::parse(&text).expect("harmless");
        assert_eq!(tree.submodules, [("a/b".to_owned(), "abc".to_owned())]);
        assert_eq!(tree.links, [(b"l".to_vec(), "abc".to_owned())]);
        assert!(tree.has_gitmodules);
    }

    #[test]
    fn names_that_reach_outside_are_refused() {
        for path in [
            "../x",
            "a/../x",
            "/x",
            "a//x",
            "./x",
            ".git/config",
            "a/.GIT/x",
            ".Git",
            "GIT~1/x",
            ".git./x",
            ".git ",
            "a/.g\u{200c}it/hooks/x",
            ".git::$INDEX_ALLOCATION/x",
        ] {
            assert!(Tree::parse(&listing(&[("100644", path)])).is_err(), "{path}");
        }
        for path in [".gitignore", ".github/x", "git/x", "a.git", "..x", "git~10"] {
            assert!(Tree::parse(&listing(&[("100644", path)])).is_ok(), "{path}");
        }
        assert!(Tree::parse(&listing(&[("120000", "a"), ("100644", "a/b")])).is_err(), "through a link");
        assert!(Tree::parse(&listing(&[("100644", "a"), ("100644", "a")])).is_err(), "twice");
    }

    #[test]
    fn links_are_followed_to_where_they_lead() {
        let check = |links: &[(&str, &str)], out: &[&str]| {
            let targets: HashMap<_, _> = links
                .iter()
                .map(|(path, target)| (parts(path.as_bytes()), target.as_bytes().to_vec()))
                .collect();
            let found: Vec<_> = links
                .iter()
                .filter(|(path, _)| leads_out(&parts(path.as_bytes()), &targets))
                .map(|(path, _)| *path)
                .collect();
            assert_eq!(found, out, "{links:?}");
        };
        check(&[("a", "b"), ("d/e", "../b"), ("d/f", "./e"), ("g", "d/..")], &[]);
        check(&[("a", "/etc/passwd"), ("d/e", "../../x"), ("f", "..")], &["a", "d/e", "f"]);
        // Each by itself stays inside, as text.
        check(&[("s/t/l", "../../p"), ("m", "s/t/l/../../x")], &["m"]);
        check(&[("a", "b"), ("b", "a")], &[]);
    }
}
