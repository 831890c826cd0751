//! `locate-project`: where the manifest is.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::session::Session;
use crate::workspaces::{self, Care};

/// The manifest of the current package, or of its workspace.
///
/// # Errors
/// There is none.
pub fn locate_project(session: &Session<'_>, workspace: bool) -> Result<PathBuf, Error> {
    if !workspace {
        return workspaces::find_manifest(session);
    }
    workspaces::open(session, Care::Lenient, |workspace, _| Ok(workspace.root_manifest_path().to_owned()))
}

/// `{"root":"…"}`, as Cargo prints it.
pub fn located_as_json(path: &Path) -> String {
    dhow_formats::metadata::located(&path.to_string_lossy())
}
