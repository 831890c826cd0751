//! What a command asks for: which packages, which of their targets, and what to do with them.

use std::collections::BTreeMap;

use dhow_toolchain::CompileKind;

/// The intent of a command; decides the default selection of targets and the mode of each unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// `build`, `run`, `install`
    Build,
    /// `check`, `clippy`, `fix`; `test`: with `--profile test`, targets are checked as tests.
    Check {
        /// As tests.
        test: bool,
    },
    /// `test`
    Test,
    /// `bench`
    Bench,
    /// `doc`
    Doc {
        /// Dependencies too.
        deps: bool,
    },
    /// `test --doc`
    Doctest,
}

impl Intent {
    /// Whether targets are compiled as test harnesses.
    pub fn is_test(self) -> bool {
        matches!(self, Self::Test | Self::Bench | Self::Check { test: true } | Self::Doctest)
    }
}

/// `-p`, `--workspace`, `--exclude`, or none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PackageSelection {
    /// The package of the current directory, or the default members.
    #[default]
    Default,
    /// `--workspace`, without `--exclude`d ones: specs or globs.
    Workspace {
        /// Specs or globs.
        exclude: Vec<String>,
    },
    /// `-p`: specs or globs.
    Named(Vec<String>),
}

/// Which targets of the selected packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CompileFilter {
    /// What the intent selects by default.
    #[default]
    Default,
    /// `--lib`, `--bin NAME`, `--bins`, …
    Only(OnlyTargets),
    /// `--all-targets`
    AllTargets,
}

/// Targets that are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnlyTargets {
    /// `--lib`
    pub lib: bool,
    /// `--bins`, `--bin NAME`
    pub bins: FilterRule,
    /// `--examples`, `--example NAME`
    pub examples: FilterRule,
    /// `--tests`, `--test NAME`
    pub tests: FilterRule,
    /// `--benches`, `--bench NAME`
    pub benches: FilterRule,
}

/// All of a kind, or some by name or glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterRule {
    /// `--bins`
    All,
    /// `--bin NAME`; empty: none.
    Names(Vec<String>),
}

impl Default for FilterRule {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

/// A whole request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What to do.
    pub intent: Intent,
    /// Which packages.
    pub packages: PackageSelection,
    /// Which targets.
    pub filter: CompileFilter,
    /// For which platforms; [`CompileKind::Host`] alone without `--target`.
    pub kinds: Vec<CompileKind>,
    /// `cargo rustc -- ARGS` / `rustdoc -- ARGS`: go to the one root unit.
    pub extra_args: Vec<String>,
    /// `rustc --crate-type`
    pub crate_types: Vec<String>,
    /// Documentation of private items was asked for.
    pub document_private_items: bool,
}

impl Request {
    /// `intent` with everything else at its default.
    pub fn new(intent: Intent) -> Self {
        Self {
            intent,
            packages: PackageSelection::Default,
            filter: CompileFilter::Default,
            kinds: vec![CompileKind::Host],
            extra_args: Vec::new(),
            crate_types: Vec::new(),
            document_private_items: false,
        }
    }
}

/// Settings from configuration and environment that decide commands. Plain values: this crate reads nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By platform.
    pub platforms: BTreeMap<CompileKind, PlatformSettings>,
    /// `[env]`, resolved: what is set for every process. `force = false` entries that the environment has already
    /// are left out.
    pub env: BTreeMap<String, String>,
    /// `RUSTC_WRAPPER` / `build.rustc-wrapper`
    pub rustc_wrapper: Option<std::path::PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER` / `build.rustc-workspace-wrapper`
    pub rustc_workspace_wrapper: Option<std::path::PathBuf>,
    /// `RUSTDOC` / `build.rustdoc`: the program, as given; `rustdoc` by default.
    pub rustdoc: std::path::PathBuf,
    /// `CARGO`: what children find as their cargo.
    pub cargo_exe: std::path::PathBuf,
    /// `-j`: `NUM_JOBS`.
    pub jobs: u32,
    /// Diagnostics as JSON that is passed on as it is (`--message-format json…`): which rendering rustc is asked for.
    pub message_format: MessageFormat,
    /// `--diagnostic-width`: the terminal's, if stderr is one.
    pub diagnostic_width: Option<usize>,
    /// Colours are wanted (`--color` of doctests and rustdoc).
    pub color: bool,
    /// Contents of tools, linkers, libc: hashes of what links or is run by scripts. Enters every key as it is.
    pub machine_identity: BTreeMap<String, [u8; 32]>,
}

/// Per platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformSettings {
    /// RUSTFLAGS, from the one place that wins.
    pub rustflags: Vec<String>,
    /// RUSTDOCFLAGS.
    pub rustdocflags: Vec<String>,
    /// `target.<triple>.linker`, resolved.
    pub linker: Option<std::path::PathBuf>,
    /// `target.<triple>.<links>`: script output given by configuration.
    pub links_overrides: BTreeMap<String, crate::script::ScriptOutput>,
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
