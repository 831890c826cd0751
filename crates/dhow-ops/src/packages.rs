//! The packages of a resolution, on disk and with their manifests read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dhow_fetch::{Registries, Wanted};
use dhow_model::PackageId;
use dhow_resolve::Resolve;
use dhow_workspace::{Loader, Package};

pub(crate) use crate::accessible::accessible;
use crate::error::Error;
use crate::event::Event;
use crate::session::Session;
use crate::sources::Sources;
use crate::{hub_fill, last_use};

/// Downloads what is missing, and reads the manifests of all of `ids`.
pub(crate) fn load(
    session: &Session<'_>,
    sources: &Sources<'_>,
    resolve: &Resolve,
    ids: &BTreeSet<PackageId>,
) -> Result<HashMap<PackageId, Package>, Error> {
    if ids.iter().any(|id| !id.source().is_path()) {
        sources.keep_in_place()?;
    }
    let (from_git, not_in_git) = git_packages(sources, ids)?;
    let from_registries: Vec<Wanted> =
        not_in_git.into_iter().map(|id| Wanted { id, checksum: resolve.checksum(id) }).collect();
    let (of_hub, of_home) = hub_fill::provide(session, sources, from_registries)?;
    let mut roots = download(session, sources, sources.home_registries(), &of_home)?;
    if let Some(hub) = sources.hub().filter(|_| !of_hub.is_empty()) {
        roots.extend(download(session, sources, &hub.registries, &of_hub)?);
    }
    let mut packages = read_manifests(sources.loader(), &roots)?;
    packages.extend(from_git);
    for id in ids.iter().filter(|id| id.source().is_path()) {
        if let Some(package) = sources.path_package(*id) {
            packages.insert(*id, package.clone());
        }
    }
    Ok(packages)
}

/// Downloads one package if it is missing, and reads its manifest.
pub(crate) fn load_one(
    session: &Session<'_>,
    sources: &Sources<'_>,
    wanted: Wanted,
) -> Result<Package, Error> {
    sources.keep_in_place()?;
    let roots = download(session, sources, sources.registries(), &[wanted])?;
    let root = roots.get(&wanted.id).map(PathBuf::as_path).unwrap_or(Path::new(""));
    Ok(sources.loader().package(&root.join("Cargo.toml"), wanted.id.source())?)
}

/// Where the sources of these packages are; downloads what is missing.
fn download(
    session: &Session<'_>,
    sources: &Sources<'_>,
    registries: &Registries,
    wanted: &[Wanted],
) -> Result<BTreeMap<PackageId, PathBuf>, Error> {
    let events = |event| session.tell(Event::Fetch(event));
    let ready = Mutex::new(BTreeMap::new());
    let on_ready = |id: PackageId, root: &Path| {
        ready.lock().unwrap_or_else(PoisonError::into_inner).insert(id, root.to_owned());
    };
    registries.download(wanted, &on_ready, &events)?;
    last_use::record(session, sources);
    Ok(ready.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Those of `ids` that are in git repositories, and the ids of those that registries have (or what stands in for a
/// repository).
fn git_packages(
    sources: &Sources<'_>,
    ids: &BTreeSet<PackageId>,
) -> Result<(HashMap<PackageId, Package>, Vec<PackageId>), Error> {
    let (mut found, mut others) = (HashMap::new(), Vec::new());
    for &id in ids.iter().filter(|id| !id.source().is_path()) {
        let packages = match id.source().is_git() {
            true => sources.git_packages(id.source())?,
            false => None,
        };
        let Some(packages) = packages else {
            others.push(id);
            continue;
        };
        let Some(package) = packages.iter().find(|package| package.id() == id) else {
            return Err(Error::NotInRepository { id });
        };
        found.insert(id, package.clone());
    }
    Ok((found, others))
}

/// Reads the manifests of unpacked packages, on all processors: there can be hundreds.
fn read_manifests(
    loader: &Loader<'_>,
    roots: &BTreeMap<PackageId, PathBuf>,
) -> Result<HashMap<PackageId, Package>, Error> {
    let all: Vec<_> = roots.iter().collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let share = all.len().div_ceil(workers).max(1);
    let read = |part: &[(&PackageId, &PathBuf)]| -> Result<Vec<(PackageId, Package)>, Error> {
        part.iter()
            .map(|(id, root)| {
                let package = loader.package(&root.join("Cargo.toml"), id.source())?;
                Ok((**id, package))
            })
            .collect()
    };
    let parts: Vec<Result<Vec<_>, Error>> = std::thread::scope(|scope| {
        let running: Vec<_> = all.chunks(share).map(|part| scope.spawn(|| read(part))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|p| std::panic::resume_unwind(p)))
            .collect()
    });
    let mut packages = HashMap::with_capacity(all.len());
    for part in parts {
        packages.extend(part?);
    }
    Ok(packages)
}
