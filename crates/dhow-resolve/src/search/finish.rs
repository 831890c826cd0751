//! From what was chosen to the graph that others use; and what only the whole graph can show to be wrong.

use std::collections::{BTreeMap, HashMap, HashSet};

use dhow_model::{Dependency, PackageId};

use super::candidates::Market;
use super::pool::Pkg;
use super::state::State;
use crate::error::ResolveError;
use crate::graph::Resolve;
use crate::lock::version_for_rust;
use crate::names::{FastMap, FastSet};

/// Makes the graph.
pub(crate) fn finish(market: &Market<'_>, state: &State) -> Result<Resolve, ResolveError> {
    let ids: FastMap<Pkg, PackageId> = state.active().map(|pkg| (pkg, market.pool.id(pkg))).collect();
    let mut resolve =
        Resolve { version: version_for_rust(market.request.lowest_rust_version), ..Resolve::default() };
    for (&pkg, &id) in &ids {
        resolve.graph.insert(id, Vec::new());
        if let Some(summary) = market.pool.summary(pkg) {
            resolve.checksums.insert(id, summary.checksum());
            resolve.summaries.insert(id, summary.clone());
        }
        if let Some(features) = state.features(pkg) {
            let mut names: Vec<_> = features.iter().collect();
            names.sort_unstable();
            resolve.features.insert(id, names);
        }
        if let Some(by) = market.replaced.get(&pkg).and_then(|by| ids.get(by)) {
            resolve.replacements.insert(id, *by);
        }
    }
    let mut seen = FastSet::default();
    let mut edges: HashMap<PackageId, BTreeMap<PackageId, Vec<Dependency>>> = HashMap::new();
    for edge in &state.edges {
        let ask = &market.pool.asked(edge.dep).ask;
        if ask.locked.is_none() && !resolve.unpinned_sources.contains(&ask.dep.source()) {
            resolve.unpinned_sources.push(ask.dep.source());
        }
        if seen.insert((edge.parent, edge.child, edge.dep)) {
            let to = edges.entry(ids[&edge.parent]).or_default().entry(ids[&edge.child]).or_default();
            to.push(market.pool.dep(edge.dep).clone());
        }
    }
    for (from, to) in edges {
        let listed = to.into_iter().map(|(id, mut deps)| {
            deps.sort();
            (id, deps)
        });
        resolve.graph.insert(from, listed.collect());
    }
    for patch in market.request.patches {
        let id = patch.summary.id();
        if !resolve.contains(id) {
            resolve.unused_patches.push(id);
        }
    }
    cycle(&resolve)?;
    collision(&resolve)?;
    if let Some(previous) = market.request.previous {
        take_over(&mut resolve, previous)?;
    }
    Ok(resolve)
}

/// Packages may not need each other in a circle, except through dev-dependencies.
fn cycle(resolve: &Resolve) -> Result<(), ResolveError> {
    let mut done: HashSet<PackageId> = HashSet::new();
    for start in resolve.iter() {
        if done.contains(&start) {
            continue;
        }
        let mut path = vec![(start, needs(resolve, start).into_iter())];
        let mut on_path = HashSet::from([start]);
        while let Some((id, rest)) = path.last_mut() {
            let Some(next) = rest.next() else {
                done.insert(*id);
                on_path.remove(id);
                path.pop();
                continue;
            };
            if on_path.contains(&next) {
                let circle = path.iter().map(|(id, _)| *id).skip_while(|id| *id != next);
                return Err(ResolveError::Cycle(circle.chain([next]).collect()));
            }
            if !done.contains(&next) {
                on_path.insert(next);
                path.push((next, needs(resolve, next).into_iter()));
            }
        }
    }
    Ok(())
}

fn needs(resolve: &Resolve, id: PackageId) -> Vec<PackageId> {
    let transitive = |deps: &[Dependency]| deps.iter().any(Dependency::is_transitive);
    let all = resolve.deps_not_replaced(id).filter(|(_, deps)| transitive(deps));
    all.flat_map(|(to, _)| std::iter::once(to).chain(resolve.replacement(to))).collect()
}

/// A lock file does not tell path packages of one name and version apart.
fn collision(resolve: &Resolve) -> Result<(), ResolveError> {
    let mut paths = HashMap::new();
    for id in resolve.iter().filter(|id| id.source().is_path()) {
        if let Some(other) = paths.insert((id.name(), id.version()), id) {
            return Err(ResolveError::Collision(other, id));
        }
    }
    Ok(())
}

/// Keeps the lock file's encoding and what others left in it, and holds its checksums against ours.
fn take_over(resolve: &mut Resolve, previous: &Resolve) -> Result<(), ResolveError> {
    for (&id, &locked) in &previous.checksums {
        if let Some(&found) = resolve.checksums.get(&id)
            && found != locked
        {
            return Err(ResolveError::Checksum { id, locked, found });
        }
    }
    resolve.lock_metadata.clone_from(&previous.lock_metadata);
    resolve.version = previous.version;
    Ok(())
}
