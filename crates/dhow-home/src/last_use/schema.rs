//! The tables of `.global-cache`, which are Cargo's: the same steps in the same order, so that each of the two tools
//! brings the other's file up to date. `user_version` counts the steps that have been taken.

use rusqlite::{Connection, TransactionBehavior};

/// One step each. Steps are only ever added, by Cargo.
const STEPS: [&str; 7] = [
    "CREATE TABLE registry_index (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, \
     timestamp INTEGER NOT NULL)",
    "CREATE TABLE registry_crate (registry_id INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, \
     timestamp INTEGER NOT NULL, PRIMARY KEY (registry_id, name), \
     FOREIGN KEY (registry_id) REFERENCES registry_index (id) ON DELETE CASCADE)",
    "CREATE TABLE registry_src (registry_id INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER, \
     timestamp INTEGER NOT NULL, PRIMARY KEY (registry_id, name), \
     FOREIGN KEY (registry_id) REFERENCES registry_index (id) ON DELETE CASCADE)",
    "CREATE TABLE git_db (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, \
     timestamp INTEGER NOT NULL)",
    "CREATE TABLE git_checkout (git_id INTEGER NOT NULL, name TEXT UNIQUE NOT NULL, size INTEGER, \
     timestamp INTEGER NOT NULL, PRIMARY KEY (git_id, name), \
     FOREIGN KEY (git_id) REFERENCES git_db (id) ON DELETE CASCADE)",
    "CREATE TABLE global_data (last_auto_gc INTEGER NOT NULL)",
    "INSERT INTO global_data (last_auto_gc) VALUES (?1)",
];

/// Brings an older or empty file up to date; one that a newer Cargo has brought further stays as it is.
pub(super) fn migrate(db: &mut Connection, now: u64) -> rusqlite::Result<()> {
    if version(db)? >= STEPS.len() {
        return Ok(());
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    // Somebody else may have been quicker.
    for step in STEPS.iter().skip(version(&transaction)?) {
        let mut statement = transaction.prepare(step)?;
        match statement.parameter_count() {
            0 => statement.execute([])?,
            _ => statement.execute([now])?,
        };
    }
    let reached = version(&transaction)?.max(STEPS.len());
    transaction.pragma_update(None, "user_version", reached)?;
    transaction.commit()
}

fn version(db: &Connection) -> rusqlite::Result<usize> {
    db.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get(0))
}
