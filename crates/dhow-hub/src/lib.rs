//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod error;
mod pack;
mod place;
mod surplus;
mod verify;
mod version_control;

pub use contents::Contents;
pub use dhow_formats::hub_config::HubSettings;
pub use error::HubError;
pub use pack::{
    Carry, HUB_DIR, LOCK_FILE, PackError, Packed, Unpacked, carry_over, pack, put_into_place, unpack,
};
pub use place::Hub;
pub use surplus::surplus;
pub use verify::{HubPart, IndexPart, Survey, survey};
pub use version_control::VersionControl;
