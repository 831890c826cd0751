//! Where everything of one registry is in the cargo home.

use std::path::{Path, PathBuf};

use dhow_formats::index_entry::index_path;
use dhow_formats::{cargo_ok, registry_config};
use dhow_fs::FsError;
use dhow_model::{PackageId, SourceId};

use crate::git::BareRepository;
use crate::source_name::registry_dir_name;

/// The directories of one registry:
///
/// ```text
/// registry/index/<host>-<hash>/           a bare repository, if the index is one
///     config.json
///     .cache/se/rd/serde                  index file, in the format of dhow_formats::index_cache
/// registry/cache/<host>-<hash>/
///     serde-1.0.0.crate
///     .dhow-serde-1.0.0.part              being downloaded; locked by who does it
/// registry/src/<host>-<hash>/
///     serde-1.0.0/                        complete if its .cargo-ok says so
///     .dhow-serde-1.0.0/                  being unpacked, under the lock of the .part
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryHome {
    index: PathBuf,
    cache: PathBuf,
    src: PathBuf,
}

impl RegistryHome {
    pub(crate) fn new(registry: &Path, source: SourceId) -> Self {
        let name = registry_dir_name(source);
        Self {
            index: registry.join("index").join(&name),
            cache: registry.join("cache").join(&name),
            src: registry.join("src").join(&name),
        }
    }

    /// What is known of the index.
    pub fn index(&self) -> &Path {
        &self.index
    }

    /// The index as a git repository.
    pub fn index_repository(&self) -> BareRepository {
        BareRepository::new(self.index.clone())
    }

    /// Where the archives are.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// Where unpacked packages are.
    pub fn src(&self) -> &Path {
        &self.src
    }

    /// The registry's `config.json` as it was last seen.
    pub fn index_config(&self) -> PathBuf {
        self.index.join(registry_config::FILE_NAME)
    }

    /// The copy of a package's index file.
    pub fn index_file(&self, name: &str) -> PathBuf {
        self.index.join(".cache").join(index_path(name))
    }

    /// A package's archive.
    pub fn archive(&self, id: PackageId) -> PathBuf {
        self.cache.join(format!("{}-{}.crate", id.name(), id.version()))
    }

    /// The archive while it is being made. Whoever holds its lock downloads and unpacks that package, alone.
    pub fn archive_part(&self, id: PackageId) -> PathBuf {
        self.cache.join(format!("{PART_PREFIX}{}-{}.part", id.name(), id.version()))
    }

    /// A package's unpacked sources.
    pub fn sources(&self, id: PackageId) -> PathBuf {
        self.src.join(format!("{}-{}", id.name(), id.version()))
    }

    /// The sources while they are being unpacked, under the lock of [`Self::archive_part`].
    pub fn sources_part(&self, id: PackageId) -> PathBuf {
        self.src.join(format!("{PART_PREFIX}{}-{}", id.name(), id.version()))
    }

    /// The [`Self::sources_part`] that belongs to an [`Self::archive_part`].
    pub fn sources_part_of(&self, archive_part: &Path) -> Option<PathBuf> {
        Some(self.src.join(archive_part.file_name()?.to_str()?.strip_suffix(".part")?))
    }

    /// Whether the package's sources are all there.
    ///
    /// # Errors
    /// The marker exists but cannot be read.
    pub fn has_sources(&self, id: PackageId) -> Result<bool, FsError> {
        let marker = dhow_fs::read_optional(&self.sources(id).join(cargo_ok::FILE_NAME))?;
        Ok(marker.is_some_and(|content| cargo_ok::is_complete(&content)))
    }

    /// Whether the package's archive is there. Archives come to their place whole, so it is not read.
    ///
    /// # Errors
    /// Its directory cannot be searched.
    pub fn has_archive(&self, id: PackageId) -> Result<bool, FsError> {
        Ok(dhow_fs::stat(&self.archive(id))?.is_some_and(|stat| stat.is_file() && stat.size > 0))
    }

    /// What killed processes left half-made, in the directories of archives and of sources.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn leftovers(&self) -> Result<Vec<PathBuf>, FsError> {
        let mut found = Vec::new();
        for dir in [&self.cache, &self.src] {
            let entries = dhow_fs::list_dir_optional(dir)?.unwrap_or_default();
            let ours = entries
                .into_iter()
                .filter(|entry| entry.file_name.to_str().is_some_and(|name| name.starts_with(PART_PREFIX)));
            found.extend(ours.map(|entry| entry.path));
        }
        Ok(found)
    }
}

const PART_PREFIX: &str = ".dhow-";
