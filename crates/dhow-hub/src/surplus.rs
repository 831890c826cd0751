//! What is in a hub and need not be there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dhow_fetch::{Commits, FetchError, Registries};
use dhow_fs::FsError;
use dhow_home::{CargoHome, RegistryHome, package_dir};

use crate::contents::Contents;

/// What belongs into the directories of one registry.
#[derive(Default)]
struct Belonging {
    packages: BTreeSet<String>,
    index_files: BTreeSet<PathBuf>,
}

/// Files and directories of the hub, below `registry` and `git` and among what only Dhow knows, that `contents` and the
/// `commits` of its repositories do not call for. `registries` are the hub's own.
///
/// # Errors
/// Something cannot be looked at.
pub fn surplus(
    registries: &Registries,
    contents: &Contents,
    commits: &Commits,
) -> Result<Vec<PathBuf>, FetchError> {
    let home = registries.home();
    let mut belonging: BTreeMap<String, Belonging> = BTreeMap::new();
    for id in contents.listed.keys() {
        let Some(place) = registries.place_of(id.source())? else { continue };
        let here = belonging.entry(place.name().to_owned()).or_default();
        here.index_files.insert(place.index_file(&id.name()));
        if contents.unpacked.contains(id) {
            here.packages.insert(package_dir(*id));
        }
    }
    let mut found = Vec::new();
    for place in home.registries()? {
        match belonging.get(place.name()) {
            None => found.extend(home.all_of_registry(&place)),
            Some(belonging) => of_registry(&place, belonging, &mut found)?,
        }
    }
    of_git(registries, contents, commits, &mut found)?;
    found.extend(home.orphaned_notes()?);
    let mut there = Vec::new();
    for path in found {
        if dhow_fs::lstat(&path)?.is_some() {
            there.push(path);
        }
    }
    there.sort_unstable();
    there.dedup();
    Ok(there)
}

fn of_registry(place: &RegistryHome, belonging: &Belonging, found: &mut Vec<PathBuf>) -> Result<(), FsError> {
    for package in place.packages()?.difference(&belonging.packages) {
        found.extend([place.archive_of(package), place.sources_of(package)]);
    }
    found.extend(place.leftovers()?);
    let files = place.index_files()?;
    found.extend(files.into_iter().filter(|file| !belonging.index_files.contains(file)));
    Ok(())
}

fn of_git(
    registries: &Registries,
    contents: &Contents,
    commits: &Commits,
    found: &mut Vec<PathBuf>,
) -> Result<(), FetchError> {
    let home: &CargoHome = registries.home();
    let mut checkouts = BTreeSet::new();
    for source in &contents.repositories {
        let Some(commit) = source.precise() else { continue };
        checkouts.extend(home.git_of(*source).find_checkout(commit)?);
    }
    let (databases, trees) = home.git_parts()?;
    let needed = |path: &PathBuf| {
        path.file_name().is_some_and(|name| commits.contains_key(name.to_string_lossy().as_ref()))
    };
    found.extend(databases.into_iter().filter(|path| !needed(path)));
    found.extend(trees.into_iter().filter(|path| !checkouts.contains(path)));
    found.extend(home.empty_checkouts(&|name| checkouts.iter().any(|tree| tree.parent() == Some(name)))?);
    Ok(())
}
