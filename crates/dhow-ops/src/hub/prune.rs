//! `hub prune`: what the hub need not hold goes. Nothing is brought to it.

use super::HubChange;
use super::tidy::tidy;
use super::work::{hub_of, in_hub};
use crate::error::Error;
use crate::event::Event;
use crate::hub_fill;
use crate::resolution::{self, LockOptions};
use crate::session::{HubUse, Session};

/// Removes from the hub what the lock file does not need, or says what would be removed.
///
/// # Errors
/// There is no hub, or it cannot be written to.
pub fn hub_prune(session: &Session<'_>, dry_run: bool) -> Result<HubChange, Error> {
    let session = &Session { hub: HubUse::Required, ..*session };
    in_hub(session, |workspace, sources, place| {
        let resolve = resolution::resolve(session, workspace, sources, LockOptions::default())?;
        let hub = hub_of(workspace, sources)?;
        let contents = hub_fill::contents(session, hub, &resolve)?;
        let events = |event| session.tell(Event::Fetch(event));
        let home = sources.home_registries();
        let commits = hub.registries.needed_commits(home, &contents.repositories, &events)?;
        let removed = tidy(session, hub, &contents, &commits, dry_run)?;
        let root = place.home().root().to_owned();
        let (packages, repositories) = (contents.unpacked.len(), commits.len());
        Ok(HubChange { root, packages, repositories, removed, ..HubChange::default() })
    })
}
