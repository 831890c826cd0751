//! What a command asks for: which packages, which of their targets, and what to do with them.

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
    /// Which targets of the selected packages.
    pub filter: CompileFilter,
    /// For which platforms; [`CompileKind::Host`] alone without `--target`.
    pub kinds: Vec<CompileKind>,
    /// `cargo rustc -- ARGS` / `rustdoc -- ARGS`: go to the one root unit.
    pub extra_args: Vec<String>,
    /// `rustc --crate-type`: instead of what the manifest says of the library or example.
    pub crate_types: Vec<String>,
    /// Documentation of private items was asked for.
    pub document_private_items: bool,
}

impl Request {
    /// `intent` with everything else at its default.
    pub fn new(intent: Intent) -> Self {
        Self {
            intent,
            filter: CompileFilter::Default,
            kinds: vec![CompileKind::Host],
            extra_args: Vec::new(),
            crate_types: Vec::new(),
            document_private_items: false,
        }
    }
}

impl Request {
    /// Whether dev-dependencies can be needed: whether tests, examples or benchmarks are compiled. Features are
    /// resolved with or without them.
    pub fn needs_dev_dependencies(&self) -> bool {
        match (&self.filter, self.intent) {
            (_, Intent::Test | Intent::Bench | Intent::Doctest | Intent::Check { test: true }) => true,
            (CompileFilter::Default, _) => false,
            (CompileFilter::AllTargets, _) => true,
            (CompileFilter::Only(only), _) => {
                [&only.examples, &only.tests, &only.benches].into_iter().any(FilterRule::is_specific)
            }
        }
    }
}

impl FilterRule {
    /// Whether it selects anything.
    fn is_specific(&self) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => !names.is_empty(),
        }
    }
}
