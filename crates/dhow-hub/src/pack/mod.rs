//! A hub as one file: a tar file in zstd frames, whose bytes are a function of what is in it.
//!
//! ```text
//! Cargo.lock                      what it belongs to; first, so that it is looked at before anything is written
//! .cargo/…                        the substance of the hub, sorted: see dhow_home::Substance
//! ```
//!
//! Paths are as they are in the project, so that `tar --zstd -x` in an empty copy of it leaves a hub that Cargo uses.

mod error;
mod frames;
mod place;
mod read;
mod write;

pub use self::error::PackError;
pub use self::place::{Carry, carry_over, put_into_place};
pub use self::read::{Unpacked, unpack};
pub use self::write::{Packed, pack};

/// The lock file, in a pack and in a project.
pub const LOCK_FILE: &str = "Cargo.lock";
/// Where the hub is, in a pack and in a project.
pub const HUB_DIR: &str = ".cargo";
/// Permission bits of all files, and of all directories.
const FILE_MODE: u32 = 0o644;
const DIR_MODE: u32 = 0o755;
