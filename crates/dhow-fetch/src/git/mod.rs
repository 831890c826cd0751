//! Git repositories, by the `git` program: whatever transports, credential helpers and proxies the user's git knows work.

mod database;
mod failure;
mod objects;
mod program;

pub use self::database::{GitDatabase, GitFetch, LockedDatabase};
pub use self::objects::{GitObject, ObjectReader};
pub use self::program::GitProgram;
