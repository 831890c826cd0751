//! The document: packages, targets, dependencies and the graph as plain structs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use dhow_formats::metadata::{
    Metadata, MetadataDepKind, MetadataDependency, MetadataNode, MetadataNodeDep, MetadataPackage,
    MetadataResolve, MetadataTarget,
};
use dhow_model::{DepKind, Dependency, PackageId, Platform};
use dhow_resolve::Resolve;
use dhow_workspace::{Package, Target, Workspace};

use crate::error::Error;

/// The document of a workspace without its graph: `--no-deps`.
pub(crate) fn without_deps(workspace: &Workspace) -> Result<Metadata, Error> {
    let packages = workspace.members().iter().map(package).collect::<Result<_, _>>()?;
    document(workspace, packages, None)
}

/// The document with the graph. `is_active` says whether an edge counts on the platforms that were asked for.
pub(crate) fn with_deps(
    workspace: &Workspace,
    resolve: &Resolve,
    packages: &HashMap<PackageId, Package>,
    is_active: &dyn Fn(&Dependency) -> bool,
) -> Result<Metadata, Error> {
    let mut nodes = BTreeMap::new();
    let mut todo: Vec<PackageId> = workspace.members().iter().map(Package::id).collect();
    let mut seen: BTreeSet<PackageId> = todo.iter().copied().collect();
    while let Some(id) = todo.pop() {
        let deps = node_deps(id, resolve, packages, is_active)?;
        todo.extend(deps.iter().map(|(to, _)| *to).filter(|to| seen.insert(*to)));
        nodes.insert(id, node(id, resolve, deps));
    }
    let shown = nodes.keys().filter_map(|id| packages.get(id)).map(package).collect::<Result<_, _>>()?;
    let root = workspace.current().map(|p| p.id().to_spec().to_string());
    document(workspace, shown, Some(MetadataResolve { nodes: nodes.into_values().collect(), root }))
}

fn document(
    workspace: &Workspace,
    packages: Vec<MetadataPackage>,
    resolve: Option<MetadataResolve>,
) -> Result<Metadata, Error> {
    let spec = |p: &Package| p.id().to_spec().to_string();
    Ok(Metadata {
        packages,
        workspace_members: workspace.members().iter().map(spec).collect(),
        workspace_default_members: workspace.default_members().map(spec).collect(),
        resolve,
        target_directory: text(workspace.target_dir())?,
        build_directory: text(workspace.build_dir())?,
        version: 1,
        workspace_root: text(workspace.root())?,
        metadata: workspace.metadata().cloned(),
    })
}

fn node(id: PackageId, resolve: &Resolve, deps: Vec<(PackageId, MetadataNodeDep)>) -> MetadataNode {
    MetadataNode {
        id: id.to_spec().to_string(),
        dependencies: deps.iter().map(|(_, dep)| dep.pkg.clone()).collect(),
        deps: deps.into_iter().map(|(_, dep)| dep).collect(),
        features: resolve.features(id).iter().map(ToString::to_string).collect(),
    }
}

/// The edges of one package. Who depends on a package without a library has nothing of it, and no edge.
fn node_deps(
    id: PackageId,
    resolve: &Resolve,
    packages: &HashMap<PackageId, Package>,
    is_active: &dyn Fn(&Dependency) -> bool,
) -> Result<Vec<(PackageId, MetadataNodeDep)>, Error> {
    let mut found = Vec::new();
    for (to, declared) in resolve.deps(id) {
        if !declared.iter().any(is_active) {
            continue;
        }
        let Some(library) = packages.get(&to).and_then(Package::library) else { continue };
        let mut kinds: Vec<(DepKind, Option<&Platform>)> =
            declared.iter().map(|dep| (dep.kind(), dep.platform())).collect();
        kinds.sort();
        let dep = MetadataNodeDep {
            name: extern_name(id, to, declared, library)?,
            pkg: to.to_spec().to_string(),
            dep_kinds: kinds.into_iter().map(dep_kind).collect(),
        };
        found.push((to, dep));
    }
    Ok(found)
}

