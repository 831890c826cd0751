//! What a home that travels consists of: what cannot be made again of the rest, and nothing that is the user's own.

use std::path::{Component, Path, PathBuf};

use dhow_fs::{FileKind, FsError};

use crate::layout::CargoHome;

/// What a bare repository of a home is configured with: where it lies decides nothing, and nothing is run.
pub const REPOSITORY_CONFIG: &[u8] =
    b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";

/// What a path of the substance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Substance {
    /// The configuration.
    Config,
    /// What git is told of the home.
    Ignored,
    /// What is known of an index.
    Index,
    /// A package's archive.
    Archive,
    /// A part of a bare repository.
    Repository,
    /// The configuration of a bare repository: [`REPOSITORY_CONFIG`].
    RepositoryConfig,
}

impl Substance {
    /// What the file at a path in a home is, if it belongs to the substance.
    pub fn of(relative: &Path) -> Option<Self> {
        let parts: Option<Vec<&str>> = relative.components().map(plain).collect();
        match parts?[..] {
            ["config.toml"] => Some(Self::Config),
            [".gitattributes" | ".gitignore"] => Some(Self::Ignored),
            ["registry", "cache", dir, file] if is_name(dir) && is_name(file) => {
                file.ends_with(".crate").then_some(Self::Archive)
            }
            ["registry", "index", dir, "config.json"] if is_name(dir) => Some(Self::Index),
            ["registry", "index", dir, ".cache", ref rest @ ..] if is_name(dir) => {
                let fits = (2..=3).contains(&rest.len()) && rest.iter().all(|part| is_name(part));
                fits.then_some(Self::Index)
            }
            ["registry", "index", dir, ref rest @ ..] | ["git", "db", dir, ref rest @ ..] if is_name(dir) => {
                of_repository(rest)
            }
            _ => None,
        }
    }
}

/// Nothing that is run, and nothing that leads elsewhere.
fn of_repository(rest: &[&str]) -> Option<Substance> {
    match rest {
        ["config"] => Some(Substance::RepositoryConfig),
        ["HEAD" | "packed-refs" | "shallow"] => Some(Substance::Repository),
        ["objects", "pack", file] if is_name(file) => {
            let kinds = [".pack", ".idx", ".rev"];
            let fits = file.starts_with("pack-") && kinds.iter().any(|kind| file.ends_with(kind));
            fits.then_some(Substance::Repository)
        }
        ["objects", dir, file] if dir.len() == 2 && is_hex(dir) && is_hex(file) => {
            Some(Substance::Repository)
        }
        ["refs", rest @ ..] => {
            (!rest.is_empty() && rest.iter().all(|part| is_name(part))).then_some(Substance::Repository)
        }
        _ => None,
    }
}

fn plain<'p>(part: Component<'p>) -> Option<&'p str> {
    match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    }
}

/// Nothing hidden: these are locks, and what somebody works on.
fn is_name(name: &str) -> bool {
    !name.starts_with('.') && !name.ends_with(".lock")
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl CargoHome {
    /// What git is told of the home, if it is a project's.
    pub fn git_files(&self) -> [PathBuf; 2] {
        [".gitattributes", ".gitignore"].map(|name| self.root().join(name))
    }

    /// The files of the substance that are there, sorted, each as a path in the home.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn substance(&self) -> Result<Vec<(PathBuf, Substance)>, FsError> {
        let mut files = Vec::new();
        let mut open = vec![PathBuf::from("registry/index"), "registry/cache".into(), "git/db".into()];
        let top = [PathBuf::from("config.toml"), ".gitattributes".into(), ".gitignore".into()];
        for path in top {
            if dhow_fs::lstat(&self.root().join(&path))?.is_some_and(|stat| stat.is_file()) {
                files.extend(Substance::of(&path).map(|what| (path, what)));
            }
        }
        while let Some(dir) = open.pop() {
            for entry in dhow_fs::list_dir_optional(&self.root().join(&dir))?.unwrap_or_default() {
                let path = dir.join(&entry.file_name);
                match entry.kind {
                    FileKind::Dir => open.push(path),
                    FileKind::File => files.extend(Substance::of(&path).map(|what| (path, what))),
                    FileKind::Symlink | FileKind::Other => {}
                }
            }
        }
        files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }

    /// What else is in the home, and does not come out of its substance: locks, tokens, programs, what a user put there.
    ///
    /// # Errors
    /// The home cannot be listed.
    pub fn belongings(&self) -> Result<Vec<PathBuf>, FsError> {
        let made = ["registry", "git", ".dhow", "config.toml", ".gitattributes", ".gitignore"];
        let entries = dhow_fs::list_dir_optional(self.root())?.unwrap_or_default().into_iter();
        let others = entries.filter(|entry| made.iter().all(|name| entry.file_name != *name));
        Ok(others.map(|entry| entry.path).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_travels_is_known_by_its_path() {
        let check = |expected: Option<Substance>, paths: &[&str]| {
            for path in paths {
                assert_eq!(Substance::of(Path::new(path)), expected, "{path}");
            }
        };
        check(Some(Substance::Config), &["config.toml"]);
        check(Some(Substance::Archive), &["registry/cache/a-1/serde-1.0.0.crate"]);
        check(
            Some(Substance::Index),
            &[
                "registry/index/a-1/config.json",
                "registry/index/a-1/.cache/1/a",
                "registry/index/a-1/.cache/se/rd/serde",
            ],
        );
        let repository = [
            "git/db/a-1/HEAD",
            "git/db/a-1/packed-refs",
            "git/db/a-1/refs/heads/a/b",
            "git/db/a-1/objects/pack/pack-0123.idx",
            "git/db/a-1/objects/0a/123456",
            "registry/index/a-1/HEAD",
        ];
        check(Some(Substance::Repository), &repository);
        check(Some(Substance::RepositoryConfig), &["git/db/a-1/config"]);
        let others = [
            "credentials.toml",
            "config",
            "bin/x",
            "../config.toml",
            "/config.toml",
            "registry/src/a-1/serde-1.0.0/Cargo.toml",
            "registry/cache/a-1/x",
            "registry/cache/a-1/.dhow-serde-1.0.0.part",
            "registry/cache/a-1/b/serde-1.0.0.crate",
            "registry/cache/../serde-1.0.0.crate",
            "registry/index/a-1/.cache/x",
            "registry/index/a-1/.cache/a/b/c/d",
            "registry/index/a-1/.cache/a/../d",
            "git/db/a-1/hooks/post-checkout",
            "git/db/a-1/objects/info/alternates",
            "git/db/a-1/refs/heads/x.lock",
            "git/db/a-1/refs/../../x",
            "git/db/.dhow-a-1/HEAD",
            "git/checkouts/a-1/0123456/x",
            ".package-cache",
            ".dhow/sources/x",
        ];
        check(None, &others);
    }
}
