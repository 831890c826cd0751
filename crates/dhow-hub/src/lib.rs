//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod error;
mod place;
mod surplus;
mod version_control;

pub use contents::Contents;
pub use dhow_formats::hub_config::HubSettings;
pub use error::HubError;
pub use place::Hub;
pub use surplus::surplus;
pub use version_control::VersionControl;
