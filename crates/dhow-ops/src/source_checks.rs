//! Whether the sources that a build uses are what was unpacked or checked out.

use std::collections::{BTreeSet, HashMap};

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
}

impl<'a> SourceChecks<'a> {
    pub(crate) fn new(
        registries: &'a Registries,
        plan: &Plan,
        checksums: HashMap<PackageId, Checksum>,
    ) -> Self {
        let units = plan.graph.units.iter().filter(|unit| !unit.is_local);
        Self { registries, packages: units.map(|unit| unit.package.id()).collect(), checksums }
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
        if id.source().is_path() {
            return Ok(());
        }
        self.registries.check_sources(Wanted { id, checksum: self.checksums.get(&id).copied() }, depth)
    }
}
