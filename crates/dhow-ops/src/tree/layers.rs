//! `tree --layers`: the packages by what they are there for.

use std::collections::{BTreeMap, BTreeSet};

use dhow_hub::{Facts, Layer, Need, On, needs, place};
use dhow_model::{Dependency, InternedString, PackageId, Platform};
use dhow_resolve::Resolve;
use dhow_toolchain::CompileKind;
use dhow_workspace::Package;

use super::Edges;
use super::graph::{Graph, Node};
use super::pattern::Pattern;
use super::render::{Charset, Prefix, line_of};
use crate::hub::{Placements, graph_of};
use crate::tools::Tools;

/// What layers are made of.
pub(super) struct Layered<'a> {
    pub(super) resolve: &'a Resolve,
    pub(super) roots: &'a [PackageId],
    pub(super) packages: &'a BTreeMap<PackageId, Package>,
    pub(super) tools: &'a Tools,
    pub(super) all_platforms: bool,
    pub(super) placements: &'a Placements,
    /// `--edges`
    pub(super) edges: &'a Edges,
    /// `--format`
    pub(super) format: &'a Pattern,
    /// `--prefix`
    pub(super) prefix: Prefix,
    /// `--charset`
    pub(super) charset: Charset,
}

/// The layers as text; empty if there is nothing in any. What the tree shows is in its layer; what only other platforms
/// need is not in the tree, and is listed all the same.
pub(super) fn text(shown: &Layered<'_>, graph: &Graph) -> String {
    let needs = needs_of(shown);
    let mut layers: BTreeMap<Layer, BTreeSet<(PackageId, String)>> = BTreeMap::new();
    let mut insert = |id: PackageId, need: &Need, features: &[InternedString]| {
        if id.source().is_path() {
            return;
        }
        let package = shown.packages.get(&id);
        let layer = shown.placements.of(id).unwrap_or_else(|| layer(id, package, need));
        let line = line_of(shown.format, id, features, package);
        layers.entry(layer).or_default().insert((id, line));
    };
    for node in graph.packages() {
        if let Node::Package { id, features, .. } = graph.node(node) {
            let need = needs.get(id).cloned().unwrap_or_default();
            // It is in the tree, so it is needed, whatever else is known.
            insert(*id, &Need { on: vec![0], ..need }, features);
        }
    }
    for (id, need) in needs.iter().filter(|(_, need)| need.reached && need.on.is_empty()) {
        insert(*id, need, shown.resolve.features(*id));
    }
    written(&layers, shown)
}

/// What the resolution says of each package, by the kinds of dependencies that are shown.
fn needs_of(shown: &Layered<'_>) -> BTreeMap<PackageId, Need> {
    let resolve = shown.resolve;
    let ids: Vec<PackageId> = resolve.iter().collect();
    let is_proc_macro = |id| shown.packages.get(&id).is_some_and(Package::is_proc_macro);
    let edges = shown.edges;
    let follows =
        |dep: &Dependency| edges.kinds.contains(&dep.kind()) && (!edges.only_public || dep.is_public());
    let graph = graph_of(resolve, &ids, shown.roots, &is_proc_macro, &follows);
    let tools = shown.tools;
    let holds = |condition: &Platform, on| {
        shown.all_platforms
            || match on {
                On::Host => tools.holds(condition, CompileKind::Host),
                On::Wanted(kind) => tools.kinds.get(kind).is_some_and(|kind| tools.holds(condition, *kind)),
            }
    };
    let needs = needs(&graph, tools.kinds.len(), &holds);
    ids.into_iter().zip(needs).collect()
}

fn layer(id: PackageId, package: Option<&Package>, need: &Need) -> Layer {
    let facts = match package {
        Some(package) => Facts::of(package, need),
        // Not downloaded: nothing that is wanted needs it.
        None => Facts { name: id.name().as_str(), elsewhere_only: need.on.is_empty(), ..Facts::default() },
    };
    place(&facts).layer
}

fn written(layers: &BTreeMap<Layer, BTreeSet<(PackageId, String)>>, shown: &Layered<'_>) -> String {
    let (tee, ell) = match shown.charset {
        Charset::Utf8 => ("├── ", "└── "),
        Charset::Ascii => ("|-- ", "`-- "),
    };
    let mut text = String::new();
    for (layer, packages) in layers {
        if !text.is_empty() {
            text.push('\n');
        }
        let (title, count) = (layer.title(), packages.len());
        text.push_str(if shown.prefix == Prefix::Depth { "0" } else { "" });
        text.push_str(title);
        text.push('\n');
        for (position, (_, line)) in packages.iter().enumerate() {
            text.push_str(match shown.prefix {
                Prefix::None => "",
                Prefix::Depth => "1",
                Prefix::Indent if position + 1 < count => tee,
                Prefix::Indent => ell,
            });
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}
