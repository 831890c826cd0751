//! The graph that `tree` shows: packages, and between them the features that turn each other on.
//!
//! It is built from a resolution, keeping what the platform, the features and the wished-for kinds of edges leave.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dhow_model::{DepKind, Dependency, FeatureValue, InternedString, PackageId, Platform};
use dhow_resolve::{CliFeatures, FeaturesFor, Resolve, ResolvedFeatures};
use dhow_workspace::Package;

/// Index of a node.
pub(super) type NodeId = usize;

/// For which machine a package is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum TreeKind {
    /// The machine that compiles (also the target, where none was named).
    Host,
    /// A named target.
    Target(InternedString),
}

/// What connects two nodes. The order is that of printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum EdgeKind {
    /// A dependency of this kind.
    Dep(DepKind),
    /// A feature that turns something on.
    Feature,
}

/// What is shown on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Node {
    Package { id: PackageId, features: Vec<InternedString>, kind: TreeKind },
    Feature { of: NodeId, name: InternedString },
}

/// What the graph is built from.
#[derive(Clone, Copy)]
pub(super) struct GraphInput<'a> {
    /// The resolution.
    pub(super) resolve: &'a Resolve,
    /// Which features are on.
    pub(super) features: &'a ResolvedFeatures,
    /// Every package that may be shown.
    pub(super) packages: &'a BTreeMap<PackageId, Package>,
    /// Whether a platform condition holds for a kind.
    pub(super) holds: &'a dyn Fn(&Platform, TreeKind) -> bool,
    /// Which kinds of dependencies are followed.
    pub(super) edges: &'a BTreeSet<DepKind>,
    /// Whether features are nodes.
    pub(super) with_features: bool,
    /// Leave out procedural macros.
    pub(super) no_proc_macro: bool,
    /// Only public dependencies.
    pub(super) only_public: bool,
}

#[derive(Clone, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    edges: Vec<BTreeMap<EdgeKind, Vec<NodeId>>>,
    index: HashMap<Node, NodeId>,
    /// Of each package node, its dependencies by name in the manifest: the node, and whether it is optional.
    names: HashMap<NodeId, BTreeMap<InternedString, BTreeSet<(NodeId, bool)>>>,
    from_command_line: HashSet<NodeId>,
}

impl Graph {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    pub(super) fn is_from_command_line(&self, id: NodeId) -> bool {
        self.from_command_line.contains(&id)
    }

    pub(super) fn has_edges(&self, id: NodeId) -> bool {
        !self.edges[id].is_empty()
    }

    /// The nodes that edges of `kind` lead to, in the order of printing.
    pub(super) fn connected(&self, id: NodeId, kind: EdgeKind) -> Vec<NodeId> {
        let mut found = self.edges[id].get(&kind).cloned().unwrap_or_default();
        found.sort_unstable_by(|a, b| self.nodes[*a].cmp(&self.nodes[*b]));
        found
    }

    /// The nodes of these packages, sorted.
    pub(super) fn nodes_of(&self, ids: &BTreeSet<PackageId>) -> Vec<NodeId> {
        self.sorted(|id| ids.contains(&id))
    }

    /// The nodes of all packages, sorted.
    pub(super) fn packages(&self) -> Vec<NodeId> {
        self.sorted(|_| true)
    }

    fn sorted(&self, wanted: impl Fn(PackageId) -> bool) -> Vec<NodeId> {
        let is_wanted = |node: &Node| matches!(node, Node::Package { id, .. } if wanted(*id));
        let mut found: Vec<_> = (0..self.nodes.len()).filter(|i| is_wanted(&self.nodes[*i])).collect();
        found.sort_unstable_by(|a, b| self.nodes[*a].cmp(&self.nodes[*b]));
        found
    }

    fn add(&mut self, node: Node) -> (bool, NodeId) {
        if let Some(id) = self.index.get(&node) {
            return (false, *id);
        }
        let id = self.nodes.len();
        self.nodes.push(node.clone());
        self.edges.push(BTreeMap::new());
        self.index.insert(node, id);
        (true, id)
    }

    fn connect(&mut self, from: NodeId, kind: EdgeKind, to: NodeId) {
        let edges = self.edges[from].entry(kind).or_default();
        if !edges.contains(&to) {
            edges.push(to);
        }
    }

