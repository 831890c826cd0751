//! `hub …`: makes a project's hub, brings it up to date, tidies it up, verifies it, and packs it for a journey.

mod create;
mod pack;
mod prune;
mod registries;
mod tidy;
mod verify;
mod work;

pub use create::{HubCreateOptions, hub_create, hub_update};
pub use pack::{HubUnpackOptions, HubUnpacked, hub_pack, hub_unpack};
pub use prune::hub_prune;
pub use verify::hub_verify;

/// What was done to a hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubChange {
    /// Where it is.
    pub root: std::path::PathBuf,
    /// Packages whose archives and sources it holds.
    pub packages: usize,
    /// Git repositories, submodules included.
    pub repositories: usize,
    /// Packages that were taken over from the home.
    pub taken: usize,
    /// Packages that had to be downloaded for it.
    pub downloaded: usize,
    /// What was removed, or would be.
    pub removed: Vec<std::path::PathBuf>,
}
