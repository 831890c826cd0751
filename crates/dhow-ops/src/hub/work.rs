//! What all commands about hubs begin with: the workspace, its hub, and what that has to hold.

use dhow_hub::{Hub, HubError, HubSettings};
use dhow_workspace::Workspace;

use crate::error::Error;
use crate::hub_sources::HubSources;
use crate::session::Session;
use crate::sources::Sources;
use crate::workspaces::{self, Care};

/// The settings of the hub that there is.
pub(super) fn settings(session: &Session<'_>) -> Result<HubSettings, Error> {
    let session = &session.without_hub();
    workspaces::open(session, Care::Lenient, |workspace, _| {
        let root = workspace.root().to_owned();
        Ok(Hub::of_workspace(&root).settings()?.ok_or(HubError::None { root })?)
    })
}

/// Works in the workspace, with the place of its hub.
pub(super) fn in_hub<T>(
    session: &Session<'_>,
    work: impl FnOnce(&Workspace, &mut Sources<'_>, &Hub) -> Result<T, Error>,
) -> Result<T, Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let hub = Hub::of_workspace(workspace.root());
        // A project may lie in the user's directory itself.
        let users = session.env.home_dir().map(|dir| Hub::of_workspace(&dir));
        let real = |hub: &Hub| dhow_fs::canonicalize(hub.home().root());
        if users.is_some_and(|users| real(&users) == real(&hub)) {
            return Err(HubError::IsHome { root: hub.home().root().to_owned() }.into());
        }
        work(workspace, sources, &hub)
    })
}

/// The hub that packages come from.
pub(super) fn hub_of<'s>(workspace: &Workspace, sources: &'s Sources<'_>) -> Result<&'s HubSources, Error> {
    Ok(sources.hub().ok_or_else(|| HubError::None { root: workspace.root().to_owned() })?)
}
