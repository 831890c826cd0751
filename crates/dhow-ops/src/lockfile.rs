//! `generate-lockfile` and `fetch`.

use dhow_model::PackageId;
use dhow_workspace::Package;

use crate::error::Error;
use crate::packages;
use crate::resolution::{self, LockOptions};
use crate::session::Session;
use crate::tools::Tools;
use crate::workspaces::{self, Care};

/// Chooses versions anew and writes `Cargo.lock`.
///
/// # Errors
/// There is no solution, or the registry cannot be asked.
pub fn generate_lockfile(session: &Session<'_>, ignore_rust_version: bool) -> Result<(), Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let options = LockOptions { anew: true, ignore_rust_version };
        resolution::resolve(session, workspace, sources, options)?;
        Ok(())
    })
}

/// Downloads everything that `Cargo.lock` names, or what `targets` need of it.
///
/// # Errors
/// There is no solution, or something cannot be downloaded.
pub fn fetch(session: &Session<'_>, targets: &[String]) -> Result<(), Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let resolve = resolution::resolve(session, workspace, sources, LockOptions::default())?;
        let roots: Vec<PackageId> = workspace.members().iter().map(Package::id).collect();
        let ids = if targets.is_empty() {
            packages::accessible(&resolve, &roots, true, &|_| true)
        } else {
            let tools = Tools::find(session, targets)?;
            packages::accessible(&resolve, &roots, true, &|dep| tools.may_need(dep))
        };
        packages::load(session, sources, &resolve, &ids)?;
        sources.ask_for_collection();
        Ok(())
    })
}
