//! What of an earlier resolution is held on to.
//!
//! Packages of the lock file whose requirements did not change are pinned: a dependency on them has one candidate.
//! The rest of the lock file is only preferred. Where a member's dependency is not satisfied by anything locked,
//! everything locked from its source is let go, with all that it needs; preference then keeps most of it.

use std::task::Poll;

use dhow_model::{Dependency, GitReference, PackageId, SourceId, Summary};
use semver::Version;

use super::pool::{Ask, Pool, SourceNo, accepts};
use crate::graph::{Resolve, ResolveVersion};
use crate::names::{FastMap, FastSet, Name};
use crate::request::ResolveRequest;

/// Packages by name and source, each with what it depends on.
type ByName = FastMap<(Name, SourceNo), Vec<(PackageId, Vec<PackageId>)>>;

/// What is pinned, preferred, and allowed although yanked.
#[derive(Default)]
pub(crate) struct Locked {
    pinned: ByName,
    /// Versions to try first, by name and source; they may be yanked.
    preferred: FastMap<(Name, SourceNo), Vec<&'static Version>>,
    /// Ids of patches, by the source they patch.
    patches: Vec<(SourceId, PackageId)>,
}

/// Answers what a path source holds; `Pending` if it is not known yet.
pub(crate) type PathPackage<'f> = dyn FnMut(&mut Pool, &Dependency) -> Poll<Option<Summary>> + 'f;

impl Locked {
    /// Reads the previous resolution of `request`.
    pub(crate) fn new(
        request: &ResolveRequest<'_>,
        pool: &mut Pool,
        path_package: &mut PathPackage<'_>,
    ) -> Poll<Self> {
        let mut locked = Self::default();
        for patch in request.patches {
            locked.patches.push((patch.source, patch.summary.id()));
        }
        let Some(previous) = request.previous else {
            return Poll::Ready(locked);
        };
        let dropped_patches = changed_patches(request, previous, pool);
        let keep = |id: PackageId| (request.keep)(id) && !dropped_patches.contains(&id.address());
        let mut avoid = Avoid { previous, ids: FastSet::default() };
        for id in previous.iter().filter(|id| !keep(*id)) {
            avoid.with_deps(id);
        }
        if avoid.what_members_changed(request, pool, path_package).is_pending() {
            return Poll::Pending;
        }
        for id in previous.iter().filter(|id| id.source().is_path()) {
            let dep = Dependency::new(id.name(), id.source());
            match path_package(pool, &dep) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(found)) if found.id() != id => {
                    avoid.ids.insert(id.address());
                }
                Poll::Ready(_) => {}
            }
        }
        let stays = |id: &PackageId| keep(*id) && !avoid.ids.contains(&id.address());
        for id in previous.iter().filter(stays) {
            let deps: Vec<_> = previous.deps_not_replaced(id).map(|(to, _)| to).filter(stays).collect();
            if let Some(master) = as_master_branch(id, previous) {
                locked.pin(pool, master, deps.clone());
            }
            locked.pin(pool, id, deps);
        }
        for id in previous.iter().filter(|id| keep(*id)) {
            let key = (Name(id.name()), pool.source_no(id.source()));
            locked.preferred.entry(key).or_default().push(id.version());
        }
        Poll::Ready(locked)
    }

    fn pin(&mut self, pool: &mut Pool, id: PackageId, deps: Vec<PackageId>) {
        let key = (Name(id.name()), pool.source_no(id.source()));
        self.pinned.entry(key).or_default().push((id, deps));
    }

    /// Whether the version stands in the lock file (and is not to be let go).
    pub(crate) fn prefers(&self, key: (Name, SourceNo), version: &Version) -> bool {
        self.preferred.get(&key).is_some_and(|versions| versions.contains(&version))
    }

    /// `summary` as the lock file has it: pinned to its commit; and what it is pinned to for each dependency.
    pub(crate) fn apply(&self, pool: &mut Pool, summary: Summary) -> (Summary, Vec<Ask>) {
        if self.pinned.is_empty() {
            let free = |dep: &Dependency| Ask { dep: dep.clone(), source: dep.source(), locked: None };
            let asks = summary.dependencies().iter().map(free).collect();
            return (summary, asks);
        }
        let id = summary.id();
        let source = pool.source_no(id.source());
        let pair = self.pinned.get(&(Name(id.name()), source));
        let pair = pair.and_then(|list| list.iter().find(|(pinned, _)| pinned.version() == id.version()));
        let asks = summary.dependencies().iter().map(|dep| self.ask(pool, dep, pair.map(|(_, deps)| deps)));
        let asks = asks.collect();
        match pair {
            Some((pinned, _)) if *pinned != id => (summary.with_id(*pinned), asks),
            _ => (summary, asks),
        }
    }

    fn ask(&self, pool: &mut Pool, dep: &Dependency, locked_deps: Option<&Vec<PackageId>>) -> Ask {
        let source = pool.source_no(dep.source());
        let fits = |id: &PackageId| id.name() == dep.package_name() && accepts(dep, id.version());
        let from_source = |pool: &mut Pool, id: PackageId| pool.source_no(id.source()) == source;
        for id in locked_deps.into_iter().flatten().filter(|id| fits(id)) {
            if from_source(pool, *id) {
                return pinned(dep, *id);
            }
            if self.patches.iter().any(|(patched, patch)| patch == id && pool.is_patched_by(source, *patched))
            {
                return Ask { dep: dep.clone(), source: dep.source(), locked: Some(id.version()) };
            }
        }
        let known = self.pinned.get(&(Name(dep.package_name()), source));
        match known.and_then(|list| list.iter().find(|(id, _)| fits(id))) {
            Some((id, _)) => pinned(dep, *id),
            None => Ask { dep: dep.clone(), source: dep.source(), locked: None },
        }
    }
}

