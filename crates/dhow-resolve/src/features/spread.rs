//! How features spread from the roots of a build over the graph.

use std::rc::Rc;

use dhow_model::{DepKind, Dependency, FeatureValue, InternedString, PackageId};

use super::{CliFeatures, FeatureOptions, FeaturesFor, ResolveBehavior, ResolvedFeatures};
use crate::graph::Resolve;
use crate::names::{FastMap, Name, NameSet, default_name};

/// Decides features for a build of `roots`, each with the features that the command line gives it. `resolve` comes
/// from a search.
pub fn resolve_features(
    resolve: &Resolve,
    roots: &[(PackageId, CliFeatures)],
    options: FeatureOptions<'_>,
) -> ResolvedFeatures {
    let mut spread =
        Spread { resolve, options, numbers: FastMap::default(), nodes: Vec::new(), todo: Vec::new() };
    let split = options.behavior != ResolveBehavior::V1;
    for (id, cli) in roots {
        let values = requested(resolve, *id, cli);
        spread.package(*id, FeaturesFor::Target, &values);
        if split && (options.is_proc_macro)(*id) {
            spread.package(*id, FeaturesFor::HostDep, &values);
        }
    }
    while let Some((node, value)) = spread.todo.pop() {
        spread.value(node, value);
    }
    let mut resolved = ResolvedFeatures { unified: !split, ..ResolvedFeatures::default() };
    for node in spread.nodes {
        let mut names: Vec<_> = node.features.iter().collect();
        names.sort_unstable();
        resolved.features.insert((node.id, node.role), names);
        resolved.deps.insert((node.id, node.role), node.deps);
    }
    resolved
}

fn requested(resolve: &Resolve, id: PackageId, cli: &CliFeatures) -> Vec<FeatureValue> {
    let mut values: Vec<_> = cli.features.iter().copied().collect();
    if let Some(summary) = resolve.summary(id) {
        if cli.all_features {
            values.extend(summary.features().keys().copied().map(FeatureValue::Feature));
        } else if cli.default_features && summary.features().contains_key(&default_name()) {
            values.push(FeatureValue::Feature(default_name()));
        }
    }
    values
}

type NodeNo = usize;

/// A package in one role.
struct Node<'a> {
    id: PackageId,
    role: FeaturesFor,
    features: NameSet,
    /// Optional dependencies that are on.
    deps: NameSet,
    /// `dep?/feature` of dependencies that are not on yet.
    waiting: FastMap<Name, Vec<InternedString>>,
    /// Known once the package is reached.
    edges: Option<Rc<[Edge<'a>]>>,
}

struct Edge<'a> {
    to: PackageId,
    role: FeaturesFor,
    dep: &'a Dependency,
}

struct Spread<'a> {
    resolve: &'a Resolve,
    options: FeatureOptions<'a>,
    numbers: FastMap<(usize, bool), NodeNo>,
    nodes: Vec<Node<'a>>,
    todo: Vec<(NodeNo, FeatureValue)>,
}

impl<'a> Spread<'a> {
    fn node(&mut self, id: PackageId, role: FeaturesFor) -> NodeNo {
        let next = self.nodes.len();
        let number = *self.numbers.entry((id.address(), role == FeaturesFor::HostDep)).or_insert(next);
        if number == next {
            self.nodes.push(Node {
                id,
                role,
                features: NameSet::default(),
                deps: NameSet::default(),
                waiting: FastMap::default(),
                edges: None,
            });
        }
        number
    }

    /// A package is part of the build, with these features.
    fn package(&mut self, id: PackageId, role: FeaturesFor, values: &[FeatureValue]) {
        let node = self.node(id, role);
        self.todo.extend(values.iter().map(|value| (node, *value)));
        self.reach(node);
    }

    /// A package is part of the build; so are its dependencies that are not optional. Its edges.
    fn reach(&mut self, node: NodeNo) -> Rc<[Edge<'a>]> {
        if let Some(edges) = &self.nodes[node].edges {
            return Rc::clone(edges);
        }
        let first = self.edges(node);
        let mut reached = vec![(node, Rc::clone(&first))];
        while let Some((node, edges)) = reached.pop() {
            if self.nodes[node].edges.is_some() {
                continue;
            }
            self.nodes[node].edges = Some(Rc::clone(&edges));
            for edge in edges.iter().filter(|edge| !edge.dep.is_optional()) {
                let to = self.dependency(edge);
                if self.nodes[to].edges.is_none() {
                    reached.push((to, self.edges(to)));
                }
            }
        }
        first
    }

