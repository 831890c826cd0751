//! What can be wrong with dependencies, patches and replacements.

use dhow_model::SourceIdError;

/// What is wrong with a dependency.
#[derive(Debug, thiserror::Error)]
pub enum DependencyProblem {
    /// Neither version nor path nor repository.
    #[error("the dependency `{name}` says neither which version nor where it is")]
    Nothing {
        /// Its name.
        name: String,
    },
    /// `branch`, `tag` or `rev` without `git`.
    #[error("`{key}` of the dependency `{name}` means something only together with `git`")]
    GitOnly {
        /// Its name.
        name: String,
        /// The key.
        key: &'static str,
    },
    /// Keys that exclude each other.
    #[error("the dependency `{name}` has {keys}; only one can be")]
    Ambiguous {
        /// Its name.
        name: String,
        /// The keys.
        keys: &'static str,
    },
    /// `features = ["a/b"]` or `["dep:a"]`.
    #[error("`{feature}` in the features of the dependency `{name}` is not the name of a feature")]
    Feature {
        /// The dependency.
        name: String,
        /// What is written.
        feature: String,
    },
    /// Not a version requirement.
    #[error("`{req}` of the dependency `{name}` is not a version requirement: {reason}")]
    Version {
        /// The dependency.
        name: String,
        /// What is written.
        req: String,
        /// What is wrong.
        reason: semver::Error,
    },
    /// Not a URL, not a path.
    #[error("the dependency `{name}`: {reason}")]
    Source {
        /// The dependency.
        name: String,
        /// What is wrong.
        reason: SourceIdError,
    },
    /// A registry that nobody configured.
    #[error("the dependency `{name}` comes from the registry `{registry}`: {reason}")]
    Registry {
        /// The dependency.
        name: String,
        /// The registry.
        registry: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// One name, two places.
    #[error("the dependency `{name}` comes from different sources in different tables")]
    TwoSources {
        /// Its name.
        name: String,
    },
    /// Only nightly Cargo has it.
    #[error("`{key}` of the dependency `{name}` is unstable in Cargo and not supported")]
    Unstable {
        /// Its name.
        name: String,
        /// The key.
        key: &'static str,
    },
    /// `[target.'…']` that is neither a triple nor a cfg expression.
    #[error("not a platform: {0}")]
    Platform(cargo_platform::ParseError),
    /// `[patch.…]` names nothing.
    #[error("`{source_name}` in `[patch]` is neither a registry nor a URL: {reason}")]
    PatchSource {
        /// What is written.
        source_name: String,
        /// Why it is no URL.
        reason: url::ParseError,
    },
    /// Both tables.
    #[error("`[replace]` and `[patch]` cannot be used together")]
    ReplaceAndPatch,
    /// `[replace]` that makes no sense.
    #[error("`{spec}` in `[replace]`: {reason}")]
    Replacement {
        /// What is replaced.
        spec: String,
        /// What is wrong.
        reason: String,
    },
}

impl DependencyProblem {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Nothing { name } => {
                Some(format!("add `version`, `path`, `git` or `workspace = true` to `{name}`"))
            }
            Self::GitOnly { .. } => Some("add `git`, or remove the key".into()),
            Self::Feature { feature, .. } if feature.starts_with("dep:") => {
                Some("name the dependency without `dep:`, or a feature that turns it on".into())
            }
            Self::Feature { .. } => Some(
                "a feature of a dependency's dependency is turned on by a feature of the dependency".into(),
            ),
            Self::Version { .. } => {
                Some("requirements look like `1`, `1.2.3`, `=1.2.3`, `>=1, <3` or `*`".into())
            }
            Self::PatchSource { source_name, .. } if source_name == "crates" => {
                Some("use `[patch.crates-io]`".into())
            }
            Self::ReplaceAndPatch => Some("use `[patch]` alone".into()),
            _ => None,
        }
    }
}
