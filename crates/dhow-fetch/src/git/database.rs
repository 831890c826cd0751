//! A bare repository in the home: what was fetched of a git dependency, or of an index that is a repository.
//!
//! What comes over the network goes to a repository of its own beside it, which knows the objects that are there
//! already. Only when all has come, objects and references are moved over, under the home's lock. So nothing of the
//! home is locked across the network, a real Cargo may work on the same repository, and a fetch that is killed leaves
//! it as it was.

use std::path::Path;
use std::sync::Arc;

use dhow_fs::FileLock;
use dhow_home::{BareRepository, CargoHome};

use super::failure::{self, Failure};
use super::objects::ObjectReader;
use super::program::{FetchFlags, GitProgram};
use crate::error::FetchError;
use crate::event::{Event, lock_event};

/// What to fetch.
#[derive(Clone, Copy, Debug)]
pub struct GitFetch<'a> {
    /// The repository, as `git fetch` takes it.
    pub url: &'a str,
    /// What goes where: `+refs/heads/x:refs/remotes/origin/x`.
    pub refspecs: &'a [String],
    /// All tags too.
    pub tags: bool,
    /// The user has named the repository. Else (submodules) only transports that are harmless are used.
    pub trusted: bool,
}

/// A bare repository in the home, which need not exist yet.
#[derive(Clone, Debug)]
pub struct GitDatabase {
    git: Arc<GitProgram>,
    place: BareRepository,
}

/// Permits to fetch into a repository: one process at a time does.
#[derive(Debug)]
#[must_use = "the lock is released when this value is dropped"]
pub struct LockedDatabase<'d> {
    database: &'d GitDatabase,
    home: &'d CargoHome,
    _lock: FileLock,
}

impl GitDatabase {
    /// The repository at `place`.
    pub fn new(git: Arc<GitProgram>, place: BareRepository) -> Self {
        Self { git, place }
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Whether there is a repository.
    pub fn exists(&self) -> bool {
        let is_there = |name: &str| matches!(dhow_fs::stat(&self.path().join(name)), Ok(Some(_)));
        is_there("HEAD") && is_there("objects") && is_there("refs")
    }

    /// The commit that a revision means: a reference, a hash or the beginning of one, anything git understands. Nothing
    /// if it is not here.
    ///
    /// # Errors
    /// git cannot be run.
    pub fn resolve(&self, revision: &str) -> Result<Option<String>, FetchError> {
        if !self.exists() {
            return Ok(None);
        }
        self.git.resolve(self.path(), revision)
    }

    /// What reads its objects. It does not see what is fetched later.
    ///
    /// # Errors
    /// git cannot be run.
    pub fn reader(&self) -> Result<ObjectReader, FetchError> {
        ObjectReader::new(Arc::clone(&self.git), self.path())
    }

    /// Waits until nobody else fetches into it.
    ///
    /// # Errors
    /// The home cannot be written to.
    pub fn lock<'d>(
        &'d self,
        home: &'d CargoHome,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<LockedDatabase<'d>, FetchError> {
        let path = self.place.lock();
        dhow_fs::create_dir_all(path.parent().unwrap_or(&path))?;
        let what = format!("git repository `{}`", self.path().display());
        let lock = FileLock::lock_exclusive(&path, &|notice| events(lock_event(notice, &what, &path)))?;
        Ok(LockedDatabase { database: self, home, _lock: lock })
    }
}

impl LockedDatabase<'_> {
    /// The repository.
    pub fn database(&self) -> &GitDatabase {
        self.database
    }

    /// Fetches, as often as the settings allow.
    ///
    /// # Errors
    /// [`FetchError::GitReference`] if the repository has no such reference; or it cannot be reached, or the home not be
    /// written to.
    pub fn fetch(&self, what: GitFetch<'_>, events: &(dyn Fn(Event) + Sync)) -> Result<(), FetchError> {
        if self.database.git.net().offline {
            return Err(FetchError::OfflineGit { url: what.url.to_owned() });
        }
        match self.fetch_beside(what, self.database.exists(), events) {
            Err(FetchError::GitCorrupt { .. }) => self.fetch_anew(what, events),
            result => result.and_then(|()| self.place(Present::Kept, events)),
        }
    }

