//! Talking with a process line by line, while what it says to a person goes to our own standard error.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{ChildStdin, ChildStdout, ExitStatus};

use crate::{Process, ProcessError, children};

/// A process that listens and answers.
#[derive(Debug)]
pub struct Conversation {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Conversation {
    /// The next line of its standard output, with its end; empty if there is no more.
    ///
    /// # Errors
    /// It cannot be read, or is longer than `limit` bytes.
    pub fn read_line(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        (&mut self.output).take(limit).read_until(b'\n', &mut line)?;
        if line.len() as u64 == limit && line.last() != Some(&b'\n') {
            return Err(io::Error::other(format!("a line of more than {limit} bytes")));
        }
        Ok(line)
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    /// It does not listen any more.
    pub fn write_line(&mut self, line: &str) -> io::Result<()> {
        self.input.write_all(format!("{line}\n").as_bytes())?;
        self.input.flush()
    }
}

impl Process {
    /// Runs it on our own input and errors, for a person to answer, and collects its standard output.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn output_on_terminal(&self) -> Result<(Vec<u8>, ExitStatus), ProcessError> {
        let mut child = self.spawn_on_terminal()?;
        let mut output = Vec::new();
        let read = child.stdout.take().map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut output));
        let ended = children::wait(&mut child);
        let lost = |source| ProcessError::Lost { line: self.to_string(), source };
        read.map_err(lost)?;
        Ok((output, ended.map_err(lost)?))
    }

    /// Runs it, talks with it, then closes its input and waits for its end. Its standard error is our own.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn converse<T>(
        &self,
        talk: impl FnOnce(&mut Conversation) -> T,
    ) -> Result<(T, ExitStatus), ProcessError> {
        let mut child = self.spawn_to_talk()?;
        let said = match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => {
                let mut conversation = Conversation { input, output: BufReader::new(output) };
                Ok(talk(&mut conversation))
            }
            _ => Err(io::Error::other("it has no pipes")),
        };
        let ended = children::wait(&mut child);
        let lost = |source| ProcessError::Lost { line: self.to_string(), source };
        Ok((said.map_err(lost)?, ended.map_err(lost)?))
    }
}
