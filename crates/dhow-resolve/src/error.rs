//! Why there is no solution, as data; `Display` tells it in terms of the packages.

use dhow_model::{Dependency, InternedString, PackageId};
use semver::Version;

use crate::features::FeatureError;
use crate::provider::ProviderError;

/// Why a resolution failed.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// No choice of versions satisfies everybody.
    #[error("{0}")]
    NoSolution(Box<NoSolution>),
    /// The provider could not answer a needed query.
    #[error("cannot look up `{}` from {}, required by {parent}", .dep.package_name(), .dep.source())]
    Provider {
        /// What was asked for.
        dep: Box<Dependency>,
        /// By whom.
        parent: PackageId,
        /// What went wrong.
        source: ProviderError,
    },
    /// Features that were asked for on the command line do not exist.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Packages need each other, other than through dev-dependencies.
    #[error("packages depend on each other in a circle:{}", .0.iter().map(|id| format!("\n  {id}")).collect::<String>())]
    Cycle(Vec<PackageId>),
}

/// Why no version of one dependency could be chosen.
#[derive(Debug)]
pub struct NoSolution {
    /// What could not be satisfied.
    pub dep: Dependency,
    /// Who requires it, and who requires that, up to a workspace member; each with the dependency by which the next
    /// one requires it.
    pub path: Vec<(PackageId, Option<Dependency>)>,
    /// What was considered, newest first.
    pub rejected: Vec<Rejected>,
    /// Names (or versions) that may have been meant.
    pub suggestions: Vec<String>,
}

/// A candidate that was not chosen.
#[derive(Debug)]
pub struct Rejected {
    /// The candidate.
    pub version: Version,
    /// Why not.
    pub reason: RejectedReason,
}

/// Why a candidate was not chosen.
#[derive(Debug)]
pub enum RejectedReason {
    /// It does not satisfy the requirement.
    Version,
    /// Withdrawn, and not in the lock file.
    Yanked,
    /// A semver-compatible other version is needed by others, along this path.
    Semver(Vec<(PackageId, Option<Dependency>)>),
    /// Another package links the same native library, and is needed along this path.
    Links(InternedString, Vec<(PackageId, Option<Dependency>)>),
    /// It has no such feature.
    MissingFeature(InternedString),
    /// The feature is an optional dependency that only `dep:` names.
    HiddenDependency(InternedString),
    /// The feature is a dependency that is not optional.
    RequiredDependency(InternedString),
    /// One of its own dependencies cannot be satisfied beside the rest.
    Dependency(InternedString),
}

impl std::fmt::Display for NoSolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no version of `{}` satisfies everybody", self.dep.package_name())
    }
}
