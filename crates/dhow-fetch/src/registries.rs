//! All registries of a command: opened once each, with the settings and the network that they share.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use dhow_home::{CargoHome, RegistryHome, Used};
use dhow_model::{SourceId, SourceKind};

use crate::auth::Credentials;
use crate::error::FetchError;
use crate::event::Event;
use crate::git::{Checkout, GitProgram, Repositories};
use crate::index::{
    DirectorySource, Freshness, GitIndex, LocalRegistry, Registry, SparseIndex, SummaryReader,
};
use crate::index::{IndexOf, Kind};
use crate::network::Network;
use crate::settings::Settings;
use crate::sources::Answerer;

/// The entrance to everything that is fetched.
#[derive(Debug)]
pub struct Registries {
    pub(crate) home: CargoHome,
    pub(crate) settings: Settings,
    pub(crate) network: Arc<Network>,
    git: Arc<GitProgram>,
    repositories: Repositories,
    /// One thread at a time puts packages into their place.
    pub(crate) placing: Mutex<()>,
    reader: SummaryReader,
    opened: Mutex<Opened>,
    used: Mutex<Used>,
    /// By the source that answers: two sources may be answered by one registry.
    credentials: Mutex<HashMap<SourceId, Arc<Credentials>>>,
}

#[derive(Debug)]
struct Opened {
    freshness: Freshness,
    /// Asked for news, whatever holds for the others.
    revalidated: HashSet<SourceId>,
    registries: HashMap<SourceId, Arc<Registry>>,
}

impl Registries {
    /// With a home and settings. `reader` reads the manifests of vendored packages. Nothing is opened yet.
    pub fn new(home: CargoHome, settings: Settings, reader: SummaryReader) -> Self {
        let network = Arc::new(Network::new(settings.http.clone(), settings.net.clone()));
        let git = GitProgram::new(settings.git.clone(), settings.http.clone(), settings.net.clone());
        let git = Arc::new(git);
        let opened = Opened {
            freshness: Freshness::Revalidated,
            revalidated: HashSet::new(),
            registries: HashMap::new(),
        };
        let repositories = Repositories::new(home.clone(), Arc::clone(&git));
        Self {
            home,
            settings,
            network,
            git,
            repositories,
            placing: Mutex::default(),
            reader,
            opened: Mutex::new(opened),
            credentials: Mutex::default(),
            used: Mutex::default(),
        }
    }

    /// The home that is filled.
    pub fn home(&self) -> &CargoHome {
        &self.home
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How git is run.
    pub fn git(&self) -> &Arc<GitProgram> {
        &self.git
    }

    /// Whether index files in the home are good enough, for all registries, also those opened later.
    pub fn set_freshness(&self, freshness: Freshness) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.freshness = freshness;
        opened.revalidated.clear();
        for registry in opened.registries.values() {
            registry.set_freshness(freshness);
        }
    }

