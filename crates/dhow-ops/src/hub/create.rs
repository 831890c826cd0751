//! `hub create` and `hub update`: the hub holds what the lock file needs, and nothing else.

use dhow_config::Config;
use dhow_hub::{HubSettings, VersionControl};
use dhow_resolve::Resolve;
use dhow_workspace::Workspace;

use super::work::{hub_of, in_hub, make_sources};
use super::{HubChange, registries, tidy};
use crate::error::Error;
use crate::hub_fill;
use crate::resolution::{self, LockOptions};
use crate::session::{HubUse, Session};
use crate::sources::Sources;

/// How a hub is made.
#[derive(Clone, Debug)]
pub struct HubCreateOptions {
    /// What it has to hold.
    pub settings: HubSettings,
    /// What the project's git is to do with it; left as it is if nothing is said and there is a hub.
    pub version_control: Option<VersionControl>,
}

/// Makes the hub of a project, or brings one up to date that is to hold something else from now on.
///
/// # Errors
/// There is no lock file and none can be made, something cannot be had, or the project cannot be written to.
pub fn hub_create(session: &Session<'_>, options: &HubCreateOptions) -> Result<HubChange, Error> {
    let session = &Session { hub: HubUse::With(&options.settings), ..*session };
    in_hub(session, |workspace, sources, hub| {
        let (resolve, mut change) = fill(session, workspace, sources)?;
        let is_new = hub.settings()?.is_none();
        let default = is_new.then_some(VersionControl::Commit);
        if let Some(version_control) = options.version_control.or(default) {
            version_control.tell(hub)?;
        }
        // Last, for it says that there is a hub.
        let alone = Config::of_project_alone(workspace.root())?;
        hub.write_settings(&options.settings, &registries::unnamed(session, workspace, &alone, &resolve)?)?;
        registries::warn_of_directories(session, workspace, &alone)?;
        change.root = hub.home().root().to_owned();
        Ok(change)
    })
}

/// Brings the hub of a project up to date with its lock file.
///
/// # Errors
/// There is no hub, something cannot be had, or the project cannot be written to.
pub fn hub_update(session: &Session<'_>) -> Result<HubChange, Error> {
    let session = &Session { hub: HubUse::Required, ..*session };
    in_hub(session, |workspace, sources, hub| {
        let (_, mut change) = fill(session, workspace, sources)?;
        change.root = hub.home().root().to_owned();
        Ok(change)
    })
}

/// Lets the hub have what it has to hold, then nothing else.
fn fill(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
) -> Result<(Resolve, HubChange), Error> {
    let resolve = resolution::resolve(session, workspace, sources, LockOptions::default())?;
    let hub = hub_of(workspace, sources)?;
    // Whoever tidies up waits for who unpacks.
    hub.keep_in_place(session)?;
    let contents = hub_fill::contents(session, hub, &resolve)?;
    let commits = hub_fill::index_and_repositories(session, sources, hub, &contents)?;
    let (taken, downloaded) = hub_fill::packages(session, sources, hub, &contents.wanted())?;
    make_sources(session, &hub.registries, &contents)?;
    let removed = tidy::tidy(session, hub, &contents, &commits, false)?;
    let packages = contents.unpacked.len();
    let change = HubChange {
        packages,
        repositories: commits.len(),
        taken,
        downloaded,
        removed,
        ..HubChange::default()
    };
    Ok((resolve, change))
}
