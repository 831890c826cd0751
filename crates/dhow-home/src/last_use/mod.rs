//! When things in the home were used last: `.global-cache`, an SQLite file with Cargo's tables and Cargo's meaning.
//!
//! Times are seconds since 1970. One is written only if the recorded one is older than five minutes, so that most
//! commands only read. The file is an aid to collection, and nobody's build may fail because of it.

mod schema;
mod used;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Statement, TransactionBehavior, params};

use crate::layout::CargoHome;
pub use used::Used;

/// Younger records are not renewed.
const RESOLUTION_SECS: u64 = 5 * 60;
/// Somebody else's transaction takes milliseconds; nobody waits longer than this.
const PATIENCE: Duration = Duration::from_millis(500);

/// The records of last use cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the records of last use in `{}` cannot be used: {reason}", path.display())]
pub struct LastUseError {
    path: PathBuf,
    reason: rusqlite::Error,
}

impl LastUseError {
    /// Whether the file is damaged, so that only a new one helps.
    pub fn is_damage(&self) -> bool {
        matches!(self.reason.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
            || matches!(
                self.reason,
                rusqlite::Error::QueryReturnedNoRows | rusqlite::Error::InvalidColumnType(..)
            )
            || matches!(&self.reason, rusqlite::Error::SqliteFailure(error, _) if error.code == ErrorCode::Unknown)
    }
}

/// The open file.
#[derive(Debug)]
pub struct LastUse {
    path: PathBuf,
    pub(crate) db: Connection,
}

impl LastUse {
    /// Opens the file of a home, or makes it.
    ///
    /// # Errors
    /// It can neither be opened nor made, or it is no such file.
    pub fn open(home: &CargoHome, now: u64) -> Result<Self, LastUseError> {
        let path = home.last_use();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let mut db = Connection::open_with_flags(&path, flags)?;
            db.busy_timeout(PATIENCE)?;
            db.pragma_update(None, "foreign_keys", true)?;
            schema::migrate(&mut db, now)?;
            Ok(db)
        };
        match open() {
            Ok(db) => Ok(Self { path, db }),
            Err(reason) => Err(LastUseError { path, reason }),
        }
    }

    /// Records that all of this was used at `now`. Says whether anything had to be written.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn record(&mut self, used: &Used, now: u64) -> Result<bool, LastUseError> {
        let Self { path, db } = self;
        record(db, used, now).map_err(|reason| LastUseError { path: path.clone(), reason })
    }

    /// When unused things were collected last without anybody asking for it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_collected(&self) -> Result<u64, LastUseError> {
        let query = self.db.query_row("SELECT last_auto_gc FROM global_data", [], |row| row.get(0));
        query.map_err(|reason| self.error(reason))
    }

    /// Whether the file is whole.
    ///
    /// # Errors
    /// It is not.
    pub fn check(&self) -> Result<(), LastUseError> {
        let result: String = self
            .db
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|reason| self.error(reason))?;
        match result.as_str() {
            "ok" => self.last_collected().map(drop),
            _ => Err(self.error(damaged())),
        }
    }

    pub(crate) fn error(&self, reason: rusqlite::Error) -> LastUseError {
        LastUseError { path: self.path.clone(), reason }
    }
}

fn damaged() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), None)
}

fn record(db: &mut Connection, used: &Used, now: u64) -> rusqlite::Result<bool> {
    let stale = now.saturating_sub(RESOLUTION_SECS);
    // One transaction, or each question would lock the file anew.
    let reading = db.transaction()?;
    let is_recent = is_recent(&reading, used, stale)?;
    reading.finish()?;
    if is_recent {
        return Ok(false);
    }
    let writing = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let registries = parents(&writing, "registry_index", used.registries.iter(), now)?;
    let repositories = parents(&writing, "git_db", used.repositories.iter(), now)?;
    let archives = used.archives.iter().map(|(key, size)| (key, Some(*size)));
    children(&writing, ("registry_crate", "registry_id", &registries), archives, now)?;
    let sources = used.sources.iter().map(|(key, size)| (key, *size));
    children(&writing, ("registry_src", "registry_id", &registries), sources, now)?;
    let checkouts = used.checkouts.iter().map(|(key, size)| (key, *size));
    children(&writing, ("git_checkout", "git_id", &repositories), checkouts, now)?;
    writing.commit()?;
    Ok(true)
}

fn is_recent(db: &Connection, used: &Used, stale: u64) -> rusqlite::Result<bool> {
    let registries = recent_parents(db, "registry_index", used.registries.iter(), stale)?;
    let repositories = recent_parents(db, "git_db", used.repositories.iter(), stale)?;
    let (Some(registries), Some(repositories)) = (registries, repositories) else { return Ok(false) };
    let tables = [
        ("registry_crate", "registry_id", &registries, used.archives.keys().collect::<Vec<_>>()),
        ("registry_src", "registry_id", &registries, used.sources.keys().collect()),
        ("git_checkout", "git_id", &repositories, used.checkouts.keys().collect()),
    ];
    for (table, parent, ids, keys) in tables {
        let question = format!("SELECT timestamp FROM {table} WHERE {parent} = ?1 AND name = ?2");
        let mut statement = db.prepare(&question)?;
        for (owner, name) in keys {
            let id = ids.get(owner.as_str());
            let at: Option<u64> = statement.query_row(params![id, name], |row| row.get(0)).optional()?;
            if at.is_none_or(|at| at < stale) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

type Ids<'a> = HashMap<&'a str, i64>;

/// The numbers of these registries or repositories, if all of them were used lately.
fn recent_parents<'a>(
    db: &Connection,
    table: &str,
    names: impl Iterator<Item = &'a String>,
    stale: u64,
) -> rusqlite::Result<Option<Ids<'a>>> {
    let mut ids = Ids::new();
    let mut select = select_parent(db, table)?;
    for name in names {
        match select.query_row([name], id_and_time).optional()? {
            Some((id, at)) if at >= stale => ids.insert(name, id),
            _ => return Ok(None),
        };
    }
    Ok(Some(ids))
}

fn select_parent<'c>(db: &'c Connection, table: &str) -> rusqlite::Result<Statement<'c>> {
    db.prepare(&format!("SELECT id, timestamp FROM {table} WHERE name = ?1"))
}

