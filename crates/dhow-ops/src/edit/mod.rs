//! `add` and `remove`: manifests change, then the lock file follows.

mod add;
mod features;
mod options;
mod query;
mod remove;
mod request;
mod root;
mod select;

use std::path::Path;

use dhow_formats::manifest_edit::ManifestEditor;
use dhow_plan::PackageSelection;
use dhow_resolve::Resolve;
use dhow_workspace::{Package, Workspace};

pub use add::add;
pub use options::{AddFrom, AddOptions};
pub use remove::{RemoveOptions, remove};

use crate::edit_problem::EditProblem;
use crate::error::Error;
use crate::narrow;
use crate::resolution::{self, LockOptions};
use crate::session::Session;
use crate::workspaces::{self, Care};

/// The one package whose manifest is changed.
fn package<'w>(
    session: &Session<'_>,
    workspace: &'w Workspace,
    named: &[String],
) -> Result<&'w Package, Error> {
    let selection = match named {
        [] => PackageSelection::Default,
        named => PackageSelection::Named(named.to_vec()),
    };
    // Only members can be changed, so there is no graph to look in.
    let ids = narrow::select(session, workspace, &Resolve::default(), &selection)?;
    let packages: Vec<&Package> = ids.iter().filter_map(|id| workspace.member(*id)).collect();
    match packages.as_slice() {
        [one] => Ok(one),
        several => {
            let members = several.iter().map(|package| package.name().to_string()).collect();
            Err(EditProblem::WhichPackage { members }.into())
        }
    }
}

/// The manifest at `path`, to be changed.
fn open(path: &Path) -> Result<ManifestEditor, Error> {
    let text = dhow_fs::read_to_string(path)?;
    let dir = path.parent().unwrap_or(path);
    ManifestEditor::parse(&text, dir)
        .map_err(|source| EditProblem::Syntax { path: path.to_owned(), source }.into())
}

fn save(path: &Path, manifest: &ManifestEditor) -> Result<(), Error> {
    Ok(dhow_fs::write_atomic(path, manifest.to_string().as_bytes())?)
}

/// Brings the lock file up to date with manifests that have changed.
fn resolve_again(session: &Session<'_>) -> Result<Resolve, Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        resolution::resolve(session, workspace, sources, LockOptions::default())
    })
}
