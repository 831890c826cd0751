//! The list of what can be wrong with manifests and workspaces.

use std::path::PathBuf;

use crate::profiles::ProfileProblem;

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file cannot be read.
    #[error("cannot read the manifest")]
    Read(#[from] dhow_fs::FsError),
    /// Not TOML, or not a manifest.
    #[error("{0}")]
    Syntax(#[from] dhow_formats::manifest::ManifestSyntaxError),
    /// No `Cargo.toml` upwards of a directory.
    #[error("no `Cargo.toml` in `{}` or any directory above it", .0.display())]
    NoManifest(PathBuf),
    /// Profiles.
    #[error(transparent)]
    Profile(#[from] ProfileProblem),
}

impl Problem {
    /// What to try.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoManifest(_) => {
                Some("change to the package's directory, or pass `--manifest-path`".into())
            }
            _ => None,
        }
    }
}
