//! Git repositories as sources of packages: what is asked for is fetched if need be, and checked out.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dhow_home::CargoHome;
use dhow_model::{GitReference, SourceId};

use super::checkout::{Commit, work_tree};
use super::fetcher::Fetcher;
use super::program::GitProgram;
use super::reference::is_commit;
use crate::error::FetchError;
use crate::event::Event;

/// A working tree of a git source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The source, pinned to the commit.
    pub source: SourceId,
    /// Its directory.
    pub root: PathBuf,
}

/// All repositories of a command. Each source is fetched once.
#[derive(Debug)]
pub struct Repositories {
    fetcher: Fetcher,
    known: Mutex<HashMap<SourceId, Result<Checkout, FetchError>>>,
    /// What sources mean that are not pinned: `update --precise`.
    pinned: Mutex<HashMap<SourceId, String>>,
}

/// This many repositories are fetched at once.
const AT_ONCE: usize = 4;

impl Repositories {
    /// In a home, by a git. Nothing is fetched yet.
    pub fn new(home: CargoHome, git: Arc<GitProgram>) -> Self {
        Self { fetcher: Fetcher { home, git }, known: Mutex::default(), pinned: Mutex::default() }
    }

    /// The working tree of a git source. One that is pinned to a commit needs no network if the home has that commit;
    /// one that is not is asked for news, except offline, where what was fetched last will do.
    ///
    /// # Errors
    /// It cannot be fetched, has not what is asked for, or is refused because it would reach outside of its directory.
    pub fn checkout(
        &self,
        source: SourceId,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<Checkout, FetchError> {
        if let Some(known) = self.known().get(&source) {
            return known.clone();
        }
        let wish = self.pinned.lock().unwrap_or_else(PoisonError::into_inner).get(&source).cloned();
        let wanted = wish.as_deref().map_or(source, |revision| source.with_precise(Some(revision)));
        let found = self.find(wanted, events);
        let mut known = self.known();
        if let Ok(found) = &found {
            known.insert(found.source, Ok(found.clone()));
        }
        known.insert(source, found.clone());
        found
    }

    /// Lets a source that is not pinned mean a revision: a commit, or anything else that git understands.
    pub fn pin(&self, source: SourceId, revision: &str) {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner).insert(source, revision.to_owned());
        self.known().remove(&source);
    }

    /// Fetches and checks out what will be asked for, several repositories at once. What fails is told to who asks.
    pub fn prefetch(&self, sources: &[SourceId], events: &(dyn Fn(Event) + Sync)) {
        // Those of one repository one after the other: they would only wait for each other.
        let mut by_repository: BTreeMap<&str, Vec<SourceId>> = BTreeMap::new();
        for source in sources {
            by_repository.entry(source.canonical_url()).or_default().push(*source);
        }
        let queue = Mutex::new(by_repository.into_values());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(sources.len()) {
                scope.spawn(|| {
                    while let Some(sources) = next() {
                        sources.into_iter().for_each(|source| drop(self.checkout(source, events)));
                    }
                });
            }
        });
    }

    /// What could not be had before may be there by now.
    pub(crate) fn forget_failures(&self) {
        self.known().retain(|_, found| found.is_ok());
    }

    fn known(&self) -> MutexGuard<'_, HashMap<SourceId, Result<Checkout, FetchError>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, source: SourceId, events: &(dyn Fn(Event) + Sync)) -> Result<Checkout, FetchError> {
        let Some(reference) = source.git_reference() else {
            return Err(FetchError::Unsupported(source, "it is not a git repository"));
        };
        let place = self.fetcher.home.git_of(source);
        let database = self.fetcher.database(source);
        let url = source.url();
        let commit = match source.precise() {
            Some(commit) if is_commit(commit) => {
                if let Some(root) = place.find_checkout(commit)? {
                    return Ok(Checkout { source, root });
                }
                self.fetcher.locked(&database, url, (commit, reference), events)?;
                commit.to_owned()
            }
            // `update --precise` may name a commit by anything that git understands.
            Some(other) => {
                self.fetcher.newest(&database, url, &GitReference::Rev(other.to_owned()), events)?
            }
            None => self.fetcher.newest(&database, url, reference, events)?,
        };
        let root = match place.find_checkout(&commit)? {
            Some(root) => root,
            None => {
                let commit = Commit { url, database: &database, hash: &commit };
                work_tree(&self.fetcher, &place, commit, events)?
            }
        };
        Ok(Checkout { source: source.with_precise(Some(&commit)), root })
    }
}
