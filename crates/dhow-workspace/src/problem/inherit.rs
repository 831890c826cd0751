//! What can be wrong with `workspace = true`.

use std::path::PathBuf;

/// What is wrong with inheritance.
#[derive(Debug, thiserror::Error)]
pub enum InheritProblem {
    /// There is nobody to inherit from.
    #[error("`{key}` is inherited, but no workspace root was found")]
    NoRoot {
        /// What is inherited.
        key: String,
    },
    /// The root does not have it.
    #[error("`{key}` is inherited, but `{defined_by}` is not defined in `{}`", root.display())]
    NotDefined {
        /// What is inherited.
        key: String,
        /// Where it would be.
        defined_by: String,
        /// The root manifest.
        root: PathBuf,
    },
    /// `lints.workspace = true` and other lints.
    #[error("`lints` is inherited and cannot add lints of its own")]
    LintsOverride,
    /// `default-features = false` beside a root that has them on.
    #[error(
        "`default-features = false` cannot turn off the default features that `workspace.dependencies.{name}` has on"
    )]
    DefaultFeatures {
        /// The dependency.
        name: String,
    },
    /// A path on another drive.
    #[error("no relative path leads from `{}` to `{}`", from.display(), to.display())]
    NoRelativePath {
        /// The member.
        from: PathBuf,
        /// What it inherits.
        to: PathBuf,
    },
}

impl InheritProblem {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoRoot { .. } => {
                Some("add the package to `workspace.members` of a `Cargo.toml` above it".into())
            }
            Self::NotDefined { defined_by, .. } => {
                Some(format!("add `{defined_by}` there, or state the value here"))
            }
            Self::LintsOverride => Some("remove `lints.workspace`, or the other lints".into()),
            Self::DefaultFeatures { name } => {
                Some(format!("set `default-features = false` in `workspace.dependencies.{name}`"))
            }
            Self::NoRelativePath { .. } => None,
        }
    }
}
