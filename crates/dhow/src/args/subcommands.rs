//! The arguments of each command, put together from the shared groups.

use std::ffi::OsString;

use clap::{ArgAction, Args};

use super::groups::{
    CommonArgs, CompileArgs, FeatureArgs, LibTargetArgs, ManifestArgs, PackageArgs, ProfileArgs,
    RunTargetArgs, TargetArgs,
};

/// `build` and `check`.
#[derive(Args, Debug)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `run`
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// Package with the target to run
    #[arg(short, long, value_name = "SPEC", help_heading = "Package Selection", num_args = 0..=1,
          default_missing_value = "")]
    pub(crate) package: Option<String>,
    #[command(flatten)]
    pub(crate) targets: RunTargetArgs,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    /// Arguments for the binary or example to run
    #[arg(trailing_var_arg = true, value_name = "ARGS")]
    pub(crate) args: Vec<OsString>,
}

/// `test`
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// If specified, only run tests containing this string in their names
    #[arg(value_name = "TESTNAME")]
    pub(crate) name: Option<String>,
    /// Arguments for the test binary
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) args: Vec<OsString>,
    /// Compile, but don't run tests
    #[arg(long)]
    pub(crate) no_run: bool,
    /// Run all tests regardless of failure
    #[arg(long)]
    pub(crate) no_fail_fast: bool,
    /// Test only this library's documentation
    #[arg(long, help_heading = "Target Selection")]
    pub(crate) doc: bool,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `bench`
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// If specified, only run benches containing this string in their names
    #[arg(value_name = "BENCHNAME")]
    pub(crate) name: Option<String>,
    /// Arguments for the bench binary
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) args: Vec<OsString>,
    /// Compile, but don't run benchmarks
    #[arg(long)]
    pub(crate) no_run: bool,
    /// Run all benchmarks regardless of failure
    #[arg(long)]
    pub(crate) no_fail_fast: bool,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// Use the specified profile
    #[arg(long, value_name = "PROFILE-NAME", help_heading = "Compilation Options")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `doc`
#[derive(Args, Debug)]
pub(crate) struct DocArgs {
    /// Opens the docs in a browser after the operation
    #[arg(long)]
    pub(crate) open: bool,
    /// Don't build documentation for dependencies
    #[arg(long)]
    pub(crate) no_deps: bool,
    /// Document private items
    #[arg(long)]
    pub(crate) document_private_items: bool,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    #[command(flatten)]
    pub(crate) targets: LibTargetArgs,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `clean`
#[derive(Args, Debug)]
pub(crate) struct CleanArgs {
    /// Whether or not to clean just the documentation directory
    #[arg(long)]
    pub(crate) doc: bool,
    /// Display what would be deleted without deleting anything
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Package to clean artifacts for
    #[arg(short, long = "package", value_name = "SPEC", help_heading = "Package Selection")]
    pub(crate) package: Vec<String>,
    /// Clean artifacts of the workspace members
    #[arg(long, help_heading = "Package Selection")]
    pub(crate) workspace: bool,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// `fetch`
#[derive(Args, Debug)]
pub(crate) struct FetchArgs {
    /// Fetch dependencies for the target triple
    #[arg(long, value_name = "TRIPLE", help_heading = "Compilation Options")]
    pub(crate) target: Vec<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// `generate-lockfile`
#[derive(Args, Debug)]
pub(crate) struct GenerateLockfileArgs {
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = "Manifest Options")]
    pub(crate) ignore_rust_version: bool,
}

/// `update`
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("named").args(["spec", "package"]))]
pub(crate) struct UpdateArgs {
    /// Package to update
    #[arg(value_name = "SPEC", help_heading = "Package Selection")]
    pub(crate) spec: Vec<String>,
    /// Package to update
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1, action = ArgAction::Append,
          default_missing_value = "", hide = true)]
    pub(crate) package: Vec<String>,
    /// Don't actually write the lockfile
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Force updating all dependencies of [SPEC]... as well
    #[arg(long, alias = "aggressive", conflicts_with = "precise")]
    pub(crate) recursive: bool,
    /// Update [SPEC] to exactly PRECISE
    #[arg(long, value_name = "PRECISE", requires = "named")]
    pub(crate) precise: Option<String>,
    /// Update [SPEC] to latest SemVer-breaking version (unstable)
    #[arg(short, long)]
    pub(crate) breaking: bool,
    /// Only update the workspace packages
    #[arg(short, long, help_heading = "Package Selection")]
    pub(crate) workspace: bool,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = "Manifest Options")]
    pub(crate) ignore_rust_version: bool,
}

