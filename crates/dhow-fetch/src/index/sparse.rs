//! A registry's index over HTTP, file by file ("sparse"). Specified in the Cargo book, "Index Protocols".
//!
//! Many files are on their way at a time; whoever needs one waits for that one. What arrives is kept in the cargo
//! home as Cargo keeps it, and asked for again only if it changed.

mod load;
mod state;

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use dhow_formats::registry_config::RegistryConfig;
use dhow_home::{CargoHome, DownloadGuard, RegistryHome};
use dhow_model::{Dependency, InternedString, SourceId};
use tokio::sync::OnceCell;
use url::Url;

use self::state::{Keep, Slot, State};
use super::file::IndexFile;
use super::speculate::Want;
use crate::auth::Credentials;
use crate::error::FetchError;
use crate::event::Event;
use crate::network::Network;

/// Whether an index file that is in the home needs to be asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// What is there will do: enough where a lock file says which releases to use.
    Cached,
    /// The server is asked whether it has changed, once per command.
    Revalidated,
}

/// The index file of a package, or `None` if the registry has no such package.
pub(crate) type Loaded = Result<Option<Arc<IndexFile>>, FetchError>;

/// A sparse index.
#[derive(Debug)]
pub struct SparseIndex {
    home: CargoHome,
    shared: Arc<Shared>,
}

/// What the tasks on the network's thread share with those who wait for them.
#[derive(Debug)]
struct Shared {
    /// The source that summaries are to name.
    source: SourceId,
    /// The source that answers.
    actual: SourceId,
    /// Its name in configuration.
    name: String,
    base: Url,
    credentials: Arc<Credentials>,
    registry: RegistryHome,
    network: Arc<Network>,
    config: OnceCell<Arc<RegistryConfig>>,
    state: Mutex<State>,
    changed: Condvar,
}

/// An index on some server, before it is opened.
#[derive(Debug)]
pub(crate) struct IndexOf {
    pub(crate) source: SourceId,
    pub(crate) actual: SourceId,
    pub(crate) name: Option<String>,
    pub(crate) credentials: Arc<Credentials>,
}

impl SparseIndex {
    pub(crate) fn open(of: IndexOf, home: &CargoHome, network: Arc<Network>) -> Result<Self, FetchError> {
        let url = of.actual.url().as_str();
        let text = url.strip_prefix("sparse+").unwrap_or(url);
        let base = Url::parse(text).ok().filter(|base| base.path().ends_with('/')).ok_or_else(|| {
            FetchError::BadSource(format!(
                "`{url}` is not the URL of a sparse index, which ends with a slash"
            ))
        })?;
        let shared = Shared {
            source: of.source,
            actual: of.actual,
            name: of.name.unwrap_or_else(|| text.to_owned()),
            base,
            credentials: of.credentials,
            registry: home.registry_of(of.actual),
            network,
            config: OnceCell::new(),
            state: Mutex::new(State::new()),
            changed: Condvar::new(),
        };
        Ok(Self { home: home.clone(), shared: Arc::new(shared) })
    }

    /// The source that answers.
    pub fn actual_source(&self) -> SourceId {
        self.shared.actual
    }

    /// Its name in configuration, or its URL.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// From now on files in the home are (not) good enough as they are.
    pub fn set_freshness(&self, freshness: Freshness) {
        self.shared.state().set_freshness(freshness);
    }

    /// Asks for the files of these packages, all at once.
    pub fn request(&self, names: impl IntoIterator<Item = InternedString>) {
        let mut state = self.shared.state();
        for name in names {
            self.shared.ask(&mut state, name);
        }
    }

    /// Asks for the files of these dependencies and, as they come, for those that they will probably lead to. Does
    /// nothing where files in the home will do: the guess goes for the newest versions, which are not those of a lock
    /// file.
    pub fn prefetch(&self, dependencies: &[Dependency]) {
        let mut state = self.shared.state();
        if state.freshness == Freshness::Cached || self.shared.network.is_offline() {
            return;
        }
        let ours = dependencies.iter().filter(|dep| dep.source() == self.shared.source);
        for dep in ours {
            self.shared.want(&mut state, Want::of(dep));
        }
    }

    /// The file of `name` if it is there; asked for if it was not yet.
    pub(crate) fn poll(&self, name: InternedString) -> Poll<Loaded> {
        let mut state = self.shared.state();
        self.shared.ask(&mut state, name);
        match state.slots.get(&name) {
            Some(Slot::Ready(loaded)) => Poll::Ready(loaded.clone()),
            _ => Poll::Pending,
        }
    }

