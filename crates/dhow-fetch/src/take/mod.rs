//! What one home has is taken over into another, so that it need not be downloaded again: packages, index
//! entries, and the commits of git repositories.

mod index;
mod packages;
mod repositories;

pub use packages::Took;
