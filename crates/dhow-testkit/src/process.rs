//! Runs one program with an explicit environment: to its end, against a deadline, or until it is killed on purpose.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may run unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(180);

/// A program to run; its environment is empty but for what was set.
#[must_use = "nothing runs before `run`, `spawn` or `killed_at`"]
#[derive(Debug, Clone)]
pub struct Cmd {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    cwd: PathBuf,
    stdin: Vec<u8>,
    timeout: Duration,
}

impl Cmd {
    /// A program, to be started in `cwd`.
    pub fn new(program: impl AsRef<Path>, cwd: impl AsRef<Path>) -> Self {
        Self {
            program: program.as_ref().into(),
            args: Vec::new(),
            env: Vec::new(),
            cwd: cwd.as_ref().into(),
            stdin: Vec::new(),
            timeout: TIMEOUT,
        }
    }

    /// Adds one argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, args: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().into()));
        self
    }

    /// Sets a variable.
    pub fn env(self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let mut cmd = self.env_remove(name.as_ref());
        cmd.env.push((name.as_ref().into(), value.as_ref().into()));
        cmd
    }

    /// Removes a variable.
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.env.retain(|(key, _)| key != name.as_ref());
        self
    }

    /// Starts it elsewhere.
    pub fn cwd(mut self, cwd: impl AsRef<Path>) -> Self {
        self.cwd = cwd.as_ref().into();
        self
    }

    /// What it reads on its standard input (nothing unless told).
    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdin = text.as_ref().to_vec();
        self
    }

    /// How long it may run.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started, or runs out of time (its whole process group is killed then).
    pub fn run(&self) -> Output {
        self.spawn().wait()
    }

    /// Starts it, sends SIGKILL to the process alone (not to its children) after `delay`, and waits for its end. Its
    /// code is `None` when the signal met it, and its own when it was quicker.
    pub fn killed_at(&self, delay: Duration) -> Output {
        let mut running = self.spawn();
        if running.ended_within(delay).is_none() {
            running.kill();
        }
        running.wait()
    }

    /// Starts it in a process group of its own.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn spawn(&self) -> Running {
        // Files, not pipes: a child that outlives its killed parent keeps a pipe open, and us waiting.
        let (stdout, stderr, mut stdin) = (unnamed_file(), unnamed_file(), unnamed_file());
        stdin.write_all(&self.stdin).expect("write the standard input");
        stdin.rewind().expect("rewind the standard input");
        let child = Command::new(&self.program)
            .args(&self.args)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.cwd)
            .stdin(Stdio::from(stdin))
            .stdout(Stdio::from(stdout.try_clone().expect("one more handle")))
            .stderr(Stdio::from(stderr.try_clone().expect("one more handle")))
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {}: {e}", self.line()));
        Running { line: self.line(), child, stdout, stderr, started: Instant::now(), timeout: self.timeout }
    }

    fn line(&self) -> String {
        let args: Vec<_> = self.args.iter().map(|arg| arg.to_string_lossy()).collect();
        format!("{} {}", self.program.display(), args.join(" "))
    }
}

fn unnamed_file() -> File {
    tempfile::tempfile().expect("a temporary file")
}

/// A started program.
pub struct Running {
    line: String,
    child: Child,
    stdout: File,
    stderr: File,
    started: Instant,
    timeout: Duration,
}

impl Running {
    /// The process id, which is also that of its group.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL to the process alone.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill a child of ours");
    }

    /// SIGKILL to the whole group.
    pub fn kill_group(&mut self) {
        self.signal_group(Signal::KILL);
    }

    /// SIGINT to the whole group, as a terminal does on Ctrl-C.
    pub fn interrupt(&mut self) {
        self.signal_group(Signal::INT);
    }

    /// Whether it has ended within `duration` from its start; waits until then.
    pub fn ended_within(&mut self, duration: Duration) -> Option<ExitStatus> {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.child.try_wait().expect("wait for a child of ours") {
                return Some(status);
            }
            let left = duration.checked_sub(self.started.elapsed())?;
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it runs out of time; its whole group is killed then.
    #[must_use]
    pub fn wait(mut self) -> Output {
        let Some(status) = self.ended_within(self.timeout) else {
            self.signal_group(Signal::KILL);
            let status = self.child.wait().expect("wait for a child of ours");
            let timeout = self.timeout;
            panic!("ran longer than {timeout:?}: {}", self.output(status));
        };
        self.output(status)
    }

    fn signal_group(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        // An error says that the group has gone.
        kill_process_group(pid.expect("a process id"), signal).ok();
    }

    fn output(&mut self, status: ExitStatus) -> Output {
        Output {
            line: self.line.clone(),
            code: status.code(),
            signal: status.signal(),
            stdout: text_of(&mut self.stdout),
            stderr: text_of(&mut self.stderr),
            duration: self.started.elapsed(),
        }
    }
}

fn text_of(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().expect("rewind the output");
    file.read_to_end(&mut bytes).expect("read the output");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a program left.
#[derive(Clone, Debug)]
pub struct Output {
    /// The command line, for messages.
    pub line: String,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// From start to end.
    pub duration: Duration,
}

impl Output {
    /// Whether it ended with code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Panics with everything it said unless it ended with code 0.
    #[track_caller]
    pub fn assert_success(self) -> Self {
        self.assert_code(0)
    }

    /// Panics unless it ended with this code.
    #[track_caller]
    pub fn assert_code(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected code {code}: {self}");
        self
    }

    /// Panics if it ended with code 0.
    #[track_caller]
    pub fn assert_failure(self) -> Self {
        assert!(!self.success(), "expected a failure: {self}");
        self
    }

    /// Panics unless its standard error has this text in it.
    #[track_caller]
    pub fn assert_stderr_has(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in stderr: {self}");
        self
    }

    /// Panics unless its standard output has this text in it.
    #[track_caller]
    pub fn assert_stdout_has(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "no {text:?} in stdout: {self}");
        self
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "`{}` (code {:?}, signal {:?})", self.line, self.code, self.signal)?;
        write!(f, "--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr)
    }
}
