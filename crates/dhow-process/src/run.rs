//! The ways to run a process: with its output collected, line by line, on our terminal, or in our place.

use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
#[cfg(unix)]
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use crate::error::{describe_status, printed};
use crate::{Process, ProcessError, children};

/// What a process left when it ended.
#[derive(Debug, Clone)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// All of its standard output.
    pub stdout: Vec<u8>,
    /// All of its standard error.
    pub stderr: Vec<u8>,
}

/// True if the process was refused because its command line and environment are too long: arguments can then be passed
/// in a file, if the program knows how to read one.
pub fn is_too_long(error: &ProcessError) -> bool {
    matches!(error, ProcessError::Start { source, .. } if source.kind() == io::ErrorKind::ArgumentListTooLong)
}

impl Process {
    /// Runs it with nothing on its input and collects what it prints. Its status is not judged.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn output(&self) -> Result<Output, ProcessError> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut child = self.spawn(true)?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let read = std::thread::scope(|scope| {
            let errors = scope.spawn(|| read_all(err, &mut stderr));
            let read = read_all(out, &mut stdout);
            read.and(errors.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let status = self.finish(&mut child, read)?;
        Ok(Output { status, stdout, stderr })
    }

    /// Runs it like [`Process::output`] and treats every end but success as an error that shows what it printed.
    ///
    /// # Errors
    /// If it cannot be started, is lost, or does not succeed.
    pub fn checked_output(&self) -> Result<Output, ProcessError> {
        let output = self.output()?;
        if output.status.success() {
            Ok(output)
        } else {
            Err(self.failed(output.status, &output.stdout, &output.stderr))
        }
    }

    /// The error that says that this process ended with `status`, and what it had printed.
    pub fn failed(&self, status: ExitStatus, stdout: &[u8], stderr: &[u8]) -> ProcessError {
        ProcessError::Failed {
            line: self.to_string(),
            how: describe_status(status),
            output: printed(stdout, stderr),
            status,
        }
    }

    /// Runs it with nothing on its input and hands over each line (without its end) as it comes. Both functions are
    /// called on this thread.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn stream(
        &self,
        mut on_stdout: impl FnMut(&[u8]),
        mut on_stderr: impl FnMut(&[u8]),
    ) -> Result<ExitStatus, ProcessError> {
        let mut child = self.spawn(true)?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let read = std::thread::scope(|scope| {
            let (lines, received) = channel();
            let errors = lines.clone();
            let readers = [
                scope.spawn(move || send_lines(out, &lines, false)),
                scope.spawn(move || send_lines(err, &errors, true)),
            ];
            for (is_stderr, line) in received {
                if is_stderr { on_stderr(&line) } else { on_stdout(&line) }
            }
            readers
                .into_iter()
                .try_for_each(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        self.finish(&mut child, read)
    }

    /// Runs it on our own input, output and errors, and waits for it.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn run_inherited(&self) -> Result<ExitStatus, ProcessError> {
        let mut child = self.spawn(false)?;
        self.finish(&mut child, Ok(()))
    }

    /// Puts it in our place: same process id, same terminal, so that signals and the exit status are its own. Returns
    /// only if that failed. Where the system cannot do that, runs it and returns how it ended.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn exec(&self) -> Result<ExitStatus, ProcessError> {
        #[cfg(unix)]
        {
            Err(self.start_error(crate::unix::exec(self.command())))
        }
        #[cfg(not(unix))]
        {
            self.run_inherited()
        }
    }

    pub(crate) fn finish(&self, child: &mut Child, read: io::Result<()>) -> Result<ExitStatus, ProcessError> {
        let ended = children::wait(child);
        read.and(ended).map_err(|source| ProcessError::Lost { line: self.to_string(), source })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes processes")]
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().envs(self.full_env()).current_dir(&self.cwd);
        if let Some(jobserver) = &self.jobserver {
            jobserver.configure(&mut command);
        }
        #[cfg(unix)]
        if let Some(held) = &self.held {
            crate::unix::keep_open(&mut command, Arc::clone(held));
        }
        command
    }

    /// Starts it: with nothing on its input and pipes for its output, or on our own terminal.
    fn spawn(&self, piped: bool) -> Result<Child, ProcessError> {
        self.spawn_with(|command| {
            if piped {
                command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            }
        })
    }

    /// Starts it with pipes for its input and its output; its errors are for a person.
    pub(crate) fn spawn_to_talk(&self) -> Result<Child, ProcessError> {
        self.spawn_with(|command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        })
    }

    /// Starts it with pipes for all three.
    pub(crate) fn spawn_piped(&self) -> Result<Child, ProcessError> {
        self.spawn_with(|command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        })
    }

    /// Starts it on our own input and errors, with a pipe for its output.
    pub(crate) fn spawn_on_terminal(&self) -> Result<Child, ProcessError> {
        self.spawn_with(|command| {
            command.stdout(Stdio::piped());
        })
    }

    fn spawn_with(&self, refine: impl Fn(&mut Command)) -> Result<Child, ProcessError> {
        // A file that was just written may be busy for an instant, when another thread's fork holds it open.
        const ATTEMPTS: u32 = 8;
        for attempt in 0.. {
            let mut command = self.command();
            refine(&mut command);
            match children::start(move || start(command))? {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(1 << attempt));
                }
                started => return started.map_err(|error| self.start_error(error)),
            }
        }
        unreachable!("the loop above ends by returning")
    }

    fn start_error(&self, source: io::Error) -> ProcessError {
        let program = self.program.to_string_lossy().into_owned();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if !self.cwd.is_dir() => {
                ProcessError::NoDirectory { program, cwd: self.cwd.clone() }
            }
            io::ErrorKind::NotFound => ProcessError::NoProgram { program, source },
            io::ErrorKind::PermissionDenied => ProcessError::NotExecutable { program, source },
            _ => ProcessError::Start { line: self.to_string(), source },
        }
    }
}

#[cfg(unix)]
fn start(command: Command) -> io::Result<Child> {
    crate::unix::spawn(command)
}

#[cfg(not(unix))]
fn start(mut command: Command) -> io::Result<Child> {
    command.spawn()
}

pub(crate) fn read_all(from: Option<impl Read>, into: &mut Vec<u8>) -> io::Result<()> {
    match from {
        Some(mut from) => from.read_to_end(into).map(drop),
        None => Ok(()),
    }
}

fn send_lines(from: Option<impl Read>, to: &Sender<(bool, Vec<u8>)>, is_stderr: bool) -> io::Result<()> {
    let Some(from) = from else { return Ok(()) };
    let mut from = BufReader::with_capacity(64 * 1024, from);
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        // The receiver stays until both senders are gone, unless its function panicked: then nobody wants lines.
        if to.send((is_stderr, line)).is_err() {
            return Ok(());
        }
    }
}
