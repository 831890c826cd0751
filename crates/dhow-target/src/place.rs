//! Where one unit lives. Today every unit lives in the target directory; another home would be another `UnitPlace`.

use std::path::PathBuf;

use dhow_plan::{CompileKind, CompileMode, OutputFile, Paths, Plan, UnitId, Uplift};

use crate::layout::Layout;

/// The directories of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPlace {
    /// Where its outputs are made. For a script run: where `out`, `output` and `stderr` are.
    pub out_dir: PathBuf,
    /// Where its record and its messages are.
    pub record_dir: PathBuf,
    /// Where what people look for is put; outputs that are not uplifted stay in `out_dir`.
    pub artifact_dir: PathBuf,
}

impl UnitPlace {
    /// The record of its last complete run: there only if everything else is.
    pub fn record(&self) -> PathBuf {
        self.record_dir.join("unit.dhow")
    }

    /// What its compiler said, line by line, to be said again.
    pub fn messages(&self) -> PathBuf {
        self.record_dir.join("messages.jsonl")
    }

    /// Written when its run begins: its time is the file system's idea of that moment.
    pub fn started(&self) -> PathBuf {
        self.record_dir.join("invoked.timestamp")
    }

    /// Where people find an output.
    pub fn uplifted(&self, output: &OutputFile) -> PathBuf {
        match &output.uplift {
            None => self.out_dir.join(&output.file_name),
            Some(Uplift::Artifacts(name)) => self.artifact_dir.join(name),
            Some(Uplift::Examples(name)) => self.artifact_dir.join("examples").join(name),
            Some(Uplift::Beside(name)) => self.out_dir.join(name),
        }
    }

    /// `OUT_DIR` of a script run.
    pub fn script_out(&self) -> PathBuf {
        self.out_dir.join("out")
    }

    /// What a script printed.
    pub fn script_stdout(&self) -> PathBuf {
        self.out_dir.join("output")
    }

    /// What a script printed as errors.
    pub fn script_stderr(&self) -> PathBuf {
        self.out_dir.join("stderr")
    }

    /// Locked while a script, or anything that it has started, runs.
    pub fn script_lock(&self) -> PathBuf {
        self.record_dir.join("script.lock")
    }

    /// `OUT_DIR` at the time of the run.
    pub fn script_root_output(&self) -> PathBuf {
        self.out_dir.join("root-output")
    }
}

/// Answers a plan's questions about paths with a layout.
#[derive(Debug, Clone, Copy)]
pub struct TargetPaths<'a> {
    /// The directories.
    pub layout: &'a Layout,
    /// Whose units.
    pub plan: &'a Plan,
}

impl TargetPaths<'_> {
    /// Where a unit lives.
    pub fn place(&self, id: UnitId) -> UnitPlace {
        let unit = self.plan.graph.unit(id);
        let dirs = self.layout.platform(unit.kind);
        let dir_name = &self.plan.recipe(id).dir_name;
        let out_dir = if unit.mode == CompileMode::Doc {
            dirs.doc()
        } else if unit.mode.is_run_custom_build() || unit.target.is_custom_build() {
            dirs.build().join(dir_name)
        } else if unit.target.is_example() {
            dirs.examples()
        } else {
            dirs.deps()
        };
        let artifact_dir = dirs.artifact_dest().to_owned();
        UnitPlace { out_dir, record_dir: dirs.fingerprint().join(dir_name), artifact_dir }
    }
}

impl Paths for TargetPaths<'_> {
    fn out_dir(&self, unit: UnitId) -> PathBuf {
        self.place(unit).out_dir
    }

    fn uplifted(&self, unit: UnitId, output: &OutputFile) -> PathBuf {
        self.place(unit).uplifted(output)
    }

    fn program(&self, kind: CompileKind, name: &str) -> PathBuf {
        self.layout.platform(kind).artifact_dest().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    fn deps_dir(&self, kind: CompileKind) -> PathBuf {
        self.layout.platform(kind).deps()
    }

    fn root_dir(&self, kind: CompileKind) -> PathBuf {
        self.layout.platform(kind).build_dest().to_owned()
    }

    fn incremental_dir(&self, unit: UnitId) -> PathBuf {
        self.layout.platform(self.plan.graph.unit(unit).kind).incremental()
    }

    fn script_out_dir(&self, unit: UnitId) -> PathBuf {
        self.place(unit).script_out()
    }

    fn tmp_dir(&self, kind: CompileKind) -> PathBuf {
        self.layout.platform(kind).tmp()
    }
}
