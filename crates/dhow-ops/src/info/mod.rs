//! `info`: what a package says about itself. Which version: that of the workspace, else the newest that fits the
//! compiler.

mod describe;
mod find;
mod relative;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dhow_fetch::{Freshness, Registries, Wanted};
use dhow_home::CargoHome;
use dhow_model::{PackageId, PackageIdSpec, PartialVersion, SourceId, Summary, spec_matches};
use dhow_workspace::{LoadOptions, Loader, Package};

pub use self::describe::{DependencyLine, FeatureLine, FeatureStatus, PackageInfo};
use self::find::{InWorkspace, find};
use crate::error::Error;
use crate::event::Event;
use crate::network::{self, Replaced};
use crate::packages;
use crate::registry_choice::{self, RegistryChoice};
use crate::session::Session;
use crate::sources::Sources;
use crate::workspaces::{self, Care};

/// `info`
#[derive(Clone, Debug)]
pub struct InfoOptions {
    /// A package ID specification.
    pub spec: String,
    /// `--registry` or `--index`.
    pub registry: Option<RegistryChoice>,
}

/// What a package says about itself.
///
/// # Errors
/// There is no such package, or it cannot be had.
pub fn info(session: &Session<'_>, options: &InfoOptions) -> Result<PackageInfo, Error> {
    let session = &session.without_hub();
    let spec = PackageIdSpec::parse(&options.spec)
        .map_err(|error| Error::BadSpec { spec: options.spec.clone(), reason: error.to_string() })?;
    let asked = Asked { session, spec, given: options.registry.clone() };
    // Something is wrong with the workspace: that does not keep anybody from looking at a package.
    let within = workspaces::open(session, Care::Lenient, |workspace, sources| {
        let here = find(session, workspace, sources, &asked.spec);
        Ok(asked.describe(Some((&here, sources))))
    });
    match within {
        Ok(described) => described,
        Err(_) if session.lock.locked => Err(Error::LockedOutside),
        Err(_) => asked.describe(None),
    }
}

struct Asked<'a> {
    session: &'a Session<'a>,
    spec: PackageIdSpec,
    given: Option<RegistryChoice>,
}

