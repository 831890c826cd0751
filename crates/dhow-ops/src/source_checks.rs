//! Whether the sources that a build uses are what was unpacked or checked out.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use dhow_fetch::{FetchError, Registries, Wanted};
use dhow_home::Depth;
use dhow_model::{Checksum, PackageId, SourceId};
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
        if source.is_registry() {
            let checksum = self.checksums.get(&id).copied();
            return self.registries.check_sources(Wanted { id, checksum }, depth);
        }
        match source.precise() {
            Some(commit) if source.is_git() => self.check_checkout(source, commit, depth),
            _ => Ok(()),
        }
    }

    /// Many packages may be in one working tree, which is looked at once.
    fn check_checkout(&self, source: SourceId, commit: &str, depth: Depth) -> Result<(), FetchError> {
        // Of those that a vendored directory stands for there is none.
        let Some(checkout) = self.registries.checkout(source, &|_| {})? else { return Ok(()) };
        let mut checked = self.checkouts.lock().unwrap_or_else(PoisonError::into_inner);
        let result = checked.entry((checkout.root.clone(), depth == Depth::Content));
        result.or_insert_with(|| self.registries.check_checkout(&checkout.root, commit, depth)).clone()
    }
}
