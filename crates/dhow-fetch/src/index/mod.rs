//! Who tells which releases exist: a sparse index, one in a git repository, a local registry, a directory of vendored packages.

mod directory;
mod file;
mod git;
mod local;
mod registry;
mod sparse;
mod speculate;

pub use self::directory::{DirectorySource, SummaryReader};
pub use self::file::IndexFile;
pub use self::git::GitIndex;
pub use self::local::LocalRegistry;
pub(crate) use self::registry::Kind;
pub use self::registry::{Listing, Registry};
pub(crate) use self::sparse::IndexOf;
pub use self::sparse::{Freshness, SparseIndex};
