//! Pages that would overwrite each other: documentation of crates of one name. Whose page is kept follows Cargo.

use std::collections::{BTreeMap, HashSet};

use dhow_model::{InternedString, SourceId};
use dhow_toolchain::CompileKind;

use crate::nodes::{NodeId, Nodes};
use crate::unit::CompileMode;

/// Takes away edges to documentation that another unit of the same crate name replaces. Roots stay.
pub(crate) fn remove_duplicates(nodes: &mut Nodes, roots: &[NodeId], only_host: bool) {
    let mut by_name: BTreeMap<InternedString, Vec<NodeId>> = BTreeMap::new();
    for (id, node) in nodes.nodes.iter().enumerate() {
        if node.mode == CompileMode::Doc && nodes.edges[id].is_some() {
            by_name.entry(node.target.crate_name()).or_default().push(id);
        }
    }
    let roots: HashSet<NodeId> = roots.iter().copied().collect();
    let mut removed: HashSet<NodeId> = HashSet::new();
    for mut ids in by_name.into_values().filter(|ids| ids.len() > 1) {
        if only_host {
            // The target's page rather than the host's.
            remove(&mut ids, &roots, &mut removed, |id| nodes.nodes[id].kind == CompileKind::Host);
        }
        if ids.len() > 1 {
            remove_older(nodes, &ids, &roots, &mut removed);
        }
    }
    for edges in nodes.edges.iter_mut().flatten() {
        edges.retain(|edge| !removed.contains(&edge.to));
    }
}

/// The newest version of each package rather than older ones.
fn remove_older(nodes: &Nodes, ids: &[NodeId], roots: &HashSet<NodeId>, removed: &mut HashSet<NodeId>) {
    let mut by_package: BTreeMap<(InternedString, SourceId, CompileKind), Vec<NodeId>> = BTreeMap::new();
    for &id in ids {
        let node = &nodes.nodes[id];
        by_package.entry((node.package.name(), node.package.source(), node.kind)).or_default().push(id);
    }
    for mut ids in by_package.into_values() {
        let version = |id: NodeId| nodes.nodes[id].package.version();
        if let Some(newest) = ids.iter().map(|id| version(*id)).max() {
            remove(&mut ids, roots, removed, |id| version(id) < newest);
        }
    }
}

fn remove(
    ids: &mut Vec<NodeId>,
    roots: &HashSet<NodeId>,
    removed: &mut HashSet<NodeId>,
    unwanted: impl Fn(NodeId) -> bool,
) {
    ids.retain(|id| {
        let goes = unwanted(*id) && !roots.contains(id);
        if goes {
            removed.insert(*id);
        }
        !goes
    });
}
