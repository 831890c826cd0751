//! From a workspace, a resolve and a request to the plan: the road through this crate.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use dhow_model::PackageId;
use dhow_toolchain::{CompileKind, CompileTarget};
use dhow_workspace::Package;

use crate::error::PlanError;
use crate::grow::Grower;
use crate::inputs::PlanInputs;
use crate::plan::Plan;
use crate::recipes::recipes;
use crate::request::Intent;
use crate::scope::Scope;
use crate::settings::PlatformSettings;
use crate::share::{Shared, share};
use crate::unit::{CompileMode, Unit, UnitGraph, UnitId, UnitLto};
use crate::{docs, lto};

/// Decides what has to exist for a request, and how each of it is made.
///
/// # Errors
/// The request names what is not there, or cannot be met.
pub fn plan(inputs: &PlanInputs<'_>) -> Result<Plan, PlanError> {
    let only_host = inputs.request.kinds.iter().all(|kind| kind.is_host());
    // Without `--target` the graph grows as if the host had been named, and what host and target turn out to have
    // in common is merged afterwards.
    let explicit_host = inputs
        .request
        .kinds
        .contains(&CompileKind::Host)
        .then(|| CompileKind::Target(CompileTarget::new(&inputs.toolchain.host, Path::new(""))));
    let mut grower = Grower::new(*inputs, explicit_host);
    let roots = grower.roots()?;
    roots.iter().try_for_each(|(root, usage)| grower.expand(*root, *usage))?;
    grower.connect_script_runs()?;
    grower.nodes.sort_edges();
    let roots: Vec<_> = roots.into_iter().map(|(root, _)| root).collect();
    if matches!(inputs.request.intent, Intent::Doc { deps: true }) {
        docs::remove_duplicates(&mut grower.nodes, &roots, only_host);
    }
    let shared = share(&grower.nodes, &roots, explicit_host);
    let mut graph = finish(inputs, shared)?;
    lto::decide(&mut graph);
    complete(inputs, graph)
}

/// Turns nodes into units.
fn finish(inputs: &PlanInputs<'_>, shared: Shared) -> Result<UnitGraph, PlanError> {
    let roots: HashSet<UnitId> = shared.roots.iter().copied().collect();
    let primary: HashSet<PackageId> =
        shared.roots.iter().map(|root| shared.nodes[root.index()].package).collect();
    let members: HashSet<PackageId> = inputs.workspace.members().iter().map(Package::id).collect();
    let mut flags: HashMap<CompileKind, [Arc<[String]>; 2]> = HashMap::new();
    let mut units = Vec::with_capacity(shared.nodes.len());
    for (index, node) in shared.nodes.into_iter().enumerate() {
        let package = inputs.packages.get(&node.package).ok_or(PlanError::PackageNotLoaded(node.package))?;
        let settings = inputs.settings.platforms.get(&node.kind);
        let [rustflags, rustdocflags] = flags.entry(node.kind).or_insert_with(|| {
            settings
                .map(|s| [s.rustflags.as_slice().into(), s.rustdocflags.as_slice().into()])
                .unwrap_or_default()
        });
        let overrides = settings.map(|s| &s.links_overrides);
        let links = package.metadata().links;
        let id = UnitId(u32::try_from(index).unwrap_or(u32::MAX));
        units.push(Unit {
            rustflags: Arc::clone(rustflags),
            rustdocflags: Arc::clone(rustdocflags),
            lto: UnitLto::default(),
            is_member: members.contains(&node.package),
            is_primary: primary.contains(&node.package),
            is_local: node.package.source().is_path(),
            is_root: roots.contains(&id),
            script_overridden: links
                .is_some_and(|links| overrides.is_some_and(|o| o.contains_key(links.as_str()))),
            package: package.clone(),
            target: node.target,
            profile: node.profile,
            kind: node.kind,
            mode: node.mode,
            features: node.features,
        });
    }
    Ok(UnitGraph { units, deps: shared.deps, roots: shared.roots })
}

/// Adds the recipes and what else follows from the graph.
fn complete(inputs: &PlanInputs<'_>, graph: UnitGraph) -> Result<Plan, PlanError> {
    if !inputs.request.extra_args.is_empty() && graph.roots.len() != 1 {
        return Err(PlanError::ExtraArgsAmbiguous { count: graph.roots.len() });
    }
    let scope = Scope {
        graph: &graph,
        workspace: inputs.workspace,
        toolchain: inputs.toolchain,
        platforms: inputs.platforms,
        settings: inputs.settings,
        request: inputs.request,
        no_settings: PlatformSettings::default(),
    };
    let recipes = recipes(&scope, &|id| inputs.resolve.checksum(id))?;
    let doctests = graph.ids().filter(|id| graph.unit(*id).mode == CompileMode::Doctest).collect();
    let overridden = |id: UnitId| {
        let unit = graph.unit(id);
        let is_run = unit.script_overridden && unit.mode == CompileMode::RunCustomBuild;
        let links = unit.package.metadata().links.filter(|_| is_run)?;
        let output = scope.platform_settings(unit.kind).links_overrides.get(links.as_str())?;
        Some((id, Arc::new(output.clone())))
    };
    let overridden_scripts = graph.ids().filter_map(overridden).collect();
    let sysroot_libdirs =
        inputs.platforms.iter().map(|(kind, info)| (*kind, info.sysroot_libdir.clone())).collect();
    Ok(Plan { recipes, doctests, overridden_scripts, sysroot_libdirs, graph })
}
