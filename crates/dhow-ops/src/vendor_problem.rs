//! What keeps packages from being vendored.

use dhow_model::{InternedString, SourceId};
use semver::Version;

/// What keeps packages from lying in one directory.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{name} {version}` comes from two sources, and one directory cannot hold both:\n  {first}\n  {second}\n\n\
     help: take it from one of them, with `[patch]` for instance"
)]
pub struct VendorProblem {
    pub(crate) name: InternedString,
    pub(crate) version: Version,
    pub(crate) first: SourceId,
    pub(crate) second: SourceId,
}
