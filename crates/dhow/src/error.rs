//! What can end the program early, and with which exit code.

use dhow_term::{Settings, Terminal};

/// An error on its way to the user.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Words that clap does not understand, or its help.
    #[error("{0}")]
    Arguments(clap::Error),
    /// Arguments that do not go together.
    #[error("{0}")]
    Usage(String),
    /// A command that failed.
    #[error(transparent)]
    Ops(#[from] dhow_ops::Error),
    /// Nobody reads our output any more.
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
    /// A program that could not be started in our place.
    #[error(transparent)]
    Process(#[from] dhow_process::ProcessError),
}

/// Cargo's exit code for all failures but those of the command line itself.
pub(crate) const FAILURE: u8 = 101;

impl CliError {
    pub(crate) fn usage(message: &str) -> Self {
        Self::Usage(message.to_owned())
    }

    /// Prints an error that came before there was a terminal to print on.
    pub(crate) fn report(&self) -> u8 {
        match self {
            Self::Arguments(error) => {
                // A closed pipe is the only way in which this fails, and nobody is left to tell.
                let _closed = error.print();
                u8::from(error.use_stderr())
            }
            other => {
                Terminal::new(Settings::default()).error(other);
                FAILURE
            }
        }
    }
}
