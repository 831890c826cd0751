//! What an operation tells while it works: ready to be printed, nothing left to be looked up.

use std::path::{Path, PathBuf};

use dhow_fs::LockNotice;

use crate::lock_change::LockChange;

/// From which verbosity on something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Unless quiet.
    Normal,
    /// With `-v`.
    Verbose,
    /// With `-vv`.
    VeryVerbose,
}

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A verb and what it is done to.
    Status {
        /// One of Cargo's words: `Compiling`, `Locking`.
        verb: &'static str,
        /// What it is done to.
        message: String,
        /// Who sees it.
        level: Level,
    },
    /// Something has to wait for somebody else.
    Blocking(String),
    /// This file cannot be locked where it is; work goes on without.
    LocksUnsupported(PathBuf),
    /// Something that the user should know.
    Warning(String),
    /// Something that may be of use.
    Note(String),
    /// Something that did not work and does not matter for the command: shown with `-v`.
    Remark(String),
    /// What became of a package in the lock file.
    LockChange(LockChange),
    /// Something that failed; what it means for the command comes as its error.
    Error(String),
    /// One of several things that were asked for has failed; the others go on.
    Failure(Box<crate::Error>),
    /// Something in a manifest that its author should know.
    ManifestWarning(dhow_workspace::Warning),
    /// Features of a dependency that was added.
    Features {
        /// The version that has them, where that is not plain to see.
        version: Option<String>,
        /// Those that are on.
        on: Vec<String>,
        /// Those that are off.
        off: Vec<String>,
    },
    /// From the network.
    Fetch(dhow_fetch::Event),
    /// A compiler's diagnostic, rendered; ends with a newline.
    Diagnostic(String),
    /// A line that a compiler or a build script printed.
    Line(String),
    /// An object for programs that read standard output: one line of JSON.
    Machine(String),
    /// The build is over: nothing more to show how far it is.
    ProgressEnds,
    /// How far the build is.
    Progress {
        /// Units that are done.
        done: usize,
        /// All units.
        total: usize,
        /// What is being made.
        active: String,
    },
}

impl Event {
    /// What a lock tells, of what it guards and where it is.
    pub(crate) fn of_lock(notice: LockNotice, what: &str, path: &Path) -> Self {
        match notice {
            LockNotice::Waiting => Self::Blocking(what.to_owned()),
            LockNotice::Unsupported => Self::LocksUnsupported(path.to_owned()),
        }
    }
}
