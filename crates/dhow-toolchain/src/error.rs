//! What can be wrong with a compiler.

use std::path::PathBuf;

use dhow_process::ProcessError;

/// The compiler cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// It could not be started, or refused.
    #[error("could not ask `{rustc}` about itself")]
    Ask {
        /// The compiler.
        rustc: PathBuf,
        /// From the process.
        #[source]
        source: Box<ProcessError>,
    },
    /// It refused this target or these flags.
    #[error(
        "rustc does not accept target `{target}` with these flags{flags}; is it installed (`rustup target add {target}`)?"
    )]
    Target {
        /// The triple or file.
        target: String,
        /// RUSTFLAGS, with a leading blank and colon; or nothing.
        flags: String,
        /// From the process.
        #[source]
        source: Box<ProcessError>,
    },
    /// Its answer was not understood.
    #[error("`{rustc}` answered {question} without {missing}; the answer was:\n{answer}")]
    Answer {
        /// The compiler.
        rustc: PathBuf,
        /// Its arguments.
        question: String,
        /// What is missing.
        missing: &'static str,
        /// What it printed.
        answer: String,
    },
}
