//! `dhow hub verify`: holds a project's hub against its lock file, and mends it if asked to.

use std::cmp::Reverse;

use dhow_fetch::{Inspected, Remedy, repair};
use dhow_home::CargoHome;
use dhow_hub::{Contents, Hub, survey};

use crate::error::Error;
use crate::event::Event;
use crate::home::{HomeVerified, damaged_records, verified};
use crate::session::Session;
use crate::workspaces::{self, Care};
use crate::{network, parallel, resolution};

/// Looks at everything that the hub holds, on all processors, and at what it should hold. Others may use it meanwhile,
/// unless something is mended.
///
/// # Errors
/// There is no hub, something cannot be read, or not be mended.
pub fn hub_verify(session: &Session<'_>, mend: bool) -> Result<HomeVerified, Error> {
    let (hub, contents) = contents(session)?;
    let home = hub.home();
    let blocking = |_| session.tell(Event::Blocking("package cache".to_owned()));
    let reading = home.lock_sources(&blocking)?;
    let found = inspect(session, home, &contents)?;
    drop(reading);
    if !mend || found.findings.is_empty() {
        return Ok(verified(found, false));
    }
    let guard = home.lock_collection(&blocking)?;
    // Others may have been at work since.
    let found = inspect(session, home, &contents)?;
    repair(home, &guard, &found.findings)?;
    drop(guard);
    Ok(verified(found, true))
}

fn inspect(session: &Session<'_>, home: &CargoHome, contents: &Contents) -> Result<Inspected, Error> {
    let sources = network::settings(session, network::Replaced::ByConfiguration)?.sources;
    let survey = survey(home, contents, &|source| sources.actual(source))?;
    let git = network::git(session)?;
    let mut parts = survey.parts;
    parts.sort_by_cached_key(|part| Reverse(part.weight()));
    let mut all = survey.found;
    for found in parallel::map(&parts, |part| part.inspect(home, &git)) {
        all.merge(found?);
    }
    if let Some(error) = damaged_records(session, home)? {
        all.add(home.last_use(), format!("is damaged ({error})"), Remedy::Remove);
    }
    Ok(all)
}

fn contents(session: &Session<'_>) -> Result<(Hub, Contents), Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let hub = Hub::of_workspace(workspace.root());
        let mut contents = Contents::default();
        if let Some(resolve) = resolution::locked(workspace, sources)? {
            for id in resolve.iter() {
                if id.source().is_registry() {
                    contents.listed.insert(id, resolve.checksum(id));
                    contents.unpacked.insert(id);
                } else if id.source().is_git() {
                    contents.repositories.insert(id.source());
                }
            }
        }
        Ok((hub, contents))
    })
}
