//! Git repositories as sources of packages: what is asked for is fetched if need be, and checked out.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

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
    known: Mutex<HashMap<SourceId, Checkout>>,
}

impl Repositories {
    /// In a home, by a git. Nothing is fetched yet.
    pub fn new(home: CargoHome, git: Arc<GitProgram>) -> Self {
        Self { fetcher: Fetcher { home, git }, known: Mutex::default() }
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
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&source) {
            return Ok(known.clone());
        }
        let found = self.find(source, events)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(found.source, found.clone());
        known.insert(source, found.clone());
        Ok(found)
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
