//! What a build tells while it runs.

use std::path::{Path, PathBuf};

use dhow_formats::rustc_message::Diagnostic;
use dhow_plan::{CompileMode, Plan, ScriptOutput, Unit, UnitId};
use dhow_process::Process;
use dhow_target::DirtyReason;

use crate::error::UnitError;

/// What is done with a unit, as status lines say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Compiled, or its script is run.
    Compiling,
    /// Only checked.
    Checking,
    /// Documented.
    Documenting,
}

/// The verb for a unit.
pub fn verb(unit: &Unit) -> Verb {
    match unit.mode {
        CompileMode::Doc => Verb::Documenting,
        CompileMode::Check { .. } => Verb::Checking,
        _ => Verb::Compiling,
    }
}

/// The unit that a reason speaks of, if it speaks of one.
pub fn dependency_of(plan: &Plan, reason: &DirtyReason) -> Option<UnitId> {
    match reason {
        DirtyReason::DependencyChanged { key } => plan.graph.ids().find(|id| plan.key(*id).0 == *key),
        _ => None,
    }
}

/// Which of its two streams a process wrote to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextStream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What is there when a unit is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The unit.
    pub unit: UnitId,
    /// Its files where people find them, in the order of its outputs.
    pub files: Vec<PathBuf>,
    /// The file that can be run, if it is a program, an example or a test.
    pub executable: Option<PathBuf>,
    /// Nothing had to be done.
    pub fresh: bool,
}

/// Something that happened. Events of one unit come in order; those of different units are mixed.
#[derive(Debug)]
pub enum Event<'a> {
    /// A unit is being made.
    Started {
        /// The unit.
        unit: UnitId,
        /// What is done with it.
        verb: Verb,
        /// The first unit of its package, documentation apart: the one to show a line for.
        first_of_package: bool,
    },
    /// A unit had to be made, and why.
    Dirty {
        /// The unit.
        unit: UnitId,
        /// The first thing that was not as it was.
        reason: &'a DirtyReason,
    },
    /// Nothing had to be done for a unit.
    Fresh {
        /// The unit.
        unit: UnitId,
        /// The first unit of its package of which something is to be said.
        first_of_package: bool,
    },
    /// A process is started.
    Running {
        /// For this unit.
        unit: UnitId,
        /// The process.
        process: &'a Process,
    },
    /// The compiler has found something.
    Diagnostic {
        /// In this unit.
        unit: UnitId,
        /// What is known of it.
        diagnostic: &'a Diagnostic,
        /// The line as the compiler wrote it: JSON.
        line: &'a str,
        /// It was found when the unit was made, some time ago.
        replayed: bool,
    },
    /// Lints that will become errors one day, as the compiler wrote them: JSON.
    FutureIncompat {
        /// In this unit.
        unit: UnitId,
        /// The line.
        line: &'a str,
    },
    /// A compiler wrote something that is no message.
    CompilerText {
        /// For this unit.
        unit: UnitId,
        /// Where it wrote it.
        stream: TextStream,
        /// Without its end.
        line: &'a str,
    },
    /// A build script wrote a line.
    ScriptText {
        /// The script run.
        unit: UnitId,
        /// Where it wrote it.
        stream: TextStream,
        /// Without its end.
        line: &'a str,
    },
    /// A build script warns.
    ScriptWarning {
        /// The script run.
        unit: UnitId,
        /// What it says.
        text: &'a str,
        /// It said so some time ago.
        replayed: bool,
        /// The script failed: what it said may explain why, whoever the package belongs to.
        failed: bool,
    },
    /// A build script has run, now or some time ago.
    ScriptExecuted {
        /// The script run.
        unit: UnitId,
        /// What it said.
        output: &'a ScriptOutput,
        /// `OUT_DIR`
        out_dir: &'a Path,
        /// It did not run now.
        fresh: bool,
    },
    /// How many problems a unit had, when it has been shown all of them.
    Problems {
        /// The unit.
        unit: UnitId,
        /// Errors.
        errors: usize,
        /// Warnings.
        warnings: usize,
        /// Warnings that a machine can fix.
        fixable: usize,
        /// They were found when the unit was made, some time ago.
        replayed: bool,
    },
    /// A unit is there.
    Artifact(&'a Artifact),
    /// A unit could not be made.
    Failed {
        /// The unit.
        unit: UnitId,
        /// Why.
        error: &'a UnitError,
    },
    /// After a failure: nothing new is started, what runs is waited for.
    WaitingForOthers,
    /// How far the build is.
    Progress {
        /// Units that are done.
        done: usize,
        /// All units.
        total: usize,
        /// Units that are being made.
        active: &'a [UnitId],
    },
}
