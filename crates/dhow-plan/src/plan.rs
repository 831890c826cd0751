//! The plan: a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use dhow_toolchain::CompileKind;

use crate::recipe::{Recipe, StaticKey};
use crate::script::ScriptOutput;
use crate::unit::{UnitGraph, UnitId};

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
    pub overridden_scripts: BTreeMap<UnitId, Arc<ScriptOutput>>,
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
