//! What binding takes besides the plan: where things are, and what scripts said.

use std::ffi::OsStr;
use std::sync::Arc;

use crate::paths::Paths;
use crate::plan::Plan;
use crate::script::ScriptOutput;
use crate::unit::UnitId;

/// What binding takes besides the plan.
#[derive(Clone, Copy)]
pub struct BindContext<'a> {
    /// Where things are.
    pub paths: &'a dyn Paths,
    /// What a script run said. Must answer for every unit in `own_script`, `link_scripts`, `plugin_scripts` and
    /// `metadata_from` of the recipe; `None` counts as having said nothing. Scripts whose output configuration
    /// gives need no answer.
    pub scripts: &'a dyn Fn(UnitId) -> Option<Arc<ScriptOutput>>,
    /// The inherited `LD_LIBRARY_PATH` (or the platform's counterpart).
    pub library_path: Option<&'a OsStr>,
    /// What documentation tests are told.
    pub run: RunOptions<'a>,
}

/// For documentation tests only.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions<'a> {
    /// `--color`: `auto` if `None`.
    pub color: Option<&'a str>,
    /// Arguments after `--`.
    pub test_args: &'a [String],
}

/// What a script said, or configuration says in its place.
pub(crate) fn said(plan: &Plan, context: &BindContext<'_>, run: UnitId) -> Option<Arc<ScriptOutput>> {
    plan.overridden_scripts.get(&run).cloned().or_else(|| (context.scripts)(run))
}
