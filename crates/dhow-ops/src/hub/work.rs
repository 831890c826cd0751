//! What all commands about hubs begin with: the workspace, its hub, and what that has to hold.

use dhow_fetch::Registries;
use dhow_hub::{Contents, Hub, HubError};
use dhow_workspace::Workspace;

use crate::error::Error;
use crate::event::Event;
use crate::hub_sources::HubSources;
use crate::session::Session;
use crate::sources::Sources;
use crate::workspaces::{self, Care};

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

/// Unpacks the packages of a hub and checks its repositories out, where that is not done yet.
pub(super) fn make_sources(
    session: &Session<'_>,
    registries: &Registries,
    contents: &Contents,
) -> Result<(), Error> {
    let events = |event| session.tell(Event::Fetch(event));
    registries.download(&contents.wanted(), &|_, _| {}, &events)?;
    for source in &contents.repositories {
        registries.checkout(*source, &events)?;
    }
    Ok(())
}
