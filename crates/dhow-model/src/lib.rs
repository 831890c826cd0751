//! The nouns of the house: identities of packages and of where they come from, what they ask for, what they offer.
//!
//! Pure values: no file, no network, no clock, no environment. Everything here is cheap to copy and to compare,
//! because every other crate keys its maps with it.

mod dependency;
mod feature;
mod interned;
mod package_id;
mod source_id;
mod summary;

pub use cargo_platform::{Cfg, CfgExpr, Platform};
pub use cargo_util_schemas::core::{GitReference, PackageIdSpec, PartialVersion, SourceKind};
pub use cargo_util_schemas::manifest::RustVersion;
pub use dependency::{DepKind, Dependency};
pub use feature::FeatureValue;
pub use interned::InternedString;
pub use package_id::{PackageId, spec_matches};
pub use source_id::{
    CRATES_IO_CONFIG, CRATES_IO_INDEX, CRATES_IO_REGISTRY, CRATES_IO_SPARSE_INDEX, SourceId, SourceIdError,
};
pub use summary::{Checksum, FeatureMap, Summary};
