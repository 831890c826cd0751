//! Profiles as values: how one unit is compiled. `profiles` says which package gets which.

use dhow_model::InternedString;

/// The settings of one profile for one package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile {
    /// The profile that was asked for (`dev`, `release`, …).
    pub name: InternedString,
    /// Which of the two built-in profiles it descends from.
    pub root: ProfileRoot,
    /// `0`, `1`, `2`, `3`, `s` or `z`.
    pub opt_level: InternedString,
    /// Link-time optimisation.
    pub lto: Lto,
    /// `-C codegen-units`
    pub codegen_units: Option<u32>,
    /// `-Z codegen-backend` (unstable in Cargo; refused).
    pub codegen_backend: Option<InternedString>,
    /// `-C debuginfo`
    pub debuginfo: DebugInfo,
    /// `-C split-debuginfo`
    pub split_debuginfo: Option<InternedString>,
    /// `-C debug-assertions`
    pub debug_assertions: bool,
    /// `-C overflow-checks`
    pub overflow_checks: bool,
    /// `-C rpath`
    pub rpath: bool,
    /// `-C incremental`: never for what users do not edit.
    pub incremental: bool,
    /// `-C panic`
    pub panic: PanicStrategy,
    /// `-C strip`
    pub strip: Strip,
    /// Extra flags (unstable in Cargo; refused in manifests).
    pub rustflags: Vec<InternedString>,
}

/// The built-in ancestor of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProfileRoot {
    /// `release`
    Release,
    /// `dev`
    Debug,
}

/// Link-time optimisation, as the profile states it. What it means for one unit depends on the unit graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lto {
    /// `lto = "off"`: none, not even between the crate's own codegen units.
    Off,
    /// `lto = true` or `false`; `false` leaves thin local LTO to rustc.
    Bool(bool),
    /// `lto = "thin"` or `"fat"`.
    Named(InternedString),
}

/// How much debug information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DebugLevel {
    /// `0`
    None,
    /// `line-directives-only`
    LineDirectivesOnly,
    /// `line-tables-only`
    LineTablesOnly,
    /// `1`
    Limited,
    /// `2`
    Full,
}

/// How much debug information, and whether that is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DebugInfo {
    /// Settled.
    Resolved(DebugLevel),
    /// Of a unit for the host whose level nobody stated: none, unless the same unit is needed with this level
    /// for the target too and can be shared.
    Deferred(DebugLevel),
}

/// What happens on panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PanicStrategy {
    /// Unwind.
    Unwind,
    /// Abort.
    Abort,
}

/// What the linker strips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strip {
    /// Stated.
    Resolved(StripKind),
    /// Not stated: `debuginfo` if neither the unit nor what it depends on directly has debug information
    /// (deferred levels count as they are), else this.
    Deferred(StripKind),
}

/// What to strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StripKind {
    /// Nothing.
    None,
    /// `debuginfo` or `symbols`.
    Named(InternedString),
}

impl DebugLevel {
    /// The value of `-C debuginfo`.
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

impl DebugInfo {
    /// The level, settled or not.
    pub fn level(self) -> DebugLevel {
        match self {
            Self::Resolved(level) | Self::Deferred(level) => level,
        }
    }

    /// Whether there is any.
    pub fn is_on(self) -> bool {
        self.level() != DebugLevel::None
    }

    /// Still to be decided.
    pub fn is_deferred(self) -> bool {
        matches!(self, Self::Deferred(_))
    }

    /// A deferred level that nobody shares: none.
    #[must_use]
    pub fn weaken(self) -> Self {
        Self::Resolved(DebugLevel::None)
    }

    /// A deferred level that is shared: settled.
    #[must_use]
    pub fn finalize(self) -> Self {
        Self::Resolved(self.level())
    }
}

impl Strip {
    /// What to strip, settled or not.
    pub fn kind(self) -> StripKind {
        match self {
            Self::Resolved(kind) | Self::Deferred(kind) => kind,
        }
    }

    /// Still to be decided.
    pub fn is_deferred(self) -> bool {
        matches!(self, Self::Deferred(_))
    }
}

impl PanicStrategy {
    /// The value of `-C panic`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unwind => "unwind",
            Self::Abort => "abort",
        }
    }
}

impl Profile {
    /// `[profile.dev]` before anybody changes it.
    pub fn default_dev() -> Self {
        Self {
            name: "dev".into(),
            root: ProfileRoot::Debug,
            debuginfo: DebugInfo::Resolved(DebugLevel::Full),
            debug_assertions: true,
            overflow_checks: true,
            incremental: true,
            ..Self::plain()
        }
    }

    /// `[profile.release]` before anybody changes it.
    pub fn default_release() -> Self {
        Self { name: "release".into(), root: ProfileRoot::Release, opt_level: "3".into(), ..Self::plain() }
    }

    /// The profile in which a build script *runs*: only what it can see through its environment, so that
    /// other settings do not make it run twice.
    #[must_use]
    pub fn for_running_build_script(&self) -> Self {
        Self {
            name: self.name,
            root: self.root,
            debuginfo: self.debuginfo,
            opt_level: self.opt_level,
            debug_assertions: self.debug_assertions,
            ..Self::plain()
        }
    }

    /// No optimisation, no debug information.
    fn plain() -> Self {
        Self {
            name: "".into(),
            root: ProfileRoot::Debug,
            opt_level: "0".into(),
            lto: Lto::Bool(false),
            codegen_units: None,
            codegen_backend: None,
            debuginfo: DebugInfo::Resolved(DebugLevel::None),
            split_debuginfo: None,
            debug_assertions: false,
            overflow_checks: false,
            rpath: false,
            incremental: false,
            panic: PanicStrategy::Unwind,
            strip: Strip::Deferred(StripKind::None),
            rustflags: Vec::new(),
        }
    }
}
