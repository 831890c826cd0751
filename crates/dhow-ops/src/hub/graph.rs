//! A resolution as the plain graph that layers are worked out from.

use std::collections::HashMap;

use dhow_hub::{Edge, Graph};
use dhow_model::{Dependency, PackageId};
use dhow_resolve::Resolve;

/// The graph of `packages`, which are known by their positions from now on. `follows` says which dependencies count.
pub(crate) fn graph_of(
    resolve: &Resolve,
    packages: &[PackageId],
    roots: &[PackageId],
    is_proc_macro: &dyn Fn(PackageId) -> bool,
    follows: &dyn Fn(&Dependency) -> bool,
) -> Graph {
    let positions: HashMap<PackageId, usize> = packages.iter().copied().zip(0..).collect();
    let mut edges = Vec::new();
    for (from, id) in packages.iter().enumerate() {
        for (to, declared) in resolve.deps(*id) {
            let Some(to) = positions.get(&to).copied() else { continue };
            edges.extend(declared.iter().filter(|dep| follows(dep)).map(|dep| Edge {
                from,
                to,
                kind: dep.kind(),
                condition: dep.platform().cloned(),
                optional: dep.is_optional(),
                default_features: dep.default_features(),
                features: dep.features().iter().map(ToString::to_string).collect(),
            }));
        }
    }
    Graph {
        proc_macro: packages.iter().map(|id| is_proc_macro(*id)).collect(),
        roots: roots.iter().filter_map(|id| positions.get(id).copied()).collect(),
        edges,
    }
}
