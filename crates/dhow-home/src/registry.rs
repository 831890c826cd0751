//! Where everything of one registry is in the cargo home.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dhow_formats::index_entry::index_path;
use dhow_formats::{cargo_ok, registry_config};
use dhow_fs::{FileKind, FsError};
use dhow_model::PackageId;

use crate::git::BareRepository;

/// The directories of one registry:
///
/// ```text
/// registry/index/<host>-<hash>/
///     .git/                               the index, if it is a git repository: see BareRepository
///     HEAD, objects/, refs/ …             the same in a hub
///     config.json
///     .cache/se/rd/serde                  index file, in the format of dhow_formats::index_cache
/// registry/cache/<host>-<hash>/
///     serde-1.0.0.crate
///     .dhow-serde-1.0.0.part              being downloaded; locked by who does it (in `src`, if there is no `cache`)
///     .dhow-serde-1.0.0.taken             being taken over from another home, under that lock
/// registry/src/<host>-<hash>/
///     serde-1.0.0/                        complete if its .cargo-ok says so
///     .dhow-serde-1.0.0/                  being unpacked, under the lock of the .part
/// .dhow/sources/<host>-<hash>/
///     serde-1.0.0                         what the unpacked package consists of
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryHome {
    name: String,
    index: PathBuf,
    cache: PathBuf,
    src: PathBuf,
    manifests: PathBuf,
    /// Where packages are claimed: the sources' directory, if archives stay where they are and there is no other.
    parts: PathBuf,
}

impl RegistryHome {
    /// Below the home's `registry` and its `manifests`.
    pub(crate) fn new(registry: &Path, manifests: &Path, name: String) -> Self {
        Self {
            index: registry.join("index").join(&name),
            cache: registry.join("cache").join(&name),
            src: registry.join("src").join(&name),
            manifests: manifests.join(&name),
            parts: registry.join("cache").join(&name),
            name,
        }
    }

    /// The same for a registry whose archives are not copied into the home.
    pub(crate) fn without_archives(self) -> Self {
        Self { parts: self.src.clone(), ..self }
    }

    /// Whether it keeps archives.
    pub(crate) fn has_archives(&self) -> bool {
        self.parts == self.cache
    }

    /// The name that its directories have.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is known of the index.
    pub fn index(&self) -> &Path {
        &self.index
    }

    /// The index as a git repository. Cargo's has no working tree, but lies where one would have it; one that git may
    /// commit to another repository must not have that name, and Cargo finds it as well.
    pub fn index_repository(&self) -> BareRepository {
        let plain = self.plain_index_repository();
        let is_plain = |name: &str| matches!(dhow_fs::stat(&plain.path().join(name)), Ok(Some(_)));
        match is_plain("HEAD") && is_plain("objects") {
            true => plain,
            false => BareRepository::new(self.index.join(".git")),
        }
    }

    /// The index as a git repository in a hub: see [`Self::index_repository`].
    pub fn plain_index_repository(&self) -> BareRepository {
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

    /// Where it is written what unpacked packages consist of.
    pub(crate) fn manifests(&self) -> &Path {
        &self.manifests
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
        self.archive_of(&package_dir(id))
    }

    /// The archive of the package whose directory has this name.
    pub fn archive_of(&self, package: &str) -> PathBuf {
        self.cache.join(format!("{package}{ARCHIVE_SUFFIX}"))
    }

    /// The archive while it is being made. Whoever holds its lock downloads and unpacks that package, alone.
    pub fn archive_part(&self, id: PackageId) -> PathBuf {
        self.parts.join(format!("{PART_PREFIX}{}-{}.part", id.name(), id.version()))
    }

    /// The archive while it is taken over from another home, under the lock of [`Self::archive_part`].
    pub fn archive_taken(&self, id: PackageId) -> PathBuf {
        self.parts.join(format!("{PART_PREFIX}{}-{}.taken", id.name(), id.version()))
    }

    /// A package's unpacked sources.
    pub fn sources(&self, id: PackageId) -> PathBuf {
        self.src.join(package_dir(id))
    }

    /// The sources of the package whose directory has this name.
    pub fn sources_of(&self, package: &str) -> PathBuf {
        self.src.join(package)
    }

    /// Where sources are unpacked to replace those of the package whose directory has this name.
    pub fn repair_part(&self, package: &str) -> PathBuf {
        self.src.join(format!("{PART_PREFIX}repair-{package}"))
    }

    /// The names of the directories of all packages that there is an archive or sources of.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn packages(&self) -> Result<BTreeSet<String>, FsError> {
        let names = |dir: &Path, kind: FileKind| -> Result<Vec<String>, FsError> {
            let entries = dhow_fs::list_dir_optional(dir)?.unwrap_or_default().into_iter();
            let of_kind = entries.filter(|entry| entry.kind == kind);
            let names = of_kind.filter_map(|entry| entry.file_name.into_string().ok());
            Ok(names.filter(|name| !name.starts_with('.')).collect())
        };
        let archives = names(&self.cache, FileKind::File)?;
        let archives = archives.iter().filter_map(|name| name.strip_suffix(ARCHIVE_SUFFIX));
        let mut packages: BTreeSet<String> = archives.map(str::to_owned).collect();
        packages.extend(names(&self.src, FileKind::Dir)?);
        Ok(packages)
    }

    /// The copies of index files.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn index_files(&self) -> Result<Vec<PathBuf>, FsError> {
        let mut files = Vec::new();
        let mut open = vec![self.index.join(".cache")];
        while let Some(dir) = open.pop() {
            for entry in dhow_fs::list_dir_optional(&dir)?.unwrap_or_default() {
                match entry.kind {
                    FileKind::Dir => open.push(entry.path),
                    _ => files.push(entry.path),
                }
            }
        }
        Ok(files)
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
        is_complete(&self.sources(id))
    }

    /// Whether the package's archive is there. Archives come to their place whole, so it is not read.
    ///
    /// # Errors
    /// Its directory cannot be searched.
    pub fn has_archive(&self, id: PackageId) -> Result<bool, FsError> {
        Ok(self.archive_size(id)?.is_some())
    }

    /// The bytes of the package's archive, if it is there.
    ///
    /// # Errors
    /// Its directory cannot be searched.
    pub fn archive_size(&self, id: PackageId) -> Result<Option<u64>, FsError> {
        let stat = dhow_fs::stat(&self.archive(id))?;
        Ok(stat.filter(|stat| stat.is_file() && stat.size > 0).map(|stat| stat.size))
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

/// Whether all sources are there, in a package's directory.
///
/// # Errors
/// The marker exists but cannot be read.
pub fn is_complete(sources: &Path) -> Result<bool, FsError> {
    let marker = dhow_fs::read_optional(&sources.join(cargo_ok::FILE_NAME))?;
    Ok(marker.is_some_and(|content| cargo_ok::is_complete(&content)))
}

/// The name of a package's directory: `serde-1.0.0`.
pub fn package_dir(id: PackageId) -> String {
    format!("{}-{}", id.name(), id.version())
}

const PART_PREFIX: &str = ".dhow-";
/// What archives end with.
pub(crate) const ARCHIVE_SUFFIX: &str = ".crate";
