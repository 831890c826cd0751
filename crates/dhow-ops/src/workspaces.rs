//! The workspace that a command works in, and what its packages can come from.

use std::path::{Path, PathBuf};

use dhow_model::SourceId;
use dhow_workspace::{LoadOptions, Loader, Workspace};

use crate::error::Error;
use crate::event::Event;
use crate::hub_sources::HubSources;
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

/// What a workspace is made of.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// A manifest, with the workspace that it belongs to.
    Manifest(PathBuf),
    /// The manifest of an unpacked package of a registry, which belongs to no workspace.
    Unpacked(PathBuf, SourceId),
}

impl Origin {
    fn manifest(&self) -> &Path {
        match self {
            Self::Manifest(path) | Self::Unpacked(path, _) => path,
        }
    }
}

/// How closely manifests are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// To compile: everything must be right, and authors are told what is odd.
    Strict,
    /// To compile what somebody else works on: as strict, but what is odd is not told.
    Quiet,
    /// To look at the graph: a target whose file is missing does no harm.
    Lenient,
    /// To change manifests: a path dependency may be missing too, as long as nobody asks for it.
    Manifests,
}

/// Loads the workspace and works with it.
pub(crate) fn open<T>(
    session: &Session<'_>,
    care: Care,
    work: impl FnOnce(&Workspace, &mut Sources<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let origin = Origin::Manifest(find_manifest(session)?);
    let dirs = BuildDirs::configured(session, &origin)?;
    open_at(session, &origin, &dirs, care, work)
}

/// Where things are built, where that is not in the workspace itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct BuildDirs {
    pub(crate) target: Option<PathBuf>,
    /// Of what is not for users; the same unless it is given.
    pub(crate) build: Option<PathBuf>,
}

impl BuildDirs {
    /// As flags, variables and configuration say.
    pub(crate) fn configured(session: &Session<'_>, origin: &Origin) -> Result<Self, Error> {
        Ok(Self { target: target_dir(session)?, build: build_dir(session, origin.manifest())? })
    }
}

/// The target directory, if flags, variables or configuration name one.
pub(crate) fn target_dir(session: &Session<'_>) -> Result<Option<PathBuf>, Error> {
    match session.target_dir {
        Some(dir) => Ok(Some(session.absolute(dir))),
        None => Ok(session.config.target_dir()?),
    }
}

/// The same as [`open`] for the workspace of `origin`, which is built in `dirs`.
pub(crate) fn open_at<T>(
    session: &Session<'_>,
    origin: &Origin,
    dirs: &BuildDirs,
    care: Care,
    work: impl FnOnce(&Workspace, &mut Sources<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let lookup = |name: &str| session.registry(name);
    let mut loader = Loader::new(LoadOptions {
        registries: &lookup,
        cargo_home: Some(session.config.home()),
        target_dir: dirs.target.as_deref(),
        build_dir: dirs.build.as_deref(),
    });
    if matches!(care, Care::Lenient | Care::Manifests) {
        loader = loader.lenient();
    }
    let workspace = match origin {
        Origin::Manifest(path) => loader.workspace(path)?,
        Origin::Unpacked(path, source) => loader.standalone(path, *source)?,
    };
    if care == Care::Strict {
        for warning in workspace.warnings() {
            session.tell(Event::ManifestWarning(warning.clone()));
        }
    }
    let hub = match origin {
        Origin::Manifest(_) => HubSources::find(session, &workspace)?,
        Origin::Unpacked(..) => None,
    };
    let mut sources = Sources::new(session, &loader, workspace.members(), hub)?;
    if care != Care::Manifests {
        sources.read_path_dependencies(&workspace)?;
    }
    let result = work(&workspace, &mut sources);
    last_use::finish(session, sources);
    result
}

/// The root manifest of the workspace.
pub(crate) fn find_root(session: &Session<'_>) -> Result<PathBuf, Error> {
    open(session, Care::Lenient, |workspace, _| Ok(workspace.root_manifest_path().to_owned()))
}

/// Works with what packages can come from where there is no workspace.
pub(crate) fn without<T>(
    session: &Session<'_>,
    work: impl FnOnce(&mut Sources<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let lookup = |name: &str| session.registry(name);
    let loader = Loader::new(LoadOptions {
        registries: &lookup,
        cargo_home: Some(session.config.home()),
        target_dir: None,
        build_dir: None,
    });
    let mut sources = Sources::new(session, &loader, &[], None)?;
    let result = work(&mut sources);
    last_use::finish(session, sources);
    result
}

/// `build.build-dir`. Its templates name the workspace's root, so that is looked for first where it matters.
fn build_dir(session: &Session<'_>, manifest: &Path) -> Result<Option<PathBuf>, Error> {
    let root = manifest.parent().unwrap_or(manifest);
    let hash = || {
        let digest = dhow_fs::hash_bytes(root.as_os_str().as_encoded_bytes()).to_string();
        format!("{}/{}", &digest[..2], &digest[2..16])
    };
    Ok(session.config.build_dir(root, hash)?)
}
