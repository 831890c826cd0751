//! Units: what has to exist. One target of one package, in one profile, with one feature set, for one platform,
//! in one mode.

use std::sync::Arc;

use dhow_model::InternedString;
use dhow_toolchain::CompileKind;
use dhow_workspace::{CrateType, Package, Profile, Target};

/// What is done with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CompileMode {
    /// Compile it as a test or benchmark harness.
    Test,
    /// Compile (and link) it.
    Build,
    /// Metadata only.
    Check {
        /// As a test harness.
        test: bool,
    },
    /// Document it.
    Doc,
    /// Collect and run its documentation tests: nothing is made, the test command runs it.
    Doctest,
    /// Run a build script that a [`CompileMode::Build`] unit made.
    RunCustomBuild,
}

impl CompileMode {
    /// Metadata only.
    pub fn is_check(self) -> bool {
        matches!(self, Self::Check { .. })
    }

    /// `rustc --test`, or rustdoc's.
    pub fn is_any_test(self) -> bool {
        matches!(self, Self::Test | Self::Check { test: true } | Self::Doctest)
    }

    /// `rustc --test`.
    pub fn is_rustc_test(self) -> bool {
        matches!(self, Self::Test | Self::Check { test: true })
    }

    /// Documentation.
    pub fn is_doc(self) -> bool {
        matches!(self, Self::Doc)
    }

    /// Runs a build script.
    pub fn is_run_custom_build(self) -> bool {
        matches!(self, Self::RunCustomBuild)
    }

    /// Code is generated (as opposed to metadata, documentation, a script that runs).
    pub fn generates_executable(self) -> bool {
        matches!(self, Self::Test | Self::Build)
    }
}

/// What a unit does about LTO, as the graph decides it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitLto {
    /// `-C lto[=kind]`: this unit links, with LTO.
    Run(Option<InternedString>),
    /// `-C lto=off`
    Off,
    /// Bitcode only: `-C linker-plugin-lto`.
    OnlyBitcode,
    /// Objects and bitcode: rustc's default, no flag.
    ObjectAndBitcode,
    /// Objects only: `-C embed-bitcode=no`.
    #[default]
    OnlyObject,
}

/// One thing that has to exist. Its identity inside a [`UnitGraph`] is its [`UnitId`].
#[derive(Clone, Debug)]
pub struct Unit {
    /// The package.
    pub package: Package,
    /// The target, one of the package's.
    pub target: Arc<Target>,
    /// The settings.
    pub profile: Profile,
    /// The platform it is made for.
    pub kind: CompileKind,
    /// What is done with it.
    pub mode: CompileMode,
    /// Sorted.
    pub features: Arc<[InternedString]>,
    /// RUSTFLAGS for this platform.
    pub rustflags: Arc<[String]>,
    /// RUSTDOCFLAGS for this platform.
    pub rustdocflags: Arc<[String]>,
    /// What it does about LTO.
    pub lto: UnitLto,
    /// A member of the workspace.
    pub is_member: bool,
    /// A package that was asked for by itself, not only as a dependency (`CARGO_PRIMARY_PACKAGE`).
    pub is_primary: bool,
    /// Not a registry or git package: warnings are shown, incremental compilation applies.
    pub is_local: bool,
    /// What this unit was asked for by (`--bins` and the like), or a dependency.
    pub is_root: bool,
    /// The output of its build script is given by configuration (`[target.<triple>.<links>]`).
    pub script_overridden: bool,
}

/// A unit's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub u32);

impl UnitId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An edge: what a unit needs before it can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitDep {
    /// The unit that is needed.
    pub unit: UnitId,
    /// Its name as an extern crate of the dependent.
    pub extern_crate_name: InternedString,
    /// The name in the dependent's manifest if it was renamed there.
    pub dep_name: Option<InternedString>,
    /// A public dependency.
    pub public: bool,
    /// `--extern noprelude:`
    pub noprelude: bool,
}

/// All units of one command, deduplicated. Order is deterministic; dependencies come before their dependents.
#[derive(Clone, Debug, Default)]
pub struct UnitGraph {
    /// By [`UnitId`].
    pub units: Vec<Unit>,
    /// What each unit needs, by [`UnitId`], sorted.
    pub deps: Vec<Vec<UnitDep>>,
    /// What the command asked for.
    pub roots: Vec<UnitId>,
}

impl UnitGraph {
    /// The unit.
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.index()]
    }

    /// What it needs.
    pub fn deps(&self, id: UnitId) -> &[UnitDep] {
        &self.deps[id.index()]
    }

    /// Every unit's id, dependencies first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = UnitId> + ExactSizeIterator + use<> {
        (0..u32::try_from(self.units.len()).unwrap_or(u32::MAX)).map(UnitId)
    }

    /// Whether a dependent can start when `dep`'s metadata is there, before its code is generated (pipelining).
    pub fn only_requires_rmeta(&self, dependent: UnitId, dep: UnitId) -> bool {
        let (parent, dep) = (self.unit(dependent), self.unit(dep));
        parent.mode == CompileMode::Build
            && !requires_upstream_objects(&parent.target)
            && dep.mode == CompileMode::Build
            && !requires_upstream_objects(&dep.target)
    }
}

/// Whether making this target needs the whole rlibs of its dependencies, not only their metadata.
pub(crate) fn requires_upstream_objects(target: &Target) -> bool {
    target.crate_types().iter().any(CrateType::requires_upstream_objects)
}
