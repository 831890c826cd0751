//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod pack;
mod place;
mod verify;

pub use contents::Contents;
pub use pack::{
    Carry, HUB_DIR, LOCK_FILE, PackError, Packed, Unpacked, carry_over, pack, put_into_place, unpack,
};
pub use place::Hub;
pub use verify::{HubPart, IndexPart, Survey, survey};
