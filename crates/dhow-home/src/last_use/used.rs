//! What a command has used, collected while it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dhow_model::PackageId;

use crate::registry::{ARCHIVE_SUFFIX, RegistryHome, package_dir};

/// What a command has used. Using something of a registry or a repository is using that, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub(super) registries: BTreeSet<String>,
    /// Size of the file.
    pub(super) archives: BTreeMap<(String, String), u64>,
    /// Size of the files, where that is known.
    pub(super) sources: BTreeMap<(String, String), Option<u64>>,
    pub(super) repositories: BTreeSet<String>,
    /// Size of the files, where that is known.
    pub(super) checkouts: BTreeMap<(String, String), Option<u64>>,
}

impl Used {
    /// Nothing was used.
    pub fn is_empty(&self) -> bool {
        self.registries.is_empty() && self.repositories.is_empty()
    }

    /// What is known of a registry's index.
    pub fn index(&mut self, registry: &RegistryHome) {
        self.registries.insert(registry.name().to_owned());
    }

    /// The archive of a package, of `size` bytes.
    pub fn archive(&mut self, registry: &RegistryHome, id: PackageId, size: u64) {
        self.index(registry);
        let name = format!("{}{ARCHIVE_SUFFIX}", package_dir(id));
        self.archives.insert((registry.name().to_owned(), name), size);
    }

    /// The unpacked sources of a package; their size is known to who has just unpacked them.
    pub fn sources(&mut self, registry: &RegistryHome, id: PackageId, size: Option<u64>) {
        self.index(registry);
        let known = self.sources.entry((registry.name().to_owned(), package_dir(id))).or_default();
        *known = size.or(*known);
    }

    /// A git repository, by the name of its directory.
    pub fn repository(&mut self, name: &str) {
        self.repositories.insert(name.to_owned());
    }

    /// A commit of a git repository that is checked out at `root`, in the home.
    pub fn working_tree(&mut self, root: &Path) {
        fn name(path: &Path) -> Option<&str> {
            path.file_name()?.to_str()
        }
        if let (Some(commit), Some(repository)) = (name(root), root.parent().and_then(name)) {
            self.checkout(repository, commit, None);
        }
    }

    /// A commit of a git repository that is checked out, by the names of their directories.
    pub fn checkout(&mut self, repository: &str, name: &str, size: Option<u64>) {
        self.repository(repository);
        let known = self.checkouts.entry((repository.to_owned(), name.to_owned())).or_default();
        *known = size.or(*known);
    }
}
