//! `dhow home stat`: how much there is, and when it was used.

use dhow_formats::home_stat::{HomeKind, HomeStat};
use dhow_home::{CargoHome, Census, LastUse, census};

use crate::error::Error;
use crate::event::Event;
use crate::last_use;
use crate::session::Session;

/// Counts what is in the home.
///
/// # Errors
/// Something cannot be looked at.
pub fn home_stat(session: &Session<'_>) -> Result<HomeStat, Error> {
    let home = CargoHome::new(session.config.home());
    // Looking makes nothing.
    let last_use = match dhow_fs::stat(&home.last_use())? {
        Some(_) => LastUse::open(&home, last_use::now(session)),
        None => return stat(&home, None),
    };
    match last_use {
        Ok(last_use) => stat(&home, Some(&last_use)),
        Err(error) => {
            session.tell(Event::Warning(error.to_string()));
            stat(&home, None)
        }
    }
}

/// As a document for programs.
///
/// # Errors
/// There is no memory left.
pub fn home_stat_as_json(stat: &HomeStat) -> Result<String, Error> {
    stat.to_json().map_err(|error| Error::Json(error.to_string()))
}

/// The clock by which uses are recorded.
pub fn home_clock(session: &Session<'_>) -> u64 {
    last_use::now(session)
}

fn stat(home: &CargoHome, last_use: Option<&LastUse>) -> Result<HomeStat, Error> {
    let kinds = census(home, last_use)?.into_iter().map(kind).collect();
    Ok(HomeStat { version: 1, root: home.root().display().to_string(), kinds })
}

fn kind(census: Census) -> HomeKind {
    HomeKind {
        kind: census.kind.to_owned(),
        count: census.count,
        files: census.usage.files,
        bytes: census.usage.bytes,
        oldest_use: census.uses.map(|uses| uses.0),
        newest_use: census.uses.map(|uses| uses.1),
    }
}
