//! A package's sources as they were published, beside those in the home, which programs may have written to.

use std::path::Path;
use std::sync::Arc;

use dhow_fs::FileKind;
use dhow_model::PackageId;

use super::Wanted;
use super::content::Content;
use crate::archive::ArchiveError;
use crate::error::FetchError;
use crate::index::Kind;
use crate::registries::Registries;

impl Registries {
    /// Unpacks a package that was downloaded into `target`, which exists and is empty. One that is vendored is copied.
    ///
    /// # Errors
    /// Its archive is not there, is not the one that was published, or cannot be unpacked.
    pub fn unpack_afresh(&self, package: Wanted, target: &Path) -> Result<(), FetchError> {
        let id = package.id;
        let registry = self.registry(id.source())?;
        let archive = match &registry.kind {
            Kind::Directory(directory) => {
                directory.verify(id)?;
                return Ok(copy_tree(directory.path(id)?, target)?);
            }
            Kind::Local(local) => local.archive(id),
            Kind::Sparse(_) | Kind::Git(_) => registry.home.archive(id),
        };
        let content = Content::of_file(&archive)?;
        if let Some(expected) = package.checksum {
            let actual = content.checksum()?;
            if actual != expected {
                let from = archive.display().to_string();
                return Err(FetchError::ChecksumMismatch { id, expected, actual, from });
            }
        }
        match content.unpack(&top(id), target) {
            Ok(_) => Ok(()),
            Err(ArchiveError::Fs(error)) => Err(error.into()),
            Err(reason) => Err(FetchError::BadArchive { id, reason: Arc::new(reason) }),
        }
    }
}

fn top(id: PackageId) -> String {
    format!("{}-{}", id.name(), id.version())
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), dhow_fs::FsError> {
    for entry in dhow_fs::list_dir(from)? {
        let place = to.join(&entry.file_name);
        if entry.kind == FileKind::Dir {
            dhow_fs::create_dir_all(&place)?;
            copy_tree(&entry.path, &place)?;
        } else {
            dhow_fs::copy(&entry.path, &place)?;
        }
    }
    Ok(())
}
