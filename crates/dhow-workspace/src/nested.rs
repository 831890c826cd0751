//! All packages of a directory tree: a git repository says neither which it has nor where. The rules are Cargo's,
//! as observed: hidden directories, submodules and target directories are passed by, broken manifests too.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use dhow_fs::FileKind;
use dhow_model::{PackageId, SourceId};

use crate::discover::exists;
use crate::error::Error;
use crate::load::Loader;
use crate::package::Package;
use crate::problem::FindProblem;

const MANIFEST: &str = "Cargo.toml";

impl Loader<'_> {
    /// Every package below `root` (absolute), all of them coming from `source`; of two with the same identity the
    /// first in order of paths.
    ///
    /// # Errors
    /// There is none: with the reason why the last manifest could not be read, if there was one.
    pub fn packages_below(&self, root: &Path, source: SourceId) -> Result<Vec<Package>, Error> {
        let mut walk =
            Walk { loader: self, source, seen: HashSet::new(), found: HashMap::new(), error: None };
        walk.directory(root, true)?;
        if walk.found.is_empty() {
            let nothing =
                || Error::new(FindProblem::NoManifest { directory: root.to_owned(), misspelt: None });
            return Err(walk.error.unwrap_or_else(nothing));
        }
        let mut packages: Vec<_> = walk.found.into_values().collect();
        packages.sort_by_key(Package::id);
        Ok(packages)
    }
}

struct Walk<'l, 'a> {
    loader: &'l Loader<'a>,
    source: SourceId,
    seen: HashSet<PathBuf>,
    found: HashMap<PackageId, Package>,
    error: Option<Error>,
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
                self.error = Some(error);
                return Ok(());
            }
        };
        let nested = nested_directories(&package);
        self.found.entry(package.id()).or_insert(package);
        nested.iter().try_for_each(|directory| self.package(directory))
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
