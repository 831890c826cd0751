//! The parts of a home that are looked at each by itself, on all processors.

use std::path::PathBuf;
use std::sync::Arc;

use dhow_home::{CargoHome, RegistryHome};

use crate::error::FetchError;
use crate::finding::Inspected;
use crate::git::{Fsck, GitProgram, inspect_checkout, inspect_repository};
use crate::home_check::{Needed, inspect_index, inspect_package};

/// A part of a home that is looked at by itself.
#[derive(Clone, Debug)]
pub enum Part {
    /// The archive and the sources of a package.
    Package {
        /// The registry that it is from.
        registry: RegistryHome,
        /// The name of its directory.
        package: String,
        /// If it is needed, and not only there.
        needed: Option<Needed>,
    },
    /// What is known of the index of a registry.
    Index(RegistryHome),
    /// A bare repository.
    Repository {
        /// Its directory.
        path: PathBuf,
        /// How closely it is looked at.
        fsck: Fsck,
        /// What has to be in it.
        commits: Vec<String>,
    },
    /// A working tree.
    Checkout(PathBuf),
}

impl Part {
    /// Looks at it.
    ///
    /// # Errors
    /// Something cannot be read, or git not be run.
    pub fn inspect(&self, home: &CargoHome, git: &Arc<GitProgram>) -> Result<Inspected, FetchError> {
        match self {
            Self::Package { registry, package, needed } => inspect_package(registry, package, *needed),
            Self::Index(registry) => inspect_index(registry),
            Self::Repository { path, fsck, commits } => inspect_repository(git, path, *fsck, commits),
            Self::Checkout(path) => inspect_checkout(git, path, home.checkout_manifest(path).as_ref()),
        }
    }

    /// How much work it is, to begin with what takes longest.
    pub fn weight(&self) -> u64 {
        match self {
            Self::Package { registry, package, .. } => {
                let stat = dhow_fs::stat(&registry.archive_of(package));
                stat.ok().flatten().map_or(0, |stat| stat.size)
            }
            // Processes of their own: they are begun first.
            Self::Repository { .. } | Self::Checkout(_) => u64::MAX,
            Self::Index(_) => u64::MAX - 1,
        }
    }
}
