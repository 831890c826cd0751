//! One package that is not ready, and where it is to come from.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use dhow_model::{Checksum, PackageId};
use url::Url;

use super::claim::Claim;
use crate::auth::Need;
use crate::error::FetchError;
use crate::event::Event;
use crate::index::{Kind, Registry};
use crate::network::Request;

/// Where the archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// On the registry's server.
    Network,
    /// In the home, from an earlier download.
    Cached,
    /// Somewhere on this machine where it stays.
    Given(PathBuf),
}

/// How a job ended, if it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The sources are in their place.
    Ready,
    /// Another process works on it.
    Busy,
    /// The archive in the home is not what it should be: it was removed, and has to be downloaded.
    Spoiled,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: PackageId,
    pub(super) checksum: Option<Checksum>,
    pub(super) registry: Arc<Registry>,
    pub(super) origin: Origin,
    pub(super) request: Option<Request>,
    /// Taken before the start; it goes to who starts, and ends with that one's work.
    pub(super) waited_for: Mutex<Option<Arc<Claim>>>,
}

impl Job {
    pub(super) fn is_download(&self) -> bool {
        self.origin == Origin::Network
    }

    /// The right to work on it; `None` if somebody else works on it.
    pub(super) fn claim(&self) -> Result<Option<Arc<Claim>>, FetchError> {
        let waited_for = self.waited_for.lock().unwrap_or_else(PoisonError::into_inner).take();
        match waited_for {
            Some(claim) => Ok(Some(claim)),
            None => Ok(Claim::try_take(&self.registry.home, self.id)?.map(Arc::new)),
        }
    }

    /// The same once more.
    pub(super) fn again(&self, from_network: bool) -> Self {
        Self {
            id: self.id,
            checksum: self.checksum,
            registry: Arc::clone(&self.registry),
            origin: if from_network { Origin::Network } else { self.origin.clone() },
            request: self.request.clone(),
            waited_for: Mutex::default(),
        }
    }

    /// Asks the registry for what is still unknown: the checksum, and the URL.
    pub(super) fn complete(&mut self, events: &(dyn Fn(Event) + Sync)) -> Result<(), FetchError> {
        if self.checksum.is_none() {
            self.checksum = self.registry.checksum(self.id, events)?;
        }
        if !self.is_download() || self.request.is_some() {
            return Ok(());
        }
        let config = match &self.registry.kind {
            Kind::Sparse(index) => index.config(events)?,
            Kind::Git(index) => index.config(events)?,
            Kind::Local(_) | Kind::Directory(_) => return Ok(()),
        };
        let checksum = self.checksum.map(|checksum| checksum.to_string()).unwrap_or_default();
        let text = config.download_url(&self.id.name(), &self.id.version().to_string(), &checksum);
        let url = Url::parse(&text).map_err(|error| FetchError::BadRegistryConfig {
            url: text,
            reason: format!("`dl` makes no URL: {error}"),
        })?;
        let mut request = Request::get(url);
        if config.auth_required {
            let need = Need { only_configured: true, ..Need::default() };
            request.token = Some(self.registry.credentials().get(need, events)?);
        }
        self.request = Some(request);
        Ok(())
    }
}
