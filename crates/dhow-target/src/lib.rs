//! The target directory: layout, artifact names, fingerprints, uplift.
//!
//! Knows where each unit's files are, whether they are still what the unit's inputs make them, and how what people look
//! for gets to where they look. Runs nothing.

mod check;
mod layout;
mod observe;
mod place;
mod reason;
mod tree;
mod uplift;

pub use check::{Facts, Verdict, check, input_stats, load_record, remove_record, save_record};
pub use dhow_formats::fingerprint::{DependencyRecord, EnvRecord, FingerprintRecord, Hash, InputRecord};
pub use layout::{BuildLock, Layout, LayoutOptions, PlatformDirs};
pub use observe::{Clock, Observer};
pub use place::{TargetPaths, UnitPlace};
pub use reason::DirtyReason;
pub use tree::hash_tree;
pub use uplift::{uplift, write_dep_rule};
