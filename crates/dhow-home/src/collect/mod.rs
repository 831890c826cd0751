//! Removes what has not been used for long, or what is too much, by the records of last use.
//!
//! What is removed leaves its place in one step and is deleted then, so nobody ever finds half of it; what a killed
//! process leaves on its way out goes at the next time.

mod remove;
mod select;
mod sync;

use std::path::{Path, PathBuf};
use std::time::Duration;

use dhow_formats::cargo_ok;
use dhow_fs::FsError;
use rusqlite::TransactionBehavior;

use crate::guards::CollectGuard;
use crate::last_use::{LastUse, LastUseError};
use crate::registry::RegistryHome;
use remove::Removal;

pub(crate) use remove::is_gone;
pub use remove::{Removed, Usage, disk_usage};

/// What may stay. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// How long ago unpacked sources may have been used.
    pub src_age: Option<Duration>,
    /// How long ago archives may have been used.
    pub crate_age: Option<Duration>,
    /// How long ago registries may have been used; with a registry goes all that is of it.
    pub index_age: Option<Duration>,
    /// How long ago checkouts of git repositories may have been used.
    pub git_co_age: Option<Duration>,
    /// How long ago git repositories may have been used; with a repository go its checkouts.
    pub git_db_age: Option<Duration>,
    /// How many bytes all unpacked sources may have.
    pub src_size: Option<u64>,
    /// How many bytes all archives may have.
    pub crate_size: Option<u64>,
    /// How many bytes all git repositories may have, with their checkouts.
    pub git_size: Option<u64>,
    /// How many bytes archives and unpacked sources may have together.
    pub download_size: Option<u64>,
}

impl Limits {
    /// What is collected without anybody asking for it: what can be made again from the home after a month, what must
    /// be downloaded again after three.
    pub fn automatic() -> Self {
        const MONTH: Duration = Duration::from_secs(2_629_746);
        Self {
            src_age: Some(MONTH),
            crate_age: Some(3 * MONTH),
            index_age: Some(3 * MONTH),
            git_co_age: Some(MONTH),
            git_db_age: Some(3 * MONTH),
            ..Self::default()
        }
    }

    /// `--max-download-age`: no age may be greater than this.
    pub fn limit_age(&mut self, age: Duration) {
        let ages = [
            &mut self.src_age,
            &mut self.crate_age,
            &mut self.index_age,
            &mut self.git_co_age,
            &mut self.git_db_age,
        ];
        for limit in ages {
            *limit = Some(limit.map_or(age, |limit| limit.min(age)));
        }
    }

    /// Whether there is any limit.
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }

    fn is_size(&self) -> bool {
        self.src_size.is_some()
            || self.crate_size.is_some()
            || self.git_size.is_some()
            || self.download_size.is_some()
    }
}

/// Collection failed.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The records cannot be used.
    #[error(transparent)]
    LastUse(#[from] LastUseError),
    /// Something cannot be looked at or removed.
    #[error(transparent)]
    Fs(#[from] FsError),
}

/// What can go wrong below the surface; the path of the records is added there.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl CollectGuard<'_> {
    /// Removes a file or a directory of the home; nobody finds half of it.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, path: &Path) -> Result<(), FsError> {
        match dhow_fs::lstat(path)? {
            Some(stat) => remove::remove_at_once(path, stat.is_dir()),
            None => Ok(()),
        }
    }

    /// Puts sources that were unpacked to [`RegistryHome::repair_part`] into the place of those that are there.
    ///
    /// # Errors
    /// They cannot be moved or marked.
    pub fn replace_sources(&self, registry: &RegistryHome, package: &str) -> Result<(), FsError> {
        let (part, place) = (registry.repair_part(package), registry.sources_of(package));
        dhow_fs::write(&part.join(cargo_ok::FILE_NAME), cargo_ok::COMPLETE)?;
        self.remove(&place)?;
        dhow_fs::rename(&part, &place)
    }

    /// Removes what is beyond the limits. Records follow the files, also those of files that came or went without one.
    /// With `dry_run` says only what would go.
    ///
    /// # Errors
    /// The records cannot be used, or something cannot be removed.
    pub fn collect(
        &self,
        last_use: &mut LastUse,
        limits: &Limits,
        now: u64,
        dry_run: bool,
    ) -> Result<Removed, CollectError> {
        self.collect_inner(last_use, limits, now, dry_run).map_err(|trouble| self.report(last_use, trouble))
    }

    /// As [`Self::collect`], and remembers that it was done.
    ///
    /// # Errors
    /// The records cannot be used, or something cannot be removed.
    pub fn collect_automatically(&self, last_use: &mut LastUse, now: u64) -> Result<Removed, CollectError> {
        let removed = self.collect(last_use, &Limits::automatic(), now, false)?;
        let set = last_use.db.execute("UPDATE global_data SET last_auto_gc = ?1", [now]);
        set.map_err(|reason| last_use.error(reason))?;
        Ok(removed)
    }

    fn collect_inner(
        &self,
        last_use: &mut LastUse,
        limits: &Limits,
        now: u64,
        dry_run: bool,
    ) -> Result<Removed, Trouble> {
        let mut removal = Removal::new(self.home, dry_run);
        let transaction = last_use.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut paths = Vec::new();
        if limits.is_any() {
            let orphans = sync::sync(&transaction, self.home, now, limits.is_size())?;
            paths.extend(orphans);
        }
        paths.extend(select::select(&transaction, self.home, limits, now)?);
        for path in unnested(paths) {
            removal.remove(&path)?;
        }
        removal.sweep()?;
        // Nothing of the records changes in a trial: the transaction ends without being kept.
        if !dry_run {
            transaction.commit()?;
        }
        Ok(removal.finish())
    }

    fn report(&self, last_use: &LastUse, trouble: Trouble) -> CollectError {
        match trouble {
            Trouble::Sql(reason) => last_use.error(reason).into(),
            Trouble::Fs(error) => error.into(),
        }
    }
}

/// Each path once, and none below another.
fn unnested(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.sort_unstable();
    paths.dedup_by(|next, kept| next.starts_with(kept));
    paths
}
