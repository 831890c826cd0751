//! Working trees of commits, submodules included: made beside their place, and moved there when they are complete.

use std::path::{Path, PathBuf};

use dhow_fs::FileLock;
use dhow_home::{GitHome, mark_checkout, share_objects};
use url::Url;

use super::database::GitDatabase;
use super::fetcher::Fetcher;
use super::submodule;
use super::tree::{Refusal, Tree};
use crate::error::FetchError;
use crate::event::{Event, lock_event};

/// Submodules of submodules of …
const MAX_DEPTH: u32 = 32;

/// A commit to write out.
#[derive(Clone, Copy)]
pub(super) struct Commit<'c> {
    pub(super) url: &'c Url,
    pub(super) database: &'c GitDatabase,
    pub(super) hash: &'c str,
}

/// The working tree of a commit that the database has.
pub(super) fn work_tree(
    fetcher: &Fetcher,
    place: &GitHome,
    commit: Commit<'_>,
    events: &(dyn Fn(Event) + Sync),
) -> Result<PathBuf, FetchError> {
    let short = fetcher.git.abbreviate(commit.database.path(), commit.hash)?;
    dhow_fs::create_dir_all(place.checkouts())?;
    let lock_path = place.checkout_lock(&short);
    let what = format!("checkout of git repository `{}`", commit.url);
    let notice = |notice| events(lock_event(notice, &what, &lock_path));
    let lock = FileLock::lock_exclusive(&lock_path, &notice)?;
    let made = make(fetcher, place, commit, &short, events);
    if made.is_err() {
        drop(dhow_fs::remove_dir_all(&place.checkout_part(&short)));
    }
    // While it is held: who waits for it sees that it is gone, and makes another.
    drop(dhow_fs::remove_file(&lock_path));
    drop(lock);
    made
}

fn make(
    fetcher: &Fetcher,
    place: &GitHome,
    commit: Commit<'_>,
    short: &str,
    events: &(dyn Fn(Event) + Sync),
) -> Result<PathBuf, FetchError> {
    // Whoever held the lock before may have made it.
    if let Some(found) = place.find_checkout(commit.hash)? {
        return Ok(found);
    }
    let part = place.checkout_part(short);
    sweep(place, &part)?;
    fill(fetcher, &part, commit, 0, events)?;
    let lock = fetcher.home.root().join(".package-cache");
    let notice = |notice| events(lock_event(notice, "package cache", &lock));
    let guard = fetcher.home.lock_downloads(&notice)?;
    guard.prepare_git(place)?;
    guard.place_checkout(place, short, commit.hash)?;
    Ok(place.checkout(short))
}

/// Writes a commit and its submodules to a directory that does not exist, or is empty.
fn fill(
    fetcher: &Fetcher,
    dir: &Path,
    commit: Commit<'_>,
    depth: u32,
    events: &(dyn Fn(Event) + Sync),
) -> Result<(), FetchError> {
    let database = commit.database;
    let refused = |(path, reason): Refusal| FetchError::HostileRepository {
        url: commit.url.to_string(),
        commit: commit.hash.to_owned(),
        path,
        reason,
    };
    let tree = Tree::parse(&fetcher.git.list_tree(database.path(), commit.hash)?).map_err(refused)?;
    tree.check_links(&mut database.reader()?)?.map_err(refused)?;
    fetcher.git.init_work(dir)?;
    share_objects(database.path(), dir)?;
    fetcher.git.reset(dir, commit.hash)?;
    if !tree.submodules.is_empty() {
        if depth >= MAX_DEPTH {
            return Err(refused((String::new(), "its submodules are nested too deeply")));
        }
        submodules(fetcher, dir, commit, &tree, depth, events)?;
    }
    Ok(mark_checkout(dir)?)
}

fn submodules(
    fetcher: &Fetcher,
    dir: &Path,
    commit: Commit<'_>,
    tree: &Tree,
    depth: u32,
    events: &(dyn Fn(Event) + Sync),
) -> Result<(), FetchError> {
    let listing = match tree.has_gitmodules {
        true => fetcher.git.modules(commit.database.path(), commit.hash)?,
        false => Vec::new(),
    };
    let modules = submodule::parse(&listing);
    for (path, hash) in &tree.submodules {
        let module = modules.get(path);
        let Some(written) = module.and_then(|module| module.url.as_deref()) else {
            let reason = "its repository does not say where it is (`.gitmodules`)".to_owned();
            return Err(FetchError::GitSubmodule { url: path.clone(), reason });
        };
        if module.is_some_and(submodule::Submodule::is_left_out) {
            events(Event::SkippingSubmodule { url: written.to_owned() });
            continue;
        }
        let url = submodule::absolute_url(commit.url.as_str(), written)?;
        let database = fetcher.submodule(&url, hash, commit.url.scheme() == "file", events)?;
        let place = dir.join(path);
        if !is_real_directory(dir, path)? {
            let reason = "it is not a directory of the repository".to_owned();
            return Err(FetchError::GitSubmodule { url: url.to_string(), reason });
        }
        let commit = Commit { url: &url, database: &database, hash };
        fill(fetcher, &place, commit, depth + 1, events)?;
    }
    Ok(())
}

/// Whether a path leads only through directories, and to one that is there.
fn is_real_directory(root: &Path, path: &str) -> Result<bool, FetchError> {
    let mut here = root.to_owned();
    for part in path.split('/') {
        here.push(part);
        if !dhow_fs::lstat(&here)?.is_some_and(|stat| stat.is_dir()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes what killed processes left half-made, `part` among it, whose lock is ours. What somebody works on is locked,
/// and stays.
fn sweep(place: &GitHome, part: &Path) -> Result<(), FetchError> {
    dhow_fs::remove_dir_all(part)?;
    for path in place.leftovers()? {
        let left = GitHome::part_of(&path);
        if left != part
            && let Some(lock) = FileLock::try_exclusive(&path, &|_| {})?
        {
            dhow_fs::remove_dir_all(&left)?;
            dhow_fs::remove_file(&path)?;
            drop(lock);
        }
    }
    Ok(())
}
