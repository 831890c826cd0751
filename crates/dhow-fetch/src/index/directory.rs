//! A directory of vendored packages: unpacked sources with their checksums. Specified in the Cargo book, "Source
//! Replacement". Manifests are read by somebody else, who is handed in.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::registry_checksums::{FILE_NAME, RegistryChecksums};
use dhow_fs::FileKind;
use dhow_model::{InternedString, PackageId, SourceId, Summary};
use sha2::{Digest, Sha256};

use super::local::root_of;
use crate::error::FetchError;

/// Reads the manifest of the package in a directory as a summary of a package of the given source.
#[derive(Clone)]
pub struct SummaryReader(Arc<ReadSummary>);

type ReadSummary =
    dyn Fn(&Path, SourceId) -> Result<Summary, Box<dyn std::error::Error + Send + Sync>> + Send + Sync;

impl SummaryReader {
    /// That calls `read`.
    pub fn new(
        read: impl Fn(&Path, SourceId) -> Result<Summary, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }
}

impl fmt::Debug for SummaryReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SummaryReader")
    }
}

/// A directory of vendored packages.
#[derive(Debug)]
pub struct DirectorySource {
    actual: SourceId,
    root: PathBuf,
    packages: HashMap<InternedString, Vec<Vendored>>,
}

#[derive(Debug)]
struct Vendored {
    summary: Summary,
    path: PathBuf,
    checksums: RegistryChecksums,
}

impl DirectorySource {
    pub(crate) fn open(
        source: SourceId,
        actual: SourceId,
        reader: &SummaryReader,
    ) -> Result<Self, FetchError> {
        let root = root_of(actual)?;
        let mut packages: HashMap<InternedString, Vec<Vendored>> = HashMap::new();
        for entry in dhow_fs::list_dir(&root)? {
            let hidden = entry.file_name.to_string_lossy().starts_with('.');
            // A directory without manifest may be what `git` leaves behind of one that it removed.
            if hidden || entry.kind == FileKind::File || !entry.path.join("Cargo.toml").is_file() {
                continue;
            }
            let vendored = Vendored::read(&entry.path, source, reader)?;
            packages.entry(vendored.summary.id().name()).or_default().push(vendored);
        }
        Ok(Self { actual, root, packages })
    }

    /// Its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The source that answers.
    pub fn actual_source(&self) -> SourceId {
        self.actual
    }

    /// All versions of `name` that are there.
    pub fn summaries(&self, name: InternedString) -> impl Iterator<Item = &Summary> {
        self.packages.get(&name).into_iter().flatten().map(|vendored| &vendored.summary)
    }

    /// The directory of a package.
    ///
    /// # Errors
    /// It is not there.
    pub fn path(&self, id: PackageId) -> Result<&Path, FetchError> {
        self.find(id).map(|vendored| vendored.path.as_path())
    }

    /// Whether every file of a package is as it was vendored.
    ///
    /// # Errors
    /// One is not.
    pub fn verify(&self, id: PackageId) -> Result<(), FetchError> {
        let vendored = self.find(id)?;
        for (file, expected) in &vendored.checksums.files {
            let path = vendored.path.join(file);
            let found = match sha256_of(&path) {
                Err(FetchError::Fs(error)) if error.is_not_found() => None,
                found => Some(found?),
            };
            if found.as_ref() != Some(expected) {
                return Err(FetchError::VendoredFileChanged { id, file: path });
            }
        }
        Ok(())
    }

    fn find(&self, id: PackageId) -> Result<&Vendored, FetchError> {
        let versions = self.packages.get(&id.name()).map_or(&[][..], Vec::as_slice);
        let found = versions.iter().find(|vendored| vendored.summary.id().version() == id.version());
        found.ok_or_else(|| FetchError::NotVendored { id, path: self.root.clone() })
    }
}

impl Vendored {
    fn read(path: &Path, source: SourceId, reader: &SummaryReader) -> Result<Self, FetchError> {
        let sums = path.join(FILE_NAME);
        let bytes = dhow_fs::read_optional(&sums)?.ok_or_else(|| FetchError::BadVendored {
            path: path.to_owned(),
            reason: format!("it has no `{FILE_NAME}`; vendor it again"),
        })?;
        let checksums = RegistryChecksums::parse(&bytes)
            .map_err(|error| FetchError::BadVendored { path: sums.clone(), reason: error.to_string() })?;
        let summary = (reader.0)(path, source)
            .map_err(|error| FetchError::BadVendored { path: path.to_owned(), reason: error.to_string() })?;
        let checksum = match &checksums.package {
            Some(text) => Some(text.parse().map_err(|()| FetchError::BadVendored {
                path: sums,
                reason: format!("`{text}` is not a SHA-256 checksum"),
            })?),
            None => None,
        };
        Ok(Self { summary: summary.with_checksum(checksum), path: path.to_owned(), checksums })
    }
}

fn sha256_of(path: &Path) -> Result<String, FetchError> {
    let mut file = dhow_fs::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer).map_err(|error| dhow_fs::FsError::new("read", path, error))?;
        if count == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}
