//! The arguments of `install` and `uninstall`.

use std::path::PathBuf;

use clap::{ArgAction, Args};
use dhow_ops::CrateSpec;

use super::groups::{FeatureArgs, JobArgs, MessageArgs};

/// `install`
#[derive(Args, Debug)]
pub(crate) struct InstallArgs {
    /// Select the package from the given source
    #[arg(value_name = "CRATE[@<VER>]", value_parser = CrateSpec::parse)]
    pub(crate) crates: Vec<CrateSpec>,
    /// Specify a version to install
    #[arg(long, alias = "vers", value_name = "VERSION", requires = "crates", value_parser = version)]
    pub(crate) version: Option<Version>,
    /// Registry index to install from
    #[arg(long, value_name = "INDEX", requires = "crates", conflicts_with_all = ["git", "path", "registry"])]
    pub(crate) index: Option<String>,
    /// Registry to use
    #[arg(long, value_name = "REGISTRY", requires = "crates", conflicts_with_all = ["git", "path", "index"])]
    pub(crate) registry: Option<String>,
    /// Git URL to install the specified crate from
    #[arg(long, value_name = "URL", conflicts_with_all = ["path", "index", "registry"])]
    pub(crate) git: Option<String>,
    /// Branch to use when installing from git
    #[arg(long, value_name = "BRANCH", requires = "git")]
    pub(crate) branch: Option<String>,
    /// Tag to use when installing from git
    #[arg(long, value_name = "TAG", requires = "git")]
    pub(crate) tag: Option<String>,
    /// Specific commit to use when installing from git
    #[arg(long, value_name = "SHA", requires = "git")]
    pub(crate) rev: Option<String>,
    /// Filesystem path to local crate to install from
    #[arg(long, value_name = "PATH", conflicts_with_all = ["git", "index", "registry"])]
    pub(crate) path: Option<PathBuf>,
    /// Directory to install packages into
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Force overwriting existing crates or binaries
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Perform all checks without installing (unstable)
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Do not save tracking information
    #[arg(long)]
    pub(crate) no_track: bool,
    /// List all installed packages and their versions
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) targets: ProgramArgs,
    #[command(flatten)]
    pub(crate) features: FeatureArgs,
    #[command(flatten)]
    pub(crate) jobs: JobArgs,
    /// Build in debug mode (with the 'dev' profile) instead of release mode
    #[arg(long, conflicts_with = "profile")]
    pub(crate) debug: bool,
    /// Install artifacts with the specified profile
    #[arg(long, value_name = "PROFILE-NAME", help_heading = "Compilation Options")]
    pub(crate) profile: Option<String>,
    /// Build for the target triple
    #[arg(long, value_name = "TRIPLE", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "",
          help_heading = "Compilation Options")]
    pub(crate) target: Vec<String>,
    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY", help_heading = "Compilation Options")]
    pub(crate) target_dir: Option<PathBuf>,
    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = "Manifest Options")]
    pub(crate) ignore_rust_version: bool,
    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}

/// Which programs. An empty name means that the flag came without one.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Target Selection")]
pub(crate) struct ProgramArgs {
    /// Install only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) bin: Vec<String>,
    /// Install all binaries
    #[arg(long)]
    pub(crate) bins: bool,
    /// Install only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) example: Vec<String>,
    /// Install all examples
    #[arg(long)]
    pub(crate) examples: bool,
}

/// `uninstall`
#[derive(Args, Debug)]
pub(crate) struct UninstallArgs {
    /// Package to uninstall
    #[arg(value_name = "SPEC")]
    pub(crate) specs: Vec<String>,
    /// Package to uninstall
    #[arg(short, long = "package", value_name = "SPEC", help_heading = "Package Selection", num_args = 0..=1,
          action = ArgAction::Append, default_missing_value = "")]
    pub(crate) package: Vec<String>,
    /// Only uninstall the binary NAME
    #[arg(long, value_name = "NAME", help_heading = "Target Selection", action = ArgAction::Append)]
    pub(crate) bin: Vec<String>,
    /// Directory to uninstall packages from
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

/// A version as the command line has it.
pub(crate) type Version = dhow_ops::VersionReq;

fn version(text: &str) -> Result<Version, dhow_ops::CrateSpecError> {
    dhow_ops::parse_version_req(text)
}
