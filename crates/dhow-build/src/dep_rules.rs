//! `.d` files beside the artifacts that the command asked for: every local file that an artifact comes from.

use std::collections::BTreeSet;
use std::path::PathBuf;

use dhow_fs::FsError;
use dhow_plan::{FileFlavor, UnitId};
use dhow_target::write_dep_rule;

use crate::context::Context;

/// Writes the rules of all roots of the plan.
pub(crate) fn write_all(context: &Context<'_>) -> Result<(), FsError> {
    for root in &context.plan.graph.roots {
        let place = context.place(*root);
        let uplifted = context.plan.recipe(*root).outputs.iter().filter_map(|output| {
            let seen = output.uplift.is_some() && output.flavor != FileFlavor::DebugInfo;
            seen.then(|| place.uplifted(output))
        });
        let artifacts: Vec<PathBuf> = uplifted.collect();
        if artifacts.is_empty() {
            continue;
        }
        let files = files_of(context, *root);
        for artifact in artifacts {
            write_dep_rule(&artifact, &files)?;
        }
    }
    Ok(())
}

fn files_of(context: &Context<'_>, root: UnitId) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let mut seen = vec![false; context.plan.graph.units.len()];
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        files.extend(context.inputs(id).iter().cloned());
        let deps = context.plan.graph.deps(id).iter().map(|dep| dep.unit);
        open.extend(deps.filter(|dep| context.unit(*dep).is_local));
    }
    files
}
