//! Brings to the project's hub what it lacks: from the home, which fetches what it lacks itself. Removes nothing.

use std::collections::BTreeSet;

use dhow_fetch::{Commits, FetchError, Freshness, Took, Wanted};
use dhow_fs::Sharing;
use dhow_hub::Contents;
use dhow_model::PackageId;
use dhow_resolve::Resolve;

use crate::accessible::accessible;
use crate::error::Error;
use crate::event::Event;
use crate::hub_sources::HubSources;
use crate::parallel;
use crate::session::Session;
use crate::sources::Sources;
use crate::tools::Tools;

/// A lock file is known: the hub gets to know its releases and repositories, if it does not yet, and is what is asked from
/// now on.
pub(crate) fn follow(session: &Session<'_>, sources: &Sources<'_>, resolve: &Resolve) -> Result<(), Error> {
    let Some(hub) = sources.hub() else { return Ok(()) };
    if !is_everything(hub) {
        *hub.needed.borrow_mut() = Some(needed(session, hub, resolve)?);
    }
    if sources.asked_hub().is_none() {
        let contents = Contents::new(resolve, &BTreeSet::new());
        index_and_repositories(session, sources, hub, &contents)?;
        sources.ask_hub(true);
    }
    Ok(())
}

/// What the hub has to hold.
pub(crate) fn contents(
    session: &Session<'_>,
    hub: &HubSources,
    resolve: &Resolve,
) -> Result<Contents, Error> {
    Ok(Contents::new(resolve, &needed(session, hub, resolve)?))
}

/// Lets the index of the hub say what the lock file needs, and nothing else of these packages; and its repositories have
/// these commits.
pub(crate) fn index_and_repositories(
    session: &Session<'_>,
    sources: &Sources<'_>,
    hub: &HubSources,
    contents: &Contents,
) -> Result<Commits, Error> {
    let events = |event| session.tell(Event::Fetch(event));
    let (ours, home) = (&hub.registries, sources.home_registries());
    // A hub that answered for the whole lock file lacks nothing that the home would be asked for.
    if sources.asked_hub().is_none() || !has_repositories(hub, contents)? {
        sources.keep_home_in_place()?;
    }
    let listed: BTreeSet<PackageId> = contents.listed.keys().copied().collect();
    home.set_freshness(Freshness::Cached);
    match ours.take_index(home, &listed, &events) {
        // What the home has may be older than the lock file.
        Err(FetchError::NotListed { .. }) if !home.settings().net.offline => {
            home.set_freshness(Freshness::Revalidated);
            ours.take_index(home, &listed, &events)?;
        }
        result => drop(result?),
    }
    // What was read before is not what it says now.
    ours.set_freshness(Freshness::Revalidated);
    ours.set_freshness(Freshness::Cached);
    let commits = ours.take_repositories(home, &contents.repositories, &events)?;
    ours.forget_failures();
    Ok(commits)
}

/// Sees to it that the hub has what it has to hold of these packages. Gives back those that come from the hub, and those
/// that come from the home.
pub(crate) fn provide(
    session: &Session<'_>,
    sources: &Sources<'_>,
    wanted: Vec<Wanted>,
) -> Result<(Vec<Wanted>, Vec<Wanted>), Error> {
    let Some(hub) = sources.asked_hub() else { return Ok((Vec::new(), wanted)) };
    let (of_hub, of_home): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|wanted| hub.holds(wanted.id));
    packages(session, sources, hub, &of_hub)?;
    if !of_home.is_empty() {
        sources.keep_home_in_place()?;
        sources.home_registries().set_freshness(Freshness::Cached);
    }
    Ok((of_hub, of_home))
}

/// Brings packages to the hub. Gives back how many were not downloaded for it, and how many were.
pub(crate) fn packages(
    session: &Session<'_>,
    sources: &Sources<'_>,
    hub: &HubSources,
    wanted: &[Wanted],
) -> Result<(usize, usize), Error> {
    let (ours, home) = (&hub.registries, sources.home_registries());
    let mut missing = Vec::new();
    for package in wanted {
        // Sources are unpacked again without asking anybody.
        if !ours.has_archive(package.id)? {
            missing.push(*package);
        }
    }
    if missing.is_empty() {
        return Ok((0, 0));
    }
    sources.keep_home_in_place()?;
    home.set_freshness(Freshness::Cached);
    let lacking = take(sources, hub, &missing)?;
    let taken = missing.len() - lacking.len();
    if lacking.is_empty() {
        return Ok((taken, 0));
    }
    let events = |event| session.tell(Event::Fetch(event));
    home.download(&lacking, &|_, _| {}, &events).map_err(|error| match error {
        error @ FetchError::OfflinePackages { .. } => {
            let root = hub.hub.home().root().to_owned();
            Error::HubLacks { root, source: Box::new(error.into()) }
        }
        error => error.into(),
    })?;
    match take(sources, hub, &lacking)?.first() {
        Some(package) => {
            Err(FetchError::Spoiled { id: package.id, home: home.home().root().to_owned() }.into())
        }
        None => Ok((taken, lacking.len())),
    }
}

/// Takes over what the home has; gives back what it has not.
fn take(sources: &Sources<'_>, hub: &HubSources, wanted: &[Wanted]) -> Result<Vec<Wanted>, Error> {
    let (ours, home) = (&hub.registries, sources.home_registries());
    ours.prepare_packages(wanted)?;
    let sharing = Sharing::default();
    let took = parallel::map(wanted, |wanted| ours.take_package(home, &sharing, *wanted));
    let mut lacking = Vec::new();
    for (wanted, took) in wanted.iter().zip(took) {
        if took? == Took::Lacking {
            lacking.push(*wanted);
        }
    }
    Ok(lacking)
}

fn has_repositories(hub: &HubSources, contents: &Contents) -> Result<bool, Error> {
    for source in &contents.repositories {
        if dhow_fs::stat(hub.hub.home().git_of(*source).database().path())?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the hub holds all that the lock file names.
pub(crate) fn is_everything(hub: &HubSources) -> bool {
    hub.settings.targets.is_none() && hub.settings.dev_dependencies
}

/// What of the lock file is compiled, as the settings have it.
fn needed(session: &Session<'_>, hub: &HubSources, resolve: &Resolve) -> Result<BTreeSet<PackageId>, Error> {
    if is_everything(hub) {
        return Ok(resolve.iter().collect());
    }
    let roots = &hub.members;
    let dev = hub.settings.dev_dependencies;
    Ok(match &hub.settings.targets {
        None => accessible(resolve, roots, dev, &|_| true),
        Some(targets) => {
            let tools = Tools::find(session, targets)?;
            accessible(resolve, roots, dev, &|dep| tools.may_need(dep))
        }
    })
}
