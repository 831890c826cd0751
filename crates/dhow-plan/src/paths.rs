//! Where things are: what a plan must be told to spell out paths. The target directory's layout answers.

use std::path::PathBuf;

use dhow_toolchain::CompileKind;

use crate::recipe::OutputFile;
use crate::unit::UnitId;

/// The directories of one build. All paths are absolute.
pub trait Paths {
    /// Where this unit's files are made: `deps`, `examples`, `build/<dir_name>` for compiled scripts, `doc`.
    fn out_dir(&self, unit: UnitId) -> PathBuf;
    /// One output of a unit, where other units find it (usually in [`Paths::out_dir`]).
    fn output(&self, unit: UnitId, output: &OutputFile) -> PathBuf {
        self.out_dir(unit).join(&output.file_name)
    }
    /// Where an output is (or will be) for people: `target/debug/app`.
    fn uplifted(&self, unit: UnitId, output: &OutputFile) -> PathBuf;
    /// Where a program is (or will be) for people: `target/debug/<name>`, with the platform's suffix.
    fn program(&self, kind: CompileKind, name: &str) -> PathBuf;
    /// `deps` of a platform.
    fn deps_dir(&self, kind: CompileKind) -> PathBuf;
    /// The directory above `deps`: `target/debug`, where scripts' dynamic libraries may be.
    fn root_dir(&self, kind: CompileKind) -> PathBuf;
    /// `incremental` of a unit.
    fn incremental_dir(&self, unit: UnitId) -> PathBuf;
    /// `OUT_DIR` of a script run.
    fn script_out_dir(&self, unit: UnitId) -> PathBuf;
    /// `CARGO_TARGET_TMPDIR`.
    fn tmp_dir(&self, kind: CompileKind) -> PathBuf;
}
