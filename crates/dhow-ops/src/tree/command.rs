//! `tree` from beginning to end: the graph that is asked for, then its text.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dhow_model::{DepKind, Dependency, PackageId, PackageIdSpec, Platform, spec_matches};
use dhow_plan::PackageSelection;
use dhow_resolve::{CliFeatures, ResolvedFeatures};
use dhow_toolchain::CompileKind;
use dhow_workspace::{Package, Workspace};

use super::graph::{self, GraphInput, TreeKind};
use super::layers::{self, Layered};
use super::pattern::Pattern;
use super::render::{Charset, Depth, Prefix};
use super::{Edges, TreeView, text};
use crate::error::Error;
use crate::hub::Placements;
use crate::narrow::{Narrowed, Wanted, features, narrow, select};
use crate::options::FeatureFlags;
use crate::resolution::{self, LockOptions};
use crate::session::Session;
use crate::tools::Tools;
use crate::workspaces::Care;
use crate::{packages, workspaces};

/// What `tree` shows.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are the flags of the command")]
pub struct TreeOptions {
    pub edges: Edges,
    pub invert: Vec<String>,
    pub prune: Vec<String>,
    pub duplicates: bool,
    pub no_dedupe: bool,
    pub prefix: Prefix,
    pub charset: Charset,
    pub format: Pattern,
    pub depth: Depth,
    /// Packages by what they are there for, instead of a tree.
    pub layers: bool,
    pub packages: PackageSelection,
    pub features: FeatureFlags,
    /// `all`: every platform.
    pub targets: Vec<String>,
}

/// The tree as text.
///
/// # Errors
/// There is no solution, a package cannot be had, or a specification names none.
pub fn tree(session: &Session<'_>, options: &TreeOptions) -> Result<String, Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let all_platforms = options.targets.iter().any(|t| t == "all");
        let tools = Tools::find(session, if all_platforms { &[] } else { &options.targets })?;
        let whole = resolution::resolve(session, workspace, sources, LockOptions::default())?;
        let selected = select(session, workspace, &whole, &options.packages)?;
        let dev = options.edges.kinds.contains(&DepKind::Development);
        let wanted = Wanted { selected: selected.clone(), features: &options.features };
        let graph = narrow(session, workspace, sources, &whole, wanted)?;
        let may_need = |dep: &Dependency| all_platforms || tools.may_need(dep);
        let ids = packages::accessible(&graph.resolve, &graph.roots(), dev, &may_need);
        let packages = packages::load(session, sources, &graph.resolve, &ids)?;
        let holds_in = |p: &Platform, role| tools.holds_in(p, role);
        let features =
            features(workspace, &graph, &packages, dev, (!all_platforms).then_some(&holds_in as &_));
        let shown = Shown {
            workspace,
            graph: &graph,
            packages: &packages,
            features: &features,
            selected,
            tools: &tools,
            all_platforms,
        };
        show(session, &shown, options)
    })
}

struct Shown<'a> {
    workspace: &'a Workspace,
    graph: &'a Narrowed,
    packages: &'a HashMap<PackageId, Package>,
    features: &'a ResolvedFeatures,
    selected: Vec<PackageId>,
    tools: &'a Tools,
    all_platforms: bool,
}

fn show(session: &Session<'_>, shown: &Shown<'_>, options: &TreeOptions) -> Result<String, Error> {
    let packages: BTreeMap<PackageId, Package> =
        shown.packages.iter().map(|(k, v)| (*k, v.clone())).collect();
    let holds = |platform: &Platform, kind: TreeKind| {
        shown.all_platforms || shown.tools.holds(platform, compile_kind(kind, shown.tools))
    };
    let input = GraphInput {
        resolve: &shown.graph.resolve,
        features: shown.features,
        packages: &packages,
        holds: &holds,
        edges: &options.edges.kinds,
        with_features: options.edges.features,
        no_proc_macro: options.edges.no_proc_macro,
        only_public: options.edges.only_public,
    };
    // Who names a dependency wants to see it as the members reach it.
    let is_selected = |(id, _): &&(PackageId, CliFeatures)| shown.selected.contains(id);
    let mut members: Vec<_> = shown.graph.members.iter().filter(is_selected).cloned().collect();
    if members.is_empty() {
        members = shown.graph.members.clone();
    }
    let kinds: Vec<TreeKind> = shown.tools.kinds.iter().map(|kind| tree_kind(*kind)).collect();
    if options.layers {
        let layered = Layered {
            resolve: &shown.graph.resolve,
            roots: &shown.graph.roots(),
            packages: &packages,
            tools: shown.tools,
            all_platforms: shown.all_platforms,
            placements: &Placements::read(session)?,
            edges: &options.edges,
            format: &options.format,
            prefix: options.prefix,
            charset: options.charset,
        };
        return Ok(layers::text(&layered, &graph::build(input, &members, &kinds)));
    }
    let named = |specs: &[String]| -> Result<BTreeSet<PackageId>, Error> {
        specs.iter().map(|spec| Ok(shown.graph.resolve.query(spec)?)).collect()
    };
    let invert: Vec<String> = options.invert.iter().filter(|spec| !spec.is_empty()).cloned().collect();
    let roots = if invert.is_empty() { shown.selected.iter().copied().collect() } else { named(&invert)? };
    let pruned = specs(&options.prune)?;
    let view = TreeView {
        invert: !options.invert.is_empty(),
        duplicates: options.duplicates,
        roots: &roots,
        is_pruned: &|id| pruned.iter().any(|spec| spec_matches(spec, id)),
        is_member: &|id| shown.workspace.member(id).is_some(),
        format: &options.format,
        prefix: options.prefix,
        charset: options.charset,
        no_dedupe: options.no_dedupe,
        depth: options.depth,
    };
    Ok(text(input, &members, &kinds, &view))
}

fn specs(texts: &[String]) -> Result<Vec<PackageIdSpec>, Error> {
    let parse = |text: &String| {
        PackageIdSpec::parse(text)
            .map_err(|e| Error::BadPattern { pattern: text.clone(), reason: e.to_string() })
    };
    texts.iter().map(parse).collect()
}

fn tree_kind(kind: CompileKind) -> TreeKind {
    match kind {
        CompileKind::Host => TreeKind::Host,
        CompileKind::Target(target) => TreeKind::Target(target.rustc_arg()),
    }
}

fn compile_kind(kind: TreeKind, tools: &Tools) -> CompileKind {
    tools.kinds.iter().copied().find(|k| tree_kind(*k) == kind).unwrap_or(CompileKind::Host)
}
