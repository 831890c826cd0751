//! Git repositories, by the `git` program: whatever transports, credential helpers and proxies the user's git knows work.

mod checkout;
mod database;
mod failure;
mod fetcher;
mod objects;
mod program;
mod reference;
mod repositories;
mod settle;
mod submodule;
mod take;
mod tree;
mod verify;

pub use self::database::{GitDatabase, GitFetch, LockedDatabase};
pub use self::objects::{GitObject, ObjectReader};
pub use self::program::GitProgram;
pub use self::repositories::{Checkout, Repositories};
pub use self::take::Commits;
pub(crate) use self::take::{IndexTree, Place};
pub use self::verify::{Fsck, inspect_checkout, inspect_repository};