    /// A feature of the package node `of`; `from` leads to it by an edge of `kind`.
    fn add_feature(
        &mut self,
        name: InternedString,
        from: Option<(NodeId, EdgeKind)>,
        of: NodeId,
    ) -> (bool, NodeId) {
        let (new, feature) = self.add(Node::Feature { of, name });
        if let Some((from, kind)) = from {
            self.connect(from, kind, feature);
        }
        self.connect(feature, EdgeKind::Feature, of);
        (new, feature)
    }

    /// Turns every edge around.
    pub(super) fn invert(&mut self) {
        let mut inverted = vec![BTreeMap::<EdgeKind, Vec<NodeId>>::new(); self.edges.len()];
        for (from, edges) in self.edges.iter().enumerate() {
            for (kind, targets) in edges {
                for to in targets {
                    let back = inverted[*to].entry(*kind).or_default();
                    if !back.contains(&from) {
                        back.push(from);
                    }
                }
            }
        }
        self.edges = inverted;
    }

    /// Nodes of packages that are there in more than one version or with more than one set of features.
    pub(super) fn duplicates(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let reachable = self.reachable(roots);
        let mut by_name: BTreeMap<InternedString, Vec<NodeId>> = BTreeMap::new();
        for node in reachable {
            if let Node::Package { id, .. } = &self.nodes[node] {
                by_name.entry(id.name()).or_default().push(node);
            }
        }
        let ignoring_kind = |node: &NodeId| match &self.nodes[*node] {
            Node::Package { id, features, .. } => (*id, features.clone()),
            Node::Feature { .. } => unreachable!("only packages were collected"),
        };
        let several = |nodes: &Vec<NodeId>| nodes.iter().map(ignoring_kind).collect::<HashSet<_>>().len() > 1;
        let mut found: Vec<_> = by_name.into_values().filter(several).flatten().collect();
        found.sort_unstable_by(|a, b| self.nodes[*a].cmp(&self.nodes[*b]));
        found
    }

    fn reachable(&self, roots: &[NodeId]) -> BTreeSet<NodeId> {
        let mut seen: BTreeSet<_> = roots.iter().copied().collect();
        let mut todo = roots.to_vec();
        while let Some(node) = todo.pop() {
            todo.extend(self.edges[node].values().flatten().filter(|to| seen.insert(**to)));
        }
        seen
    }
}

/// Builds the graph of `members`, each with the features that the command line gives it, for each of `kinds`.
pub(super) fn build(
    input: GraphInput<'_>,
    members: &[(PackageId, CliFeatures)],
    kinds: &[TreeKind],
) -> Graph {
    let mut builder = Builder { input, graph: Graph::default() };
    for (member, cli) in members {
        let role = if builder.is_proc_macro(*member) { FeaturesFor::HostDep } else { FeaturesFor::Target };
        for kind in kinds {
            let node = builder.add_package(*member, role, *kind);
            if input.with_features {
                builder.add_cli_features(node, *member, cli);
            }
        }
    }
    if input.with_features {
        builder.add_internal_features();
    }
    builder.graph
}

struct Builder<'a> {
    input: GraphInput<'a>,
    graph: Graph,
}

