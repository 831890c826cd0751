//! `pkgid`: the full specification of a package.

use crate::error::Error;
use crate::resolution;
use crate::session::Session;
use crate::workspaces::{self, Care};

/// The specification of the package that `spec` names, or of the current one.
///
/// # Errors
/// No lock file, no such package, or several.
pub fn pkgid(session: &Session<'_>, spec: Option<&str>) -> Result<String, Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let Some(resolve) = resolution::locked(workspace, sources)? else {
            return Err(Error::NoLockFile { path: workspace.lock_path() });
        };
        let id = match (spec, workspace.current()) {
            (Some(spec), _) => resolve.query(spec)?,
            (None, Some(current)) => current.id(),
            (None, None) => {
                return Err(Error::VirtualWorkspace { path: workspace.root_manifest_path().to_owned() });
            }
        };
        Ok(id.to_spec().to_string())
    })
}
