//! The workspace that a command works in, and what its packages can come from.

use std::path::PathBuf;

use dhow_model::SourceId;
use dhow_workspace::{LoadOptions, Loader, Workspace};

use crate::error::Error;
use crate::event::Event;
use crate::last_use;
use crate::session::Session;
use crate::sources::Sources;

/// The manifest that the user names, or the next one above the current directory.
pub(crate) fn find_manifest(session: &Session<'_>) -> Result<PathBuf, Error> {
    match session.manifest_path {
        Some(path) => Ok(dhow_workspace::check_manifest_path(&session.absolute(path))?),
        None => Ok(dhow_workspace::find_manifest(session.cwd())?),
    }
}

/// How closely manifests are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// To compile: everything must be right, and authors are told what is odd.
    Strict,
    /// To look at the graph: a target whose file is missing does no harm.
    Lenient,
}

/// Loads the workspace and works with it.
pub(crate) fn open<T>(
    session: &Session<'_>,
    care: Care,
    work: impl FnOnce(&Workspace, &mut Sources<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let manifest = find_manifest(session)?;
    let target_dir = match session.target_dir {
        Some(dir) => Some(session.absolute(dir)),
        None => session.config.target_dir()?,
    };
    let build_dir = build_dir(session, &manifest)?;
    let lookup = |name: &str| -> Result<SourceId, String> {
        session.config.registry_source(name).map_err(|e| e.to_string())
    };
    let mut loader = Loader::new(LoadOptions {
        registries: &lookup,
        cargo_home: Some(session.config.home()),
        target_dir: target_dir.as_deref(),
        build_dir: build_dir.as_deref(),
    });
    if care == Care::Lenient {
        loader = loader.lenient();
    }
    let workspace = loader.workspace(&manifest)?;
    if care == Care::Strict {
        for warning in workspace.warnings() {
            session.tell(Event::ManifestWarning(warning.clone()));
        }
    }
    let mut sources = Sources::new(session, &loader, &workspace)?;
    let result = work(&workspace, &mut sources);
    last_use::record(session, &sources);
    result
}

/// `build.build-dir`. Its templates name the workspace's root, so that is looked for first where it matters.
fn build_dir(session: &Session<'_>, manifest: &std::path::Path) -> Result<Option<PathBuf>, Error> {
    let root = manifest.parent().unwrap_or(manifest);
    let hash = || {
        let digest = dhow_fs::hash_bytes(root.as_os_str().as_encoded_bytes()).to_string();
        format!("{}/{}", &digest[..2], &digest[2..16])
    };
    Ok(session.config.build_dir(root, hash)?)
}
