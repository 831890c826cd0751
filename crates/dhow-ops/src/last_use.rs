//! Keeps Cargo's records of what was used last, and collects what nobody has used for long, as Cargo does: at most once
//! a day, only when the network may be used, and only if nobody else uses the home just now.

use std::time::{SystemTime, UNIX_EPOCH};

use dhow_config::CleanFrequency;
use dhow_home::{CargoHome, CollectError, LastUse, LastUseError, Removed};

use crate::error::Error;
use crate::event::{Event, Level};
use crate::session::Session;
use crate::sources::Sources;

/// Seconds since 1970. The variable is Cargo's, for tests that cannot wait for months.
pub(crate) fn now(session: &Session<'_>) -> u64 {
    let pretended = session.env.get("__CARGO_TEST_LAST_USE_NOW").and_then(|text| text.parse().ok());
    pretended
        .unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// Records what was used so far. Nothing fails if that is not possible.
pub(crate) fn record(session: &Session<'_>, sources: &Sources<'_>) {
    let used = sources.registries().take_used();
    if used.is_empty() {
        return;
    }
    let now = now(session);
    let write = |home: &CargoHome| -> Result<u64, LastUseError> {
        let mut last_use = LastUse::open(home, now)?;
        last_use.record(&used, now)?;
        last_use.last_collected()
    };
    match write(sources.registries().home()) {
        Ok(last_collected) => sources.set_last_collected(last_collected),
        Err(error) => session.tell(Event::Remark(error.to_string())),
    }
}

/// Collects if it is time. To be called when everything that the command uses is recorded, and before it takes locks.
///
/// # Errors
/// A setting that cannot be understood.
pub(crate) fn collect_if_due(session: &Session<'_>, sources: &Sources<'_>) -> Result<(), Error> {
    let frequency = session.config.auto_clean_frequency()?;
    let now = now(session);
    let is_due = |last: u64| match frequency {
        CleanFrequency::Never => false,
        CleanFrequency::Always => last < now,
        CleanFrequency::Every(span) => last.saturating_add(span.as_secs()) < now,
    };
    let offline = sources.registries().settings().net.offline;
    if offline || !sources.last_collected().is_some_and(is_due) {
        return Ok(());
    }
    match collect(sources.registries().home(), now) {
        Ok(removed) if removed.files > 0 => {
            let message = format!("{} unused files of the home", removed.files);
            session.tell(Event::Status { verb: "Removed", message, level: Level::Verbose });
        }
        Ok(_) => {}
        Err(error) => session.tell(Event::Remark(format!("unused files were not removed: {error}"))),
    }
    Ok(())
}

fn collect(home: &CargoHome, now: u64) -> Result<Removed, CollectError> {
    match home.try_lock_collection()? {
        Some(guard) => guard.collect_automatically(&mut LastUse::open(home, now)?, now),
        // The next command will.
        None => Ok(Removed::default()),
    }
}
