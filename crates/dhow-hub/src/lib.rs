//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod layers;
mod place;

pub use contents::Contents;
pub use layers::{Facts, Layer, Placement, place};
pub use place::Hub;
