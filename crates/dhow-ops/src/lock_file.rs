//! `Cargo.lock` as a file: read, and written if it has to say something else. Knows nothing of how versions are chosen.

use std::path::PathBuf;

use dhow_formats::lockfile::Lockfile;
use dhow_model::PartialVersion;
use dhow_resolve::{LockUpdate, Resolve};
use dhow_workspace::{Package, Workspace};

use crate::error::Error;
use crate::session::Session;
use crate::sources::Sources;

/// The lock file of a workspace, which may not exist.
pub(crate) struct LockFile {
    path: PathBuf,
    text: Option<String>,
}

impl LockFile {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self, Error> {
        let path = workspace.lock_path();
        let Some(bytes) = dhow_fs::read_optional(&path)? else { return Ok(Self { path, text: None }) };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { path, text: Some(text) }),
            Err(_) => Err(Error::NotUtf8 { path }),
        }
    }

    /// What it says; nothing if there is none.
    pub(crate) fn resolve(
        &self,
        workspace: &Workspace,
        sources: &Sources<'_>,
    ) -> Result<Option<Resolve>, Error> {
        let Some(text) = &self.text else { return Ok(None) };
        let lock = Lockfile::parse(text)
            .map_err(|source| Error::LockFile { path: self.path.clone(), source: Box::new(source) })?;
        let without_source = sources.path_packages().chain(workspace.members());
        Resolve::from_lock(&lock, without_source.map(Package::id))
            .map(Some)
            .map_err(|source| Error::LockFile { path: self.path.clone(), source: Box::new(source) })
    }

    /// Lets it say what `resolve` says. Whether that was news.
    pub(crate) fn write(
        &self,
        session: &Session<'_>,
        resolve: &Resolve,
        lowest_rust_version: Option<&PartialVersion>,
    ) -> Result<bool, Error> {
        let LockUpdate::Write(new) = resolve.update_lock(self.text.as_deref(), lowest_rust_version) else {
            return Ok(false);
        };
        if session.lock.locked {
            // Remarks and blank lines that we would not write change nothing.
            let says_the_same =
                |old| matches!((Lockfile::parse(old), Lockfile::parse(&new)), (Ok(a), Ok(b)) if a == b);
            if self.text.as_deref().is_some_and(says_the_same) {
                return Ok(false);
            }
            return Err(Error::LockFileOutdated { path: self.path.clone() });
        }
        dhow_fs::write_atomic(&self.path, new.as_bytes())?;
        Ok(true)
    }
}
