//! One registry, whatever serves it: the enum that the rest of the house talks to.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use dhow_home::RegistryHome;
use dhow_model::{Checksum, Dependency, InternedString, PackageId, SourceId, Summary};
use semver::VersionReq;

use super::directory::DirectorySource;
use super::file::IndexFile;
use super::git::GitIndex;
use super::local::LocalRegistry;
use super::sparse::{Freshness, Loaded, SparseIndex};
use crate::auth::Credentials;
use crate::error::FetchError;
use crate::event::Event;

/// A registry. Summaries name the source that was asked for, whoever answers in its place.
#[derive(Debug)]
pub struct Registry {
    pub(crate) source: SourceId,
    pub(crate) kind: Kind,
    pub(crate) home: RegistryHome,
    pub(crate) offline: bool,
    /// That it was used has been told.
    pub(crate) is_told: AtomicBool,
    credentials: Arc<Credentials>,
    answers: Mutex<Answers>,
}

/// What was answered, so that the same question costs nothing.
type Answers = HashMap<(InternedString, VersionReq), Arc<[Summary]>>;

/// Who serves it.
#[derive(Debug)]
pub(crate) enum Kind {
    Sparse(SparseIndex),
    Git(Box<GitIndex>),
    Local(LocalRegistry),
    Directory(DirectorySource),
}

impl Kind {
    /// Whether archives are elsewhere, and are brought into the home.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self, Self::Sparse(_) | Self::Git(_))
    }
}

/// All releases of a package.
#[derive(Clone, Debug)]
pub enum Listing {
    /// As an index lists them; none if it does not know the package.
    Index(Option<Arc<IndexFile>>),
    /// As their manifests say.
    Summaries(Vec<Summary>),
}

impl Registry {
    pub(crate) fn new(
        source: SourceId,
        kind: Kind,
        home: RegistryHome,
        offline: bool,
        credentials: Arc<Credentials>,
    ) -> Self {
        Self {
            source,
            kind,
            home,
            offline,
            is_told: AtomicBool::new(false),
            credentials,
            answers: Mutex::default(),
        }
    }

    /// The token of the registry that answers.
    pub fn credentials(&self) -> &Arc<Credentials> {
        &self.credentials
    }

    /// The source that was asked for.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The source that answers.
    pub fn actual_source(&self) -> SourceId {
        match &self.kind {
            Kind::Sparse(index) => index.actual_source(),
            Kind::Git(index) => index.actual_source(),
            Kind::Local(local) => local.actual_source(),
            Kind::Directory(directory) => directory.actual_source(),
        }
    }

