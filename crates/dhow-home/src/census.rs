//! How much there is in the home, and when it was used.

use std::path::Path;

use dhow_fs::{FileKind, FsError};
use rusqlite::OptionalExtension;

use crate::collect::{Usage, disk_usage};
use crate::last_use::{LastUse, LastUseError};
use crate::layout::CargoHome;

/// All of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// `index`, `crates`, `sources`, `git-db`, `git-checkouts`, `manifests`.
    pub kind: &'static str,
    /// Registries, archives, packages, repositories, commits.
    pub count: u64,
    /// Their files.
    pub usage: Usage,
    /// When the one was used that was not used for longest, and when any was used last: seconds since 1970.
    pub uses: Option<(u64, u64)>,
}

/// Counts all that is in a home. Without `last_use` it is not known when it was used.
///
/// # Errors
/// Something cannot be looked at, or the records cannot be read.
pub fn census(home: &CargoHome, last_use: Option<&LastUse>) -> Result<Vec<Census>, CensusError> {
    let kinds = [
        ("index", Some("registry_index"), home.indexes(), Level::Owners),
        ("crates", Some("registry_crate"), home.archives(), Level::Items),
        ("sources", Some("registry_src"), home.all_sources(), Level::Items),
        ("git-db", Some("git_db"), home.git_db(), Level::Owners),
        ("git-checkouts", Some("git_checkout"), home.git_checkouts(), Level::Items),
        ("manifests", None, home.manifests(), Level::Items),
    ];
    let mut all = Vec::new();
    for (kind, table, base, level) in kinds {
        let uses = match (table, last_use) {
            (Some(table), Some(last_use)) => uses(last_use, table)?,
            _ => None,
        };
        let (count, usage) = count(&base, level)?;
        all.push(Census { kind, count, usage, uses: uses.filter(|_| count > 0) });
    }
    Ok(all)
}

/// Counting failed.
#[derive(Debug, thiserror::Error)]
pub enum CensusError {
    /// Something cannot be looked at.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// The records cannot be read.
    #[error(transparent)]
    LastUse(#[from] LastUseError),
}

/// Whether what counts lies below a directory, or below the directories in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Owners,
    Items,
}

fn count(base: &Path, level: Level) -> Result<(u64, Usage), FsError> {
    let (mut count, mut usage) = (0, Usage::default());
    let mut add = |path: &Path| -> Result<(), FsError> {
        let one = disk_usage(path, false)?;
        count += 1;
        usage.files += one.files;
        usage.bytes += one.bytes;
        Ok(())
    };
    for owner in visible(base)? {
        if level == Level::Owners {
            add(&owner.path)?;
        } else if owner.kind == FileKind::Dir {
            for item in visible(&owner.path)? {
                add(&item.path)?;
            }
        }
    }
    Ok((count, usage))
}

fn visible(dir: &Path) -> Result<Vec<dhow_fs::DirEntry>, FsError> {
    let mut entries = dhow_fs::list_dir_optional(dir)?.unwrap_or_default();
    entries.retain(|entry| !entry.file_name.to_string_lossy().starts_with('.'));
    Ok(entries)
}

fn uses(last_use: &LastUse, table: &str) -> Result<Option<(u64, u64)>, LastUseError> {
    let question = format!("SELECT min(timestamp), max(timestamp) FROM {table} HAVING count(*) > 0");
    let answer = last_use.db.query_row(&question, [], |row| Ok((row.get(0)?, row.get(1)?)));
    answer.optional().map_err(|reason| last_use.error(reason))
}
