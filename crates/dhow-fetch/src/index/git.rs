//! A registry's index in a git repository. Specified in the Cargo book, "Index Protocols".
//!
//! The repository is fetched as a whole, once per command and only if what is known of it will not do; files are read
//! from the commit that came. Those that were asked for are kept beside it as Cargo keeps them, each named by its blob.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use dhow_formats::index_entry::index_path;
use dhow_formats::registry_config::{self, RegistryConfig};
use dhow_home::{CargoHome, DownloadGuard, RegistryHome};
use dhow_model::{InternedString, SourceId};

use super::file::IndexFile;
use super::sparse::{Freshness, IndexOf, Loaded};
use crate::error::FetchError;
use crate::event::{Event, lock_event};
use crate::git::{GitDatabase, GitFetch, GitProgram, ObjectReader};

/// Where the commit that was fetched last is named; Cargo's place for it.
const HEAD: &str = "refs/remotes/origin/HEAD";
const REFSPEC: &str = "+HEAD:refs/remotes/origin/HEAD";

/// An index in a git repository.
#[derive(Debug)]
pub struct GitIndex {
    of: IndexOf,
    name: String,
    url: String,
    home: CargoHome,
    registry: RegistryHome,
    database: GitDatabase,
    offline: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    freshness: Freshness,
    /// How fetching went, once it was done.
    fetched: Option<Result<(), FetchError>>,
    /// Somebody waits for what only fetching can bring.
    wanted: bool,
    reader: Option<ObjectReader>,
    files: HashMap<InternedString, Loaded>,
    config: Option<Arc<RegistryConfig>>,
    unkept: HashMap<PathBuf, Option<Arc<IndexFile>>>,
}

impl GitIndex {
    pub(crate) fn open(of: IndexOf, home: &CargoHome, git: &Arc<GitProgram>, offline: bool) -> Self {
        let url = of.actual.url().to_string();
        let registry = home.registry_of(of.actual);
        let state = State {
            freshness: Freshness::Revalidated,
            fetched: None,
            wanted: false,
            reader: None,
            files: HashMap::new(),
            config: None,
            unkept: HashMap::new(),
        };
        Self {
            name: of.name.clone().unwrap_or_else(|| url.clone()),
            url,
            home: home.clone(),
            database: GitDatabase::new(Arc::clone(git), registry.index_repository()),
            registry,
            offline,
            state: Mutex::new(state),
            of,
        }
    }

    /// The source that answers.
    pub fn actual_source(&self) -> SourceId {
        self.of.actual
    }

    /// Its name in configuration, or its URL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From now on what is known of it is (not) good enough.
    pub fn set_freshness(&self, freshness: Freshness) {
        let mut state = self.state();
        if state.freshness == Freshness::Cached && state.fetched.is_none() {
            state.files.clear();
            state.config = None;
        }
        state.freshness = freshness;
    }

    /// The file of `name`, unless it takes fetching to know it.
    pub(crate) fn poll(&self, name: InternedString) -> Poll<Loaded> {
        self.look(&mut self.state(), name)
    }

    /// Fetches if somebody waits for it.
    pub fn wait(&self, events: &(dyn Fn(Event) + Sync)) {
        let mut state = self.state();
        if std::mem::take(&mut state.wanted) && state.fetched.is_none() {
            self.fetch(&mut state, events);
        }
        drop(state);
        self.keep(|| self.home.try_lock_downloads(&|_| {}).ok().flatten());
    }

    /// The files of all these packages, in their order.
    pub fn load_many(&self, names: &[InternedString], events: &(dyn Fn(Event) + Sync)) -> Vec<Loaded> {
        let load = |&name: &InternedString| loop {
            if let Poll::Ready(loaded) = self.poll(name) {
                return loaded;
            }
            self.wait(events);
        };
        names.iter().map(load).collect()
    }

    /// The registry's `config.json`.
    ///
    /// # Errors
    /// It cannot be had, or not be read.
    pub fn config(&self, events: &(dyn Fn(Event) + Sync)) -> Result<Arc<RegistryConfig>, FetchError> {
        let mut state = self.state();
        if let Some(config) = &state.config {
            return Ok(Arc::clone(config));
        }
        if self.must_fetch(&mut state)? {
            self.fetch(&mut state, events);
        }
        if let Some(Err(error)) = &state.fetched {
            return Err(error.clone());
        }
        let bad = |reason: String| FetchError::BadRegistryConfig {
            url: format!("{}#{}", self.url, registry_config::FILE_NAME),
            reason,
        };
        let Some((_, content)) = self.blob(&mut state, registry_config::FILE_NAME)? else {
            return Err(bad("the repository has no such file".to_owned()));
        };
        let config = RegistryConfig::parse(&content).map_err(|error| bad(error.to_string()))?;
        Ok(Arc::clone(state.config.insert(Arc::new(config))))
    }

