//! What is known not to go together: a dependency cannot be satisfied while a set of packages is chosen. Learnt when
//! the search fails somewhere, and true for ever, so it is never forgotten.

use std::collections::BTreeMap;

use dhow_model::InternedString;

use super::pool::{DepNo, Pkg};
use super::requirements::Missing;
use super::state::Age;
use crate::names::{FastMap, FastSet};

/// Why a package is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is another version of what is wanted, and compatible: only one of them may be there.
    Semver,
    /// It links the same native library.
    Links(InternedString),
    /// It wants a feature that the candidate does not have.
    Features(Missing),
    /// It wants something whose index entry cannot be used.
    Unusable,
}

/// Packages that are in the way, all of them together.
pub(crate) type Conflict = BTreeMap<Pkg, Reason>;

/// Sets of packages, stored so that the subsets of what is chosen are found quickly.
enum Trie {
    Leaf(Conflict),
    Node(BTreeMap<Pkg, Self>),
}

impl Trie {
    /// A stored set, all chosen (`age` says since when), with `must` in it if given; the one that lets the search
    /// go back farthest, and the age that this is.
    fn find(
        &self,
        age: &dyn Fn(Pkg) -> Option<Age>,
        must: Option<Pkg>,
        mut limit: Age,
    ) -> Option<(&Conflict, Age)> {
        let children = match self {
            Self::Leaf(conflict) => return must.is_none().then_some((conflict, 0)),
            Self::Node(children) => children,
        };
        let mut best = None;
        for (&pkg, below) in children.range(..=must.unwrap_or(Pkg::MAX)) {
            let Some(since) = age(pkg) else { continue };
            if since >= limit && must != Some(pkg) {
                continue;
            }
            let found = below.find(age, must.filter(|must| *must != pkg), limit);
            if let Some((conflict, found)) = found {
                let found = if must == Some(pkg) { found } else { found.max(since) };
                if found < limit {
                    best = Some((conflict, found));
                    limit = found;
                }
            }
        }
        best
    }

    fn insert(&mut self, mut path: impl Iterator<Item = Pkg>, conflict: Conflict) {
        match (path.next(), &mut *self) {
            (Some(pkg), Self::Node(children)) => {
                children.entry(pkg).or_insert_with(|| Self::Node(BTreeMap::new())).insert(path, conflict);
            }
            // A subset is there already, and says more.
            (Some(_), Self::Leaf(_)) => {}
            (None, _) => *self = Self::Leaf(conflict),
        }
    }
}

/// See the module.
#[derive(Default)]
pub(crate) struct Conflicts {
    by_dep: FastMap<DepNo, Trie>,
    deps_of: FastMap<Pkg, FastSet<DepNo>>,
}

impl Conflicts {
    /// Why `dep` cannot be satisfied now, if that is known: of several sets the one that lets the search go back
    /// farthest, and not only to `limit`.
    pub(crate) fn find(
        &self,
        dep: DepNo,
        age: &dyn Fn(Pkg) -> Option<Age>,
        must: Option<Pkg>,
        limit: Age,
    ) -> Option<&Conflict> {
        self.by_dep.get(&dep)?.find(age, must, limit).map(|(conflict, _)| conflict)
    }

    /// Remembers that `dep` cannot be satisfied while all of `conflict` is chosen.
    pub(crate) fn insert(&mut self, dep: DepNo, conflict: &Conflict) {
        let trie = self.by_dep.entry(dep).or_insert_with(|| Trie::Node(BTreeMap::new()));
        trie.insert(conflict.keys().copied(), conflict.clone());
        for pkg in conflict.keys() {
            self.deps_of.entry(*pkg).or_default().insert(dep);
        }
    }

    /// Dependencies in whose way `pkg` may be.
    pub(crate) fn deps_of(&self, pkg: Pkg) -> Option<&FastSet<DepNo>> {
        self.deps_of.get(&pkg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflict(packages: &[Pkg]) -> Conflict {
        packages.iter().map(|pkg| (*pkg, Reason::Semver)).collect()
    }

    #[test]
    fn a_known_conflict_is_found_while_all_of_it_is_chosen() {
        let mut conflicts = Conflicts::default();
        conflicts.insert(1, &conflict(&[2, 5]));
        let both = |pkg: Pkg| [2, 5].contains(&pkg).then_some(pkg);
        let one = |pkg: Pkg| (pkg == 2).then_some(pkg);
        assert_eq!(conflicts.find(1, &both, None, Age::MAX), Some(&conflict(&[2, 5])));
        assert_eq!(conflicts.find(1, &both, Some(5), Age::MAX), Some(&conflict(&[2, 5])));
        assert_eq!(conflicts.find(1, &both, Some(7), Age::MAX), None);
        assert_eq!(conflicts.find(1, &one, None, Age::MAX), None);
        assert_eq!(conflicts.find(2, &both, None, Age::MAX), None);
        assert!(conflicts.deps_of(5).is_some_and(|deps| deps.contains(&1)));
    }

    #[test]
    fn of_several_the_oldest_is_found() {
        let mut conflicts = Conflicts::default();
        conflicts.insert(1, &conflict(&[1, 9]));
        conflicts.insert(1, &conflict(&[3, 4]));
        let all = |pkg: Pkg| Some(pkg);
        assert_eq!(conflicts.find(1, &all, None, Age::MAX), Some(&conflict(&[3, 4])));
        assert_eq!(conflicts.find(1, &all, None, 4), None);
        conflicts.insert(1, &conflict(&[3]));
        assert_eq!(conflicts.find(1, &all, None, Age::MAX), Some(&conflict(&[3])));
    }
}