/// The name of a dependency's library in the source of who depends on it. There can be only one.
fn extern_name(
    from: PackageId,
    to: PackageId,
    declared: &[Dependency],
    library: &Target,
) -> Result<String, Error> {
    let mut names = declared.iter().map(|dep| match dep.rename() {
        Some(rename) => rename.replace('-', "_"),
        None => library.crate_name().to_string(),
    });
    let first = names.next().unwrap_or_else(|| library.crate_name().to_string());
    match names.find(|name| *name != first) {
        Some(second) => Err(Error::TwoNames { from, to, first, second }),
        None => Ok(first),
    }
}

fn dep_kind((kind, platform): (DepKind, Option<&Platform>)) -> MetadataDepKind {
    MetadataDepKind { kind: kind_word(kind), target: platform.map(ToString::to_string) }
}

fn kind_word(kind: DepKind) -> Option<&'static str> {
    (kind != DepKind::Normal).then(|| kind.as_str())
}

fn package(package: &Package) -> Result<MetadataPackage, Error> {
    let id = package.id();
    let metadata = package.metadata();
    let features = package.summary().features().iter();
    Ok(MetadataPackage {
        name: id.name().to_string(),
        version: id.version().to_string(),
        id: id.to_spec().to_string(),
        license: metadata.license.clone(),
        license_file: metadata.license_file.clone(),
        description: metadata.description.clone(),
        source: (!id.source().is_path()).then(|| id.source().lock_string_unencoded()),
        dependencies: package.dependencies().iter().map(dependency).collect::<Result<_, _>>()?,
        targets: package.targets().iter().map(|t| target(t)).collect::<Result<_, _>>()?,
        features: features
            .map(|(name, values)| (name.to_string(), values.iter().map(ToString::to_string).collect()))
            .collect(),
        manifest_path: text(package.manifest_path())?,
        metadata: package.manifest().custom_metadata.clone(),
        publish: metadata.publish.clone(),
        authors: metadata.authors.clone(),
        categories: metadata.categories.clone(),
        keywords: metadata.keywords.clone(),
        readme: metadata.readme.clone(),
        repository: metadata.repository.clone(),
        homepage: metadata.homepage.clone(),
        documentation: metadata.documentation.clone(),
        edition: package.edition().as_str(),
        links: metadata.links.map(|l| l.to_string()),
        default_run: metadata.default_run.map(|r| r.to_string()),
        rust_version: metadata.rust_version.as_ref().map(ToString::to_string),
        hints: metadata.hints.clone(),
    })
}

fn dependency(dep: &Dependency) -> Result<MetadataDependency, Error> {
    let source = dep.source();
    Ok(MetadataDependency {
        name: dep.package_name().to_string(),
        source: (!source.is_path()).then(|| source.lock_string_unencoded()),
        req: dep.req().to_string(),
        kind: kind_word(dep.kind()),
        rename: dep.rename().map(|r| r.to_string()),
        optional: dep.is_optional(),
        uses_default_features: dep.default_features(),
        features: dep.features().iter().map(ToString::to_string).collect(),
        target: dep.platform().map(ToString::to_string),
        path: source.local_path().map(|p| text(&p)).transpose()?,
        registry: dep.registry().map(|r| r.url().to_string()),
    })
}

fn target(target: &Target) -> Result<MetadataTarget, Error> {
    let required = &target.required_features;
    Ok(MetadataTarget {
        kind: target.kind.kind_strs().into_iter().map(str::to_owned).collect(),
        crate_types: target.crate_types().iter().map(|t| t.as_str().to_owned()).collect(),
        name: target.name.to_string(),
        src_path: text(&target.src_path)?,
        edition: target.edition.as_str(),
        required_features: (!required.is_empty()).then(|| required.iter().map(ToString::to_string).collect()),
        doc: target.documented,
        doctest: target.runs_doctests(),
        test: target.tested,
    })
}

fn text(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::PathNotUtf8 { path: path.to_owned() })
}
