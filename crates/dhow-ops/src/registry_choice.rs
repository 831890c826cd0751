//! The registry that a user means: `--registry`, `--index`, `registry.default`, or crates.io.

use std::sync::Arc;

use dhow_config::Replacement;
use dhow_fetch::{Registries, Registry};
use dhow_home::CargoHome;
use dhow_model::{SourceId, SourceKind};

use crate::error::Error;
use crate::network::{self, Replaced};
use crate::session::Session;

/// `--registry` or `--index`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryChoice {
    /// A name in configuration.
    Name(String),
    /// The URL of an index.
    Index(String),
}

/// What the user said, or else what configuration says.
pub(crate) fn or_default(
    session: &Session<'_>,
    given: Option<RegistryChoice>,
) -> Result<Option<RegistryChoice>, Error> {
    match given {
        Some(given) => Ok(Some(given)),
        None => Ok(session.config.default_registry()?.map(|name| RegistryChoice::Name(name.value))),
    }
}

/// The source that a choice means.
pub(crate) fn chosen(session: &Session<'_>, choice: &RegistryChoice) -> Result<SourceId, Error> {
    match choice {
        RegistryChoice::Name(name) => Ok(session.config.registry_source(name)?),
        RegistryChoice::Index(url) => SourceId::for_registry(url)
            .map_err(|error| Error::BadIndex { url: url.clone(), reason: error.to_string() }),
    }
}

/// What configuration puts in the place of a source.
pub(crate) fn replacement(session: &Session<'_>, source: SourceId) -> Result<Option<Replacement>, Error> {
    Ok(session.config.replacement(&session.config.sources()?, source)?)
}

/// Who does not name a registry must not get another one than what is configured in its place.
pub(crate) fn refuse_replaced(session: &Session<'_>, source: SourceId) -> Result<(), Error> {
    let Some(other) = replacement(session, source)? else { return Ok(()) };
    let is_remote = matches!(other.source.kind(), SourceKind::Registry | SourceKind::SparseRegistry);
    Err(Error::Replaced { source_id: source, name: other.name, is_remote })
}

/// The registry itself, for what is not about its packages: nothing is put in its place.
pub(crate) fn open(
    session: &Session<'_>,
    given: Option<RegistryChoice>,
) -> Result<(Registries, Arc<Registry>), Error> {
    let source = match or_default(session, given)? {
        Some(choice) => chosen(session, &choice)?,
        None => {
            refuse_replaced(session, SourceId::crates_io())?;
            SourceId::crates_io()
        }
    };
    let home = CargoHome::new(session.config.home());
    let settings = network::settings(session, Replaced::Never)?;
    let registries = Registries::new(home, settings, network::vendored_summary());
    // What the home knows of a registry's addresses will do, as it does for Cargo.
    registries.set_freshness(dhow_fetch::Freshness::Cached);
    let registry = registries.registry(source)?;
    Ok((registries, registry))
}
