//! Archives and sources: which are missing, which are too many.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dhow_fetch::{FetchError, Fsck, Needed, Part, Registries, Remedy};
use dhow_home::{RegistryHome, package_dir};
use dhow_model::{Checksum, PackageId};

use super::{HubPart, IndexPart, Survey};
use crate::contents::Contents;

/// What one registry has to have in a hub.
#[derive(Debug)]
struct Wanted {
    home: RegistryHome,
    listed: Vec<(PackageId, Option<Checksum>)>,
    /// By the names of their directories.
    unpacked: BTreeMap<String, Option<Checksum>>,
}

pub(super) fn survey(
    registries: &Registries,
    contents: &Contents,
    survey: &mut Survey,
) -> Result<(), FetchError> {
    let wanted = wanted(registries, contents)?;
    for registry in registries.home().registries()? {
        if !wanted.contains_key(registry.name()) {
            for path in [registry.index(), registry.cache(), registry.src()] {
                if dhow_fs::lstat(path)?.is_some() {
                    let what = "is of a registry that nothing in the lock file is from";
                    survey.found.add(path.to_owned(), what, Remedy::Remove);
                }
            }
        }
    }
    let unpacked = |wanted: &Wanted| Ok(!visible(wanted.home.src())?.is_empty());
    let has_sources =
        wanted.values().map(unpacked).collect::<Result<Vec<bool>, FetchError>>()?.contains(&true);
    for wanted in wanted.into_values() {
        let registry = &wanted.home;
        let archives: BTreeSet<PathBuf> =
            wanted.unpacked.keys().map(|package| registry.archive_of(package)).collect();
        let sources: BTreeSet<PathBuf> =
            wanted.unpacked.keys().map(|package| registry.sources_of(package)).collect();
        for (dir, known) in [(registry.cache(), &archives), (registry.src(), &sources)] {
            for path in visible(dir)? {
                if !known.contains(&path) {
                    survey.found.add(path, "is not needed by the lock file", Remedy::Remove);
                }
            }
        }
        for (package, checksum) in wanted.unpacked {
            let needed = Needed { checksum, sources: has_sources };
            let registry = registry.clone();
            survey.parts.push(HubPart::Home(Part::Package { registry, package, needed: Some(needed) }));
        }
        let repository = wanted.home.index_repository();
        if dhow_fs::stat(&repository.path().join("HEAD"))?.is_some() {
            let (path, commits) = (repository.path().to_owned(), Vec::new());
            survey.parts.push(HubPart::Home(Part::Repository { path, fsck: Fsck::Content, commits }));
        }
        survey.parts.push(HubPart::Index(IndexPart::new(wanted.home, wanted.listed)));
    }
    Ok(())
}

/// By the names of the registries' directories.
fn wanted(registries: &Registries, contents: &Contents) -> Result<BTreeMap<String, Wanted>, FetchError> {
    let mut all: BTreeMap<String, Wanted> = BTreeMap::new();
    for (id, checksum) in &contents.listed {
        // Directories of the project's own are none of the hub.
        let Some(registry) = registries.place_of(id.source())? else { continue };
        let wanted = all.entry(registry.name().to_owned()).or_insert_with(|| Wanted {
            home: registry,
            listed: Vec::new(),
            unpacked: BTreeMap::new(),
        });
        wanted.listed.push((*id, *checksum));
        if contents.unpacked.contains(id) {
            wanted.unpacked.insert(package_dir(*id), *checksum);
        }
    }
    Ok(all)
}

/// What is in a directory; what is being made there, or was, is looked for by others.
pub(super) fn visible(dir: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let entries = dhow_fs::list_dir_optional(dir)?.unwrap_or_default().into_iter();
    let hidden = |name: &str| name.starts_with(".dhow-") || name.starts_with(".tmp-");
    let visible = entries.filter(|entry| !hidden(&entry.file_name.to_string_lossy()));
    Ok(visible.map(|entry| entry.path).collect())
}