    /// Puts what a dependency wants of its package on the list.
    fn dependency(&mut self, edge: &Edge<'_>) -> NodeNo {
        let node = self.node(edge.to, edge.role);
        self.todo.extend(edge.dep.features().iter().map(|name| (node, FeatureValue::parse(name))));
        let default = default_name();
        let has_default = |summary: &dhow_model::Summary| summary.features().contains_key(&default);
        if edge.dep.default_features() && self.resolve.summary(edge.to).is_some_and(has_default) {
            self.todo.push((node, FeatureValue::Feature(default)));
        }
        node
    }

    /// Dependencies that count: of the platforms and kinds that are built.
    fn edges(&self, node: NodeNo) -> Rc<[Edge<'a>]> {
        let Node { id, role, .. } = self.nodes[node];
        let split = self.options.behavior != ResolveBehavior::V1;
        let counts = |dep: &Dependency| {
            let dep_role = if dep.kind() == DepKind::Build { FeaturesFor::HostDep } else { role };
            let platform_holds =
                |platform| self.options.all_platforms || (self.options.platform_holds)(platform, dep_role);
            !split
                || ((dep.kind() != DepKind::Development || self.options.dev_units)
                    && dep.platform().is_none_or(platform_holds))
        };
        let resolve: &'a Resolve = self.resolve;
        let mut edges = Vec::new();
        for (to, deps) in resolve.deps(id) {
            for dep in deps.iter().filter(|dep| counts(dep)) {
                let host = split
                    && (role == FeaturesFor::HostDep
                        || dep.kind() == DepKind::Build
                        || (self.options.is_proc_macro)(to));
                let role = if host { FeaturesFor::HostDep } else { FeaturesFor::Target };
                edges.push(Edge { to, role, dep });
            }
        }
        edges.into()
    }

    fn value(&mut self, node: NodeNo, value: FeatureValue) {
        match value {
            FeatureValue::Feature(name) => self.feature(node, name),
            FeatureValue::Dep { dep_name } => self.turn_on(node, dep_name),
            FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
                self.dep_feature(node, dep_name, dep_feature, weak);
            }
        }
    }

    fn feature(&mut self, node: NodeNo, name: InternedString) {
        if !self.nodes[node].features.insert(name) {
            return;
        }
        let summary = self.resolve.summary(self.nodes[node].id);
        if let Some(values) = summary.and_then(|summary| summary.features().get(&name)) {
            self.todo.extend(values.iter().map(|value| (node, *value)));
        }
    }

    /// Turns on the dependency `dep_name`.
    fn turn_on(&mut self, node: NodeNo, dep_name: InternedString) {
        if !self.nodes[node].deps.insert(dep_name) {
            return;
        }
        let waiting = self.nodes[node].waiting.remove(&Name(dep_name)).unwrap_or_default();
        for edge in self.reach(node).iter().filter(|edge| edge.dep.name_in_toml() == dep_name) {
            let to = self.dependency(edge);
            self.todo.extend(waiting.iter().map(|feature| (to, FeatureValue::parse(feature))));
            self.reach(to);
        }
    }

    fn dep_feature(
        &mut self,
        node: NodeNo,
        dep_name: InternedString,
        dep_feature: InternedString,
        weak: bool,
    ) {
        let edges = self.reach(node);
        let named = || edges.iter().filter(|edge| edge.dep.name_in_toml() == dep_name);
        if named().any(|edge| edge.dep.is_optional()) {
            if weak && !self.nodes[node].deps.contains(dep_name) {
                self.nodes[node].waiting.entry(Name(dep_name)).or_default().push(dep_feature);
            } else {
                self.turn_on(node, dep_name);
                // `name/feature` turns on the feature `name` as well, if there is one.
                let offers = |summary: &dhow_model::Summary| summary.features().contains_key(&dep_name);
                if !weak && self.resolve.summary(self.nodes[node].id).is_some_and(offers) {
                    self.todo.push((node, FeatureValue::Feature(dep_name)));
                }
            }
        }
        let on = self.nodes[node].deps.contains(dep_name);
        for edge in named().filter(|edge| on || !edge.dep.is_optional()) {
            let to = self.node(edge.to, edge.role);
            self.todo.push((to, FeatureValue::parse(&dep_feature)));
        }
    }
}
