//! Whether the sources that a build uses are what was unpacked or checked out.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dhow_fetch::{FetchError, Registries, Wanted};
use dhow_home::Depth;
use dhow_model::{Checksum, PackageId};
use dhow_plan::Plan;

use crate::parallel;

/// The packages of a plan that nobody is supposed to change.
pub(crate) struct SourceChecks<'a> {
    registries: &'a Registries,
    packages: BTreeSet<PackageId>,
    checksums: HashMap<PackageId, Checksum>,
    /// What came of working trees, looked at by stats or by content.
    checkouts: Mutex<HashMap<(PathBuf, bool), Result<(), FetchError>>>,
}

impl<'a> SourceChecks<'a> {
    pub(crate) fn new(
        registries: &'a Registries,
        plan: &Plan,
        checksums: HashMap<PackageId, Checksum>,
    ) -> Self {
        let units = plan.graph.units.iter().filter(|unit| !unit.is_local);
        Self {
            registries,
            packages: units.map(|unit| unit.package.id()).collect(),
            checksums,
            checkouts: Mutex::default(),
        }
    }

    /// Looks at the files of one package.
    pub(crate) fn of_package(&self, id: PackageId) -> Result<(), String> {
        self.check(id, Depth::Stat).map_err(|error| error.to_string())
    }

    /// Reads every file of every package, on all processors.
    pub(crate) fn of_all(&self) -> Result<(), FetchError> {
        let packages: Vec<PackageId> = self.packages.iter().copied().collect();
        parallel::map(&packages, |id| self.check(*id, Depth::Content)).into_iter().collect()
    }

    fn check(&self, id: PackageId, depth: Depth) -> Result<(), FetchError> {
        let source = id.source();
        if source.is_path() {
            return Ok(());
        }
        // For a repository, vendored packages may stand in; then there is no working tree.
        if let Some(commit) = source.precise().filter(|_| source.is_git())
            && let Some(checkout) = self.registries.checkout(source, &|_| {})?
        {
            return self.check_checkout(&checkout.root, commit, depth);
        }
        let checksum = self.checksums.get(&id).copied();
        self.registries.check_sources(Wanted { id, checksum }, depth)
    }

    /// Many packages may be in one working tree, which is looked at once.
    fn check_checkout(&self, root: &Path, commit: &str, depth: Depth) -> Result<(), FetchError> {
        let mut checked = self.checkouts.lock().unwrap_or_else(PoisonError::into_inner);
        let result = checked.entry((root.to_owned(), depth == Depth::Content));
        result.or_insert_with(|| self.registries.check_checkout(root, commit, depth)).clone()
    }
}
