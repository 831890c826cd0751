//! The arguments of commands that change a manifest.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, ArgGroup, Args};

use super::groups::ManifestArgs;

const SECTION: &str = "Section";
const SOURCE: &str = "Source";

/// Which table of dependencies.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = SECTION)]
pub(crate) struct SectionArgs {
    /// Development dependencies
    #[arg(long, conflicts_with = "build")]
    pub(crate) dev: bool,
    /// Build dependencies
    #[arg(long)]
    pub(crate) build: bool,
    /// Dependencies of this target platform
    #[arg(long, value_name = "TARGET", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) target: Option<String>,
}

/// `add`
#[derive(Args, Debug)]
#[command(
    override_usage = "dhow add [OPTIONS] <DEP>[@<VERSION>] ...\n       dhow add [OPTIONS] --path <PATH> ...\n       \
                      dhow add [OPTIONS] --git <URL> ...",
    group = ArgGroup::new("selected").multiple(true).required(true).args(["crates", "path", "git"])
)]
pub(crate) struct AddArgs {
    /// Reference to a package to add as a dependency
    ///
    /// You can reference a package by:
    /// - `<name>`, like `dhow add serde` (latest version will be used)
    /// - `<name>@<version-req>`, like `dhow add serde@1` or `dhow add serde@=1.0.38`
    #[arg(value_name = "DEP_ID", num_args = 0.., verbatim_doc_comment)]
    pub(crate) crates: Vec<String>,
    /// Disable the default features
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Re-enable the default features
    #[arg(long, overrides_with = "no_default_features")]
    pub(crate) default_features: bool,
    /// Space or comma separated list of features to activate
    #[arg(short = 'F', long, value_name = "FEATURES", action = ArgAction::Append)]
    pub(crate) features: Vec<String>,
    /// Mark the dependency as optional
    #[arg(long, conflicts_with = "dev")]
    pub(crate) optional: bool,
    /// Mark the dependency as required
    #[arg(long, conflicts_with = "dev", overrides_with = "optional")]
    pub(crate) no_optional: bool,
    /// Mark the dependency as public (unstable)
    #[arg(long, conflicts_with_all = ["dev", "build"])]
    pub(crate) public: bool,
    /// Mark the dependency as private (unstable)
    #[arg(long, conflicts_with_all = ["dev", "build"], overrides_with = "public")]
    pub(crate) no_public: bool,
    /// Rename the dependency
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// Don't actually write the manifest
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = "Manifest Options")]
    pub(crate) ignore_rust_version: bool,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Package to modify
    #[arg(short, long = "package", value_name = "SPEC", help_heading = "Package Selection", num_args = 0..=1,
          action = ArgAction::Append, default_missing_value = "")]
    pub(crate) package: Vec<String>,
    #[command(flatten)]
    pub(crate) source: AddSourceArgs,
    #[command(flatten)]
    pub(crate) section: SectionArgs,
}

/// Where packages come from.
#[derive(Args, Debug)]
#[command(next_help_heading = SOURCE, group = ArgGroup::new("git-ref").args(["branch", "tag", "rev"]))]
pub(crate) struct AddSourceArgs {
    /// Filesystem path to local crate to add
    #[arg(long, value_name = "PATH", conflicts_with = "git")]
    pub(crate) path: Option<PathBuf>,
    /// The path base to use when adding from a local crate (unstable).
    #[arg(long, value_name = "BASE", requires = "path")]
    pub(crate) base: Option<String>,
    /// Git repository location
    ///
    /// Without any other information, the latest commit of the default branch is used.
    #[arg(long, value_name = "URI")]
    pub(crate) git: Option<String>,
    /// Git branch to download the crate from
    #[arg(long, value_name = "BRANCH", requires = "git")]
    pub(crate) branch: Option<String>,
    /// Git tag to download the crate from
    #[arg(long, value_name = "TAG", requires = "git")]
    pub(crate) tag: Option<String>,
    /// Git reference to download the crate from
    #[arg(long, value_name = "REV", requires = "git")]
    pub(crate) rev: Option<String>,
    /// Package registry for this dependency
    #[arg(long, value_name = "NAME")]
    pub(crate) registry: Option<String>,
}

/// `remove`
#[derive(Args, Debug)]
pub(crate) struct RemoveArgs {
    /// Dependencies to be removed
    #[arg(value_name = "DEP_ID", required = true, num_args = 1..)]
    pub(crate) names: Vec<String>,
    /// Don't actually write the manifest
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Package to remove from
    #[arg(short, long = "package", value_name = "SPEC", help_heading = "Package Selection", num_args = 0..=1,
          action = ArgAction::Append, default_missing_value = "")]
    pub(crate) package: Vec<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}
