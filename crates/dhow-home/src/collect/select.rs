//! Chooses what goes: first by age, then, oldest first, until sizes are within their limits. Its records go with it.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::remove::disk_usage;
use super::{Limits, Trouble};
use crate::layout::CargoHome;

/// What has an owner: a registry or a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Archives,
    Sources,
    Checkouts,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Archives, Self::Sources, Self::Checkouts];

    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Archives => "registry_crate",
            Self::Sources => "registry_src",
            Self::Checkouts => "git_checkout",
        }
    }

    /// The table of the owners.
    pub(super) fn owners(self) -> &'static str {
        match self {
            Self::Archives | Self::Sources => "registry_index",
            Self::Checkouts => "git_db",
        }
    }

    /// The column that names the owner.
    pub(super) fn owner(self) -> &'static str {
        match self {
            Self::Archives | Self::Sources => "registry_id",
            Self::Checkouts => "git_id",
        }
    }

    /// The directory that has a directory for each owner.
    pub(super) fn base(self, home: &CargoHome) -> PathBuf {
        match self {
            Self::Archives => home.archives(),
            Self::Sources => home.all_sources(),
            Self::Checkouts => home.git_checkouts(),
        }
    }
}

/// What is beyond the limits.
pub(super) fn select(
    db: &Connection,
    home: &CargoHome,
    limits: &Limits,
    now: u64,
) -> Result<Vec<PathBuf>, Trouble> {
    let mut paths = Vec::new();
    let before = |age: Duration| now.saturating_sub(age.as_secs());
    if let Some(age) = limits.index_age {
        let bases = [home.indexes(), home.archives(), home.all_sources()];
        paths.extend(old_owners(db, "registry_index", before(age), &bases)?);
    }
    for (kind, age) in [(Kind::Sources, limits.src_age), (Kind::Archives, limits.crate_age)] {
        if let Some(age) = age {
            paths.extend(old_items(db, home, kind, before(age))?);
        }
    }
    if let Some(age) = limits.git_db_age {
        paths.extend(old_owners(db, "git_db", before(age), &[home.git_db(), home.git_checkouts()])?);
    }
    if let Some(age) = limits.git_co_age {
        paths.extend(old_items(db, home, Kind::Checkouts, before(age))?);
    }
    for (kinds, size) in [
        (&[Kind::Archives][..], limits.crate_size),
        (&[Kind::Sources], limits.src_size),
        (&[Kind::Sources, Kind::Archives], limits.download_size),
    ] {
        if let Some(size) = size {
            paths.extend(too_much(db, items(db, home, kinds)?, size)?);
        }
    }
    if let Some(size) = limits.git_size {
        let mut all = repositories(db, home)?;
        all.extend(items(db, home, &[Kind::Checkouts])?);
        paths.extend(too_much(db, all, size)?);
    }
    Ok(paths)
}

fn old_owners(db: &Connection, table: &str, before: u64, bases: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut delete = db.prepare(&format!("DELETE FROM {table} WHERE timestamp < ?1 RETURNING name"))?;
    let names: Vec<String> = delete.query_map([before], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(names.iter().flat_map(|name| bases.iter().map(move |base| base.join(name))).collect())
}

fn old_items(db: &Connection, home: &CargoHome, kind: Kind, before: u64) -> Result<Vec<PathBuf>, Trouble> {
    let mut gone = items(db, home, &[kind])?;
    gone.retain(|item| item.timestamp < before);
    for item in &gone {
        item.forget(db)?;
    }
    Ok(gone.into_iter().map(|item| item.path).collect())
}

/// Something with a record.
struct Item {
    timestamp: u64,
    name: String,
    /// The repository that it is a checkout of.
    repository: Option<String>,
    table: &'static str,
    rowid: i64,
    size: Option<u64>,
    path: PathBuf,
}

impl Item {
    fn forget(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute(&format!("DELETE FROM {} WHERE rowid = ?1", self.table), params![self.rowid]).map(drop)
    }
}

fn items(db: &Connection, home: &CargoHome, kinds: &[Kind]) -> Result<Vec<Item>, Trouble> {
    let mut items = Vec::new();
    for kind in kinds {
        let (table, owners, owner) = (kind.table(), kind.owners(), kind.owner());
        let mut select = db.prepare(&format!(
            "SELECT {table}.timestamp, {table}.name, {owners}.name, {table}.rowid, {table}.size \
             FROM {table} JOIN {owners} ON {table}.{owner} = {owners}.id"
        ))?;
        let base = kind.base(home);
        let rows = select.query_map([], |row| {
            let (name, directory): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Item {
                timestamp: row.get(0)?,
                path: base.join(&directory).join(&name),
                repository: (*kind == Kind::Checkouts).then_some(directory),
                name,
                table,
                rowid: row.get(3)?,
                size: row.get(4)?,
            })
        })?;
        for row in rows {
            items.push(row?);
        }
    }
    Ok(items)
}

fn repositories(db: &Connection, home: &CargoHome) -> Result<Vec<Item>, Trouble> {
    let mut select = db.prepare("SELECT timestamp, name, id FROM git_db")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows: Vec<(u64, String, i64)> = rows.collect::<Result<_, _>>()?;
    let item = |(timestamp, name, rowid): (u64, String, i64)| {
        let path = home.git_db().join(&name);
        let size = Some(disk_usage(&path, false)?.bytes);
        Ok(Item { timestamp, name, repository: None, table: "git_db", rowid, size, path })
    };
    rows.into_iter().map(item).collect()
}

/// The oldest, by time and then by name, until the rest is within the limit. Checkouts go with their repository.
fn too_much(db: &Connection, mut items: Vec<Item>, limit: u64) -> Result<Vec<PathBuf>, Trouble> {
    items.sort_unstable_by(|a, b| (a.timestamp, &a.name).cmp(&(b.timestamp, &b.name)));
    let mut total: u64 = items.iter().filter_map(|item| item.size).sum();
    let mut paths = Vec::new();
    let mut repositories: Vec<&str> = Vec::new();
    for item in &items {
        let with_its_repository =
            item.repository.as_deref().is_some_and(|repository| repositories.contains(&repository));
        if with_its_repository || (total <= limit) {
            continue;
        }
        item.forget(db)?;
        total = total.saturating_sub(item.size.unwrap_or(0));
        paths.push(item.path.clone());
        if item.table == "git_db" {
            repositories.push(&item.name);
            for checkout in items.iter().filter(|other| other.repository.as_ref() == Some(&item.name)) {
                if !paths.contains(&checkout.path) {
                    checkout.forget(db)?;
                    total = total.saturating_sub(checkout.size.unwrap_or(0));
                    paths.push(checkout.path.clone());
                }
            }
        }
    }
    Ok(paths)
}