impl Asked<'_> {
    fn describe(&self, within: Option<(&InWorkspace, &Sources<'_>)>) -> Result<PackageInfo, Error> {
        let own;
        let registries = match within {
            Some((_, sources)) => sources.registries(),
            None => {
                own = self.registries()?;
                &own
            }
        };
        let here = within.and_then(|(here, _)| here.id);
        let (source, id) = self.source(here)?;
        let suggest_tree = id.is_some() && within.is_some_and(|(here, _)| !here.is_member);
        let path_package = match (id, within) {
            (Some(id), Some((_, sources))) => sources.path_package(id).cloned(),
            _ => None,
        };
        registries.set_freshness(Freshness::Revalidated);
        let summaries = match &path_package {
            Some(package) => vec![package.summary().clone()],
            None if source.is_registry() => self.summaries(registries, source)?,
            None => Vec::new(),
        };
        let id = match id {
            Some(id) => id,
            None => self.best(&summaries, within, source)?,
        };
        let package = match (path_package, within) {
            (Some(package), _) => package,
            (None, Some((InWorkspace { resolve: Some(resolve), .. }, sources))) if resolve.contains(id) => {
                let mut loaded = packages::load(self.session, sources, resolve, &BTreeSet::from([id]))?;
                loaded.remove(&id).ok_or_else(|| self.not_found(source))?
            }
            _ => {
                let checksum = summaries.iter().find(|s| s.id() == id).and_then(Summary::checksum);
                self.load(registries, Wanted { id, checksum }, source)?
            }
        };
        let latest = summaries.iter().map(|summary| summary.id().version()).max();
        let cwd = self.session.cwd();
        let mut described = describe::describe(&package, latest, suggest_tree, cwd);
        if let (Some(RegistryChoice::Index(_)), Some(from)) = (&self.given, &mut described.from)
            && package.id().source() == source
            && !source.is_path()
        {
            // The user named it by its URL, so it is shown by that, even if configuration has a name for it.
            *from = format!("registry `{}`", source.url());
        }
        Ok(described)
    }

    fn registries(&self) -> Result<Registries, Error> {
        let home = CargoHome::new(self.session.config.home());
        let settings = network::settings(self.session, Replaced::ByConfiguration)?;
        Ok(Registries::new(home, settings, network::vendored_summary()))
    }

    /// Where to ask, and the package of the workspace if that is what is meant.
    fn source(&self, here: Option<PackageId>) -> Result<(SourceId, Option<PackageId>), Error> {
        let choice = match (&self.given, here) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(_)) => None,
            (None, None) => registry_choice::or_default(self.session, None)?,
        };
        let Some(choice) = choice else {
            let source = here.map_or_else(SourceId::crates_io, PackageId::source);
            registry_choice::refuse_replaced(self.session, source)?;
            return Ok((source, here));
        };
        let source = registry_choice::chosen(self.session, &choice)?;
        let Some(here) = here else { return Ok((source, None)) };
        let stands_for = |other: SourceId| {
            let found = registry_choice::replacement(self.session, other);
            found.map(|found| found.is_some_and(|found| found.source == source))
        };
        if source == here.source() || stands_for(here.source())? {
            return Ok((here.source(), Some(here)));
        }
        Ok((source, None))
    }

    /// All releases that are not yanked.
    fn summaries(&self, registries: &Registries, source: SourceId) -> Result<Vec<Summary>, Error> {
        let events = |event| self.session.tell(Event::Fetch(event));
        let registry = registries.registry(source)?;
        let loaded = registry.load_many(&[self.spec.name().into()], &events).pop().unwrap_or(Ok(Vec::new()));
        Ok(loaded?.into_iter().filter(|summary| !summary.is_yanked()).collect())
    }

    /// The newest release that says that it builds with our compiler, else the newest.
    fn best(
        &self,
        summaries: &[Summary],
        within: Option<(&InWorkspace, &Sources<'_>)>,
        source: SourceId,
    ) -> Result<PackageId, Error> {
        let rust_version = match within.and_then(|(here, _)| here.rust_version.clone()) {
            Some(version) => version,
            None => {
                let mut version = crate::tools::rustc_version(self.session)?;
                version.pre = semver::Prerelease::EMPTY;
                version.build = semver::BuildMetadata::EMPTY;
                PartialVersion::from(version)
            }
        };
        let builds = |summary: &Summary| {
            summary.rust_version().is_some_and(|needed| needed.is_compatible_with(&rust_version))
        };
        let matching = summaries.iter().filter(|summary| spec_matches(&self.spec, summary.id()));
        let best = matching.max_by_key(|summary| (builds(summary), summary.id().version()));
        best.map(Summary::id).ok_or_else(|| self.not_found(source))
    }

    fn load(&self, registries: &Registries, wanted: Wanted, source: SourceId) -> Result<Package, Error> {
        let events = |event| self.session.tell(Event::Fetch(event));
        let place: Mutex<Option<PathBuf>> = Mutex::new(None);
        let on_ready = |_: PackageId, root: &Path| {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(root.to_owned());
        };
        registries.download(&[wanted], &on_ready, &events)?;
        let root = place.into_inner().unwrap_or_else(PoisonError::into_inner);
        let root = root.ok_or_else(|| self.not_found(source))?;
        let lookup = |name: &str| self.session.registry(name);
        let home = Some(self.session.config.home());
        let options =
            LoadOptions { registries: &lookup, cargo_home: home, target_dir: None, build_dir: None };
        Ok(Loader::new(options).lenient().package(&root.join("Cargo.toml"), wanted.id.source())?)
    }

    fn not_found(&self, source: SourceId) -> Error {
        Error::NotInRegistry { spec: self.spec.to_string(), source_id: source }
    }
}
