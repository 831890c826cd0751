//! The layout and the locks of the cargo home (`$CARGO_HOME`).
//!
//! [`CargoHome`] knows every path in it, [`RegistryHome`] those of one registry; nobody else joins paths. What may
//! be changed only under a lock hangs on the guard that holds it. Knows no network and no resolver.

mod collect;
mod guards;
mod last_use;
mod layout;
mod manifest;
mod registry;
mod source_name;

pub use collect::{CollectError, Limits, Removed, disk_usage};
pub use guards::{CollectGuard, DownloadGuard, ReadGuard};
pub use last_use::{LastUse, LastUseError, Used};
pub use layout::CargoHome;
pub use manifest::{Change, Checked, Depth, Difference, check_sources, is_executable, stat_record};
pub use registry::{RegistryHome, is_complete, package_dir};
pub use source_name::{git_dir_name, registry_dir_name};