impl Builder<'_> {
    fn is_proc_macro(&self, id: PackageId) -> bool {
        self.input.packages.get(&id).is_some_and(Package::is_proc_macro)
    }

    fn add_package(&mut self, id: PackageId, role: FeaturesFor, requested: TreeKind) -> NodeId {
        let features = self.input.features.activated_features(id, role).to_vec();
        let kind = if role == FeaturesFor::HostDep { TreeKind::Host } else { requested };
        let (new, node) = self.graph.add(Node::Package { id, features, kind });
        if !new {
            return node;
        }
        let mut names: BTreeMap<InternedString, BTreeSet<(NodeId, bool)>> = BTreeMap::new();
        let mut deps: Vec<_> = self.input.resolve.deps(id).collect();
        deps.sort_unstable_by_key(|(to, _)| *to);
        for (to, declared) in deps {
            let mut wanted: Vec<_> =
                declared.iter().filter(|dep| self.is_followed(id, role, kind, to, dep)).collect();
            wanted.sort_by_key(|dep| dep.name_in_toml());
            for dep in wanted {
                let for_host = dep.kind() == DepKind::Build || self.is_proc_macro(to);
                let target =
                    self.add_package(to, if for_host { FeaturesFor::HostDep } else { role }, requested);
                names.entry(dep.name_in_toml()).or_default().insert((target, dep.is_optional()));
                self.connect_dependency(node, dep, target);
            }
        }
        self.graph.names.insert(node, names);
        node
    }

    /// Whether a declared dependency is part of what is shown.
    fn is_followed(
        &self,
        from: PackageId,
        role: FeaturesFor,
        kind: TreeKind,
        to: PackageId,
        dep: &Dependency,
    ) -> bool {
        let for_kind = if dep.kind() == DepKind::Build { TreeKind::Host } else { kind };
        dep.platform().is_none_or(|platform| (self.input.holds)(platform, for_kind))
            && self.input.edges.contains(&dep.kind())
            && !(self.input.no_proc_macro && self.is_proc_macro(to))
            && (!self.input.only_public || dep.is_public())
            && (!dep.is_optional() || self.input.features.is_dep_activated(from, role, dep.name_in_toml()))
    }

    fn connect_dependency(&mut self, from: NodeId, dep: &Dependency, to: NodeId) {
        let kind = EdgeKind::Dep(dep.kind());
        if !self.input.with_features || (!dep.default_features() && dep.features().is_empty()) {
            self.graph.connect(from, kind, to);
            return;
        }
        if dep.default_features() {
            self.graph.add_feature("default".into(), Some((from, kind)), to);
        }
        for feature in dep.features() {
            self.graph.add_feature(*feature, Some((from, kind)), to);
        }
    }

    fn add_cli_features(&mut self, node: NodeId, member: PackageId, cli: &CliFeatures) {
        let mut wanted: BTreeSet<FeatureValue> = cli.features.clone();
        if cli.all_features {
            let summary = self.input.resolve.summary(member);
            wanted
                .extend(summary.iter().flat_map(|s| s.features().keys()).map(|f| FeatureValue::Feature(*f)));
        }
        if cli.default_features {
            wanted.insert(FeatureValue::Feature("default".into()));
        }
        for value in wanted {
            match value {
                FeatureValue::Feature(name) | FeatureValue::Dep { dep_name: name } => self.mark(name, node),
                FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
                    for (target, optional) in self.named(node, dep_name) {
                        if optional && !weak {
                            self.mark(dep_name, node);
                        }
                        self.mark(dep_feature, target);
                    }
                }
            }
        }
    }

    fn mark(&mut self, feature: InternedString, of: NodeId) {
        let (_, node) = self.graph.add_feature(feature, None, of);
        self.graph.from_command_line.insert(node);
    }

    fn named(&self, node: NodeId, dep_name: InternedString) -> BTreeSet<(NodeId, bool)> {
        self.graph.names.get(&node).and_then(|names| names.get(&dep_name)).cloned().unwrap_or_default()
    }

    /// From each feature that is there already to those which it turns on.
    fn add_internal_features(&mut self) {
        for node in 0..self.graph.nodes.len() {
            if let Node::Feature { of, name } = self.graph.nodes[node].clone() {
                self.follow_feature(node, of, name);
            }
        }
    }

    fn follow_feature(&mut self, from: NodeId, of: NodeId, name: InternedString) {
        let Node::Package { id, .. } = self.graph.nodes[of] else { return };
        let summary =
            self.input.resolve.summary(id).or_else(|| self.input.packages.get(&id).map(Package::summary));
        let Some(values) = summary.and_then(|s| s.features().get(&name)).cloned() else { return };
        let edge = Some((from, EdgeKind::Feature));
        for value in values {
            match value {
                FeatureValue::Feature(other) => {
                    let (new, node) = self.graph.add_feature(other, edge, of);
                    if new {
                        self.follow_feature(node, of, other);
                    }
                }
                // The dependency itself is an edge of its own already.
                FeatureValue::Dep { .. } => {}
                FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
                    for (target, optional) in self.named(of, dep_name) {
                        if optional && !weak {
                            self.graph.add_feature(dep_name, edge, of);
                        }
                        let (new, node) = self.graph.add_feature(dep_feature, edge, target);
                        if new {
                            self.follow_feature(node, target, dep_feature);
                        }
                    }
                }
            }
        }
    }
}