    /// Asks the registry of `source` for news, also where files in the home will do for others.
    pub fn revalidate(&self, source: SourceId) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.revalidated.insert(source);
        if let Some(registry) = opened.registries.get(&source) {
            registry.set_freshness(Freshness::Revalidated);
        }
    }

    /// The registry that answers for `source`.
    ///
    /// # Errors
    /// Configuration is wrong, or the source is of a kind that cannot be asked.
    pub fn registry(&self, source: SourceId) -> Result<Arc<Registry>, FetchError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registry) = opened.registries.get(&source) {
            return Ok(Arc::clone(registry));
        }
        let registry = Arc::new(self.open(source)?);
        let is_revalidated = opened.revalidated.contains(&source);
        registry.set_freshness(if is_revalidated { Freshness::Revalidated } else { opened.freshness });
        opened.registries.insert(source, Arc::clone(&registry));
        Ok(registry)
    }

    /// Where the home keeps what comes from a source; nothing if it keeps none of it: what is on this machine stays where
    /// it is.
    ///
    /// # Errors
    /// As [`Self::registry`].
    pub fn place_of(&self, source: SourceId) -> Result<Option<RegistryHome>, FetchError> {
        let registry = self.registry(source)?;
        Ok(registry.kind.is_remote().then(|| registry.home.clone()))
    }

    /// The working tree of a git source: see [`Repositories::checkout`]. Nothing if something else answers for it
    /// (vendored packages), by [`Self::registry`].
    ///
    /// # Errors
    /// It cannot be had. What stands in for a repository does so only for commits that a lock file names.
    pub fn checkout(
        &self,
        source: SourceId,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<Option<Checkout>, FetchError> {
        let actual = self.settings.sources.resolve(source)?.source;
        if actual != source && source.precise().is_none() {
            return Err(FetchError::GitNotLocked { source_id: source });
        }
        if !actual.is_git() {
            return Ok(None);
        }
        let found = self.repositories.checkout(actual, events)?;
        self.note_use(|used| used.working_tree(&found.root));
        Ok(Some(Checkout { source: source.with_precise(found.source.precise()), root: found.root }))
    }

    /// Lets a git source that is not pinned mean a revision: see [`Repositories::pin`].
    pub fn pin(&self, source: SourceId, revision: &str) {
        self.repositories.pin(source, revision);
    }

    /// Lets working trees that could not be had before be looked for again: the home was filled meanwhile.
    pub fn forget_failures(&self) {
        self.repositories.forget_failures();
    }

    /// Fetches and checks out git sources that will be asked for, several at once: see [`Repositories::prefetch`].
    pub fn prefetch_checkouts(&self, sources: &[SourceId], events: &(dyn Fn(Event) + Sync)) {
        let own = |source: &SourceId| {
            self.settings.sources.resolve(*source).is_ok_and(|answerer| answerer.source == *source)
        };
        let sources: Vec<_> = sources.iter().copied().filter(own).collect();
        self.repositories.prefetch(&sources, events);
    }

    /// The registries opened so far.
    pub fn opened(&self) -> Vec<Arc<Registry>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.registries.values().cloned().collect()
    }

    pub(crate) fn note_use(&self, note: impl FnOnce(&mut Used)) {
        note(&mut self.used.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was used of the home so far, or since the last time that this was asked.
    pub fn take_used(&self) -> Used {
        let mut used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        for registry in self.opened() {
            if registry.kind.is_remote() && !registry.is_told.swap(true, Ordering::Relaxed) {
                used.index(&registry.home);
            }
        }
        used
    }

    fn open(&self, source: SourceId) -> Result<Registry, FetchError> {
        let answerer = self.settings.sources.resolve(source)?;
        let actual = answerer.source;
        let credentials = self.credentials_of(&answerer);
        let of = IndexOf { source, actual, name: answerer.name, credentials: Arc::clone(&credentials) };
        let kind = match actual.kind() {
            SourceKind::SparseRegistry => {
                Kind::Sparse(SparseIndex::open(of, &self.home, Arc::clone(&self.network))?)
            }
            SourceKind::Registry => {
                let offline = self.settings.net.offline;
                Kind::Git(Box::new(GitIndex::open(of, &self.home, &self.git, offline)))
            }
            SourceKind::LocalRegistry => Kind::Local(LocalRegistry::open(source, actual)?),
            SourceKind::Directory => Kind::Directory(DirectorySource::open(source, actual, &self.reader)?),
            SourceKind::Git(_) | SourceKind::Path => {
                return Err(FetchError::Unsupported(actual, "it is not a registry"));
            }
        };
        Ok(Registry::new(source, kind, self.home.registry_of(actual), self.settings.net.offline, credentials))
    }

    fn credentials_of(&self, answerer: &Answerer) -> Arc<Credentials> {
        let mut known = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let shown = answerer.name.clone().unwrap_or_else(|| answerer.source.url().to_string());
            let children = self.settings.children.clone();
            Arc::new(Credentials::new(shown, answerer.credentials.clone(), children, self.home.clone()))
        };
        Arc::clone(known.entry(answerer.source).or_insert_with(new))
    }
}
