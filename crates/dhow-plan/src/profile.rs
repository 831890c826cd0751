//! The effective profile of one unit: everything that decides how rustc is asked to compile it.

use std::sync::Arc;

use dhow_model::InternedString;

/// Settings of one unit, after inheritance, overrides and what the unit graph adds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Profile {
    /// `dev`, `release`, `test`, `bench` or a custom name.
    pub name: InternedString,
    /// The built-in profile it descends from: decides `PROFILE` of build scripts and the directory.
    pub root: ProfileRoot,
    /// `-C opt-level`.
    pub opt_level: InternedString,
    /// What the profile asks for; what the unit does is [`crate::Unit::lto`].
    pub lto: LtoSetting,
    /// `-C codegen-units`, if set.
    pub codegen_units: Option<u32>,
    /// `-C debuginfo`.
    pub debuginfo: DebugInfo,
    /// `-C split-debuginfo`, if set.
    pub split_debuginfo: Option<InternedString>,
    /// `-C debug-assertions`.
    pub debug_assertions: bool,
    /// `-C overflow-checks`.
    pub overflow_checks: bool,
    /// `-C rpath`.
    pub rpath: bool,
    /// `-C incremental`, before the rule that registry and git packages never are.
    pub incremental: bool,
    /// `-C panic`.
    pub panic: PanicStrategy,
    /// `-C strip`.
    pub strip: Strip,
    /// `-Z codegen-backend` (unstable; kept so that it enters keys).
    pub codegen_backend: Option<InternedString>,
    /// Extra flags of the profile (unstable).
    pub rustflags: Arc<[InternedString]>,
}

/// The two built-in profiles that all others inherit from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProfileRoot {
    /// `PROFILE=debug`
    Debug,
    /// `PROFILE=release`
    Release,
}

impl ProfileRoot {
    /// The value of `PROFILE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// `profile.*.lto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LtoSetting {
    /// `false`: thin local LTO over the crate's own codegen units.
    ThinLocal,
    /// `"off"`
    Off,
    /// `true` or `"fat"` (as written), `"thin"`.
    Named(Option<InternedString>),
}

/// What a unit does about LTO, as the graph decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lto {
    /// `-C lto[=kind]`: this unit links, with LTO.
    Run(Option<InternedString>),
    /// `-C lto=off`
    Off,
    /// Bitcode only: `-C linker-plugin-lto`.
    OnlyBitcode,
    /// Objects and bitcode: rustc's default, no flag.
    ObjectAndBitcode,
    /// Objects only: `-C embed-bitcode=no`.
    OnlyObject,
}

/// `-C debuginfo` in Cargo's reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DebugInfo {
    /// Asked for, or the default of a profile that nothing overrides.
    Resolved(DebugLevel),
    /// A default that may be lowered to nothing (build scripts and macros), but is raised to this level when a
    /// shared unit needs it.
    Deferred(DebugLevel),
}

impl DebugInfo {
    /// The level as it stands.
    pub fn level(self) -> DebugLevel {
        match self {
            Self::Resolved(level) | Self::Deferred(level) => level,
        }
    }

    /// With the level decided.
    #[must_use]
    pub fn resolve(self) -> Self {
        Self::Resolved(self.level())
    }

    /// Any debug information at all.
    pub fn is_on(self) -> bool {
        self.level() != DebugLevel::None
    }
}

/// Levels of debug information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DebugLevel {
    /// 0
    None,
    /// `line-directives-only`
    LineDirectivesOnly,
    /// `line-tables-only`
    LineTablesOnly,
    /// 1
    Limited,
    /// 2
    Full,
}

impl DebugLevel {
    /// As rustc takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::LineDirectivesOnly => "line-directives-only",
            Self::LineTablesOnly => "line-tables-only",
            Self::Limited => "1",
            Self::Full => "2",
        }
    }
}

/// `-C panic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PanicStrategy {
    /// rustc's default.
    Unwind,
    /// `-C panic=abort`
    Abort,
    /// `-C panic=immediate-abort` (unstable)
    ImmediateAbort,
}

impl PanicStrategy {
    /// As rustc takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unwind => "unwind",
            Self::Abort => "abort",
            Self::ImmediateAbort => "immediate-abort",
        }
    }
}

/// `-C strip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strip {
    /// As the profile says; `None` is no flag.
    Resolved(Option<InternedString>),
    /// A default that the graph may change to `debuginfo` when no dependency has debug information.
    Deferred,
}
