//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod page;
mod place;

pub use contents::Contents;
pub use page::{PageError, page};
pub use place::Hub;
