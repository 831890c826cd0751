//! The package of the workspace that a specification may mean: a member, else what is depended on, the nearest first.

use dhow_model::{PackageId, PackageIdSpec, PartialVersion, RustVersion, spec_matches};
use dhow_resolve::Resolve;
use dhow_workspace::{Package, Workspace};

use crate::resolution::{self, LockOptions};
use crate::session::Session;
use crate::sources::Sources;

/// What the workspace knows.
pub(super) struct InWorkspace {
    /// The package, if it is in there.
    pub(super) id: Option<PackageId>,
    /// Whether it is a member.
    pub(super) is_member: bool,
    /// The graph, if it was needed and could be had.
    pub(super) resolve: Option<Resolve>,
    /// The oldest Rust that the current package, or else any member, promises to build with.
    pub(super) rust_version: Option<PartialVersion>,
}

pub(super) fn find(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    spec: &PackageIdSpec,
) -> InWorkspace {
    let rust_version = rust_version(workspace);
    let member = workspace.members().iter().find(|package| spec_matches(spec, package.id()));
    if let Some(member) = member {
        return InWorkspace { id: Some(member.id()), is_member: true, resolve: None, rust_version };
    }
    let Ok(resolve) = resolution::resolve(session, workspace, sources, LockOptions::default()) else {
        return InWorkspace { id: None, is_member: false, resolve: None, rust_version };
    };
    let newest = |ids: &mut dyn Iterator<Item = PackageId>| {
        ids.filter(|id| spec_matches(spec, *id)).max_by_key(|id| id.version())
    };
    let members = || workspace.members().iter().map(Package::id);
    let id =
        newest(&mut workspace.current().into_iter().flat_map(|p| resolve.deps(p.id())).map(|(to, _)| to))
            .or_else(|| newest(&mut members().flat_map(|id| resolve.deps(id)).map(|(to, _)| to)))
            .or_else(|| newest(&mut resolve.iter()));
    InWorkspace { id, is_member: false, resolve: Some(resolve), rust_version }
}

fn rust_version(workspace: &Workspace) -> Option<PartialVersion> {
    let of = |package: &Package| package.metadata().rust_version;
    let current = workspace.current().and_then(of);
    current.or_else(|| workspace.members().iter().filter_map(of).min()).as_ref().map(RustVersion::to_partial)
}
