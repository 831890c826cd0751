//! The layout and the locks of the cargo home (`$CARGO_HOME`).
//!
//! [`CargoHome`] knows every path in it, [`RegistryHome`] those of one registry; nobody else joins paths. What may
//! be changed only under a lock hangs on the guard that holds it. Knows no network and no resolver.

mod census;
mod collect;
mod git;
mod guards;
mod install_change;
mod install_error;
mod install_root;
mod last_use;
mod layout;
mod leftovers;
mod manifest;
mod registry;
mod source_name;
mod substance;

pub use census::{Census, CensusError, census};
pub use collect::{CollectError, Limits, Removed, Usage, disk_usage};
pub use git::{BareRepository, GitHome, mark_checkout, share_objects};
pub use guards::{CollectGuard, CredentialsGuard, DownloadGuard, ReadGuard};
pub use install_change::{Change, Program, Step};
pub use install_error::InstallRootError;
pub use install_root::{InstallGuard, InstallRoot};
pub use last_use::{LastUse, LastUseError, Used};
pub use layout::CargoHome;
pub use manifest::{
    Checked, Depth, Difference, SourceChange, check_sources, check_working_tree, compare_sources,
    is_executable, note_working_tree, stat_record,
};
pub use registry::{RegistryHome, is_complete, package_dir};
pub use source_name::{git_dir_name, registry_dir_name};
pub use substance::{REPOSITORY_CONFIG, Substance};
