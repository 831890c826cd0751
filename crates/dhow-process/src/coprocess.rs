//! A child that works for us as long as we like: requests go to its input, answers are read from its output as they
//! come, and what it complains about is kept.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus};
use std::thread::JoinHandle;

use crate::run::read_all;
use crate::{Output, Process, ProcessError, children};

/// A running child. Dropped before its end, it is killed.
#[derive(Debug)]
pub struct Coprocess {
    process: Process,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    errors: Option<JoinHandle<Vec<u8>>>,
    ended: bool,
}

impl Process {
    /// Starts it and leaves its input and output to the caller.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn coprocess(&self) -> Result<Coprocess, ProcessError> {
        self.talk_with(self.spawn_piped()?)
    }

    /// As [`Process::coprocess`], but what it complains about goes to our own standard error, for a person to read.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn coprocess_on_terminal(&self) -> Result<Coprocess, ProcessError> {
        self.talk_with(self.spawn_to_talk()?)
    }

    fn talk_with(&self, mut child: Child) -> Result<Coprocess, ProcessError> {
        let collected = child.stderr.take().map(|from| {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                // What cannot be read is missing in a message about something else.
                drop(read_all(Some(from), &mut text));
                text
            })
        });
        let Some(output) = child.stdout.take() else {
            return Err(self.lost(io::Error::other("it has no output")));
        };
        let input = child.stdin.take();
        let output = BufReader::with_capacity(64 * 1024, output);
        Ok(Coprocess { process: self.clone(), child, input, output, errors: collected, ended: false })
    }

    /// Runs it with `input` on its input and collects what it prints. Its status is not judged.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn output_with_input(&self, input: &[u8]) -> Result<Output, ProcessError> {
        let mut talk = self.coprocess()?;
        let pipe = talk.input.take();
        let mut stdout = Vec::new();
        let read = std::thread::scope(|scope| {
            // A program that ends before it has read everything says why by its status.
            let writer = scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(input)));
            let read = talk.output.read_to_end(&mut stdout);
            drop(writer.join());
            read
        });
        read.map_err(|error| self.lost(error))?;
        let (status, stderr) = talk.finish()?;
        Ok(Output { status, stdout, stderr })
    }

    /// Runs it on our own input and errors, for a person to answer, and collects its standard output.
    ///
    /// # Errors
    /// If it cannot be started or is lost.
    pub fn output_on_terminal(&self) -> Result<(Vec<u8>, ExitStatus), ProcessError> {
        let mut child = self.spawn_on_terminal()?;
        let mut output = Vec::new();
        let read = child.stdout.take().map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut output));
        let ended = children::wait(&mut child);
        read.map_err(|error| self.lost(error))?;
        Ok((output, ended.map_err(|error| self.lost(error))?))
    }

    fn lost(&self, source: io::Error) -> ProcessError {
        ProcessError::Lost { line: self.to_string(), source }
    }
}

impl Coprocess {
    /// Says something to it.
    ///
    /// # Errors
    /// It does not listen any more.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), ProcessError> {
        let sent = match &mut self.input {
            Some(input) => input.write_all(bytes).and_then(|()| input.flush()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        sent.map_err(|error| self.process.lost(error))
    }

    /// The next line, without its end; nothing if it has closed its output.
    ///
    /// # Errors
    /// It is lost, or the line is longer than `limit` bytes.
    pub fn read_line(&mut self, limit: u64) -> Result<Option<Vec<u8>>, ProcessError> {
        let mut line = Vec::new();
        let read = self.output.by_ref().take(limit).read_until(b'\n', &mut line);
        let read = read.map_err(|error| self.process.lost(error))?;
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if read as u64 == limit {
            let reason = format!("it said a line of more than {limit} bytes");
            return Err(self.process.lost(io::Error::other(reason)));
        }
        Ok((read > 0).then_some(line))
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// It has fewer to say.
    pub fn read_bytes(&mut self, count: usize) -> Result<Vec<u8>, ProcessError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(count).unwrap_or(u64::MAX);
        let read = self.output.by_ref().take(limit).read_to_end(&mut bytes);
        match read {
            Ok(read) if read == count => Ok(bytes),
            Ok(_) => Err(self.process.lost(io::ErrorKind::UnexpectedEof.into())),
            Err(error) => Err(self.process.lost(error)),
        }
    }

    /// Says that nothing more will come, and waits for its end. What it still prints is thrown away. Its status, and
    /// its errors if they were collected.
    ///
    /// # Errors
    /// It is lost.
    pub fn finish(mut self) -> Result<(ExitStatus, Vec<u8>), ProcessError> {
        drop(self.input.take());
        let read = io::copy(&mut self.output, &mut io::sink()).map(drop);
        self.ended = true;
        let status = self.process.finish(&mut self.child, read)?;
        let errors = self.errors.take().and_then(|thread| thread.join().ok());
        Ok((status, errors.unwrap_or_default()))
    }
}

impl Drop for Coprocess {
    fn drop(&mut self) {
        if !self.ended {
            drop(self.input.take());
            // It may have ended by itself.
            drop(self.child.kill());
            drop(children::wait(&mut self.child));
        }
    }
}
