//! `hub`: the project's own store of everything it depends on.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::ManifestArgs;

/// `hub`
#[derive(Args, Debug)]
pub(crate) struct HubArgs {
    #[command(subcommand)]
    pub(crate) command: HubCommand,
}

/// What to do with it.
#[derive(Subcommand, Debug)]
pub(crate) enum HubCommand {
    /// Bring everything that the lock file needs into the project's .cargo directory
    Create(HubCreateArgs),
    /// Write the hub to a file, for a machine without network
    Pack {
        /// The file to write (a tar file in zstd)
        file: PathBuf,
        #[command(flatten)]
        manifest: ManifestArgs,
    },
    /// Remove from the hub what the lock file does not need
    Prune {
        #[command(flatten)]
        manifest: ManifestArgs,
        /// Display what would be deleted without deleting anything
        #[arg(short = 'n', long)]
        dry_run: bool,
    },
    /// Show what is in the hub and why, in layers
    Show {
        /// Output format
        #[arg(long, value_name = "FMT", default_value = "text")]
        format: HubShowFormat,
        /// Write it as one self-contained page, with the graph drawn, to a file ('-' for the standard output)
        #[arg(long, value_name = "FILE", conflicts_with = "format")]
        html: Option<PathBuf>,
        #[command(flatten)]
        manifest: ManifestArgs,
    },
    /// Put a packed hub into the project, once all of it is verified
    Unpack(HubUnpackArgs),
    /// Bring the hub up to date with the lock file
    Update {
        #[command(flatten)]
        manifest: ManifestArgs,
    },
    /// Check that the hub holds what the lock file needs, as it was published, and nothing else
    Verify {
        /// Bring what is missing, make again what was changed, and remove what is not needed
        #[arg(long)]
        repair: bool,
        #[command(flatten)]
        manifest: ManifestArgs,
    },
}

/// `hub create`
#[derive(Args, Debug)]
pub(crate) struct HubCreateArgs {
    /// Only what this platform needs (and the machine that compiles) [default: all platforms]
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Vec<String>,
    /// Without what only tests, examples and benchmarks need
    #[arg(long)]
    pub(crate) no_dev_dependencies: bool,
    /// What the project's git is to do with the hub [default: commit]
    #[arg(long, value_name = "WHAT")]
    pub(crate) git: Option<HubInGit>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// What git is to do with a hub.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HubInGit {
    /// Commit archives, index and git repositories
    Commit,
    /// Commit the configuration alone
    Ignore,
}

/// `hub unpack`
#[derive(Args, Debug)]
pub(crate) struct HubUnpackArgs {
    /// The packed hub
    pub(crate) file: PathBuf,
    /// The project that it is for [default: the one in this directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    /// Leave the project's .cargo/config.toml as it is if the packed one differs
    #[arg(long, conflicts_with = "replace_config")]
    pub(crate) keep_config: bool,
    /// Take the packed .cargo/config.toml if the project's differs
    #[arg(long)]
    pub(crate) replace_config: bool,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// How `hub show` prints.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HubShowFormat {
    /// For a person at a terminal
    Text,
    /// For programs
    Json,
    /// For a wiki
    Markdown,
}
