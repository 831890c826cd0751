//! Which packages of a resolution are reached.

use std::collections::BTreeSet;

use dhow_model::{DepKind, Dependency, PackageId};
use dhow_resolve::Resolve;

/// What `roots` reach: by dev-dependencies only if `dev`, by others if `is_active`.
pub(crate) fn accessible(
    resolve: &Resolve,
    roots: &[PackageId],
    dev: bool,
    is_active: &dyn Fn(&Dependency) -> bool,
) -> BTreeSet<PackageId> {
    let mut seen: BTreeSet<PackageId> = roots.iter().copied().collect();
    let mut todo: Vec<PackageId> = roots.to_vec();
    let counts = |dep: &Dependency| (dev || dep.kind() != DepKind::Development) && is_active(dep);
    while let Some(id) = todo.pop() {
        for (to, declared) in resolve.deps(id) {
            if declared.iter().any(counts) && seen.insert(to) {
                todo.push(to);
            }
        }
    }
    seen
}
