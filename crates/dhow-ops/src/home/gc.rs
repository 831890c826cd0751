//! `dhow home gc`: removes what has not been used for long, or what is too much.

use dhow_home::{CargoHome, LastUse, Limits};

use crate::clean::Cleaned;
use crate::error::Error;
use crate::event::Event;
use crate::last_use;
use crate::session::Session;

/// What may stay.
#[derive(Clone, Debug, Default)]
pub struct HomeGcOptions {
    /// Without any, those of the collection that happens by itself.
    pub limits: Limits,
    /// Only say what would go.
    pub dry_run: bool,
}

/// Removes what is beyond the limits. Waits until nobody else uses the home.
///
/// # Errors
/// The records of last use cannot be used, or something cannot be removed.
pub fn home_gc(session: &Session<'_>, options: &HomeGcOptions) -> Result<Cleaned, Error> {
    let home = CargoHome::new(session.config.home());
    let now = last_use::now(session);
    let limits = if options.limits.is_any() { options.limits } else { Limits::automatic() };
    let guard = home.lock_collection(&|_| session.tell(Event::Blocking("package cache".to_owned())))?;
    let removed = guard.collect(&mut LastUse::open(&home, now)?, &limits, now, options.dry_run)?;
    Ok(Cleaned { paths: removed.paths, files: removed.files, bytes: removed.bytes })
}
