//! Configuration as plain values: this crate reads nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dhow_toolchain::CompileKind;

use crate::script::ScriptOutput;

/// Settings from configuration and environment that decide commands. Plain values: this crate reads nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By platform.
    pub platforms: BTreeMap<CompileKind, PlatformSettings>,
    /// `[env]`, resolved: what is set for every process. `force = false` entries that the environment has already
    /// are left out.
    pub env: BTreeMap<String, String>,
    /// `RUSTC_WRAPPER` / `build.rustc-wrapper`
    pub rustc_wrapper: Option<PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER` / `build.rustc-workspace-wrapper`
    pub rustc_workspace_wrapper: Option<PathBuf>,
    /// `CARGO`: what children find as their cargo.
    pub cargo_exe: PathBuf,
    /// `-j`: `NUM_JOBS`.
    pub jobs: u32,
    /// Diagnostics as JSON that is passed on as it is (`--message-format json…`): which rendering rustc is asked for.
    pub message_format: MessageFormat,
    /// `--diagnostic-width`: the terminal's, if stderr is one.
    pub diagnostic_width: Option<usize>,
    /// Warnings of dependencies are shown too (`-vv`).
    pub extra_verbose: bool,
    /// What else decides outputs on this machine.
    pub machine: MachineIdentity,
}

/// Hashes of what links, loads or is run beside the compiler. They enter keys only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineIdentity {
    /// The host's CPU, for `target-cpu=native`.
    pub host_cpu: Option<[u8; 32]>,
    /// The C library.
    pub libc: Option<[u8; 32]>,
    /// Programs that scripts find through `PATH`, by name (cc, c++, ar, ld, pkg-config, …), by content.
    pub tools: BTreeMap<String, [u8; 32]>,
    /// `RUSTC_BOOTSTRAP`, which opens unstable features.
    pub rustc_bootstrap: Option<String>,
    /// Where units of immutable packages are kept, if they are: their paths are baked into outputs.
    pub store_root: Option<PathBuf>,
}

/// Per platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformSettings {
    /// RUSTFLAGS, from the one place that wins.
    pub rustflags: Vec<String>,
    /// RUSTDOCFLAGS.
    pub rustdocflags: Vec<String>,
    /// `target.<triple>.linker`, resolved.
    pub linker: Option<PathBuf>,
    /// The content of the linker (or of the default one).
    pub linker_hash: Option<[u8; 32]>,
    /// The content of a custom target specification.
    pub spec_hash: Option<[u8; 32]>,
    /// `target.<triple>.runner`, program first.
    pub runner: Vec<String>,
    /// `target.<triple>.<links>`: script output given by configuration.
    pub links_overrides: BTreeMap<String, ScriptOutput>,
}

/// How rustc's diagnostics are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MessageFormat {
    /// Rendered by rustc with colours (`diagnostic-rendered-ansi`); the printer strips them if need be.
    #[default]
    Human,
    /// `short`
    Short,
    /// `json` without ANSI.
    Json {
        /// `json-diagnostic-short`
        short: bool,
        /// `json-diagnostic-rendered-ansi`
        ansi: bool,
    },
}
