//! What `add` takes.

use std::path::PathBuf;

use dhow_formats::manifest_edit::DependencyTable;

/// What to add, and how.
#[derive(Clone, Debug)]
pub struct AddOptions {
    /// `name` or `name@req` for each dependency; none if the source has one package only.
    pub crates: Vec<String>,
    /// `--features`, as typed.
    pub features: Vec<String>,
    /// `--default-features`, `--no-default-features`
    pub default_features: Option<bool>,
    /// `--optional`, `--no-optional`
    pub optional: Option<bool>,
    /// `--public`, `--no-public`
    pub public: Option<bool>,
    /// `--rename`
    pub rename: Option<String>,
    /// `--registry`
    pub registry: Option<String>,
    /// `--path`, `--git`
    pub from: AddFrom,
    /// `--base`
    pub base: Option<String>,
    /// `--dev`, `--build`, `--target`
    pub table: DependencyTable,
    /// `--package`
    pub packages: Vec<String>,
    /// `--dry-run`
    pub dry_run: bool,
    /// `--ignore-rust-version`
    pub ignore_rust_version: bool,
}

/// Where the packages come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddFrom {
    /// From a registry, or wherever the workspace says.
    Registry,
    /// From a directory.
    Path {
        /// As typed.
        path: PathBuf,
    },
    /// From a git repository.
    Git {
        /// Its URL.
        url: String,
        /// `--branch`
        branch: Option<String>,
        /// `--tag`
        tag: Option<String>,
        /// `--rev`
        rev: Option<String>,
    },
}
