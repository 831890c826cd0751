//! `Cargo.toml` files, each read and parsed once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dhow_formats::manifest::{KeyPath, ParsedManifest, TomlManifest, find_span};

use crate::error::{Error, Flaw, Location, Warning};

/// A manifest as it lies on disk.
#[derive(Debug)]
pub(crate) struct ManifestFile {
    path: PathBuf,
    text: Arc<str>,
    toml: Arc<TomlManifest>,
    unused_keys: Vec<KeyPath>,
}

impl ManifestFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text: Arc<str> =
            dhow_fs::read_to_string(path).map_err(|error| Error::in_file(path, error))?.into();
        match dhow_formats::manifest::parse(&text) {
            Ok(ParsedManifest { toml, unused_keys }) => {
                Ok(Self { path: path.to_owned(), text, toml: Arc::new(toml), unused_keys })
            }
            Err(error) => {
                let span = error.span.clone();
                let location = Location { path: path.to_owned(), text: Some(text), span };
                Err(Error::new(error).at(location))
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn root(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    pub(crate) fn toml(&self) -> &TomlManifest {
        &self.toml
    }

    pub(crate) fn shared_toml(&self) -> Arc<TomlManifest> {
        self.toml.clone()
    }

    pub(crate) fn unused_keys(&self) -> &[KeyPath] {
        &self.unused_keys
    }

    pub(crate) fn error(&self, flaw: Flaw) -> Error {
        Error::from_flaw(flaw, &self.path, &self.text)
    }

    pub(crate) fn warning(&self, key: &KeyPath, message: String) -> Warning {
        let span = find_span(&self.text, key);
        Warning {
            message,
            location: Location { path: self.path.clone(), text: Some(self.text.clone()), span },
        }
    }
}

/// The files that have been read.
#[derive(Debug, Default)]
pub(crate) struct Files(Mutex<HashMap<PathBuf, Arc<ManifestFile>>>);

impl Files {
    pub(crate) fn get(&self, path: &Path) -> Result<Arc<ManifestFile>, Error> {
        if let Some(file) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(file.clone());
        }
        // Not under the lock: others read meanwhile. Whoever is second keeps the first one's file.
        let file = Arc::new(ManifestFile::read(path)?);
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(files.entry(path.to_owned()).or_insert(file).clone())
    }
}
