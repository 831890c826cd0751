//! What jobs tell while they run, as values that can cross threads.

use std::path::PathBuf;
use std::sync::Arc;

use dhow_formats::rustc_message::Diagnostic;
use dhow_plan::{ScriptOutput, UnitId};
use dhow_process::Process;
use dhow_target::DirtyReason;

use crate::event::{Artifact, TextStream};

/// What jobs tell; becomes [`crate::Event`]s on the scheduling thread.
pub(crate) enum Report {
    Dirty { unit: UnitId, reason: DirtyReason },
    Started { unit: UnitId },
    Fresh { unit: UnitId },
    Running { unit: UnitId, process: Box<Process> },
    Diagnostic { unit: UnitId, diagnostic: Box<Diagnostic>, line: String, replayed: bool },
    FutureIncompat { unit: UnitId, line: String },
    CompilerText { unit: UnitId, stream: TextStream, line: String },
    ScriptText { unit: UnitId, stream: TextStream, line: String },
    ScriptWarning { unit: UnitId, text: String, replayed: bool, failed: bool },
    ScriptExecuted { unit: UnitId, output: Arc<ScriptOutput>, out_dir: PathBuf, fresh: bool },
    Problems { unit: UnitId, errors: usize, warnings: usize, fixable: usize, replayed: bool },
    Artifact(Artifact),
}
