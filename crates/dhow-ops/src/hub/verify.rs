//! `hub verify`: holds a project's hub against its lock file, and mends it if asked to.

use std::cmp::Reverse;

use dhow_fetch::{Inspected, Needed, Registries, Remedy, inspect_package, repair};
use dhow_home::package_dir;
use dhow_hub::{Contents, survey};
use dhow_resolve::{CliFeatures, Resolve};
use dhow_workspace::{Package, Workspace};

use super::create::hub_update;
use super::work::{hub_of, in_hub};
use crate::error::Error;
use crate::event::Event;
use crate::home::{HomeVerified, damaged_records, verified};
use crate::resolution::{self, LockOptions, LockUse};
use crate::session::{HubUse, Session};
use crate::sources::Sources;
use crate::{hub_fill, parallel};

/// Looks at everything that the hub holds, on all processors, and at what it should hold. Others may use it meanwhile,
/// unless something is mended: what is bad goes, sources are unpacked again from archives that are good, and then the hub
/// is brought up to date, from the home first.
///
/// # Errors
/// There is no hub, something cannot be read, or not be mended.
pub fn hub_verify(session: &Session<'_>, mend: bool) -> Result<HomeVerified, Error> {
    let found = look(session, false)?;
    if !mend || found.findings.is_empty() {
        return Ok(verified(found, false));
    }
    // Others may have been at work since.
    let found = look(session, true)?;
    hub_update(session)?;
    Ok(verified(found, true))
}

/// What is wrong with the hub. What is bad is removed, or unpacked again, if it is to be mended.
fn look(session: &Session<'_>, mend: bool) -> Result<Inspected, Error> {
    let session = &Session { hub: HubUse::Required, ..*session };
    in_hub(session, |workspace, sources, place| {
        let contents = contents(session, workspace, sources)?;
        let hub = hub_of(workspace, sources)?;
        let (registries, home) = (&hub.registries, place.home());
        let told = |notice| session.tell(Event::of_lock(notice, "hub", home.root()));
        if !mend {
            let _reading = home.lock_sources(&told)?;
            return inspect(session, registries, &contents);
        }
        hub.let_go();
        let guard = home.lock_collection(&told)?;
        let found = inspect(session, registries, &contents)?;
        repair(home, &guard, &found.findings)?;
        drop(guard);
        forget_spoiled(session, sources, &contents)?;
        Ok(found)
    })
}

/// What the hub lacks now comes from the home. Archives that are as bad there go, so that they are downloaded.
fn forget_spoiled(session: &Session<'_>, sources: &Sources<'_>, contents: &Contents) -> Result<(), Error> {
    let (Some(hub), theirs) = (sources.hub(), sources.home_registries()) else { return Ok(()) };
    let mut spoiled = Vec::new();
    for id in &contents.unpacked {
        if hub.registries.has_archive(*id)? {
            continue;
        }
        let (Some(registry), package) = (theirs.place_of(id.source())?, package_dir(*id)) else { continue };
        let needed = Needed { checksum: contents.listed[id], sources: false };
        let found = inspect_package(&registry, &package, Some(needed))?.findings;
        spoiled.extend(found.into_iter().filter(|found| found.remedy == Remedy::Remove));
    }
    if spoiled.is_empty() {
        return Ok(());
    }
    let home = theirs.home();
    let guard = home.lock_collection(&|_| session.tell(Event::Blocking("package cache".to_owned())))?;
    Ok(repair(home, &guard, &spoiled)?)
}

/// Holds a hub against what it has to hold. `registries` are its own.
pub(super) fn inspect(
    session: &Session<'_>,
    registries: &Registries,
    contents: &Contents,
) -> Result<Inspected, Error> {
    let survey = survey(registries, contents)?;
    let (home, git) = (registries.home(), registries.git());
    let mut parts = survey.parts;
    parts.sort_by_cached_key(|part| Reverse(part.weight()));
    let mut all = survey.found;
    for found in parallel::map(&parts, |part| part.inspect(home, git)) {
        all.merge(found?);
    }
    if let Some(error) = damaged_records(session, home)? {
        all.add(home.last_use(), format!("is damaged ({error})"), Remedy::Remove);
    }
    Ok(all)
}

/// What the hub has to hold, by the lock file alone if that says it. Nothing is brought to the hub for that.
pub(super) fn contents(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
) -> Result<Contents, Error> {
    let Some(locked) = resolution::locked(workspace, sources)? else {
        return Err(Error::NoLockFile { path: workspace.lock_path() });
    };
    let hub = hub_of(workspace, sources)?;
    if hub_fill::is_everything(hub) {
        return hub_fill::contents(session, hub, &locked);
    }
    // For which platforms somebody is needed says the index: the hub's own, or that of the home.
    sources.ask_hub(true);
    let by_hub = resolved(session, workspace, sources);
    sources.ask_hub(false);
    let resolve = match by_hub {
        Ok(resolve) => resolve,
        Err(_) => resolved(session, workspace, sources)?,
    };
    hub_fill::contents(session, hub_of(workspace, sources)?, &resolve)
}

fn resolved(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
) -> Result<Resolve, Error> {
    let all = |package: &Package| (package.id(), CliFeatures::all(), true);
    let members: Vec<_> = workspace.members().iter().map(all).collect();
    resolution::resolve_once(session, workspace, sources, &members, LockUse::Read, LockOptions::default())
}