fn id_and_time(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, u64)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn parents<'a>(
    db: &Connection,
    table: &str,
    names: impl Iterator<Item = &'a String>,
    now: u64,
) -> rusqlite::Result<Ids<'a>> {
    let mut ids = Ids::new();
    let mut select = select_parent(db, table)?;
    let mut insert = db.prepare(&format!("INSERT INTO {table} (name, timestamp) VALUES (?1, ?2)"))?;
    let mut renew = db.prepare(&format!("UPDATE {table} SET timestamp = ?1 WHERE id = ?2"))?;
    for name in names {
        let id = match select.query_row([name], id_and_time).optional()? {
            Some((id, at)) => {
                if at < now.saturating_sub(RESOLUTION_SECS) {
                    renew.execute(params![now, id])?;
                }
                id
            }
            None => insert.insert(params![name, now])?,
        };
        ids.insert(name, id);
    }
    Ok(ids)
}

fn children<'a>(
    db: &Connection,
    (table, parent, ids): (&str, &str, &Ids<'_>),
    items: impl Iterator<Item = (&'a (String, String), Option<u64>)>,
    now: u64,
) -> rusqlite::Result<()> {
    let mut put = db.prepare(&format!(
        "INSERT INTO {table} ({parent}, name, size, timestamp) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET timestamp = excluded.timestamp WHERE timestamp < ?5"
    ))?;
    for ((owner, name), size) in items {
        put.execute(params![ids.get(owner.as_str()), name, size, now, now.saturating_sub(RESOLUTION_SECS)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_fs::TempDir;

    fn home() -> (TempDir, CargoHome) {
        let dir = TempDir::anywhere().expect("temp dir");
        let home = CargoHome::new(dir.path());
        (dir, home)
    }

    fn used() -> Used {
        let mut used = Used::default();
        used.registries.insert("reg-1".into());
        used.archives.insert(("reg-1".into(), "a-1.0.0.crate".into()), 7);
        used.sources.insert(("reg-1".into(), "a-1.0.0".into()), None);
        used.checkout("db-1", "0123456", Some(9));
        used
    }

    fn times(last_use: &LastUse) -> Vec<u64> {
        let tables = ["registry_index", "registry_crate", "registry_src", "git_db", "git_checkout"];
        let time = |table| {
            let query = format!("SELECT timestamp FROM {table}");
            last_use.db.query_row(&query, [], |row| row.get(0)).expect("one row")
        };
        tables.into_iter().map(time).collect()
    }

    #[test]
    fn only_what_is_old_is_written_again() {
        let (_dir, home) = home();
        let mut last_use = LastUse::open(&home, 1_000_000).expect("opens");
        assert_eq!(last_use.last_collected().expect("reads"), 1_000_000);
        assert!(last_use.record(&used(), 1_000_000).expect("records"));
        assert!(!last_use.record(&used(), 1_000_300).expect("is recent"));
        assert_eq!(times(&last_use), [1_000_000; 5]);
        drop(last_use);
        let mut last_use = LastUse::open(&home, 1_000_301).expect("opens again");
        assert!(last_use.record(&used(), 1_000_301).expect("records"));
        assert_eq!(times(&last_use), [1_000_301; 5]);
        let mut more = used();
        more.sources.insert(("reg-1".into(), "b-1.0.0".into()), None);
        assert!(last_use.record(&more, 1_000_302).expect("records what is new"));
        assert_eq!(last_use.last_collected().expect("reads"), 1_000_000);
        last_use.check().expect("is whole");
    }

    #[test]
    fn a_file_that_is_none_is_an_error_that_names_it() {
        let (_dir, home) = home();
        dhow_fs::write(&home.last_use(), &[b'x'; 5000]).expect("writes");
        let error = LastUse::open(&home, 1).expect_err("is no database");
        assert!(error.is_damage() && error.to_string().contains(".global-cache"), "{error}");
    }

    #[test]
    fn a_newer_file_stays_newer() {
        let (_dir, home) = home();
        let last_use = LastUse::open(&home, 1).expect("opens");
        last_use.db.pragma_update(None, "user_version", 9).expect("sets");
        drop(last_use);
        let mut last_use = LastUse::open(&home, 1).expect("opens");
        assert!(last_use.record(&used(), 1_000).expect("records"));
        let version: i64 = last_use.db.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("reads");
        assert_eq!(version, 9);
    }
}
