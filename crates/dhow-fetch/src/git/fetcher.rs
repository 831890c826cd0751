//! Brings commits into the home's databases: what a reference is today, or a commit that is known by its hash.

use std::sync::Arc;

use dhow_home::CargoHome;
use dhow_model::{GitReference, SourceId};
use url::Url;

use super::database::{GitDatabase, GitFetch, LockedDatabase};
use super::program::GitProgram;
use super::reference::{Refspecs, check, describe, is_commit, of_locked, of_reference, revision};
use crate::error::FetchError;
use crate::event::Event;

type Events<'e> = &'e (dyn Fn(Event) + Sync);

/// Where to fetch to, and with what.
#[derive(Debug)]
pub(super) struct Fetcher {
    pub(super) home: CargoHome,
    pub(super) git: Arc<GitProgram>,
}

/// Who named a repository, and as what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    User,
    Submodule { trusted: bool },
}

impl Fetcher {
    /// What is in the home of a source.
    pub(super) fn database(&self, source: SourceId) -> GitDatabase {
        GitDatabase::new(Arc::clone(&self.git), self.home.git_of(source).database().clone())
    }

    /// The commit that a reference is: today, or offline when it was fetched last.
    pub(super) fn newest(
        &self,
        database: &GitDatabase,
        url: &Url,
        reference: &GitReference,
        events: Events<'_>,
    ) -> Result<String, FetchError> {
        check(url.as_str(), reference)?;
        let revision = revision(reference);
        if self.git.net().offline {
            let found = database.resolve(&revision)?;
            return found.ok_or_else(|| FetchError::OfflineGit { url: url.to_string() });
        }
        let lock = database.lock(&self.home, events)?;
        events(Event::UpdatingGit { url: url.to_string(), is_submodule: false });
        if is_commit(&revision) {
            bring(&lock, url, (&revision, reference), NamedBy::User, events)?;
            return Ok(revision);
        }
        let missing = || FetchError::GitReference { url: url.to_string(), reason: describe(reference) };
        let what = of_reference(reference);
        match fetch(&lock, url, &what, NamedBy::User, events) {
            Err(FetchError::GitReference { .. }) => return Err(missing()),
            result => result?,
        }
        if let Some(commit) = database.resolve(&revision)? {
            return Ok(commit);
        }
        // What was there may be broken without git noticing.
        let anew = GitFetch { url: url.as_str(), refspecs: &what.specs, tags: what.tags, trusted: true };
        lock.fetch_anew(anew, events)?;
        database.resolve(&revision)?.ok_or_else(missing)
    }

    /// Sees to it that the database has a commit, which is to be found behind that reference.
    pub(super) fn locked(
        &self,
        database: &GitDatabase,
        url: &Url,
        (commit, reference): (&str, &GitReference),
        events: Events<'_>,
    ) -> Result<(), FetchError> {
        check(url.as_str(), reference)?;
        self.ensure(database, url, (commit, reference), NamedBy::User, events)
    }

    /// The database of a submodule, which has `commit`. `trusted` if it was named by a repository on this machine.
    pub(super) fn submodule(
        &self,
        url: &Url,
        commit: &str,
        trusted: bool,
        events: Events<'_>,
    ) -> Result<GitDatabase, FetchError> {
        let reference = GitReference::Rev(commit.to_owned());
        let database = self.database(SourceId::for_git(url.clone(), reference.clone()));
        self.ensure(&database, url, (commit, &reference), NamedBy::Submodule { trusted }, events)?;
        Ok(database)
    }

    fn ensure(
        &self,
        database: &GitDatabase,
        url: &Url,
        (commit, reference): (&str, &GitReference),
        named_by: NamedBy,
        events: Events<'_>,
    ) -> Result<(), FetchError> {
        if database.resolve(commit)?.is_some() {
            return Ok(());
        }
        if self.git.net().offline {
            return Err(FetchError::OfflineGit { url: url.to_string() });
        }
        let lock = database.lock(&self.home, events)?;
        // Whoever held the lock before may have fetched it.
        if database.resolve(commit)?.is_some() {
            return Ok(());
        }
        let is_submodule = named_by != NamedBy::User;
        events(Event::UpdatingGit { url: url.to_string(), is_submodule });
        bring(&lock, url, (commit, reference), named_by, events)
    }
}

/// Fetches a commit that is known by its hash, wherever it is.
fn bring(
    lock: &LockedDatabase<'_>,
    url: &Url,
    (commit, reference): (&str, &GitReference),
    named_by: NamedBy,
    events: Events<'_>,
) -> Result<(), FetchError> {
    for what in of_locked(commit, reference) {
        match fetch(lock, url, &what, named_by, events) {
            Err(FetchError::GitReference { .. }) => continue,
            result => result?,
        }
        if lock.database().resolve(commit)?.is_some() {
            return Ok(());
        }
    }
    let reason = format!("it has no commit {commit} (any more)");
    Err(FetchError::GitReference { url: url.to_string(), reason })
}

fn fetch(
    lock: &LockedDatabase<'_>,
    url: &Url,
    what: &Refspecs,
    named_by: NamedBy,
    events: Events<'_>,
) -> Result<(), FetchError> {
    let trusted = matches!(named_by, NamedBy::User | NamedBy::Submodule { trusted: true });
    lock.fetch(GitFetch { url: url.as_str(), refspecs: &what.specs, tags: what.tags, trusted }, events)
}