    /// Keeps the files that were asked for, even if the home is locked for a while.
    pub(crate) fn settle(&self) {
        self.keep(|| self.home.lock_downloads(&|_| {}).ok());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, state: &mut State, name: InternedString) -> Poll<Loaded> {
        if let Some(loaded) = state.files.get(&name) {
            return Poll::Ready(loaded.clone());
        }
        let loaded = match self.find(state, name) {
            Ok(Poll::Pending) => {
                state.wanted = true;
                return Poll::Pending;
            }
            Ok(Poll::Ready(found)) => Ok(found),
            Err(error) => Err(error),
        };
        state.files.insert(name, loaded.clone());
        Poll::Ready(loaded)
    }

    fn find(
        &self,
        state: &mut State,
        name: InternedString,
    ) -> Result<Poll<Option<Arc<IndexFile>>>, FetchError> {
        if let Some(Err(error)) = &state.fetched {
            return Err(error.clone());
        }
        let cached = self.cached_file(name);
        if state.freshness == Freshness::Cached && state.fetched.is_none() && cached.is_some() {
            return Ok(Poll::Ready(cached.map(Arc::new)));
        }
        if self.must_fetch(state)? {
            return Ok(Poll::Pending);
        }
        if self.offline && !self.has_head(state)? {
            // Files without their repository: better than nothing.
            let missing = || FetchError::OfflineIndex { name: name.to_string(), registry: self.of.actual };
            return cached.map(Arc::new).map(Some).map(Poll::Ready).ok_or_else(missing);
        }
        let path = self.registry.index_file(&name);
        let Some((blob, content)) = self.blob(state, &index_path(&name))? else {
            if cached.is_some() {
                state.unkept.insert(path, None);
            }
            return Ok(Poll::Ready(None));
        };
        if let Some(file) = cached.filter(|file| file.revision() == blob) {
            return Ok(Poll::Ready(Some(Arc::new(file))));
        }
        let file = Arc::new(IndexFile::from_index(name, self.of.source, &blob, &content));
        state.unkept.insert(path, Some(Arc::clone(&file)));
        Ok(Poll::Ready(Some(file)))
    }

    fn must_fetch(&self, state: &mut State) -> Result<bool, FetchError> {
        if self.offline || state.fetched.is_some() {
            return Ok(false);
        }
        Ok(state.freshness == Freshness::Revalidated || !self.has_head(state)?)
    }

    fn fetch(&self, state: &mut State, events: &(dyn Fn(Event) + Sync)) {
        events(Event::Updating { registry: self.name.clone(), source: self.of.actual });
        // What reads does not see what comes.
        state.reader = None;
        state.files.clear();
        state.config = None;
        let refspecs = [REFSPEC.to_owned()];
        let what = GitFetch { url: &self.url, refspecs: &refspecs, tags: false, trusted: true };
        state.fetched = Some(self.fetch_locked(what, events));
    }

    fn fetch_locked(&self, what: GitFetch<'_>, events: &(dyn Fn(Event) + Sync)) -> Result<(), FetchError> {
        let path = self.home.root().join(".package-cache");
        let notice = |notice| events(lock_event(notice, "package cache", &path));
        self.home.lock_downloads(&notice)?.prepare_index(&self.registry)?;
        self.database.lock(&self.home, events)?.fetch(what, events)
    }

    fn has_head(&self, state: &mut State) -> Result<bool, FetchError> {
        if !self.database.exists() {
            return Ok(false);
        }
        Ok(self.reader(state)?.read(&format!("{HEAD}^{{tree}}"))?.is_some())
    }

    /// The hash and the content of a file of the index.
    fn blob(&self, state: &mut State, path: &str) -> Result<Option<(String, Vec<u8>)>, FetchError> {
        match self.reader(state)?.read(&format!("{HEAD}:{path}"))? {
            Some(object) if object.kind != "blob" => Err(FetchError::BadSource(format!(
                "the index `{}` has no file `{path}`: there is a {} of that name",
                self.url, object.kind
            ))),
            found => Ok(found.map(|object| (object.id, object.content))),
        }
    }

    fn reader<'s>(&self, state: &'s mut State) -> Result<&'s mut ObjectReader, FetchError> {
        match &mut state.reader {
            Some(reader) => Ok(reader),
            none => Ok(none.insert(self.database.reader()?)),
        }
    }

    fn cached_file(&self, name: InternedString) -> Option<IndexFile> {
        let bytes = dhow_fs::read_optional(&self.registry.index_file(&name)).ok()??;
        IndexFile::from_cache(name, self.of.source, bytes).ok()
    }

    /// Writes what was read into the home. What cannot be kept now is read from the repository again.
    fn keep<'h>(&'h self, lock: impl FnOnce() -> Option<DownloadGuard<'h>>) {
        if self.state().unkept.is_empty() {
            return;
        }
        let Some(guard) = lock() else { return };
        let unkept = std::mem::take(&mut self.state().unkept);
        for (path, file) in unkept {
            // A home that cannot be written to still serves.
            drop(match file {
                Some(file) => guard.write_index_file(&path, file.cache_bytes()),
                None => dhow_fs::remove_file(&path),
            });
        }
    }
}

impl Drop for GitIndex {
    fn drop(&mut self) {
        self.keep(|| self.home.try_lock_downloads(&|_| {}).ok().flatten());
    }
}
