//! Whether the sources that a build uses are what was unpacked or checked out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dhow_build::CheckSources;
use dhow_fetch::{FetchError, Registries, Wanted};
use dhow_home::Depth;
use dhow_model::{Checksum, PackageId};
use dhow_plan::Plan;

use crate::parallel;
use crate::sources::Sources;

/// What was added in a place, by whomever, or what is wrong there.
type Looked = Result<Vec<PathBuf>, FetchError>;

/// The packages of a plan that nobody is supposed to change.
pub(crate) struct SourceChecks<'a> {
    registries: &'a Registries,
    /// Where the others come from, if these hold only some packages of registries.
    others: Option<(&'a Registries, BTreeSet<PackageId>)>,
    /// Whether they have a build script.
    packages: BTreeMap<PackageId, bool>,
    checksums: HashMap<PackageId, Checksum>,
    /// What came of working trees, looked at by stats or by content.
    checkouts: Mutex<HashMap<(PathBuf, bool), Looked>>,
    /// What was in packages of registries that their archives do not have, before anything of them ran.
    added: Mutex<HashMap<PackageId, Vec<PathBuf>>>,
}

impl<'a> SourceChecks<'a> {
    pub(crate) fn new(
        sources: &'a Sources<'_>,
        plan: &Plan,
        checksums: HashMap<PackageId, Checksum>,
    ) -> Self {
        let held = sources.asked_hub().and_then(|hub| hub.needed.borrow().clone());
        let units = plan.graph.units.iter().filter(|unit| !unit.is_local);
        Self {
            registries: sources.registries(),
            others: held.map(|held| (sources.home_registries(), held)),
            packages: units.map(|unit| (unit.package.id(), unit.package.has_custom_build())).collect(),
            checksums,
            checkouts: Mutex::default(),
            added: Mutex::default(),
        }
    }

    /// Reads every file of every package, on all processors.
    pub(crate) fn of_all(&self) -> Result<(), FetchError> {
        let packages: Vec<PackageId> = self.packages.keys().copied().collect();
        parallel::map(&packages, |id| self.look(*id, Depth::Content)).into_iter().collect()
    }

    fn look(&self, id: PackageId, depth: Depth) -> Result<(), FetchError> {
        if id.source().is_path() {
            return Ok(());
        }
        if let Some((root, commit)) = self.checkout(id)? {
            return self.look_at_checkout(&root, commit, depth);
        }
        let has_script = self.packages.get(&id).is_some_and(|has_script| *has_script);
        let added = self.registries_of(id).check_sources(self.wanted(id), has_script, depth)?;
        if !added.is_empty() {
            lock(&self.added).insert(id, added);
        }
        Ok(())
    }

    /// Many packages may be in one working tree, which is looked at once.
    fn look_at_checkout(&self, root: &Path, commit: &str, depth: Depth) -> Result<(), FetchError> {
        let mut checked = lock(&self.checkouts);
        let result = checked.entry((root.to_owned(), depth == Depth::Content));
        let result = result.or_insert_with(|| self.registries.check_checkout(root, commit, depth));
        result.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn note_script(&self, id: PackageId) -> Result<(), FetchError> {
        // The locks are held: scripts of one package, or of one repository, do not forget each other's work.
        if let Some((root, commit)) = self.checkout(id)? {
            let checked = lock(&self.checkouts);
            let added = checked.get(&(root.clone(), false)).and_then(|result| result.as_ref().ok());
            let added = added.map(Vec::as_slice).unwrap_or_default();
            return self.registries.note_script_in_checkout(&root, commit, added);
        }
        let added = lock(&self.added);
        let before = added.get(&id).map(Vec::as_slice).unwrap_or_default();
        self.registries_of(id).note_script(self.wanted(id), before)
    }

    /// For a repository, vendored packages may stand in; then there is no working tree.
    fn checkout(&self, id: PackageId) -> Result<Option<(PathBuf, &'static str)>, FetchError> {
        let source = id.source();
        let Some(commit) = source.precise().filter(|_| source.is_git()) else { return Ok(None) };
        let checkout = self.registries.checkout(source, &|_| {})?;
        Ok(checkout.map(|checkout| (checkout.root.clone(), commit)))
    }

    fn registries_of(&self, id: PackageId) -> &'a Registries {
        match &self.others {
            Some((others, held)) if id.source().is_registry() && !held.contains(&id) => others,
            _ => self.registries,
        }
    }

    fn wanted(&self, id: PackageId) -> Wanted {
        Wanted { id, checksum: self.checksums.get(&id).copied() }
    }
}

impl CheckSources for SourceChecks<'_> {
    fn check(&self, package: PackageId) -> Result<(), String> {
        self.look(package, Depth::Stat).map_err(|error| error.to_string())
    }

    fn script_ran(&self, package: PackageId) {
        // What is not noted is refused the next time, with what helps: not worth failing for.
        drop(self.note_script(package));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
