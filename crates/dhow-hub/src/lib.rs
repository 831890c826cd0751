//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod entry;
mod error;
mod graph;
mod layers;
mod pack;
mod page;
mod place;
mod show;
mod surplus;
mod verify;
mod version_control;

pub use contents::Contents;
pub use dhow_formats::hub_config::HubSettings;
pub use entry::{EntryPoints, entry_points};
pub use error::HubError;
pub use graph::{Edge, Graph, Need, On, needs};
pub use layers::{Facts, Layer, Placement, place};
pub use pack::{
    Carry, HUB_DIR, LOCK_FILE, PackError, Packed, Unpacked, carry_over, pack, put_into_place, unpack,
};
pub use page::{PageError, page};
pub use place::Hub;
pub use show::{
    Described, EntryPoint, HubReport, LayerReport, NeededBy, PackageReport, ReportInput, markdown, phrases,
    report,
};
pub use surplus::surplus;
pub use verify::{HubPart, IndexPart, Survey, survey};
pub use version_control::VersionControl;
