//! The list of what can be wrong with manifests and workspaces; each part of the crate brings its own.

mod dependency;
mod feature;
mod find;
mod inherit;
mod lint;
mod package;
mod profile;
mod target;

pub use dependency::DependencyProblem;
pub use feature::FeatureProblem;
pub use find::FindProblem;
pub use inherit::InheritProblem;
pub use lint::LintProblem;
pub use package::PackageProblem;
pub use profile::ProfileProblem;
pub use target::TargetProblem;

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A file or directory cannot be read.
    #[error("cannot read the manifest: {0}")]
    Read(#[from] dhow_fs::FsError),
    /// Not TOML, or not a manifest.
    #[error("{0}")]
    Syntax(#[from] dhow_formats::manifest::ManifestSyntaxError),
    /// The search for manifests and the shape of the workspace.
    #[error(transparent)]
    Find(#[from] FindProblem),
    /// `workspace = true`.
    #[error(transparent)]
    Inherit(#[from] InheritProblem),
    /// `[package]`.
    #[error(transparent)]
    Package(#[from] PackageProblem),
    /// Dependencies, patches and replacements.
    #[error(transparent)]
    Dependency(#[from] DependencyProblem),
    /// `[features]`.
    #[error(transparent)]
    Feature(#[from] FeatureProblem),
    /// Libraries, programs, tests, ….
    #[error(transparent)]
    Target(#[from] TargetProblem),
    /// `[lints]`.
    #[error(transparent)]
    Lint(#[from] LintProblem),
    /// Profiles.
    #[error(transparent)]
    Profile(#[from] ProfileProblem),
}

impl Problem {
    /// What to try.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Find(problem) => problem.help(),
            Self::Inherit(problem) => problem.help(),
            Self::Package(problem) => problem.help(),
            Self::Dependency(problem) => problem.help(),
            Self::Feature(problem) => problem.help(),
            Self::Target(problem) => problem.help(),
            _ => None,
        }
    }
}
