//! Brings the records in line with the files: what has no record gets one, as used now; records of what is gone go.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use dhow_fs::FileKind;
use rusqlite::{Connection, OptionalExtension, params};

use super::Trouble;
use super::remove::disk_usage;
use super::select::Kind;
use crate::layout::CargoHome;
use crate::registry::ARCHIVE_SUFFIX;

/// Gives back what belongs to a registry or a repository that is gone. Sizes cost a walk over all files, and are only
/// filled in if they are needed.
pub(super) fn sync(
    db: &Connection,
    home: &CargoHome,
    now: u64,
    sizes: bool,
) -> Result<Vec<PathBuf>, Trouble> {
    let parents = [("registry_index", home.indexes()), ("git_db", home.git_db())];
    for (table, base) in &parents {
        let mut insert = db.prepare(&format!(
            "INSERT INTO {table} (name, timestamp) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        ))?;
        for name in directories(base)? {
            insert.execute(params![name, now])?;
        }
    }
    for kind in Kind::ALL {
        forget_missing(db, kind, &kind.base(home))?;
    }
    let mut orphans = Vec::new();
    for (table, base) in &parents {
        let children = Kind::ALL.iter().filter(|kind| kind.owners() == *table).map(|kind| kind.base(home));
        orphans.extend(forget_missing_parents(db, table, base, &children.collect::<Vec<_>>())?);
    }
    for kind in Kind::ALL {
        add_unknown(db, kind, &kind.base(home), now)?;
        if sizes {
            fill_sizes(db, kind, &kind.base(home))?;
        }
    }
    Ok(orphans)
}

fn directories(base: &Path) -> Result<Vec<String>, Trouble> {
    names(base, FileKind::Dir)
}

/// Those that begin with our own mark are on their way in or out.
fn names(base: &Path, kind: FileKind) -> Result<Vec<String>, Trouble> {
    let entries = dhow_fs::list_dir_optional(base)?.unwrap_or_default();
    let of_kind = entries.into_iter().filter(|entry| entry.kind == kind);
    let names = of_kind.filter_map(|entry| entry.file_name.into_string().ok());
    Ok(names.filter(|name| !name.starts_with(".dhow-")).collect())
}

fn exists(path: &Path) -> Result<bool, Trouble> {
    Ok(dhow_fs::lstat(path)?.is_some())
}

fn forget_missing(db: &Connection, kind: Kind, base: &Path) -> Result<(), Trouble> {
    let (table, owners, owner) = (kind.table(), kind.owners(), kind.owner());
    let mut select = db.prepare(&format!(
        "SELECT {table}.rowid, {owners}.name, {table}.name FROM {table} JOIN {owners} ON {table}.{owner} = {owners}.id"
    ))?;
    let mut delete = db.prepare(&format!("DELETE FROM {table} WHERE rowid = ?1"))?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for row in rows.collect::<Result<Vec<(i64, String, String)>, _>>()? {
        if !exists(&base.join(row.1).join(row.2))? {
            delete.execute([row.0])?;
        }
    }
    Ok(())
}

fn forget_missing_parents(
    db: &Connection,
    table: &str,
    base: &Path,
    children: &[PathBuf],
) -> Result<Vec<PathBuf>, Trouble> {
    let mut orphans = Vec::new();
    let mut select = db.prepare(&format!("SELECT id, name FROM {table}"))?;
    let mut delete = db.prepare(&format!("DELETE FROM {table} WHERE id = ?1"))?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, name) in rows.collect::<Result<Vec<(i64, String)>, _>>()? {
        if exists(&base.join(&name))? {
            continue;
        }
        delete.execute([id])?;
        for child in children {
            let path = child.join(&name);
            if exists(&path)? {
                orphans.push(path);
            }
        }
    }
    Ok(orphans)
}

fn add_unknown(db: &Connection, kind: Kind, base: &Path, now: u64) -> Result<(), Trouble> {
    let (table, owners, owner) = (kind.table(), kind.owners(), kind.owner());
    let mut find = db.prepare(&format!("SELECT id FROM {owners} WHERE name = ?1"))?;
    let mut insert = db.prepare(&format!(
        "INSERT INTO {table} ({owner}, name, size, timestamp) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"
    ))?;
    for directory in directories(base)? {
        // What belongs to nobody goes as an orphan.
        let Some(id) = find.query_row([&directory], |row| row.get::<_, i64>(0)).optional()? else { continue };
        let place = base.join(directory);
        if kind == Kind::Archives {
            for name in names(&place, FileKind::File)? {
                if let Some(stat) =
                    dhow_fs::stat(&place.join(&name))?.filter(|_| name.ends_with(ARCHIVE_SUFFIX))
                {
                    insert.execute(params![id, name, stat.size, now])?;
                }
            }
        } else {
            for name in directories(&place)? {
                insert.execute(params![id, name, None::<u64>, now])?;
            }
        }
    }
    Ok(())
}

fn fill_sizes(db: &Connection, kind: Kind, base: &Path) -> Result<(), Trouble> {
    let (table, owners, owner) = (kind.table(), kind.owners(), kind.owner());
    let mut select = db.prepare(&format!(
        "SELECT {table}.rowid, {owners}.name, {table}.name FROM {table} JOIN {owners} ON {table}.{owner} = {owners}.id \
         WHERE {table}.size IS NULL"
    ))?;
    let mut update = db.prepare(&format!("UPDATE {table} SET size = ?1 WHERE rowid = ?2"))?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    for (rowid, (directory, name)) in rows.collect::<Result<HashMap<i64, (String, String)>, _>>()? {
        let size = disk_usage(&base.join(directory).join(name), kind == Kind::Checkouts)?;
        update.execute(params![size.bytes, rowid])?;
    }
    Ok(())
}
