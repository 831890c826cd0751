//! The members of the workspace and what their manifests ask for.

use toml::{Table, Value};

use super::problem::Problem;
use super::repo::Repo;

/// One package of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its folder from the root, which is its name or ends with it.
    pub(crate) directory: String,
    /// The name of its package.
    pub(crate) name: String,
    /// Its manifest.
    pub(crate) manifest: Table,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `[dependencies]` and `[build-dependencies]`, also for one platform.
    Shipped,
    /// `[dev-dependencies]`.
    Dev,
}

/// One line of a dependency table.
#[derive(Debug)]
pub(crate) struct Dependency<'a> {
    /// The name it has there.
    pub(crate) name: &'a str,
    /// What it is for.
    pub(crate) kind: Kind,
    /// Whether the version comes from the workspace.
    pub(crate) inherited: bool,
}

impl Member {
    /// The path of its manifest from the root.
    pub(crate) fn manifest_path(&self) -> String {
        format!("{}/Cargo.toml", self.directory)
    }

    /// Everything it depends on.
    pub(crate) fn dependencies(&self) -> Vec<Dependency<'_>> {
        let platforms = self.manifest.get("target").and_then(Value::as_table);
        let platforms = platforms.into_iter().flat_map(Table::values).filter_map(Value::as_table);
        std::iter::once(&self.manifest).chain(platforms).flat_map(dependencies).collect()
    }
}

/// All members, and a problem for each manifest that is none.
pub(crate) fn members(repo: &Repo) -> (Vec<Member>, Vec<Problem>) {
    let (mut members, mut problems) = (Vec::new(), Vec::new());
    for (path, text) in repo.files() {
        let Some(directory) = path.strip_suffix("/Cargo.toml") else {
            continue;
        };
        let in_crates = directory.strip_prefix("crates/").is_some_and(|rest| !rest.contains('/'));
        if !in_crates && directory != "xtask" {
            continue;
        }
        match member(directory, text) {
            Ok(member) => members.push(member),
            Err(message) => problems.push(Problem::in_file(path, message)),
        }
    }
    (members, problems)
}

fn member(directory: &str, text: &str) -> Result<Member, String> {
    let manifest: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let name = manifest.get("package").and_then(|package| package.get("name"));
    let name = name.and_then(Value::as_str).ok_or("has no package name")?.to_owned();
    Ok(Member { directory: directory.to_owned(), name, manifest })
}

fn dependencies(table: &Table) -> impl Iterator<Item = Dependency<'_>> {
    let kinds = [
        ("dependencies", Kind::Shipped),
        ("build-dependencies", Kind::Shipped),
        ("dev-dependencies", Kind::Dev),
    ];
    kinds.into_iter().flat_map(move |(key, kind)| {
        let entries = table.get(key).and_then(Value::as_table).into_iter().flatten();
        entries.map(move |(name, value)| {
            let inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
            Dependency { name, kind, inherited }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_every_kind_are_found() {
        let manifest = "\
[package]
name = 'one'
[dependencies]
a.workspace = true
[dev-dependencies]
b = '1'
[target.'cfg(unix)'.build-dependencies]
c = { workspace = true }
";
        let repo = Repo::from([("crates/one/Cargo.toml", manifest), ("examples/x/Cargo.toml", "")]);
        let (members, problems) = members(&repo);
        assert_eq!((members.len(), problems), (1, vec![]));
        let seen: Vec<_> = members[0].dependencies();
        let seen: Vec<_> = seen.iter().map(|seen| (seen.name, seen.kind, seen.inherited)).collect();
        assert_eq!(seen, [("a", Kind::Shipped, true), ("b", Kind::Dev, false), ("c", Kind::Shipped, true)]);
    }

    #[test]
    fn a_broken_manifest_is_a_problem() {
        let repo = Repo::from([("crates/one/Cargo.toml", "["), ("xtask/Cargo.toml", "[package]")]);
        assert_eq!(members(&repo).1.len(), 2);
    }
}
