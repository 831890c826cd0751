//! What can be wrong with the place of manifests and the shape of a workspace.

use std::path::PathBuf;

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum FindProblem {
    /// Nothing upwards.
    #[error("no `Cargo.toml` in `{}` or any directory above it", directory.display())]
    NoManifest {
        /// Where the search began.
        directory: PathBuf,
        /// A `cargo.toml` that was passed.
        misspelt: Option<PathBuf>,
    },
    /// `--manifest-path` names a directory.
    #[error("the manifest path `{}` is a directory", .0.display())]
    ManifestIsDirectory(PathBuf),
    /// `--manifest-path` names some other file.
    #[error("the manifest path `{}` does not end in `Cargo.toml`", .0.display())]
    NotAManifest(PathBuf),
    /// `--manifest-path` names nothing.
    #[error("there is no manifest `{}`", .0.display())]
    NoSuchManifest(PathBuf),
    /// A glob that is none.
    #[error("`{glob}` is not a usable pattern: {reason}")]
    BadGlob {
        /// What is written.
        glob: String,
        /// What is wrong.
        reason: String,
    },
    /// A listed member has no manifest.
    #[error("the workspace member `{entry}` has no manifest (`{}`)", path.display())]
    MissingMember {
        /// What is written.
        entry: String,
        /// What is missing.
        path: PathBuf,
    },
    /// A path dependency has no manifest.
    #[error("the dependency `{name}` has no manifest (`{}`)", path.display())]
    MissingDependency {
        /// The dependency.
        name: String,
        /// What is missing.
        path: PathBuf,
    },
    /// `package.workspace` points to something else.
    #[error("`{}` is named as the root of a workspace, but has no `[workspace]`", .0.display())]
    NotARoot(PathBuf),
    /// The root does not list the package that was found.
    #[error("`{}` is below the workspace `{}`, but not a member of it", package.display(), root.display())]
    NotAMember {
        /// The manifest.
        package: PathBuf,
        /// The root manifest.
        root: PathBuf,
    },
    /// A member that belongs elsewhere.
    #[error("`{}` is a member of the workspace `{}`, but says that it belongs to `{}`", package.display(), root.display(), other.display())]
    OtherWorkspace {
        /// The manifest.
        package: PathBuf,
        /// The root manifest.
        root: PathBuf,
        /// The root that it names or finds.
        other: PathBuf,
    },
    /// A member that does not find its root.
    #[error("the workspace member `{}` is not below the workspace root `{}`", package.display(), root.display())]
    NotBelow {
        /// The manifest.
        package: PathBuf,
        /// The root manifest.
        root: PathBuf,
    },
    /// A root within a workspace.
    #[error("the workspace `{}` has a member that is itself the root of a workspace: `{}`", root.display(), member.display())]
    TwoRoots {
        /// The root manifest.
        root: PathBuf,
        /// The other root.
        member: PathBuf,
    },
    /// Two members of one name.
    #[error("two packages of the workspace are named `{name}`: `{}` and `{}`", first.display(), second.display())]
    SameName {
        /// The name.
        name: String,
        /// One manifest.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// `default-members` lists a stranger.
    #[error("`{}` is in `default-members`, but not a member", .0.display())]
    DefaultNotMember(PathBuf),
}

impl FindProblem {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoManifest { misspelt: Some(path), .. } => {
                Some(format!("there is `{}`: rename it to `Cargo.toml`", path.display()))
            }
            Self::NoManifest { .. } => {
                Some("change to the package's directory, or pass `--manifest-path`".into())
            }
            Self::ManifestIsDirectory(path) => Some(format!("use `{}`", path.join("Cargo.toml").display())),
            Self::NotARoot(_) => Some("add `[workspace]` to it, or correct `package.workspace`".into()),
            Self::NotAMember { .. } => Some(
                "add it to `workspace.members` or `workspace.exclude`, or add an empty `[workspace]` to it"
                    .into(),
            ),
            Self::NotBelow { .. } => {
                Some("set `package.workspace` in the member to the directory of the root".into())
            }
            Self::TwoRoots { .. } => {
                Some("remove one `[workspace]`, or add the member to `workspace.exclude`".into())
            }
            Self::DefaultNotMember(_) => Some("add it to `workspace.members` too".into()),
            _ => None,
        }
    }
}
