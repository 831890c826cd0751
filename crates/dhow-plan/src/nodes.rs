//! The graph while it grows: units as values that are found again, with the edges between them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use dhow_model::{InternedString, PackageId};
use dhow_toolchain::CompileKind;
use dhow_workspace::{DebugInfo, Profile, Strip, Target};

use crate::unit::CompileMode;

/// A place in [`Nodes`].
pub(crate) type NodeId = usize;

/// What a unit is, as far as it is known while the graph grows.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) package: PackageId,
    pub(crate) target: Arc<Target>,
    pub(crate) profile: Profile,
    pub(crate) kind: CompileKind,
    pub(crate) mode: CompileMode,
    pub(crate) features: Arc<[InternedString]>,
}

/// An edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) to: NodeId,
    pub(crate) extern_crate_name: InternedString,
    pub(crate) dep_name: Option<InternedString>,
    pub(crate) public: bool,
}

/// What makes two units the same one. Whether a level of debug information is settled does not count, only the
/// level: the unit that comes first decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NodeKey {
    package: PackageId,
    target: Arc<Target>,
    profile: Profile,
    kind: CompileKind,
    mode: CompileMode,
    features: Arc<[InternedString]>,
}

impl Node {
    fn key(&self) -> NodeKey {
        NodeKey {
            package: self.package,
            target: Arc::clone(&self.target),
            profile: settled(&self.profile),
            kind: self.kind,
            mode: self.mode,
            features: Arc::clone(&self.features),
        }
    }

    /// The order in which dependencies are listed: by package, then target, then how it is compiled.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        (self.package, &self.target)
            .cmp(&(other.package, &other.target))
            .then_with(|| settled(&self.profile).cmp(&settled(&other.profile)))
            .then_with(|| {
                (self.kind, self.mode, &self.features).cmp(&(other.kind, other.mode, &other.features))
            })
    }
}

/// `profile` with nothing deferred.
pub(crate) fn settled(profile: &Profile) -> Profile {
    let mut profile = profile.clone();
    profile.debuginfo = DebugInfo::Resolved(profile.debuginfo.level());
    profile.strip = Strip::Resolved(profile.strip.kind());
    profile
}

/// All nodes and edges.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    pub(crate) nodes: Vec<Node>,
    /// `None`: not computed yet.
    pub(crate) edges: Vec<Option<Vec<Edge>>>,
    known: HashMap<NodeKey, NodeId>,
}

impl Nodes {
    /// The node that equals `node`, added if there is none.
    pub(crate) fn intern(&mut self, node: Node) -> NodeId {
        let next = self.nodes.len();
        let id = *self.known.entry(node.key()).or_insert(next);
        if id == next {
            self.nodes.push(node);
            self.edges.push(None);
        }
        id
    }

    /// The node that equals `node`, if there is one.
    pub(crate) fn find(&self, node: &Node) -> Option<NodeId> {
        self.known.get(&node.key()).copied()
    }

    pub(crate) fn edges(&self, id: NodeId) -> &[Edge] {
        self.edges[id].as_deref().unwrap_or_default()
    }

    /// Sorts every list of edges by what they lead to.
    pub(crate) fn sort_edges(&mut self) {
        let nodes = &self.nodes;
        for edges in self.edges.iter_mut().flatten() {
            edges.sort_by(|a, b| {
                nodes[a.to].order(&nodes[b.to]).then_with(|| a.extern_crate_name.cmp(&b.extern_crate_name))
            });
        }
    }
}
