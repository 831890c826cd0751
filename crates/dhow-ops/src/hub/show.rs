//! `dhow hub show`: what is in the project's hub, and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use dhow_fs::{FileKind, FsError};
use dhow_home::RegistryHome;
use dhow_hub::{
    Described, EntryPoints, HubError, HubReport, On, ReportInput, entry_points, markdown, page, report,
};
use dhow_model::{CRATES_IO_REGISTRY, Cfg, DepKind, Dependency, PackageId, Platform, SourceId};
use dhow_resolve::Resolve;
use dhow_toolchain::CompileKind;
use dhow_workspace::{Package, Workspace};

use super::graph::graph_of;
use super::placements::Placements;
use super::work::in_hub;
use crate::accessible::accessible;
use crate::error::Error;
use crate::resolution::{self, LockOptions};
use crate::session::{HubUse, LockMode, Session};
use crate::tools::Tools;
use crate::{packages, parallel};

/// What is in the hub. Nothing comes over the network, and nothing is changed.
///
/// # Errors
/// There is no hub, or something that the lock file names is not in it.
pub fn hub_show(session: &Session<'_>) -> Result<HubReport, Error> {
    let lock = LockMode { locked: true, offline: true };
    let session = &Session { lock, hub: HubUse::Found, ..*session };
    in_hub(session, |workspace, sources, hub| {
        let settings = hub.settings()?.ok_or_else(|| HubError::None { root: workspace.root().to_owned() })?;
        let platforms = settings.targets.clone().unwrap_or_default();
        let tools = Tools::find(session, &platforms)?;
        let resolve = resolution::resolve(session, workspace, sources, LockOptions::default())?;
        let roots: Vec<PackageId> = workspace.members().iter().map(Package::id).collect();
        let may_need = |dep: &Dependency| settings.targets.is_none() || tools.may_need(dep);
        let ids = accessible(&resolve, &roots, settings.dev_dependencies, &may_need);
        let packages = packages::load(session, sources, &resolve, &ids)?;
        let placements = Placements::read(session)?;
        placements.warn_of_unused(session, &resolve.iter().collect::<Vec<_>>());
        let order = in_order(&ids, workspace);
        let describing = Describing {
            registries: hub.home().registries()?,
            workspace,
            resolve: &resolve,
            packages: &packages,
            needed_here: accessible(&resolve, &roots, settings.dev_dependencies, &|dep| tools.may_need(dep)),
            cfgs: tools
                .kinds
                .first()
                .and_then(|kind| tools.platforms.get(kind))
                .map(|info| info.cfgs.as_slice()),
        };
        let names = registry_names(session)?;
        let is_proc_macro = |id| packages.get(&id).is_some_and(Package::is_proc_macro);
        let follows = |dep: &Dependency| settings.dev_dependencies || dep.kind() != DepKind::Development;
        Ok(report(&ReportInput {
            project: name(workspace),
            host: tools.toolchain().host.to_string(),
            platforms,
            dev_dependencies: settings.dev_dependencies,
            graph: graph_of(&resolve, &order, &roots, &is_proc_macro, &follows),
            packages: describe(&describing, &order)?,
            holds: &|condition: &Platform, on| match on {
                On::Wanted(platform) if settings.targets.is_some() => {
                    tools.kinds.get(platform).is_some_and(|kind| tools.holds(condition, *kind))
                }
                On::Wanted(_) | On::Host => tools.holds(condition, CompileKind::Host),
            },
            placed: &|id| placements.of(id),
            source_name: &|source| names.get(&source).cloned().unwrap_or_else(|| source.url().to_string()),
        }))
    })
}

/// As a page of a wiki.
pub fn hub_show_as_markdown(report: &HubReport) -> String {
    markdown(report)
}

/// As a page for a browser.
///
/// # Errors
/// There is no memory left.
pub fn hub_show_as_html(report: &HubReport) -> Result<String, Error> {
    page(report).map_err(|error| Error::Json(error.to_string()))
}

