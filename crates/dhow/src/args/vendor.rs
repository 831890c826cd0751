//! The arguments of `vendor`.

use std::path::PathBuf;

use clap::Args;

use super::groups::ManifestArgs;

/// `vendor`
#[derive(Args, Debug)]
pub(crate) struct VendorArgs {
    /// Where to vendor crates (`vendor` by default)
    #[arg(value_name = "path")]
    pub(crate) path: Option<PathBuf>,
    /// Don't delete older crates in the vendor directory
    #[arg(long)]
    pub(crate) no_delete: bool,
    /// Additional `Cargo.toml` to sync and vendor
    #[arg(short, long, value_name = "TOML")]
    pub(crate) sync: Vec<PathBuf>,
    /// Respect `[source]` config in `.cargo/config`
    #[arg(long)]
    pub(crate) respect_source_config: bool,
    /// Always include version in subdir name
    #[arg(long)]
    pub(crate) versioned_dirs: bool,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}
