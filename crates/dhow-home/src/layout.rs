//! Where everything is in the cargo home.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dhow_fs::{FileKind, FsError};
use dhow_model::{SourceId, SourceKind};

use crate::git::GitHome;
use crate::registry::RegistryHome;
use crate::source_name::registry_dir_name;

/// The cargo home:
///
/// ```text
/// $CARGO_HOME
/// ├── config.toml
/// ├── credentials.toml
/// ├── .package-cache              lock: files below `registry` and `git` are being added
/// ├── .package-cache-mutate       lock: shared while they are read, exclusive while they are removed
/// ├── .global-cache               when what below `registry` and `git` was used last (SQLite; Cargo's schema)
/// ├── .dhow/                      what only Dhow knows; all of it can be made again
/// │   ├── CACHEDIR.TAG
/// │   ├── sources/<host>-<hash>/serde-1.0.0       what the unpacked package consists of: a source manifest
/// │   └── checkouts/<name>-<hash>/<commit>        what the working tree consists of
/// ├── bin/                        installed programs
/// ├── git/
/// │   ├── CACHEDIR.TAG
/// │   ├── db/<name>-<hash>/               bare repositories: see GitHome
/// │   └── checkouts/<name>-<hash>/<commit>/
/// └── registry/
///     ├── CACHEDIR.TAG
///     ├── index/<host>-<hash>/            one directory per registry: see RegistryHome
///     ├── cache/<host>-<hash>/
///     └── src/<host>-<hash>/
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoHome {
    root: PathBuf,
}

impl CargoHome {
    /// The home at `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The user's configuration.
    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// The user's configuration, in the file that old Cargos knew if it is there: that goes first.
    pub fn config_in_use(&self) -> PathBuf {
        let old = self.root.join("config");
        if matches!(dhow_fs::stat(&old), Ok(Some(stat)) if stat.is_file()) { old } else { self.config() }
    }

    /// The user's tokens.
    pub fn credentials(&self) -> PathBuf {
        self.root.join("credentials.toml")
    }

    /// The user's tokens, in the file that old Cargos knew if it is there.
    ///
    /// # Errors
    /// The home cannot be searched.
    pub fn credentials_in_use(&self) -> Result<PathBuf, FsError> {
        let old = self.root.join("credentials");
        Ok(if dhow_fs::stat(&old)?.is_some() { old } else { self.credentials() })
    }

    /// Installed programs.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// Bare git repositories.
    pub fn git_db(&self) -> PathBuf {
        self.root.join("git/db")
    }

    /// Working trees of git dependencies.
    pub fn git_checkouts(&self) -> PathBuf {
        self.root.join("git/checkouts")
    }

    /// All git repositories, and all working trees.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn git_parts(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>), FsError> {
        let dirs = |base: &Path| -> Result<Vec<PathBuf>, FsError> {
            let entries = dhow_fs::list_dir_optional(base)?.unwrap_or_default().into_iter();
            let visible = entries
                .filter(|e| e.kind == FileKind::Dir && !e.file_name.to_string_lossy().starts_with('.'));
            Ok(visible.map(|entry| entry.path).collect())
        };
        let mut checkouts = Vec::new();
        for repository in dirs(&self.git_checkouts())? {
            checkouts.extend(dirs(&repository)?);
        }
        Ok((dirs(&self.git_db())?, checkouts))
    }

    /// Everything that comes from registries.
    pub fn registry(&self) -> PathBuf {
        self.root.join("registry")
    }

    /// What belongs to one registry: the one that is really asked, not the one that it replaces.
    pub fn registry_of(&self, source: SourceId) -> RegistryHome {
        let home = RegistryHome::new(&self.registry(), &self.manifests(), registry_dir_name(source));
        if source.kind() == &SourceKind::LocalRegistry { home.without_archives() } else { home }
    }

    /// Every registry that there is anything of.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn registries(&self) -> Result<Vec<RegistryHome>, FsError> {
        let mut names = BTreeSet::new();
        for part in ["index", "cache", "src"] {
            let entries = dhow_fs::list_dir_optional(&self.registry().join(part))?.unwrap_or_default();
            let dirs = entries.into_iter().filter(|entry| entry.kind == FileKind::Dir);
            names.extend(dirs.filter_map(|entry| entry.file_name.into_string().ok()));
        }
        names.retain(|name| !name.starts_with('.'));
        let (registry, manifests) = (self.registry(), self.manifests());
        Ok(names.into_iter().map(|name| RegistryHome::new(&registry, &manifests, name)).collect())
    }

    /// Everything that there may be of one registry.
    pub fn all_of_registry(&self, place: &RegistryHome) -> [PathBuf; 4] {
        [place.index(), place.cache(), place.src(), place.manifests()].map(Path::to_owned)
    }

    /// The directories for working trees of those repositories that have none any more, unless they are `kept`.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn empty_checkouts(&self, kept: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, FsError> {
        let entries = dhow_fs::list_dir_optional(&self.git_checkouts())?.unwrap_or_default();
        let dirs = entries.into_iter().filter(|entry| entry.kind == FileKind::Dir && !kept(&entry.path));
        Ok(dirs.map(|entry| entry.path).collect())
    }

    /// What is noted of packages and working trees that are gone.
    ///
    /// # Errors
    /// A directory cannot be listed.
    pub fn orphaned_notes(&self) -> Result<Vec<PathBuf>, FsError> {
        let mut found = Vec::new();
        for (notes, places) in
            [(self.manifests(), self.all_sources()), (self.manifests_of_checkouts(), self.git_checkouts())]
        {
            for owner in dhow_fs::list_dir_optional(&notes)?.unwrap_or_default() {
                for entry in dhow_fs::list_dir_optional(&owner.path)?.unwrap_or_default() {
                    if dhow_fs::lstat(&places.join(&owner.file_name).join(&entry.file_name))?.is_none() {
                        found.push(entry.path);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The indexes of all registries.
    pub(crate) fn indexes(&self) -> PathBuf {
        self.registry().join("index")
    }

    /// The archives of all registries.
    pub(crate) fn archives(&self) -> PathBuf {
        self.registry().join("cache")
    }

    /// The unpacked packages of all registries.
    pub(crate) fn all_sources(&self) -> PathBuf {
        self.registry().join("src")
    }

    /// When things were used last.
    pub fn last_use(&self) -> PathBuf {
        self.root.join(".global-cache")
    }

    /// What only Dhow knows.
    pub(crate) fn own(&self) -> PathBuf {
        self.root.join(".dhow")
    }

    /// What unpacked packages consist of.
    pub(crate) fn manifests(&self) -> PathBuf {
        self.own().join("sources")
    }

    /// What working trees consist of.
    pub(crate) fn manifests_of_checkouts(&self) -> PathBuf {
        self.own().join("checkouts")
    }

    pub(crate) fn own_tag(&self) -> PathBuf {
        self.own().join("CACHEDIR.TAG")
    }

    /// What belongs to one git repository, whatever branch or commit is asked for.
    pub fn git_of(&self, source: SourceId) -> GitHome {
        GitHome::new(&self.git_db(), &self.git_checkouts(), source)
    }

    pub(crate) fn download_lock(&self) -> PathBuf {
        self.root.join(".package-cache")
    }

    pub(crate) fn mutate_lock(&self) -> PathBuf {
        self.root.join(".package-cache-mutate")
    }

    pub(crate) fn git_tag(&self) -> PathBuf {
        self.root.join("git/CACHEDIR.TAG")
    }

    pub(crate) fn registry_tag(&self) -> PathBuf {
        self.registry().join("CACHEDIR.TAG")
    }
}
