//! The arguments of the commands that speak with a registry: `login`, `logout`, `info`, `search`.

use clap::Args;

/// Which registry, by name.
#[derive(Args, Debug)]
pub(crate) struct RegistryNameArgs {
    /// Registry to use
    #[arg(long, value_name = "REGISTRY")]
    pub(crate) registry: Option<String>,
}

/// Which registry, by name or by the URL of its index.
#[derive(Args, Debug)]
pub(crate) struct RegistryOrIndexArgs {
    /// Registry index URL to search packages in
    #[arg(long, value_name = "INDEX", conflicts_with = "registry")]
    pub(crate) index: Option<String>,
    /// Registry to search packages in
    #[arg(long, value_name = "REGISTRY")]
    pub(crate) registry: Option<String>,
}

/// `login`
#[derive(Args, Debug)]
pub(crate) struct LoginArgs {
    /// The token; it stays in the shell's history, so standard input is the better place
    #[arg(value_name = "TOKEN", hide = true)]
    pub(crate) token: Option<String>,
    /// Additional arguments for the credential provider
    #[arg(last = true, value_name = "args")]
    pub(crate) args: Vec<String>,
    #[command(flatten)]
    pub(crate) registry: RegistryNameArgs,
}

/// `logout`
#[derive(Args, Debug)]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    pub(crate) registry: RegistryNameArgs,
}

/// `info`
#[derive(Args, Debug)]
pub(crate) struct InfoArgs {
    /// Package to inspect
    #[arg(value_name = "SPEC", help_heading = "Package Selection")]
    pub(crate) spec: String,
    #[command(flatten)]
    pub(crate) registry: RegistryOrIndexArgs,
}

/// `search`
#[derive(Args, Debug)]
pub(crate) struct SearchArgs {
    /// What to look for
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// Limit the number of results (default: 10, max: 100)
    #[arg(long, value_name = "LIMIT", default_value_t = 10, hide_default_value = true)]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) registry: RegistryOrIndexArgs,
}