    /// Waits until some file that was asked for has come, unless none is on its way. Keeps what came.
    pub fn wait(&self, events: &(dyn Fn(Event) + Sync)) {
        let mut state = self.shared.state();
        let before = state.done;
        loop {
            state = self.shared.deliver(state, events);
            if state.done != before || state.pending() == 0 {
                break;
            }
            state = self.shared.sleep(state);
        }
        if state.pending() == 0 {
            drop(state);
            self.keep();
        }
    }

    /// Tells what happened, without waiting.
    pub fn tell_news(&self, events: &(dyn Fn(Event) + Sync)) {
        drop(self.shared.deliver(self.shared.state(), events));
    }

    /// The files of all these packages, in their order.
    pub fn load_many(&self, names: &[InternedString], events: &(dyn Fn(Event) + Sync)) -> Vec<Loaded> {
        let mut state = self.shared.state();
        for &name in names {
            self.shared.ask(&mut state, name);
        }
        let all = |state: &State| names.iter().all(|name| matches!(state.slots[name], Slot::Ready(_)));
        loop {
            state = self.shared.deliver(state, events);
            if all(&state) {
                break;
            }
            state = self.shared.sleep(state);
        }
        let ready = |name| match &state.slots[name] {
            Slot::Ready(loaded) => loaded.clone(),
            Slot::Pending => Ok(None),
        };
        let loaded = names.iter().map(ready).collect();
        drop(state);
        self.keep();
        loaded
    }

    /// The registry's `config.json`, from the home if it is there and good enough.
    ///
    /// # Errors
    /// It cannot be had, or not be read.
    pub fn config(&self, events: &(dyn Fn(Event) + Sync)) -> Result<Arc<RegistryConfig>, FetchError> {
        if let Some(config) = self.shared.config.get() {
            return Ok(Arc::clone(config));
        }
        if let Some(config) = self.shared.cached_config() {
            return Ok(config);
        }
        if self.shared.network.is_offline() {
            return Err(FetchError::OfflineIndex {
                name: "config.json".to_owned(),
                registry: self.shared.actual,
            });
        }
        let mut state = self.shared.state();
        state.config = None;
        let shared = Arc::clone(&self.shared);
        self.shared.network.spawn(async move {
            let config = shared.config().await;
            shared.state().config = Some(config);
            shared.changed.notify_all();
        })?;
        loop {
            state = self.shared.deliver(state, events);
            if let Some(config) = state.config.take() {
                drop(state);
                self.keep();
                return config;
            }
            state = self.shared.sleep(state);
        }
    }

    /// Asks for the files of these packages that the home does not have: a home is only of use without the network
    /// if it has them, too.
    pub(crate) fn complete(&self, names: impl Iterator<Item = InternedString>) {
        for name in names {
            if matches!(dhow_fs::stat(&self.shared.registry.index_file(&name)), Ok(None)) {
                let mut state = self.shared.state();
                self.shared.ask(&mut state, name);
            }
        }
    }

    /// Waits until all that was asked for has come, and keeps it, even if the home is locked for a while.
    pub(crate) fn settle(&self, events: &(dyn Fn(Event) + Sync)) {
        let mut state = self.shared.state();
        while state.pending() > 0 {
            state = self.shared.sleep(self.shared.deliver(state, events));
        }
        drop(self.shared.deliver(state, events));
        self.keep_under(|| self.home.lock_downloads(&|_| {}).ok());
    }

    /// Writes what came into the home. Never waits for the lock: what cannot be kept now is kept next time, or asked
    /// for again.
    fn keep(&self) {
        self.keep_under(|| self.home.try_lock_downloads(&|_| {}).ok().flatten());
    }

    fn keep_under<'h>(&'h self, lock: impl FnOnce() -> Option<DownloadGuard<'h>>) {
        if self.shared.state().unkept.is_empty() {
            return;
        }
        let Some(guard) = lock() else { return };
        let unkept: HashMap<_, _> = std::mem::take(&mut self.shared.state().unkept);
        for (path, keep) in unkept {
            // A home that cannot be written to still serves.
            let kept = match keep {
                Keep::File(file) => guard.write_index_file(&path, file.cache_bytes()),
                Keep::Config(bytes) => guard.write_index_config(&self.shared.registry, &bytes),
                Keep::Nothing => dhow_fs::remove_file(&path),
            };
            drop(kept);
        }
    }
}

impl Drop for SparseIndex {
    fn drop(&mut self) {
        self.keep();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep<'s>(&'s self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what happened, with the lock open meanwhile.
    fn deliver<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        events: &(dyn Fn(Event) + Sync),
    ) -> MutexGuard<'s, State> {
        while !state.events.is_empty() {
            let happened = std::mem::take(&mut state.events);
            drop(state);
            happened.into_iter().for_each(events);
            state = self.state();
        }
        state
    }
}
