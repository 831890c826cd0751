//! A local registry: a directory with `.crate` files, and below `index` one file per package as a git index has it.
//! Specified in the Cargo book, "Source Replacement".

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dhow_formats::index_cache::UNKNOWN_REVISION;
use dhow_formats::index_entry::index_path;
use dhow_model::{InternedString, PackageId, SourceId};

use super::file::IndexFile;
use super::sparse::Loaded;
use crate::error::FetchError;

/// A local registry.
#[derive(Debug)]
pub struct LocalRegistry {
    source: SourceId,
    actual: SourceId,
    root: PathBuf,
    files: Mutex<HashMap<InternedString, Loaded>>,
}

impl LocalRegistry {
    pub(crate) fn open(source: SourceId, actual: SourceId) -> Result<Self, FetchError> {
        let root = root_of(actual)?;
        if !root.join("index").is_dir() {
            return Err(FetchError::BadSource(format!(
                "`{}` is not a local registry: it has no directory `index`",
                root.display()
            )));
        }
        Ok(Self { source, actual, root, files: Mutex::default() })
    }

    /// Its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The source that answers.
    pub fn actual_source(&self) -> SourceId {
        self.actual
    }

    /// The archive of a package, which may not be there.
    pub fn archive(&self, id: PackageId) -> PathBuf {
        self.root.join(format!("{}-{}.crate", id.name(), id.version()))
    }

    pub(crate) fn load(&self, name: InternedString) -> Loaded {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.entry(name).or_insert_with(|| self.read(name)).clone()
    }

    fn read(&self, name: InternedString) -> Loaded {
        let content = dhow_fs::read_optional(&self.root.join("index").join(index_path(&name)))?;
        let parse = |content: Vec<u8>| IndexFile::from_index(name, self.source, UNKNOWN_REVISION, &content);
        Ok(content.map(parse).map(Arc::new))
    }
}

pub(super) fn root_of(source: SourceId) -> Result<PathBuf, FetchError> {
    source.url().to_file_path().map_err(|()| FetchError::Unsupported(source, "its URL is not a path"))
}
