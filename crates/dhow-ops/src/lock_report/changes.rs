//! The difference between two resolutions, package by package. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use dhow_model::{InternedString, PackageId, PartialVersion, SourceId};
use dhow_resolve::Resolve;

use crate::lock_change::ChangeKind;
use crate::rust_versions::RustVersions;

/// What became of one package.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) id: PackageId,
    /// What it takes the place of.
    pub(super) instead_of: Option<PackageId>,
    pub(super) kind: ChangeKind,
    pub(super) is_member: bool,
    /// Whether a member depends on it, or it is one.
    pub(super) is_direct: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(before) = self.instead_of else { return write!(f, "{}", self.id) };
        match self.id.source().precise() {
            Some(commit) if self.id.source().is_git() => {
                write!(f, "{before} -> #{}", commit.get(..8).unwrap_or(commit))
            }
            _ => write!(f, "{before} -> v{}", self.id.version()),
        }
    }
}

/// The versions of one package from one source.
#[derive(Default)]
struct Group {
    before: Vec<PackageId>,
    after: Vec<PackageId>,
}

/// Every package of `previous` and of `resolve`, by name and source. Where one version went and one came, the one
/// took the place of the other.
pub(super) fn between(
    previous: Option<&Resolve>,
    resolve: &Resolve,
    members: &HashSet<PackageId>,
) -> Vec<Change> {
    let mut groups: BTreeMap<(InternedString, SourceId), Group> = BTreeMap::new();
    let key = |id: PackageId| (id.name(), id.source().unpinned());
    for id in previous.into_iter().flat_map(Resolve::iter) {
        groups.entry(key(id)).or_default().before.push(id);
    }
    for id in resolve.iter() {
        groups.entry(key(id)).or_default().after.push(id);
    }
    let needed_by_members: HashSet<PackageId> =
        members.iter().flat_map(|id| resolve.deps(*id).map(|(to, _)| to)).collect();
    let change = |id: PackageId, instead_of: Option<PackageId>, kind: ChangeKind| Change {
        id,
        instead_of,
        kind,
        is_member: members.contains(&id),
        is_direct: members.contains(&id) || needed_by_members.contains(&id),
    };
    let mut changes = Vec::new();
    for group in groups.values() {
        let gone: Vec<_> = group.before.iter().filter(|id| !group.after.contains(id)).collect();
        let come: Vec<_> = group.after.iter().filter(|id| !group.before.contains(id)).collect();
        if let ([old], [new]) = (gone.as_slice(), come.as_slice()) {
            // Build metadata has no order that means anything.
            let kind = match old.version().cmp_precedence(new.version()) {
                std::cmp::Ordering::Greater => ChangeKind::Downgraded,
                _ => ChangeKind::Upgraded,
            };
            changes.push(change(**new, Some(**old), kind));
        } else {
            changes.extend(gone.iter().map(|id| change(**id, None, ChangeKind::Removed)));
            changes.extend(come.iter().map(|id| change(**id, None, ChangeKind::Added)));
        }
        let stay = group.after.iter().filter(|id| group.before.contains(id));
        changes.extend(stay.map(|id| change(*id, None, ChangeKind::Unchanged)));
    }
    changes
}

/// The oldest Rust with which each package has to build: that of the members which need it, if that counts, else the
/// compiler's.
pub(super) fn rust_needed(
    resolve: &Resolve,
    rust_versions: &RustVersions<'_>,
    rustc: Option<&PartialVersion>,
) -> HashMap<PackageId, PartialVersion> {
    if !rust_versions.count() {
        return resolve.iter().filter_map(|id| Some((id, rustc?.clone()))).collect();
    }
    let mut members = rust_versions.of_members(rustc);
    members.sort_by(|(_, a), (_, b)| a.cmp(b));
    let mut needed = HashMap::new();
    for (member, rust) in members {
        let mut todo = vec![member];
        while let Some(id) = todo.pop() {
            // Who was met before has an older one.
            if needed.contains_key(&id) {
                continue;
            }
            needed.insert(id, rust.clone());
            todo.extend(resolve.deps(id).map(|(to, _)| to));
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_formats::lockfile::Lockfile;

    fn resolve(packages: &[(&str, &str)]) -> Resolve {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        let text: String = packages
            .iter()
            .map(|(name, version)| {
                format!("[[package]]\nname = {name:?}\nversion = {version:?}\nsource = {source:?}\n")
            })
            .collect();
        let lock = Lockfile::parse(&format!("version = 4\n{text}")).expect("a lock file");
        Resolve::from_lock(&lock, []).expect("a graph")
    }

    fn check(before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]) {
        let changes = between(Some(&resolve(before)), &resolve(after), &HashSet::new());
        let found: Vec<String> = changes.iter().map(|c| format!("{} {c}", c.kind.verb())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn one_for_one_is_an_update() {
        check(&[("a", "1.0.0")], &[("a", "1.1.0")], &["Updating a v1.0.0 -> v1.1.0"]);
        check(&[("a", "1.1.0")], &[("a", "1.0.0")], &["Downgrading a v1.1.0 -> v1.0.0"]);
        check(&[("a", "1.0.0+b")], &[("a", "1.0.0+a")], &["Updating a v1.0.0+b -> v1.0.0+a"]);
        check(
            &[("a", "1.0.0"), ("a", "2.0.0")],
            &[("a", "1.0.0"), ("a", "2.1.0")],
            &["Updating a v2.0.0 -> v2.1.0", "Unchanged a v1.0.0"],
        );
    }

    #[test]
    fn all_else_comes_and_goes() {
        check(
            &[("a", "1.0.0"), ("b", "1.0.0")],
            &[("a", "2.0.0"), ("a", "3.0.0")],
            &["Removing a v1.0.0", "Adding a v2.0.0", "Adding a v3.0.0", "Removing b v1.0.0"],
        );
    }
}