/// The same, into a file.
///
/// # Errors
/// It cannot be written.
pub fn hub_write_page(report: &HubReport, file: &Path) -> Result<(), Error> {
    Ok(dhow_fs::write_atomic(file, hub_show_as_html(report)?.as_bytes())?)
}

/// As a document for programs.
///
/// # Errors
/// There is no memory left.
pub fn hub_show_as_json(report: &HubReport) -> Result<String, Error> {
    report.to_json().map_err(|error| Error::Json(error.to_string()))
}

/// The root package, else the directory.
fn name(workspace: &Workspace) -> String {
    let root = workspace.members().iter().find(|package| package.root() == workspace.root());
    let directory = || workspace.root().file_name().map(|name| name.to_string_lossy().into_owned());
    root.map(|package| package.name().to_string()).or_else(directory).unwrap_or_default()
}

/// Members first, then the rest by name and version.
fn in_order(ids: &BTreeSet<PackageId>, workspace: &Workspace) -> Vec<PackageId> {
    let mut order: Vec<PackageId> = ids.iter().copied().collect();
    order.sort_by_key(|id| (workspace.member(*id).is_none(), *id));
    order
}

/// What is needed to describe packages.
struct Describing<'a> {
    registries: Vec<RegistryHome>,
    workspace: &'a Workspace,
    resolve: &'a Resolve,
    packages: &'a HashMap<PackageId, Package>,
    /// What the wanted platforms need.
    needed_here: BTreeSet<PackageId>,
    /// What holds on the first of them.
    cfgs: Option<&'a [Cfg]>,
}

fn describe(with: &Describing<'_>, order: &[PackageId]) -> Result<Vec<Described>, Error> {
    let found: Vec<&Package> = order.iter().filter_map(|id| with.packages.get(id)).collect();
    let describe = |package: &&Package| -> Result<Described, Error> {
        let id = package.id();
        let features: Vec<String> = with.resolve.features(id).iter().map(ToString::to_string).collect();
        let is_own = id.source().is_path();
        Ok(Described {
            package: (*package).clone(),
            is_member: with.workspace.member(id).is_some(),
            entry_points: match is_own {
                true => EntryPoints::default(),
                false => {
                    entry_points(package, &features, with.cfgs.filter(|_| with.needed_here.contains(&id)))
                }
            },
            features,
            archive_bytes: archive_bytes(&with.registries, package)?,
            source_bytes: if is_own { None } else { Some(source_bytes(package.root())?) },
        })
    };
    parallel::map(&found, describe).into_iter().collect()
}

/// What configuration calls the registries.
fn registry_names(session: &Session<'_>) -> Result<BTreeMap<SourceId, String>, Error> {
    let mut names = BTreeMap::from([(SourceId::crates_io(), CRATES_IO_REGISTRY.to_owned())]);
    for name in session.config.registry_names()? {
        if let Ok(source) = session.config.registry_source(&name) {
            names.entry(source).or_insert(name);
        }
    }
    Ok(names)
}

/// The size of a package's archive, if its sources come from one that is here.
fn archive_bytes(registries: &[RegistryHome], package: &Package) -> Result<Option<u64>, FsError> {
    let id = package.id();
    match registries.iter().find(|registry| registry.sources(id) == package.root()) {
        Some(registry) => registry.archive_size(id),
        None => Ok(None),
    }
}

/// The bytes of all files below a package's directory, without what says that they are complete and what git keeps.
fn source_bytes(root: &Path) -> Result<u64, FsError> {
    let mut bytes = 0;
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in dhow_fs::list_dir(&dir)? {
            match entry.kind {
                FileKind::Dir if entry.file_name == ".git" => {}
                FileKind::Dir => open.push(entry.path),
                _ if entry.file_name == ".cargo-ok" => {}
                _ => bytes += dhow_fs::lstat(&entry.path)?.map_or(0, |stat| stat.size),
            }
        }
    }
    Ok(bytes)
}