fn pinned(dep: &Dependency, id: PackageId) -> Ask {
    let source = match id.source().precise() {
        None => dep.source(),
        commit => dep.source().with_precise(commit),
    };
    Ask { dep: dep.clone(), source, locked: Some(id.version()) }
}

/// Patches whose package is no longer the one that was locked, and what they patch.
fn changed_patches(request: &ResolveRequest<'_>, previous: &Resolve, pool: &mut Pool) -> FastSet<usize> {
    let mut changed = FastSet::default();
    for patch in request.patches {
        let source = pool.source_no(patch.dep.source());
        let mut locked = previous.iter().chain(previous.unused_patches().iter().copied());
        let named = |id: &PackageId| {
            id.name() == patch.dep.package_name() && accepts(&patch.dep, id.version()) && (request.keep)(*id)
        };
        let Some(locked) = locked.find(|id| named(id) && pool.source_no(id.source()) == source) else {
            continue;
        };
        if locked.version() == patch.summary.id().version() {
            continue;
        }
        changed.insert(locked.address());
        for id in previous.iter().filter(named) {
            let source = pool.source_no(id.source());
            if pool.is_patched_by(source, patch.source) {
                changed.insert(id.address());
            }
        }
    }
    changed
}

/// Packages that are not pinned.
struct Avoid<'a> {
    previous: &'a Resolve,
    ids: FastSet<usize>,
}

impl Avoid<'_> {
    fn with_deps(&mut self, id: PackageId) {
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            if self.ids.insert(id.address()) {
                todo.extend(self.previous.deps_not_replaced(id).map(|(to, _)| to));
            }
        }
    }

    /// Lets go of every source from which a member wants something that is not locked.
    fn what_members_changed(
        &mut self,
        request: &ResolveRequest<'_>,
        pool: &mut Pool,
        path_package: &mut PathPackage<'_>,
    ) -> Poll<()> {
        let mut by_name: FastMap<Name, Vec<PackageId>> = FastMap::default();
        for id in self.previous.iter() {
            by_name.entry(Name(id.name())).or_default().push(id);
        }
        let members = request.members.iter();
        let mut todo: Vec<_> = members.map(|m| (m.summary.clone(), true, m.dev_deps)).collect();
        let mut seen = FastSet::default();
        let mut let_go: FastSet<SourceNo> = FastSet::default();
        while let Some((package, is_member, dev_deps)) = todo.pop() {
            if !seen.insert(package.id().address()) {
                continue;
            }
            for dep in package.dependencies() {
                // What others need only sometimes may not be in the lock file at all.
                if (!is_member && (dep.is_optional() || !dep.is_transitive()))
                    || (!dep.is_transitive() && !dev_deps)
                {
                    continue;
                }
                if dep.source().is_path() {
                    match path_package(pool, dep) {
                        Poll::Pending => return Poll::Pending,
                        Poll::Ready(Some(found)) => {
                            let member = request.members.iter().any(|m| m.summary.id() == found.id());
                            todo.push((found, member, dev_deps));
                            continue;
                        }
                        Poll::Ready(None) => {}
                    }
                }
                let known = by_name.get(&Name(dep.package_name()));
                if known.into_iter().flatten().any(|id| accepts(dep, id.version())) {
                    continue;
                }
                let source = pool.source_no(dep.source());
                if let_go.insert(source) {
                    for id in self.previous.iter() {
                        if pool.source_no(id.source()) == source {
                            self.with_deps(id);
                        }
                    }
                }
            }
        }
        Poll::Ready(())
    }
}

/// Lock files up to version 2 wrote `branch = "master"` as no branch at all: such a package stands for both.
fn as_master_branch(id: PackageId, previous: &Resolve) -> Option<PackageId> {
    let source = id.source();
    if previous.version() > ResolveVersion::V2 || source.git_reference() != Some(&GitReference::DefaultBranch)
    {
        return None;
    }
    let master = SourceId::for_git(source.url().clone(), GitReference::Branch("master".to_owned()));
    Some(id.with_source(master.with_precise(source.precise())))
}