/// `tree`
#[derive(Args, Debug)]
pub(crate) struct TreeArgs {
    /// The kinds of dependencies to display
    #[arg(short, long, value_name = "KINDS", value_delimiter = ',',
          value_parser = ["all", "normal", "build", "dev", "features", "public", "no-normal", "no-build", "no-dev",
                          "no-proc-macro"])]
    pub(crate) edges: Vec<String>,
    /// Invert the tree direction and focus on the given package
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1, default_missing_value = "")]
    pub(crate) invert: Vec<String>,
    /// Prune the given package from the display of the dependency tree
    #[arg(long, value_name = "SPEC")]
    pub(crate) prune: Vec<String>,
    /// Maximum display depth of the dependency tree
    #[arg(long, value_name = "DEPTH")]
    pub(crate) depth: Option<String>,
    /// Change the prefix (indentation) of how each entry is displayed
    #[arg(long, value_name = "PREFIX", value_parser = ["depth", "indent", "none"], default_value = "indent")]
    pub(crate) prefix: String,
    /// Do not de-duplicate (repeats all shared dependencies)
    #[arg(long)]
    pub(crate) no_dedupe: bool,
    /// Show only dependencies which come in multiple versions (implies -i)
    #[arg(short, long)]
    pub(crate) duplicates: bool,
    /// Character set to use in output
    #[arg(long, value_name = "CHARSET", value_parser = ["utf8", "ascii"])]
    pub(crate) charset: Option<String>,
    /// Format string used for printing dependencies
    #[arg(short, long, value_name = "FORMAT", default_value = "{p}")]
    pub(crate) format: String,
    /// List the dependencies by what they are there for, instead of who needs them
    #[arg(long, conflicts_with_all = ["invert", "prune", "depth", "no_dedupe", "duplicates"])]
    pub(crate) layers: bool,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    #[command(flatten)]
    pub(crate) features: FeatureArgs,
    /// Filter dependencies matching the given target-triple (default host platform).
    /// Pass `all` to include all targets.
    #[arg(long, value_name = "TRIPLE", help_heading = "Compilation Options")]
    pub(crate) target: Vec<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// `metadata`
#[derive(Args, Debug)]
pub(crate) struct MetadataArgs {
    /// Only include resolve dependencies matching the given target-triple
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) filter_platform: Vec<String>,
    /// Output information only about the workspace members and don't fetch dependencies
    #[arg(long)]
    pub(crate) no_deps: bool,
    /// Format version
    #[arg(long, value_name = "VERSION", value_parser = ["1"])]
    pub(crate) format_version: Option<String>,
    #[command(flatten)]
    pub(crate) features: FeatureArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// `pkgid`
#[derive(Args, Debug)]
pub(crate) struct PkgidArgs {
    /// Argument to get the package ID specifier for
    #[arg(value_name = "SPEC")]
    pub(crate) spec: Option<String>,
    /// Argument to get the package ID specifier for
    #[arg(short, long, value_name = "SPEC", help_heading = "Package Selection")]
    pub(crate) package: Option<String>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// `locate-project`
#[derive(Args, Debug)]
pub(crate) struct LocateProjectArgs {
    /// Locate Cargo.toml of the workspace root
    #[arg(long)]
    pub(crate) workspace: bool,
    /// Output representation
    #[arg(long, value_name = "FMT")]
    pub(crate) message_format: Option<LocateFormat>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// How `locate-project` prints.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocateFormat {
    Json,
    Plain,
}
