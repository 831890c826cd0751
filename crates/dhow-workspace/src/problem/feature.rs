//! What can be wrong with features.

/// What is wrong with features.
#[derive(Debug, thiserror::Error)]
pub enum FeatureProblem {
    /// `a = ["b"]`, and there is no `b`.
    #[error("feature `{feature}` includes `{value}`, which is neither a feature nor an optional dependency")]
    Unknown {
        /// The feature.
        feature: String,
        /// What it includes.
        value: String,
        /// Features that there are.
        known: Vec<String>,
    },
    /// `a = ["b"]`, where `b` is an optional dependency that only `dep:b` turns on.
    #[error(
        "feature `{feature}` includes `{value}`, but the optional dependency `{value}` has no feature of that name"
    )]
    NotImplicit {
        /// The feature.
        feature: String,
        /// What it includes.
        value: String,
    },
    /// `a = ["b"]` or `a = ["dep:b"]`, where `b` is always there.
    #[error("feature `{feature}` includes `{value}`, but the dependency `{dependency}` is not optional")]
    NotOptional {
        /// The feature.
        feature: String,
        /// What it includes.
        value: String,
        /// The dependency.
        dependency: String,
    },
    /// `a = ["dep:b"]` or `a = ["b/c"]`, and nothing of the name `b` is asked for.
    #[error("feature `{feature}` includes `{value}`, but there is no dependency `{dependency}`")]
    NoDependency {
        /// The feature.
        feature: String,
        /// What it includes.
        value: String,
        /// The dependency.
        dependency: String,
    },
    /// `a = ["b?/c"]`, where `b` is always there.
    #[error(
        "feature `{feature}` includes `{value}` with a `?`, but the dependency `{dependency}` is not optional"
    )]
    WeakNotOptional {
        /// The feature.
        feature: String,
        /// What it includes.
        value: String,
        /// The dependency.
        dependency: String,
    },
    /// `a = ["dep:b/c"]` or `a = ["b/c/d"]`.
    #[error("feature `{feature}` includes `{value}`, which is not a feature value: {reason}")]
    Malformed {
        /// The feature.
        feature: String,
        /// What it includes.
        value: String,
        /// Why.
        reason: &'static str,
    },
    /// No feature turns the dependency on.
    #[error("no feature turns on the optional dependency `{dependency}`")]
    Unreachable {
        /// The dependency.
        dependency: String,
    },
    /// Dev-dependencies are there or not.
    #[error("the dev-dependency `{dependency}` cannot be optional")]
    OptionalDev {
        /// The dependency.
        dependency: String,
    },
}

impl FeatureProblem {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Unknown { known, .. } if known.is_empty() => Some("there are no features".into()),
            Self::Unknown { known, .. } => Some(format!("features: {}", known.join(", "))),
            Self::NotImplicit { value, .. } => Some(format!("use `dep:{value}`")),
            Self::NotOptional { dependency, .. } => {
                Some(format!("add `optional = true` to the dependency `{dependency}`, or remove the value"))
            }
            Self::NoDependency { dependency, .. } => Some(format!("add `{dependency}` to the dependencies")),
            Self::WeakNotOptional { .. } => Some("remove the `?`, or make the dependency optional".into()),
            Self::Unreachable { dependency } => Some(format!("add `dep:{dependency}` to a feature")),
            Self::OptionalDev { .. } => Some("remove `optional`".into()),
            Self::Malformed { .. } => None,
        }
    }
}
