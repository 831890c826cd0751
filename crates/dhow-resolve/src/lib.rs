//! Version selection and feature resolution over a provider. Pure: failure is data.
//!
//! [`Resolver`] chooses versions as Cargo does, byte for byte in the lock file; [`Resolve`] is what it chose, a
//! graph that goes to and comes from [`dhow_formats::lockfile`]; [`features::resolve_features`] decides for a build
//! which features of which package are on, for the host and for the target. Nothing here reads a file, a clock or
//! the environment; packages are made known by a [`Provider`].

pub mod error;
pub mod features;
pub mod graph;
pub mod lock;
mod names;
pub mod prefs;
pub mod provider;
pub mod request;
pub mod resolver;
mod search;

pub use error::{NoSolution, Rejected, RejectedReason, ResolveError, Step};
pub use features::{
    CliFeatures, FeatureError, FeatureOptions, FeaturesFor, ResolveBehavior, ResolvedFeatures,
};
pub use graph::{Resolve, ResolveVersion, SpecError};
pub use lock::{LockError, LockUpdate, version_for_rust};
pub use names::similar;
pub use prefs::{VersionOrdering, VersionPreferences};
pub use provider::{Provider, ProviderError, Releases, SharedError};
pub use request::{Member, Patch, Precise, Replacement, ResolveRequest};
pub use resolver::Resolver;
