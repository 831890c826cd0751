//! Keeps Cargo's records of what was used last, and collects what nobody has used for long, as Cargo does: at most once
//! a day, only when the network may be used, and only if nobody else uses the home just now.

use std::time::{SystemTime, UNIX_EPOCH};

use dhow_config::CleanFrequency;
use dhow_home::{CargoHome, CollectError, LastUse, LastUseError, Removed};

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
    let used = sources.home_registries().take_used();
    if used.is_empty() {
        return;
    }
    let now = now(session);
    let write = |home: &CargoHome| -> Result<u64, LastUseError> {
        let mut last_use = LastUse::open(home, now)?;
        last_use.record(&used, now)?;
        last_use.last_collected()
    };
    match write(sources.home_registries().home()) {
        Ok(last_collected) => sources.set_last_collected(last_collected),
        Err(error) => session.tell(Event::Remark(error.to_string())),
    }
}

/// The end of a command: records what is not recorded yet, and collects if the command asked for that and it is time.
/// Only here: as long as `sources` are there, they are kept in their place.
pub(crate) fn finish(session: &Session<'_>, sources: Sources<'_>) {
    record(session, &sources);
    let home = sources.home_registries().home().clone();
    let last = sources.last_collected().filter(|_| sources.wants_collection());
    let offline = sources.home_registries().settings().net.offline;
    drop(sources);
    let Some(last) = last.filter(|_| !offline) else { return };
    let now = now(session);
    let frequency = match session.config.auto_clean_frequency() {
        Ok(frequency) => frequency,
        Err(error) => return session.warn(format!("unused files were not removed: {error}")),
    };
    let is_due = match frequency {
        CleanFrequency::Never => false,
        CleanFrequency::Always => last < now,
        CleanFrequency::Every(span) => last.saturating_add(span.as_secs()) < now,
    };
    if !is_due {
        return;
    }
    match collect(&home, now) {
        Ok(removed) if removed.files > 0 => {
            let message = format!("{} unused files of the home", removed.files);
            session.tell(Event::Status { verb: "Removed", message, level: Level::Verbose });
        }
        Ok(_) => {}
        Err(error) => session.tell(Event::Remark(format!("unused files were not removed: {error}"))),
    }
}

fn collect(home: &CargoHome, now: u64) -> Result<Removed, CollectError> {
    match home.try_lock_collection()? {
        Some(guard) => guard.collect_automatically(&mut LastUse::open(home, now)?, now),
        // The next command will.
        None => Ok(Removed::default()),
    }
}
