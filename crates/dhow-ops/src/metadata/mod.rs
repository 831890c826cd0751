//! `metadata`: the workspace and its graph as a document for programs.

mod document;

use dhow_model::{Dependency, PackageId};
use dhow_workspace::Package;

use crate::error::Error;
use crate::narrow::{Wanted, narrowed};
use crate::options::FeatureFlags;
use crate::session::Session;
use crate::tools::Tools;
use crate::workspaces::Care;
use crate::{packages, workspaces};

/// What `metadata` shows.
#[derive(Clone, Debug, Default)]
pub struct MetadataOptions {
    /// Features of the members.
    pub features: FeatureFlags,
    /// Members only, no graph.
    pub no_deps: bool,
    /// Platforms whose dependencies are shown; none: all.
    pub filter_platforms: Vec<String>,
}

/// The document as one line of JSON.
///
/// # Errors
/// There is no solution, or a package cannot be had.
pub fn metadata(session: &Session<'_>, options: &MetadataOptions) -> Result<String, Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let document = if options.no_deps {
            document::without_deps(workspace)?
        } else {
            let tools = match options.filter_platforms.as_slice() {
                [] => None,
                platforms => Some(Tools::find(session, platforms)?),
            };
            let may_need = |dep: &Dependency| tools.as_ref().is_none_or(|tools| tools.may_need(dep));
            let selected: Vec<PackageId> = workspace.members().iter().map(Package::id).collect();
            let graph =
                narrowed(session, workspace, sources, Wanted { selected, features: &options.features })?;
            let ids = packages::accessible(&graph.resolve, &graph.roots(), true, &may_need);
            let packages = packages::load(session, sources, &graph.resolve, &ids)?;
            let on_target =
                |dep: &Dependency| tools.as_ref().is_none_or(|tools| tools.may_need_on_target(dep));
            document::with_deps(workspace, &graph.resolve, &packages, &on_target)?
        };
        document.to_json().map_err(|e| Error::Json(e.to_string()))
    })
}
