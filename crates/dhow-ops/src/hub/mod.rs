//! `hub …`: makes a project's hub, brings it up to date, tidies it up, shows what is in it, verifies it, and packs it for
//! a journey.

mod create;
mod graph;
mod pack;
mod placements;
mod prune;
mod registries;
mod show;
mod tidy;
mod verify;
mod work;

pub use create::{HubCreateOptions, hub_create, hub_update};
pub(crate) use graph::graph_of;
pub use pack::{HubUnpackOptions, HubUnpacked, hub_pack, hub_unpack};
pub(crate) use placements::Placements;
pub use prune::hub_prune;
pub use show::{hub_show, hub_show_as_html, hub_show_as_json, hub_show_as_markdown, hub_write_page};
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