    /// As [`Self::fetch`], with what is there of the repository taken as broken: it is replaced.
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub fn fetch_anew(&self, what: GitFetch<'_>, events: &(dyn Fn(Event) + Sync)) -> Result<(), FetchError> {
        self.fetch_beside(what, false, events)?;
        self.place(Present::Replaced, events)
    }

    fn fetch_beside(
        &self,
        what: GitFetch<'_>,
        known: bool,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<(), FetchError> {
        let (git, place) = (&self.database.git, &self.database.place);
        let incoming = place.incoming();
        dhow_fs::remove_dir_all(&incoming)?;
        git.init_bare(&incoming)?;
        if known {
            let info = incoming.join("objects/info");
            dhow_fs::create_dir_all(&info)?;
            let objects = place.path().join("objects");
            let mut line = objects.into_os_string().into_encoded_bytes();
            line.push(b'\n');
            dhow_fs::write(&info.join("alternates"), &line)?;
            if let Some(shallow) = dhow_fs::read_optional(&place.path().join(SHALLOW))? {
                dhow_fs::write(&incoming.join(SHALLOW), &shallow)?;
            }
        }
        self.with_retries(what, events, || {
            let flags = FetchFlags { tags: what.tags, trusted: what.trusted };
            git.fetch(&incoming, what.url, what.refspecs, flags)
        })
    }

    fn with_retries(
        &self,
        what: GitFetch<'_>,
        events: &(dyn Fn(Event) + Sync),
        run: impl Fn() -> Result<dhow_process::Output, FetchError>,
    ) -> Result<(), FetchError> {
        let net = self.database.git.net();
        let mut pause = net.retry_pause;
        for tries in 1.. {
            let output = run()?;
            if output.status.success() {
                break;
            }
            let stderr = String::from_utf8_lossy(&output.stderr);
            let (url, reason) = (what.url.to_owned(), failure::reason(&stderr));
            match failure::kind(&stderr) {
                Failure::Spurious if tries <= net.retry => {
                    let tries_left = net.retry + 1 - tries;
                    events(Event::Retrying { url, reason, tries_left });
                    std::thread::sleep(pause);
                    pause = pause.saturating_mul(2);
                }
                Failure::NoReference => return Err(FetchError::GitReference { url, reason }),
                Failure::Corrupt => return Err(FetchError::GitCorrupt { url, reason }),
                Failure::Spurious | Failure::Final => {
                    return Err(FetchError::GitFetch { url, reason, tries });
                }
            }
        }
        Ok(())
    }

    /// Moves over what has come.
    fn place(&self, present: Present, events: &(dyn Fn(Event) + Sync)) -> Result<(), FetchError> {
        let (git, place) = (&self.database.git, &self.database.place);
        let incoming = place.incoming();
        let references = git.references(&incoming)?;
        let lock = self.home.root().join(".package-cache");
        let notice = |notice| events(lock_event(notice, "package cache", &lock));
        let guard = self.home.lock_downloads(&notice)?;
        guard.break_locks(place)?;
        if present == Present::Replaced {
            guard.clear_repository(place)?;
        }
        if !self.database.exists() {
            git.init_bare(place.path())?;
        }
        guard.place_objects(place)?;
        if let Some(shallow) = dhow_fs::read_optional(&incoming.join(SHALLOW))? {
            dhow_fs::write_if_changed(&place.path().join(SHALLOW), &shallow)?;
        }
        let updates: String =
            references.iter().map(|(object, name)| format!("update {name} {object}\n")).collect();
        if let Err(error) = git.update_references(place.path(), &updates) {
            // A branch `a` where there is `a/b` now: what is known of the repository is old.
            let known = git.references(place.path()).map_err(|_| error)?;
            let deletes: String = known.iter().map(|(_, name)| format!("delete {name}\n")).collect();
            git.update_references(place.path(), &deletes)?;
            git.update_references(place.path(), &updates)?;
        }
        Ok(())
    }
}

impl Drop for LockedDatabase<'_> {
    fn drop(&mut self) {
        // What was not moved over is given up.
        drop(dhow_fs::remove_dir_all(&self.database.place.incoming()));
        // While it is held: who waits for it sees that it is gone, and makes another.
        drop(dhow_fs::remove_file(&self.database.place.lock()));
    }
}

/// What becomes of what is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Present {
    Kept,
    Replaced,
}

/// The file that says where history was cut off.
const SHALLOW: &str = "shallow";