    /// Whether index files in the home are good enough. Says nothing to registries that are on this machine.
    pub fn set_freshness(&self, freshness: Freshness) {
        match &self.kind {
            Kind::Sparse(index) => index.set_freshness(freshness),
            Kind::Git(index) => index.set_freshness(freshness),
            Kind::Local(_) | Kind::Directory(_) => return,
        }
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Asks for all that is known of these packages, at once: those of a lock file, for instance.
    pub fn request(&self, names: impl IntoIterator<Item = InternedString>) {
        if let Kind::Sparse(index) = &self.kind {
            index.request(names);
        }
    }

    /// Asks for what a resolver that starts from these dependencies will probably ask for. Only where the server is
    /// asked for news: see [`Freshness`].
    pub fn prefetch(&self, dependencies: &[Dependency]) {
        if let Kind::Sparse(index) = &self.kind {
            index.prefetch(dependencies);
        }
    }

    /// The releases that `dep` accepts, yanked ones included. `Pending` means: asked for, see [`Self::wait`]. Offline,
    /// if some of them are downloaded, only those.
    ///
    /// # Errors
    /// The registry cannot be asked.
    pub fn query(&self, dep: &Dependency) -> Poll<Result<Arc<[Summary]>, FetchError>> {
        let key = (dep.package_name(), dep.req().clone());
        if let Some(answer) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Poll::Ready(Ok(Arc::clone(answer)));
        }
        let found: Vec<Summary> = match self.poll(dep) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Ready(Ok(found)) => found,
        };
        let answer: Arc<[Summary]> = self.usable(found).into();
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&answer));
        Poll::Ready(Ok(answer))
    }

    /// All releases of a package, for a resolver that chooses among them itself. `Pending` means: asked for, see
    /// [`Self::wait`].
    ///
    /// # Errors
    /// The registry cannot be asked.
    pub fn releases(&self, name: InternedString) -> Poll<Result<Listing, FetchError>> {
        match &self.kind {
            Kind::Sparse(index) => index.poll(name).map(|loaded| Ok(Listing::Index(loaded?))),
            Kind::Git(index) => index.poll(name).map(|loaded| Ok(Listing::Index(loaded?))),
            Kind::Local(local) => Poll::Ready(local.load(name).map(Listing::Index)),
            Kind::Directory(directory) => {
                Poll::Ready(Ok(Listing::Summaries(directory.summaries(name).cloned().collect())))
            }
        }
    }

    /// Whether a release could be had although the network is not to be used. Registries on this machine have all.
    pub fn is_at_hand(&self, id: PackageId) -> bool {
        !self.offline || !self.kind.is_remote() || self.home.has_archive(id).unwrap_or(false)
    }

    /// Waits until something that was asked for has come, unless nothing is on its way.
    pub fn wait(&self, events: &(dyn Fn(Event) + Sync)) {
        match &self.kind {
            Kind::Sparse(index) => index.wait(events),
            Kind::Git(index) => index.wait(events),
            Kind::Local(_) | Kind::Directory(_) => {}
        }
    }

    /// Tells what happened since the last call that could, without waiting: an answer may have come before anybody
    /// waited for it.
    pub fn tell_news(&self, events: &(dyn Fn(Event) + Sync)) {
        if let Kind::Sparse(index) = &self.kind {
            index.tell_news(events);
        }
    }

    /// All releases of each of these packages, in their order; none where the registry has no such package.
    ///
    /// # Errors
    /// The registry cannot be asked for one of them.
    pub fn load_many(
        &self,
        names: &[InternedString],
        events: &(dyn Fn(Event) + Sync),
    ) -> Vec<Result<Vec<Summary>, FetchError>> {
        let all = |loaded: Loaded| Ok(loaded?.map(|file| file.summaries().collect()).unwrap_or_default());
        match &self.kind {
            Kind::Sparse(index) => index.load_many(names, events).into_iter().map(all).collect(),
            Kind::Git(index) => index.load_many(names, events).into_iter().map(all).collect(),
            Kind::Local(local) => names.iter().map(|&name| all(local.load(name))).collect(),
            Kind::Directory(directory) => {
                names.iter().map(|&name| Ok(directory.summaries(name).cloned().collect())).collect()
            }
        }
    }

    /// The checksum of a package's archive, as the registry has it; for lock files that do not say.
    ///
    /// # Errors
    /// The registry cannot be asked.
    pub fn checksum(
        &self,
        id: PackageId,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<Option<Checksum>, FetchError> {
        let summaries = self.load_many(&[id.name()], events).pop().unwrap_or(Ok(Vec::new()))?;
        let found = summaries.iter().find(|summary| summary.id().version() == id.version());
        Ok(found.and_then(Summary::checksum))
    }

    fn poll(&self, dep: &Dependency) -> Poll<Result<Vec<Summary>, FetchError>> {
        let matching =
            |loaded: Loaded| Ok(loaded?.map(|file| file.matching(dep.req()).collect()).unwrap_or_default());
        match &self.kind {
            Kind::Sparse(index) => index.poll(dep.package_name()).map(matching),
            Kind::Git(index) => index.poll(dep.package_name()).map(matching),
            Kind::Local(local) => Poll::Ready(matching(local.load(dep.package_name()))),
            Kind::Directory(directory) => {
                let found = directory.summaries(dep.package_name());
                Poll::Ready(Ok(found.filter(|s| dep.matches_version(s.id().version())).cloned().collect()))
            }
        }
    }

    fn usable(&self, found: Vec<Summary>) -> Vec<Summary> {
        if !self.offline || !self.kind.is_remote() {
            return found;
        }
        let here = |summary: &Summary| self.home.has_archive(summary.id()).unwrap_or(false);
        let downloaded: Vec<_> = found.iter().filter(|summary| here(summary)).cloned().collect();
        if downloaded.is_empty() { found } else { downloaded }
    }
}
