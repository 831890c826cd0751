//! Why a build does not end well.

use std::path::PathBuf;

use dhow_formats::build_script_output::InstructionError;
use dhow_fs::FsError;
use dhow_plan::UnitId;
use dhow_process::ProcessError;

/// A build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Units could not be made. Each was told through an event when it failed.
    #[error("{}", failed(failures))]
    Failed {
        /// The units and their errors, in the order of failing.
        failures: Vec<(UnitId, UnitError)>,
    },
    /// We were told to stop.
    #[error("interrupted")]
    Interrupted,
    /// The target directory cannot be used.
    #[error(transparent)]
    TargetDir(#[from] FsError),
    /// The jobserver cannot be made or has gone.
    #[error(
        "cannot share processors with the compilers: the jobserver failed\nhelp: an inherited jobserver may be broken; unset MAKEFLAGS and CARGO_MAKEFLAGS, or give `--jobs`"
    )]
    Jobserver(#[source] std::io::Error),
}

impl BuildError {
    /// Whether all of it was told through events already.
    pub fn was_told(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

fn failed(failures: &[(UnitId, UnitError)]) -> String {
    match failures {
        [(_, error)] => error.to_string(),
        failures => format!("{} units could not be built", failures.len()),
    }
}

/// One unit could not be made.
#[derive(Debug, thiserror::Error)]
pub enum UnitError {
    /// The compiler found errors, or failed in another way.
    #[error("could not {verb} {what}{}{}", problems(*errors, *warnings), ending(how.as_deref(), line))]
    Compiler {
        /// `compile`, `document`
        verb: &'static str,
        /// `` `foo` (bin "foo") ``
        what: String,
        /// Errors that it showed.
        errors: usize,
        /// Warnings that it showed.
        warnings: usize,
        /// How it ended, if not simply without success.
        how: Option<String>,
        /// Its command line.
        line: String,
    },
    /// A build script ended without success.
    #[error("the build script of `{package}` failed")]
    ScriptFailed {
        /// The package.
        package: String,
        /// How, and what it printed.
        source: ProcessError,
    },
    /// A build script reported errors.
    #[error("the build script of `{package}` reported: {}", errors.join("\n"))]
    ScriptReported {
        /// The package.
        package: String,
        /// What it said.
        errors: Vec<String>,
    },
    /// A build script said something that cannot be followed.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// A build script wants what only the user may decide.
    #[error(
        "the build script of `{package}` sets RUSTC_BOOTSTRAP, which would turn off Rust's stability guarantees for the whole crate\nhelp: if you want that, set RUSTC_BOOTSTRAP=1 yourself, or use a nightly toolchain"
    )]
    ScriptBootstrap {
        /// The package.
        package: String,
    },
    /// The compiler reported success and a file is not there.
    #[error("{what} was compiled, but its output `{}` is missing\nhelp: is another program removing files from the target directory?", path.display())]
    OutputMissing {
        /// The unit.
        what: String,
        /// Where the file should be.
        path: PathBuf,
    },
    /// The sources are not what they should be: what is wrong, and what to do.
    #[error("{0}")]
    Sources(String),
    /// A process could not be started or was lost.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A file could not be used.
    #[error(transparent)]
    Files(#[from] FsError),
}

impl UnitError {
    /// It failed because we were told to stop.
    pub fn is_interruption(&self) -> bool {
        matches!(self, Self::Process(ProcessError::Stopping))
    }
}

fn problems(errors: usize, warnings: usize) -> String {
    let errors = match errors {
        0 => String::new(),
        1 => " due to 1 previous error".to_owned(),
        n => format!(" due to {n} previous errors"),
    };
    let warnings = match warnings {
        0 => String::new(),
        1 => "; 1 warning emitted".to_owned(),
        n => format!("; {n} warnings emitted"),
    };
    errors + &warnings
}

fn ending(how: Option<&str>, line: &str) -> String {
    how.map(|how| format!("\n{line} ended with {how}")).unwrap_or_default()
}
