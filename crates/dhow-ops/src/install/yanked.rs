//! Releases that a package's own lock file names although they have been yanked since.

use std::task::Poll;

use dhow_model::{Dependency, PackageId};
use dhow_resolve::Provider;
use dhow_workspace::Workspace;
use semver::VersionReq;

use crate::error::Error;
use crate::resolution;
use crate::session::Session;
use crate::sources::Sources;

/// Warns of each of them. Who cannot be asked is not.
pub(crate) fn warn(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
) -> Result<(), Error> {
    let Some(locked) = resolution::locked(workspace, sources)? else { return Ok(()) };
    let is_release = |id: &PackageId| id.source().is_registry() && workspace.member(*id).is_none();
    let releases: Vec<PackageId> = locked.iter().filter(is_release).collect();
    sources.request(releases.iter().copied())?;
    for id in releases {
        if is_yanked(sources, id) {
            session.warn(format!(
                "`{id}` in the package's `Cargo.lock` has been yanked from {}; without `--locked` another version is used",
                id.source()
            ));
        }
    }
    Ok(())
}

fn is_yanked(sources: &mut Sources<'_>, id: PackageId) -> bool {
    let dep = Dependency::new(id.name(), id.source()).with_req(VersionReq::STAR);
    loop {
        match sources.query(&dep) {
            Poll::Pending => sources.wait(),
            Poll::Ready(Err(_)) => return false,
            Poll::Ready(Ok(releases)) => {
                let found = (0..releases.len()).find(|i| releases.version(*i) == id.version());
                return found.is_some_and(|i| releases.is_yanked(i));
            }
        }
    }
}
