//! The command line as plain data: names, flags and values as the user typed them, without their meaning.

mod edit;
mod groups;
mod home;
mod hub;
mod install;
mod registry_commands;
mod subcommands;
mod vendor;

use std::ffi::OsString;

use clap::{ArgAction, Parser, Subcommand};

pub(crate) use edit::{AddArgs, RemoveArgs, SectionArgs};
pub(crate) use groups::{
    CommonArgs, FeatureArgs, LibTargetArgs, ManifestArgs, PackageArgs, ProfileArgs, RunTargetArgs, TargetArgs,
};
pub(crate) use home::{HomeArgs, HomeCommand, HomeGcArgs, StatFormat};
pub(crate) use hub::{HubArgs, HubCommand, HubCreateArgs, HubInGit, HubShowFormat, HubUnpackArgs};
pub(crate) use install::{InstallArgs, ProgramArgs, UninstallArgs};
pub(crate) use registry_commands::{InfoArgs, LoginArgs, LogoutArgs, RegistryOrIndexArgs, SearchArgs};
pub(crate) use subcommands::{
    BenchArgs, BuildArgs, CleanArgs, DocArgs, FetchArgs, GenerateLockfileArgs, LocateFormat,
    LocateProjectArgs, MetadataArgs, PkgidArgs, RunArgs, TestArgs, TreeArgs, UpdateArgs,
};
pub(crate) use vendor::VendorArgs;

/// A Cargo-compatible package manager and build tool for Rust
#[derive(Parser, Debug)]
#[command(
    name = "dhow",
    bin_name = "dhow",
    disable_version_flag = true,
    disable_help_subcommand = true,
    allow_external_subcommands = true,
    subcommand_value_name = "COMMAND",
    after_help = "See 'dhow help <command>' for more information on a specific command.\n"
)]
pub(crate) struct Cli {
    /// Print version info and exit
    #[arg(short = 'V', long)]
    pub(crate) version: bool,
    /// List installed commands
    #[arg(long)]
    pub(crate) list: bool,
    /// Provide a detailed explanation of a rustc error message
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every command takes, before or after its name.
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct GlobalArgs {
    /// Use verbose output (-vv very verbose/build.rs output)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Do not print log messages
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Coloring [possible values: auto, always, never]
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true)]
    pub(crate) color: Option<Color>,
    /// Change to DIRECTORY before doing anything
    #[arg(short = 'C', value_name = "DIRECTORY")]
    pub(crate) directory: Option<std::path::PathBuf>,
    /// Override a configuration value
    #[arg(long, global = true, value_name = "KEY=VALUE|PATH")]
    pub(crate) config: Vec<String>,
    /// Assert that `Cargo.lock` will remain unchanged
    #[arg(long, global = true, help_heading = "Manifest Options")]
    pub(crate) locked: bool,
    /// Run without accessing the network
    #[arg(long, global = true, help_heading = "Manifest Options")]
    pub(crate) offline: bool,
    /// Equivalent to specifying both --locked and --offline
    #[arg(long, global = true, help_heading = "Manifest Options")]
    pub(crate) frozen: bool,
    /// Take packages from the cargo home, even if the project has a hub
    #[arg(long, global = true, help_heading = "Manifest Options")]
    pub(crate) no_hub: bool,
}

/// When to color.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// One variant per command, one file per command in `commands/`.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Add dependencies to a Cargo.toml manifest file
    Add(Box<AddArgs>),
    /// Compile a local package and all of its dependencies
    #[command(visible_alias = "b")]
    Build(Box<BuildArgs>),
    /// Check a local package and all of its dependencies for errors
    #[command(visible_alias = "c")]
    Check(Box<BuildArgs>),
    /// Remove artifacts that were generated in the past
    Clean(CleanArgs),
    /// Build a package's documentation
    #[command(visible_alias = "d")]
    Doc(Box<DocArgs>),
    /// Remove dependencies from a Cargo.toml manifest file
    #[command(visible_alias = "rm")]
    Remove(Box<RemoveArgs>),
    /// Run a binary or example of the local package
    #[command(visible_alias = "r")]
    Run(Box<RunArgs>),
    /// Execute all unit and integration tests and build examples of a local package
    #[command(visible_alias = "t")]
    Test(Box<TestArgs>),
    /// Execute all benchmarks of a local package
    Bench(Box<BenchArgs>),
    /// Fetch dependencies of a package from the network
    Fetch(FetchArgs),
    /// Generate the lockfile for a package
    GenerateLockfile(GenerateLockfileArgs),
    /// Look after the cargo home: verify it, show what is in it, remove what is unused
    Home(HomeArgs),
    /// Look after the project's hub: everything it depends on, in its .cargo directory
    Hub(HubArgs),
    /// Install a Rust binary
    Install(Box<InstallArgs>),
    /// Remove a Rust binary
    Uninstall(UninstallArgs),
    /// Display a tree visualization of a dependency graph
    Tree(Box<TreeArgs>),
    /// Output the resolved dependencies of a package, the concrete used versions including overrides,
    /// in machine-readable format
    Metadata(MetadataArgs),
    /// Update dependencies as recorded in the local lock file
    Update(UpdateArgs),
    /// Print a fully qualified package specification
    Pkgid(PkgidArgs),
    /// Print a JSON representation of a Cargo.toml file's location
    LocateProject(LocateProjectArgs),
    /// Log in to a registry.
    Login(LoginArgs),
    /// Remove an API token from the registry locally
    Logout(LogoutArgs),
    /// Display information about a package
    Info(InfoArgs),
    /// Search packages in the registry. Default registry is crates.io
    Search(SearchArgs),
    /// Vendor all dependencies for a project locally
    Vendor(VendorArgs),
    /// Show version information
    Version,
    /// Displays help for a command
    Help {
        /// The command to explain
        command: Option<String>,
    },
    /// A program `cargo-NAME` on the path, or an alias of the configuration.
    #[command(external_subcommand)]
    External(Vec<OsString>),
}
