//! Where a project's hub is.

use std::path::{Path, PathBuf};

use dhow_home::CargoHome;

/// A project's hub: the directory `.cargo` beside the workspace's root manifest, which is the project's configuration and
/// a complete cargo home at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    home: CargoHome,
}

impl Hub {
    /// The hub of the workspace whose root is in that directory; it need not exist yet.
    pub fn of_workspace(root: &Path) -> Self {
        Self { home: CargoHome::new(root.join(".cargo")) }
    }

    /// It as a cargo home: everything that a home holds has its place there as in any other.
    pub fn home(&self) -> &CargoHome {
        &self.home
    }

    /// What says how it was made, and what the project's builds are configured with.
    pub fn config(&self) -> PathBuf {
        self.home.config()
    }
}
