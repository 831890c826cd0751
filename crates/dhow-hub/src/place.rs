//! Where a project's hub is, and the file that says that there is one.

use std::path::{Path, PathBuf};

use dhow_formats::hub_config::HubSettings;
use dhow_home::CargoHome;

use crate::error::HubError;

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
        self.home.config_in_use()
    }

    /// The file by which git knows what of it is not to be committed.
    pub fn ignore_file(&self) -> PathBuf {
        self.home.root().join(".gitignore")
    }

    /// The file by which git knows that it must not change line ends in there.
    pub fn attributes_file(&self) -> PathBuf {
        self.home.root().join(".gitattributes")
    }

    /// What it has to hold; nothing if the project has no hub.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn settings(&self) -> Result<Option<HubSettings>, HubError> {
        let path = self.config();
        let Some(text) = dhow_fs::read_to_string_optional(&path)? else { return Ok(None) };
        HubSettings::read(&text).map_err(|source| HubError::Config { path, source })
    }

    /// Says in the configuration what the hub has to hold, and where these registries are. The rest of it stays as it is.
    ///
    /// # Errors
    /// The configuration cannot be read, or not be changed so.
    pub fn write_settings(
        &self,
        settings: &HubSettings,
        registries: &[(String, String)],
    ) -> Result<(), HubError> {
        let path = self.config();
        let text = dhow_fs::read_to_string_optional(&path)?.unwrap_or_default();
        let new = settings
            .write(&text, registries)
            .map_err(|source| HubError::Config { path: path.clone(), source })?;
        dhow_fs::create_dir_all(self.home.root())?;
        dhow_fs::write_if_changed(&path, new.as_bytes())?;
        Ok(())
    }
}
