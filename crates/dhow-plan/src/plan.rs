//! From a workspace, a resolve and a request to the plan.

use std::collections::{BTreeMap, HashMap};

use dhow_model::PackageId;
use dhow_resolve::{Resolve, ResolvedFeatures};
use dhow_toolchain::{CompileKind, TargetInfo, Toolchain};
use dhow_workspace::{Package, Profiles, Workspace};

use crate::recipe::{Recipe, StaticKey};
use crate::request::{Request, Settings};
use crate::script::ScriptOutput;
use crate::unit::{UnitGraph, UnitId};

/// Everything that a plan is made of.
#[derive(Clone, Copy)]
pub struct PlanInputs<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// Every package that the resolve may need for this build, with its manifest.
    pub packages: &'a HashMap<PackageId, Package>,
    /// Versions.
    pub resolve: &'a Resolve,
    /// Features, resolved for this request.
    pub features: &'a ResolvedFeatures,
    /// Profiles, with the one that was asked for.
    pub profiles: &'a Profiles,
    /// The compiler.
    pub toolchain: &'a Toolchain,
    /// The host, and each requested platform.
    pub platforms: &'a BTreeMap<CompileKind, TargetInfo>,
    /// Configuration.
    pub settings: &'a Settings,
    /// The packages that the command is about.
    pub selected: &'a [PackageId],
    /// What to do with them.
    pub request: &'a Request,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Placeholder until the first real one.
    #[error("{0}")]
    Unsupported(String),
}

/// Decides what has to exist for a request, and how each of it is made.
///
/// # Errors
/// The request names what is not there, or cannot be met.
pub fn plan(_inputs: &PlanInputs<'_>) -> Result<Plan, PlanError> {
    Err(PlanError::Unsupported("not written yet".to_owned()))
}

/// What has to exist and how each of it is made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The units.
    pub graph: UnitGraph,
    /// One recipe for each, by [`UnitId`].
    pub recipes: Vec<Recipe>,
    /// Documentation tests that the test command runs after everything is built.
    pub doctests: Vec<UnitId>,
    /// Script outputs that configuration gives: these script runs are not run.
    pub overridden_scripts: BTreeMap<UnitId, ScriptOutput>,
    /// Sysroot's library directory by platform, for `LD_LIBRARY_PATH` of what is run.
    pub sysroot_libdirs: BTreeMap<CompileKind, std::path::PathBuf>,
}

impl Plan {
    /// How `unit` is made.
    pub fn recipe(&self, unit: UnitId) -> &Recipe {
        &self.recipes[unit.index()]
    }

    /// The key of `unit`.
    pub fn key(&self, unit: UnitId) -> StaticKey {
        self.recipe(unit).key
    }
}
