//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod place;
mod verify;

pub use contents::Contents;
pub use place::Hub;
pub use verify::{HubPart, IndexPart, Survey, survey};
