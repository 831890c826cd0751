//! What can be wrong with profiles.

use dhow_model::PackageId;

/// Profiles that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileProblem {
    /// Nobody defines the profile that was asked for.
    #[error("profile `{name}` is not defined (profiles: {})", known.join(", "))]
    Undefined {
        /// The profile.
        name: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// `inherits` names nothing.
    #[error("profile `{name}` inherits from `{inherits}`, which is not defined")]
    UndefinedParent {
        /// The profile.
        name: String,
        /// What it names.
        inherits: String,
    },
    /// `inherits` goes round in a circle.
    #[error("profiles inherit from each other in a circle: `{name}` inherits from `{inherits}`")]
    Circle {
        /// The profile.
        name: String,
        /// What it names.
        inherits: String,
    },
    /// Only `dev` and `release` stand on their own.
    #[error(
        "profile `{name}` does not say what it inherits from (add `inherits = \"release\"` or `\"dev\"`)"
    )]
    NoParent {
        /// The profile.
        name: String,
    },
    /// A setting that the place or the channel does not allow, or a value that nobody knows.
    #[error("profile `{name}`: {reason}")]
    BadSetting {
        /// The profile.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Two overrides claim one package.
    #[error("profile `{name}` has more than one override for package `{package}`: {}", specs.join(", "))]
    Ambiguous {
        /// The profile.
        name: String,
        /// The package.
        package: PackageId,
        /// The overrides.
        specs: Vec<String>,
    },
}
