//! What can be wrong with a hub.

use std::path::PathBuf;

use dhow_formats::hub_config::HubConfigError;
use dhow_fs::FsError;

/// Something about a hub.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FsError),
    /// The project's configuration cannot be read or changed.
    #[error("`[dhow.hub]` of `{}` cannot be used", .path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: HubConfigError,
    },
    /// It would be the user's own home.
    #[error(
        "`{}` is the user's cargo home: a hub holds nothing but what its project needs, so other projects' packages would \
         be removed\n\nhelp: move the project to a directory of its own", .root.display()
    )]
    IsHome {
        /// The directory.
        root: PathBuf,
    },
    /// There is none.
    #[error(
        "`{}` has no hub\n\nhelp: `dhow hub create` makes one (its settings are `[dhow.hub]` in `.cargo/config.toml`)",
        .root.display()
    )]
    None {
        /// The workspace.
        root: PathBuf,
    },
}
