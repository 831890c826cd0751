//! Why there is no solution, as data; `Display` tells it in terms of the packages.

use std::fmt;

use dhow_model::{Checksum, Dependency, InternedString, PackageId};
use semver::Version;

use crate::features::FeatureError;
use crate::provider::SharedError;

/// Why a resolution failed.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// No choice of versions satisfies everybody.
    #[error("{0}")]
    NoSolution(Box<NoSolution>),
    /// The provider could not answer a needed query.
    #[error("cannot look up `{}` ({}), which {} requires", .dep.package_name(), .dep.source(), .parent)]
    Provider {
        /// What was asked for.
        dep: Box<Dependency>,
        /// By whom.
        parent: PackageId,
        /// What went wrong.
        source: SharedError,
    },
    /// Features that were asked for do not exist.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Packages need each other, other than through dev-dependencies.
    #[error("packages depend on each other in a circle:{}", .0.iter().map(|id| format!("\n  {id}")).collect::<String>())]
    Cycle(Vec<PackageId>),
    /// Two path packages that a lock file cannot tell apart.
    #[error("{} and {} have the same name and version: a lock file cannot tell them apart", .0, .1)]
    Collision(PackageId, PackageId),
    /// A package is no longer the one that was locked.
    #[error(
        "the checksum of {id} is not the one in the lock file (lock file: {}, found: {}); the lock file may be \
         damaged, or the source delivers something else than when it was locked",
        or_none(*.locked), or_none(*.found)
    )]
    Checksum {
        /// The package.
        id: PackageId,
        /// As locked.
        locked: Option<Checksum>,
        /// As found.
        found: Option<Checksum>,
    },
    /// Two packages that both must be there link one native library.
    #[error("{} and {} both link the native library `{}`; only one package may", .0, .1, .2)]
    Links(PackageId, PackageId, InternedString),
}

fn or_none(checksum: Option<Checksum>) -> String {
    checksum.map_or_else(|| "none".to_owned(), |checksum| checksum.to_string())
}

/// One step of a path from a package up to a workspace member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The package.
    pub package: PackageId,
    /// The dependency by which it requires the package of the step before; none in the first step.
    pub dep: Option<Dependency>,
}

/// Why no version of one dependency could be chosen.
#[derive(Debug)]
pub struct NoSolution {
    /// What could not be satisfied.
    pub dep: Dependency,
    /// The version that the lock file pins it to.
    pub locked: Option<Version>,
    /// Who requires it, and who requires that, up to a workspace member.
    pub path: Vec<Step>,
    /// Every release, newest first, and why it was not chosen.
    pub rejected: Vec<Rejected>,
    /// Names that may have been meant.
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
#[derive(Debug, PartialEq, Eq)]
pub enum RejectedReason {
    /// It does not satisfy the requirement.
    Version,
    /// Withdrawn, and not in the lock file.
    Yanked,
    /// A semver-compatible other version is needed by others, along this path.
    Semver(Vec<Step>),
    /// Another package links the same native library, and is needed along this path.
    Links(InternedString, Vec<Step>),
    /// It has no such feature; but perhaps one of these was meant.
    MissingFeature(InternedString, Vec<String>),
    /// The feature is an optional dependency that only `dep:` names.
    HiddenDependency(InternedString),
    /// The feature is a dependency that is not optional.
    RequiredDependency(InternedString),
    /// Its entry in the index cannot be used.
    Unusable,
    /// Its own dependencies cannot be satisfied beside the rest.
    Dependencies,
}

impl NoSolution {
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, source, req) = (self.dep.package_name(), self.dep.source(), self.dep.req());
        if self.rejected.is_empty() {
            write!(f, "no package `{name}` in {source}")?;
            return match self.suggestions.as_slice() {
                [] => Ok(()),
                names => write!(f, "; did you mean `{}`?", names.join("` or `")),
            };
        }
        if self.rejected.iter().all(|r| r.reason == RejectedReason::Version) {
            return write!(f, "no version of `{name}` in {source} satisfies `{req}`");
        }
        write!(f, "no version of `{name}` that satisfies `{req}` goes with the other packages")
    }

    /// Versions that satisfy the requirement come first; of the others the newest three are enough.
    fn candidates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (near, far): (Vec<_>, Vec<_>) =
            self.rejected.iter().partition(|r| r.reason != RejectedReason::Version);
        let mut index = 0;
        while let Some(first) = near.get(index) {
            let same = near[index..].iter().take_while(|r| r.reason == first.reason).count();
            write!(f, "\n  {}", first.version)?;
            match same {
                1 => {}
                2 => write!(f, ", {}", near[index + 1].version)?,
                _ => write!(f, " … {} ({same} versions)", near[index + same - 1].version)?,
            }
            write!(f, ": {}", first.reason)?;
            index += same;
        }
        if near.is_empty() && !far.is_empty() {
            let newest: Vec<_> = far.iter().take(3).map(|r| r.version.to_string()).collect();
            let more = if far.len() > 3 { format!(" and {} more", far.len() - 3) } else { String::new() };
            write!(f, "\n  there is: {}{more}", newest.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for NoSolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        for step in &self.path {
            write!(f, "\n  required by {}", step.package)?;
        }
        if let Some(version) = &self.locked {
            write!(f, "\n  (the lock file pins it to {version}; `update` may help)")?;
        }
        self.candidates(f)
    }
}

impl fmt::Display for RejectedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("does not satisfy the requirement"),
            Self::Yanked => f.write_str("yanked"),
            Self::Semver(path) => {
                let other = path.first().map(|step| step.package.version().to_string()).unwrap_or_default();
                write!(f, "{other} is needed by others{}", Chain(path))
            }
            Self::Links(library, path) => {
                let other = path.first().map(|step| step.package.to_string()).unwrap_or_default();
                write!(f, "links the native library `{library}`, and so does {other}{}", Chain(path))
            }
            Self::MissingFeature(name, similar) => {
                write!(f, "has no feature `{name}`")?;
                if similar.is_empty() { Ok(()) } else { write!(f, " (but `{}`)", similar.join("`, `")) }
            }
            Self::HiddenDependency(name) => write!(
                f,
                "has no feature `{name}`: its optional dependency of that name is used by `dep:` only"
            ),
            Self::RequiredDependency(name) => {
                write!(f, "has no feature `{name}`: its dependency of that name is not optional")
            }
            Self::Unusable => f.write_str("its entry in the index cannot be used"),
            Self::Dependencies => f.write_str("its own dependencies do not go with the other packages"),
        }
    }
}

/// The rest of a path: what requires its first package, and so on.
struct Chain<'a>(&'a [Step]);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().skip(1).enumerate() {
            let joint = if number == 0 { ":" } else { " <-" };
            write!(f, "{joint} {}", step.package)?;
            if let Some(dep) = &step.dep {
                write!(f, " (`{}`)", dep.req())?;
            }
        }
        Ok(())
    }
}
