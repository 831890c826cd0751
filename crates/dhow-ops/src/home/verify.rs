//! `dhow home verify`: holds all of the home against what was published, and mends it if asked to.

use std::cmp::Reverse;

use dhow_fetch::{Finding, Fsck, Inspected, Part, Remedy, repair};
use dhow_home::{CargoHome, LastUse, LastUseError};

use crate::error::Error;
use crate::event::Event;
use crate::session::Session;
use crate::{last_use, network, parallel};

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct HomeVerified {
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// Files that were read.
    pub files: u64,
    /// Packages whose sources cannot be held against anything.
    pub unknown: u64,
    /// The findings are history.
    pub repaired: bool,
}

/// Looks at everything, on all processors. Others may read and add meanwhile; only while something is mended, nobody
/// else uses the home.
///
/// # Errors
/// Something cannot be read, or not be mended.
pub fn home_verify(session: &Session<'_>, mend: bool) -> Result<HomeVerified, Error> {
    let home = CargoHome::new(session.config.home());
    if dhow_fs::stat(home.root())?.is_none() {
        return Ok(HomeVerified::default());
    }
    let blocking = |_| session.tell(Event::Blocking("package cache".to_owned()));
    let reading = home.lock_sources(&blocking)?;
    let found = inspect(session, &home)?;
    drop(reading);
    if !mend || found.findings.is_empty() {
        return Ok(verified(found, false));
    }
    let guard = home.lock_collection(&blocking)?;
    // Others may have been at work since.
    let found = inspect(session, &home)?;
    repair(&home, &guard, &found.findings)?;
    Ok(verified(found, true))
}

pub(crate) fn verified(found: Inspected, repaired: bool) -> HomeVerified {
    let Inspected { mut findings, files, unknown } = found;
    findings.sort_by(|a, b| a.path.cmp(&b.path));
    HomeVerified { findings, files, unknown, repaired }
}

fn inspect(session: &Session<'_>, home: &CargoHome) -> Result<Inspected, Error> {
    let mut parts = Vec::new();
    for registry in home.registries()? {
        let packages = registry.packages()?.into_iter();
        let registry = || registry.clone();
        parts.extend(packages.map(|package| Part::Package { registry: registry(), package, needed: None }));
        parts.push(Part::Index(registry()));
    }
    let (repositories, checkouts) = home.git_parts()?;
    let repository = |path| Part::Repository { path, fsck: Fsck::Connectivity, commits: Vec::new() };
    parts.extend(repositories.into_iter().map(repository));
    parts.extend(checkouts.into_iter().map(Part::Checkout));
    let git = network::git(session)?;
    let mut all = Inspected::default();
    parts.sort_by_cached_key(|part| Reverse(part.weight()));
    for found in parallel::map(&parts, |part| part.inspect(home, &git)) {
        all.merge(found?);
    }
    for path in home.all_leftovers()? {
        let what = "was left half-made by a process that was killed".to_owned();
        all.findings.push(Finding { path, what, change: None, remedy: Remedy::Remove });
    }
    if let Some(error) = damaged_records(session, home)? {
        let (path, what) = (home.last_use(), format!("is damaged ({error})"));
        all.findings.push(Finding { path, what, change: None, remedy: Remedy::Remove });
    }
    Ok(all)
}

pub(crate) fn damaged_records(
    session: &Session<'_>,
    home: &CargoHome,
) -> Result<Option<LastUseError>, Error> {
    if dhow_fs::stat(&home.last_use())?.is_none() {
        return Ok(None);
    }
    match LastUse::open(home, last_use::now(session)).and_then(|last_use| last_use.check()) {
        Err(error) if error.is_damage() => Ok(Some(error)),
        // Busy, or not to be written: that is no damage.
        _ => Ok(None),
    }
}
