//! The end of `hub update`, and all of `hub prune`: what the hub need not hold goes.

use std::path::PathBuf;

use dhow_fetch::Commits;
use dhow_hub::Contents;

use crate::error::Error;
use crate::event::Event;
use crate::hub_sources::HubSources;
use crate::session::Session;

/// Removes what is too much, where nobody reads the hub.
pub(super) fn tidy(
    session: &Session<'_>,
    hub: &HubSources,
    contents: &Contents,
    commits: &Commits,
    dry_run: bool,
) -> Result<Vec<PathBuf>, Error> {
    let surplus = dhow_hub::surplus(&hub.registries, contents, commits)?;
    if dry_run || (surplus.is_empty() && !hub.registries.are_repositories_untidy(commits)?) {
        return Ok(surplus);
    }
    hub.let_go();
    let home = hub.hub.home();
    let guard = home.lock_collection(&|notice| session.tell(Event::of_lock(notice, "hub", home.root())))?;
    // Others may have worked there while we waited.
    let surplus = dhow_hub::surplus(&hub.registries, contents, commits)?;
    for path in &surplus {
        guard.remove(path)?;
    }
    for note in home.orphaned_notes()? {
        guard.remove(&note)?;
    }
    hub.registries.tidy_repositories(&guard, commits)?;
    Ok(surplus)
}
