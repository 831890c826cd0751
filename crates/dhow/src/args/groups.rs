//! Groups of flags that several commands share.

use std::path::PathBuf;

use clap::{ArgAction, Args};

const PACKAGES: &str = "Package Selection";
const TARGETS: &str = "Target Selection";
const FEATURES: &str = "Feature Selection";
const COMPILATION: &str = "Compilation Options";
const MANIFEST: &str = "Manifest Options";

/// Which packages of the workspace.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = PACKAGES)]
pub(crate) struct PackageArgs {
    /// Package to work on (see `dhow help pkgid`)
    #[arg(short, long = "package", value_name = "SPEC", num_args = 0..=1, action = ArgAction::Append,
          default_missing_value = "")]
    pub(crate) package: Vec<String>,
    /// Work on all packages in the workspace
    #[arg(long)]
    pub(crate) workspace: bool,
    /// Exclude packages
    #[arg(long, value_name = "SPEC", action = ArgAction::Append)]
    pub(crate) exclude: Vec<String>,
    /// Alias for --workspace (deprecated)
    #[arg(long)]
    pub(crate) all: bool,
}

/// Which targets of these packages. An empty name means that the flag came without one.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = TARGETS)]
pub(crate) struct TargetArgs {
    #[command(flatten)]
    pub(crate) lib: LibTargetArgs,
    /// All targets that have `test = true` set
    #[arg(long)]
    pub(crate) tests: bool,
    /// Only the specified test target
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) test: Vec<String>,
    /// All targets that have `bench = true` set
    #[arg(long)]
    pub(crate) benches: bool,
    /// Only the specified bench target
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) bench: Vec<String>,
    /// All targets
    #[arg(long)]
    pub(crate) all_targets: bool,
}

/// The targets that documentation knows, too.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = TARGETS)]
pub(crate) struct LibTargetArgs {
    /// Only this package's library
    #[arg(long)]
    pub(crate) lib: bool,
    /// All binaries
    #[arg(long)]
    pub(crate) bins: bool,
    /// Only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) bin: Vec<String>,
    /// All examples
    #[arg(long)]
    pub(crate) examples: bool,
    /// Only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) example: Vec<String>,
}

/// What `run` can run.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = TARGETS)]
pub(crate) struct RunTargetArgs {
    /// Name of the bin target to run
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) bin: Vec<String>,
    /// Name of the example target to run
    #[arg(long, value_name = "NAME", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) example: Vec<String>,
}

/// Features from the command line.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = FEATURES)]
pub(crate) struct FeatureArgs {
    /// Space or comma separated list of features to activate
    #[arg(short = 'F', long, value_name = "FEATURES", action = ArgAction::Append)]
    pub(crate) features: Vec<String>,
    /// Activate all available features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
}

/// How many at a time.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = COMPILATION)]
pub(crate) struct JobArgs {
    /// Number of parallel jobs, defaults to # of CPUs.
    #[arg(short, long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) jobs: Option<String>,
    /// Do not abort the build as soon as there is an error
    #[arg(long)]
    pub(crate) keep_going: bool,
}

/// Which profile.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = COMPILATION)]
pub(crate) struct ProfileArgs {
    /// Use the release profile, with optimizations
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,
    /// Use the specified profile
    #[arg(long, value_name = "PROFILE-NAME")]
    pub(crate) profile: Option<String>,
}

/// For what and into what.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = COMPILATION)]
pub(crate) struct CompileArgs {
    /// Build for the target triple
    #[arg(long, value_name = "TRIPLE", num_args = 0..=1, action = ArgAction::Append, default_missing_value = "")]
    pub(crate) target: Vec<String>,
    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<PathBuf>,
}

/// How messages of compilers are shown.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct MessageArgs {
    /// Error format
    #[arg(long, value_name = "FMT", action = ArgAction::Append, value_delimiter = ',', ignore_case = true,
          value_parser = ["human", "short", "json", "json-diagnostic-short", "json-diagnostic-rendered-ansi",
                          "json-render-diagnostics"])]
    pub(crate) message_format: Vec<String>,
}

/// Where the manifest is.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = MANIFEST)]
pub(crate) struct ManifestArgs {
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

/// What all commands share that compile.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct CommonArgs {
    #[command(flatten)]
    pub(crate) features: FeatureArgs,
    #[command(flatten)]
    pub(crate) jobs: JobArgs,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = "Manifest Options")]
    pub(crate) ignore_rust_version: bool,
    /// Read and verify every source file of dependencies before it is used
    #[arg(long, help_heading = COMPILATION)]
    pub(crate) verify_sources: bool,
    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}
