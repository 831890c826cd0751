//! From the grown graph to the final one: what host and target have in common becomes one unit, and what only the
//! whole graph can decide is decided (debug information of what runs while building, stripping).

use std::collections::HashMap;
use std::sync::Arc;

use dhow_model::{InternedString, PackageId};
use dhow_toolchain::CompileKind;
use dhow_workspace::{Profile, Strip, StripKind, Target};

use crate::nodes::{Edge, Node, NodeId, Nodes, settled};
use crate::unit::{CompileMode, UnitDep, UnitId};

/// A final unit, before what follows from it is filled in.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) nodes: Vec<Node>,
    pub(crate) deps: Vec<Vec<UnitDep>>,
    pub(crate) roots: Vec<UnitId>,
}

/// Two units are one if they also have the same dependencies.
#[derive(PartialEq, Eq, Hash)]
struct SharedKey {
    package: PackageId,
    target: Arc<Target>,
    profile: Profile,
    kind: CompileKind,
    mode: CompileMode,
    features: Arc<[InternedString]>,
    deps: Vec<UnitDep>,
}

struct Sharer<'a> {
    old: &'a Nodes,
    /// The kind that turns into the host.
    explicit_host: Option<CompileKind>,
    done: Vec<Option<UnitId>>,
    known: HashMap<SharedKey, UnitId>,
    new: Shared,
}

/// The final graph: units reachable from `roots`, dependencies first.
pub(crate) fn share(old: &Nodes, roots: &[NodeId], explicit_host: Option<CompileKind>) -> Shared {
    let mut sharer = Sharer {
        old,
        explicit_host,
        done: vec![None; old.nodes.len()],
        known: HashMap::new(),
        new: Shared { nodes: Vec::new(), deps: Vec::new(), roots: Vec::new() },
    };
    for &root in roots {
        let id = sharer.visit(root);
        if !sharer.new.roots.contains(&id) {
            sharer.new.roots.push(id);
        }
    }
    sharer.new
}

impl Sharer<'_> {
    fn visit(&mut self, id: NodeId) -> UnitId {
        if let Some(done) = self.done[id] {
            return done;
        }
        let old = self.old;
        let deps: Vec<UnitDep> = old
            .edges(id)
            .iter()
            .map(|edge: &Edge| UnitDep {
                unit: self.visit(edge.to),
                extern_crate_name: edge.extern_crate_name,
                dep_name: edge.dep_name,
                public: edge.public,
                noprelude: false,
            })
            .collect();
        let mut node = old.nodes[id].clone();
        self.decide_strip(&mut node, &deps);
        self.decide_debuginfo(&mut node);
        if Some(node.kind) == self.explicit_host {
            node.kind = CompileKind::Host;
        }
        let key = SharedKey {
            package: node.package,
            target: Arc::clone(&node.target),
            profile: settled(&node.profile),
            kind: node.kind,
            mode: node.mode,
            features: Arc::clone(&node.features),
            deps: deps.clone(),
        };
        let next = UnitId(u32::try_from(self.new.nodes.len()).unwrap_or(u32::MAX));
        let new_id = *self.known.entry(key).or_insert(next);
        if new_id == next {
            self.new.nodes.push(node);
            self.new.deps.push(deps);
        }
        self.done[id] = Some(new_id);
        new_id
    }

    /// Nobody said what to strip, and neither this unit nor its dependencies have debug information: then what the
    /// standard library brings along is not wanted either.
    fn decide_strip(&self, node: &mut Node, deps: &[UnitDep]) {
        let has_debuginfo = |dep: &UnitDep| self.new.nodes[dep.unit.index()].profile.debuginfo.is_on();
        if node.profile.strip.is_deferred()
            && !node.profile.debuginfo.is_on()
            && !deps.iter().any(has_debuginfo)
        {
            node.profile.strip = Strip::Resolved(StripKind::Named("debuginfo".into()));
        }
    }

    /// What runs while building has no debug information, unless the same unit is needed in the program too.
    fn decide_debuginfo(&self, node: &mut Node) {
        let Some(explicit_host) = self.explicit_host.filter(|_| node.profile.debuginfo.is_deferred()) else {
            return;
        };
        let mut probe = node.clone();
        probe.kind = explicit_host;
        probe.profile.debuginfo = probe.profile.debuginfo.finalize();
        node.profile.debuginfo = match self.old.find(&probe).is_some_and(|id| self.old.edges[id].is_some()) {
            true => node.profile.debuginfo.finalize(),
            false => node.profile.debuginfo.weaken(),
        };
    }
}
