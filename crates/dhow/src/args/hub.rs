//! `hub`: the project's own cargo home.

use clap::{Args, Subcommand};

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
    /// Check that the hub holds what the lock file needs, as it was published, and nothing else
    Verify(HubVerifyArgs),
}

/// `hub verify`
#[derive(Args, Debug)]
pub(crate) struct HubVerifyArgs {
    /// Bring what is missing, make again what was changed, and remove what is not needed
    #[arg(long)]
    pub(crate) repair: bool,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}
