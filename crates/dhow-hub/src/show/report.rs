//! From packages and their graph to the report. Pure: what lies on disk comes in as numbers.

use std::collections::BTreeMap;

use dhow_model::{DepKind, PackageId, Platform, SourceId};
use dhow_workspace::Package;

use super::{HubReport, LayerReport, NeededBy, PackageReport};
use crate::entry::EntryPoints;
use crate::graph::{Edge, Graph, Need, On, needs};
use crate::layers::{Facts, Layer, Placement, place};

/// One package, with what was found of it on disk.
#[derive(Clone, Debug)]
pub struct Described {
    /// It.
    pub package: Package,
    /// Whether it is a member of the workspace.
    pub is_member: bool,
    /// Enabled features, by name.
    pub features: Vec<String>,
    /// Size of its archive.
    pub archive_bytes: Option<u64>,
    /// Size of its sources.
    pub source_bytes: Option<u64>,
    /// What a developer would use of it first.
    pub entry_points: EntryPoints,
}

/// What a report is made of.
pub struct ReportInput<'a> {
    /// The project.
    pub project: String,
    /// The machine that compiles.
    pub host: String,
    /// The platforms that the hub is for; none if it is for all.
    pub platforms: Vec<String>,
    /// Whether it also holds what only tests, examples and benchmarks need.
    pub dev_dependencies: bool,
    /// Members first, then the rest by name and version.
    pub packages: Vec<Described>,
    /// Who depends on whom, by positions in `packages`.
    pub graph: Graph,
    /// Whether a condition holds on the host, or on a platform of `platforms` (the host alone if there is none).
    pub holds: &'a dyn Fn(&Platform, On) -> bool,
    /// What the project itself says of where a package belongs.
    pub placed: &'a dyn Fn(PackageId) -> Option<Layer>,
    /// The name of a registry.
    pub source_name: &'a dyn Fn(SourceId) -> String,
}

/// Makes the report.
pub fn report(input: &ReportInput<'_>) -> HubReport {
    let wanted = if input.platforms.is_empty() {
        std::slice::from_ref(&input.host)
    } else {
        input.platforms.as_slice()
    };
    let needs = needs(&input.graph, wanted.len(), input.holds);
    let needed_by = needed_by(&input.graph.edges);
    let described = input.packages.iter().zip(&needs).enumerate();
    let packages: Vec<PackageReport> = described
        .map(|(position, (described, need))| PackageReport {
            needed_on: need.on.iter().filter_map(|on| wanted.get(*on).cloned()).collect(),
            needed_by: needed_by.get(&position).cloned().unwrap_or_default(),
            ..package(input, described, need)
        })
        .collect();
    HubReport {
        version: 1,
        project: input.project.clone(),
        host: input.host.clone(),
        platforms: input.platforms.clone(),
        dev_dependencies: input.dev_dependencies,
        layers: Layer::ALL.into_iter().map(|of| layer(of, &packages)).collect(),
        archive_bytes: packages.iter().filter_map(|p| p.archive_bytes).sum(),
        source_bytes: packages.iter().filter_map(|p| p.source_bytes).sum(),
        packages,
    }
}

fn package(input: &ReportInput<'_>, described: &Described, need: &Need) -> PackageReport {
    let package = &described.package;
    let (id, source, metadata) = (package.id(), package.id().source(), package.metadata());
    let placement = (!source.is_path()).then(|| placement(input, package, need));
    let (kind, source_name) = match described.is_member {
        true => ("member", String::new()),
        false if source.is_path() => ("path", String::new()),
        false if source.is_git() => ("git", source.url().to_string()),
        false => ("registry", (input.source_name)(source)),
    };
    let text = |text: &Option<String>| text.as_deref().map(one_line).filter(|text| !text.is_empty());
    PackageReport {
        id: id.to_spec().to_string(),
        name: id.name().to_string(),
        version: id.version().to_string(),
        source: kind.to_owned(),
        source_name,
        layer: placement.as_ref().map(|placement| placement.layer.key().to_owned()).unwrap_or_default(),
        layer_reason: placement.map(|placement| placement.reason).unwrap_or_default(),
        description: text(&metadata.description),
        license: text(&metadata.license).or_else(|| text(&metadata.license_file)),
        archive_bytes: described.archive_bytes,
        source_bytes: described.source_bytes,
        proc_macro: package.is_proc_macro(),
        build_script: package.has_custom_build(),
        links: metadata.links.map(|links| links.to_string()),
        features: described.features.clone(),
        conditions: need.conditions.clone(),
        dev_only: need.dev_only,
        compile_time_only: need.compile_time_only,
        entry_points: described.entry_points.first.clone(),
        entry_points_total: described.entry_points.total,
        documentation: text(&metadata.documentation).or_else(|| {
            source.is_crates_io().then(|| format!("https://docs.rs/{}/{}", id.name(), id.version()))
        }),
        repository: text(&metadata.repository),
        ..PackageReport::default()
    }
}

fn placement(input: &ReportInput<'_>, package: &Package, need: &Need) -> Placement {
    if let Some(layer) = (input.placed)(package.id()) {
        return Placement { layer, reason: "placed by `[dhow.layers]`".to_owned() };
    }
    place(&Facts::of(package, need))
}

fn layer(layer: Layer, packages: &[PackageReport]) -> LayerReport {
    let is_in = |package: &PackageReport| package.layer == layer.key();
    let inside = || packages.iter().filter(|package| is_in(package));
    LayerReport {
        key: layer.key().to_owned(),
        title: layer.title().to_owned(),
        packages: (0..packages.len()).filter(|position| is_in(&packages[*position])).collect(),
        archive_bytes: inside().filter_map(|p| p.archive_bytes).sum(),
        source_bytes: inside().filter_map(|p| p.source_bytes).sum(),
    }
}

/// All edges by where they end, in the order of where they begin.
fn needed_by(edges: &[Edge]) -> BTreeMap<usize, Vec<NeededBy>> {
    let mut found: BTreeMap<usize, Vec<NeededBy>> = BTreeMap::new();
    for edge in edges {
        found.entry(edge.to).or_default().push(NeededBy {
            package: edge.from,
            kind: edge.kind.as_str().to_owned(),
            optional: edge.optional,
            default_features: edge.default_features,
            features: edge.features.clone(),
            condition: edge.condition.as_ref().map(ToString::to_string),
        });
    }
    let order = |kind: &str| {
        [DepKind::Normal, DepKind::Build, DepKind::Development].into_iter().position(|k| k.as_str() == kind)
    };
    for edges in found.values_mut() {
        edges.sort_by(|a, b| {
            let key = |edge: &NeededBy| (edge.package, order(&edge.kind));
            key(a).cmp(&key(b)).then_with(|| a.condition.cmp(&b.condition))
        });
    }
    found
}

/// Texts in manifests have breaks for the eyes of their authors.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
