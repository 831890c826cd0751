//! From a recipe to a command: paths, dependencies' files and what build scripts said are put in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::paths::Paths;
use crate::plan::Plan;
use crate::script::ScriptOutput;
use crate::unit::UnitId;

/// A process to start. `env` is what changes on top of the inherited environment; `None` removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Absolute, or a name to be found through `PATH`.
    pub program: PathBuf,
    /// Arguments.
    pub args: Vec<OsString>,
    /// Sorted.
    pub env: BTreeMap<String, Option<OsString>>,
    /// Absolute.
    pub cwd: PathBuf,
}

/// What binding takes besides the plan.
pub struct BindContext<'a> {
    /// Where things are.
    pub paths: &'a dyn Paths,
    /// What a script run said. Must answer for every unit in `own_scripts`, `link_scripts` and `metadata_from` of
    /// the recipe; `None` counts as having said nothing.
    pub scripts: &'a dyn Fn(UnitId) -> Option<&'a ScriptOutput>,
    /// The inherited `LD_LIBRARY_PATH` (or the platform's counterpart).
    pub library_path: Option<OsString>,
    /// `CARGO_MAKEFLAGS` for scripts, from the jobserver.
    pub makeflags: Option<String>,
}

/// The command that makes `unit`. For documentation tests: the command that runs them.
pub fn bind(_plan: &Plan, _unit: UnitId, _context: &BindContext<'_>) -> Command {
    Command { program: PathBuf::new(), args: Vec::new(), env: BTreeMap::new(), cwd: PathBuf::new() }
}
