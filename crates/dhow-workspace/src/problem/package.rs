//! What can be wrong with `[package]`, `[workspace]` and the manifest as a whole.

use crate::edition::Edition;

/// What is wrong with a package.
#[derive(Debug, thiserror::Error)]
pub enum PackageProblem {
    /// Neither `[package]` nor `[workspace]`.
    #[error("the manifest has no `[package]`")]
    NoPackage,
    /// `[package]` without `name`.
    #[error("the package has no `name`")]
    NoName,
    /// An edition that nobody knows.
    #[error("unknown edition `{edition}` (editions: 2015, 2018, 2021, 2024)")]
    BadEdition {
        /// What is written.
        edition: String,
    },
    /// `rust-version` is older than the edition.
    #[error("`rust-version = \"{rust_version}\"` is older than edition {edition}")]
    EditionTooNew {
        /// The edition.
        edition: Edition,
        /// What is written.
        rust_version: String,
    },
    /// `[project]`
    #[error("`[project]` is not allowed from edition 2024")]
    Project,
    /// `resolver` twice.
    #[error("`resolver` is set in both `[package]` and `[workspace]`")]
    TwoResolvers,
    /// A resolver that nobody knows.
    #[error("unknown resolver `{resolver}` (resolvers: `1`, `2`, `3`)")]
    BadResolver {
        /// What is written.
        resolver: String,
    },
    /// `links` without a build script.
    #[error("the package links `{links}`, but has no build script that could")]
    LinksNothing {
        /// The library.
        links: String,
    },
    /// `publish` without `version`.
    #[error("a package without `version` cannot be published")]
    PublishWithoutVersion,
    /// `default-run` names no binary.
    #[error("`default-run` names `{name}`, but the package has no binary of that name")]
    DefaultRun {
        /// What is written.
        name: String,
        /// A binary of nearly that name.
        nearest: Option<String>,
    },
    /// A table that needs a package.
    #[error("a manifest without `[package]` cannot have `{key}`")]
    VirtualKey {
        /// The table.
        key: &'static str,
    },
    /// `package.workspace` and `[workspace]`.
    #[error("a package cannot be the root of a workspace and a member of another one")]
    RootAndMember,
    /// `workspace.dependencies.x.optional`.
    #[error("`workspace.dependencies.{name}` cannot have `{key}`")]
    WorkspaceDependency {
        /// The dependency.
        name: String,
        /// The key.
        key: &'static str,
    },
    /// An old spelling.
    #[error("`{old}` is not allowed from edition 2024")]
    Underscore {
        /// The old spelling.
        old: String,
        /// The new one.
        new: String,
    },
    /// `cargo-features` of nightly Cargo.
    #[error("the Cargo feature `{name}` is unstable and not supported")]
    UnstableFeature {
        /// Its name.
        name: String,
    },
    /// `cargo-features` that nobody knows.
    #[error("unknown Cargo feature `{name}`")]
    UnknownFeature {
        /// Its name.
        name: String,
    },
}

impl PackageProblem {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoPackage => Some("add a `[package]` or a `[workspace]` table".into()),
            Self::EditionTooNew { edition, .. } => {
                let minor = edition.first_minor().unwrap_or_default();
                Some(format!("edition {edition} came with Rust 1.{minor}"))
            }
            Self::Project => Some("rename it to `[package]`".into()),
            Self::LinksNothing { .. } => Some("add `build.rs`, or remove `links`".into()),
            Self::PublishWithoutVersion => Some("add `version`, or set `publish = false`".into()),
            Self::DefaultRun { nearest: Some(nearest), .. } => Some(format!("there is a `{nearest}`")),
            Self::RootAndMember => Some("remove `package.workspace` or `[workspace]`".into()),
            Self::WorkspaceDependency { key, .. } => Some(format!("set `{key}` where it is inherited")),
            Self::Underscore { new, .. } => Some(format!("write `{new}`")),
            Self::UnknownFeature { .. } => Some("remove it from `cargo-features`".into()),
            _ => None,
        }
    }
}
