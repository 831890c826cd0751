//! What can go wrong with a process, in words that name it and what to try.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// A process could not be run, or did not do what it was for.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is no such program.
    #[error("there is no program `{program}` {place}\nhelp: install it, or correct the path where it is configured", place = place(program))]
    NoProgram {
        /// As it was asked for.
        program: String,
        /// From the system.
        source: io::Error,
    },
    /// The directory to run in does not exist.
    #[error("cannot run `{program}` in `{cwd}`: there is no such directory")]
    NoDirectory {
        /// As it was asked for.
        program: String,
        /// Where it should have run.
        cwd: PathBuf,
    },
    /// The file is there and may not be executed.
    #[error(
        "`{program}` may not be executed\nhelp: check its permissions (`chmod +x`) and whether its file system is mounted `noexec`"
    )]
    NotExecutable {
        /// As it was asked for.
        program: String,
        /// From the system.
        source: io::Error,
    },
    /// The system refused for another reason.
    #[error("could not start {line}")]
    Start {
        /// The command line.
        line: String,
        /// From the system.
        source: io::Error,
    },
    /// The process was started and then lost.
    #[error("lost {line} while it was running")]
    Lost {
        /// The command line.
        line: String,
        /// From the system.
        source: io::Error,
    },
    /// The process ended without success.
    #[error("{line} failed ({how}){output}")]
    Failed {
        /// The command line.
        line: String,
        /// How it ended.
        how: String,
        /// What it printed, ready to be appended (may be empty).
        output: String,
        /// Its status.
        status: ExitStatus,
    },
    /// We are ending: nothing new is started.
    #[error("interrupted")]
    Stopping,
}

fn place(program: &str) -> &'static str {
    if program.contains(std::path::is_separator) { "at that path" } else { "in the directories of PATH" }
}

/// How a process ended, for people: `exit status: 1`, `signal: 11, SIGSEGV: invalid memory reference`.
pub fn describe_status(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return match signal_name(signal) {
                Some(name) => format!("signal: {signal}, {name}"),
                None => format!("signal: {signal}"),
            };
        }
    }
    status.to_string()
}

#[cfg(unix)]
fn signal_name(signal: i32) -> Option<&'static str> {
    // The numbers that are the same on every Unix.
    Some(match signal {
        1 => "SIGHUP: hangup",
        2 => "SIGINT: terminal interrupt signal",
        3 => "SIGQUIT: terminal quit signal",
        4 => "SIGILL: illegal instruction",
        6 => "SIGABRT: process abort signal",
        8 => "SIGFPE: erroneous arithmetic operation",
        9 => "SIGKILL: kill",
        11 => "SIGSEGV: invalid memory reference",
        13 => "SIGPIPE: write on a pipe with no one to read",
        14 => "SIGALRM: alarm clock",
        15 => "SIGTERM: termination signal",
        _ => return None,
    })
}

/// What a failed process printed, as it is appended to the message about it.
pub(crate) fn printed(stdout: &[u8], stderr: &[u8]) -> String {
    let mut text = String::new();
    for (name, bytes) in [("stdout", stdout), ("stderr", stderr)] {
        let shown = String::from_utf8_lossy(bytes);
        if !shown.trim().is_empty() {
            // Writing to a string cannot fail.
            let _ignored = write!(text, "\n--- {name}\n{}", shown.trim_end());
        }
    }
    text
}
