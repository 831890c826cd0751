//! All packages of a directory tree: a git repository says neither which it has nor where. The rules are Cargo's,
//! as observed: hidden directories, submodules and target directories are passed by, broken manifests too.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use dhow_fs::FileKind;
use dhow_model::{PackageId, SourceId};

use crate::discover::exists;
use crate::error::{Error, Location, Warning};
use crate::load::Loader;
use crate::package::Package;
use crate::problem::{FindProblem, PackageProblem, Problem};

const MANIFEST: &str = "Cargo.toml";

/// What a directory tree has.
#[derive(Debug)]
pub struct PackagesBelow {
    /// Its packages, by their ids.
    pub packages: Vec<Package>,
    /// Manifests that are no use, and why.
    pub broken: Vec<Warning>,
    /// Packages that are there more than once, with the manifests that do not count. Those that are not meant to be
    /// published are for nobody else, and are left out.
    pub duplicates: Vec<(PackageId, PathBuf)>,
}

impl Loader<'_> {
    /// Every package below `root` (absolute), all of them coming from `source`; of two with the same identity the
    /// first in order of paths.
    ///
    /// # Errors
    /// There is none: with the reason why the last manifest could not be read, if there was one.
    pub fn packages_below(&self, root: &Path, source: SourceId) -> Result<PackagesBelow, Error> {
        let mut walk = Walk {
            loader: self,
            source,
            seen: HashSet::new(),
            found: HashMap::new(),
            error: None,
            broken: Vec::new(),
            duplicates: Vec::new(),
        };
        walk.directory(root, true)?;
        if walk.found.is_empty() {
            let nothing =
                || Error::new(FindProblem::NoManifest { directory: root.to_owned(), misspelt: None });
            return Err(walk.error.unwrap_or_else(nothing));
        }
        let mut packages: Vec<_> = walk.found.into_values().collect();
        packages.sort_by_key(Package::id);
        Ok(PackagesBelow { packages, broken: walk.broken, duplicates: walk.duplicates })
    }
}

struct Walk<'l, 'a> {
    loader: &'l Loader<'a>,
    source: SourceId,
    seen: HashSet<PathBuf>,
    found: HashMap<PackageId, Package>,
    error: Option<Error>,
    broken: Vec<Warning>,
    duplicates: Vec<(PackageId, PathBuf)>,
}

impl Walk<'_, '_> {
    fn directory(&mut self, directory: &Path, is_root: bool) -> Result<(), Error> {
        let entries = dhow_fs::list_dir(directory).map_err(Error::new)?;
        let has = |name: &str| entries.iter().any(|entry| entry.file_name == name);
        if !is_root && has(".git") {
            return Ok(());
        }
        let is_package = has(MANIFEST);
        if is_package {
            self.package(directory)?;
        }
        for entry in entries.iter().filter(|entry| entry.kind == FileKind::Dir) {
            let name = entry.file_name.to_string_lossy();
            let passed_by = name.starts_with('.') || (is_package && name == "target");
            if !passed_by {
                self.directory(&entry.path, false)?;
            }
        }
        Ok(())
    }

    /// The package in `directory` and those that it depends on by path.
    fn package(&mut self, directory: &Path) -> Result<(), Error> {
        let path = directory.join(MANIFEST);
        if !self.seen.insert(directory.to_owned()) || !exists(&path).map_err(Error::new)? {
            return Ok(());
        }
        let package = match self.loader.package(&path, self.source) {
            Ok(package) => package,
            Err(error) => {
                // The root of a workspace is none, and need not be.
                if !matches!(error.problem(), Problem::Package(PackageProblem::NoPackage)) {
                    self.broken.push(passed_over(&error, &path));
                }
                self.error = Some(error);
                return Ok(());
            }
        };
        let nested = nested_directories(&package);
        match self.found.entry(package.id()) {
            Entry::Occupied(_) if package.metadata().publish.is_none() => {
                self.duplicates.push((package.id(), path))
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(place) => drop(place.insert(package)),
        }
        nested.iter().try_for_each(|directory| self.package(directory))
    }
}

fn passed_over(error: &Error, path: &Path) -> Warning {
    let nowhere = || Location { path: path.to_owned(), text: None, span: None };
    Warning {
        message: format!("a package of a repository is passed over: {}", error.problem()),
        location: error.location().cloned().unwrap_or_else(nowhere),
    }
}

/// The directories of path dependencies, which their own source no longer tells.
fn nested_directories(package: &Package) -> Vec<PathBuf> {
    let toml = &package.manifest().original;
    let platforms = toml.target.iter().flatten().map(|(_, tables)| tables);
    let tables =
        [toml.dependencies.as_ref(), toml.dev_dependencies(), toml.build_dependencies()].into_iter().chain(
            platforms.flat_map(|t| [t.dependencies.as_ref(), t.dev_dependencies(), t.build_dependencies()]),
        );
    let paths =
        tables.flatten().flatten().filter_map(|(_, dependency)| match dependency.normalized().ok()? {
            dhow_formats::manifest::TomlDependency::Detailed(detailed) => detailed.path.as_ref(),
            dhow_formats::manifest::TomlDependency::Simple(_) => None,
        });
    paths.map(|path| dhow_fs::absolute(package.root(), Path::new(path))).collect()
}
