//! What a child is given, as a plain value, and how that is written as a line for a shell.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A complete environment: every variable that a process sees.
pub type Environment = BTreeMap<OsString, OsString>;

/// An open file that children may be given to hold.
#[cfg(unix)]
pub type Held = std::os::fd::OwnedFd;
/// An open file that children may be given to hold: not on this system.
#[cfg(not(unix))]
pub type Held = std::convert::Infallible;

/// A process that can be started, any number of times.
///
/// The environment is `base_env` with the changes of `env` on top. Both together are complete: a variable that is in
/// neither is not set in the child. They are apart so that hundreds of processes share one base, and so that `-vv` can
/// show what was set for this one.
#[derive(Debug, Clone)]
pub struct Process {
    /// What to run: a path, or a name that is looked up in the `PATH` of the child's environment.
    pub program: OsString,
    /// Arguments, without the program.
    pub args: Vec<OsString>,
    /// The environment that this process has in common with others.
    pub base_env: Arc<Environment>,
    /// Changes to the base for this process: set, or removed (`None`).
    pub env: BTreeMap<OsString, Option<OsString>>,
    /// The directory to run in.
    pub cwd: PathBuf,
    /// A file that stays open in the child and in its children: a lock on it is held until the last of them has ended.
    pub held: Option<Arc<Held>>,
    /// A jobserver whose slots the child may use too (it is told through `CARGO_MAKEFLAGS`).
    pub jobserver: Option<jobserver::Client>,
}

impl Process {
    /// A process without arguments, with `base_env` as it is.
    pub fn new(program: impl Into<OsString>, cwd: impl Into<PathBuf>, base_env: Arc<Environment>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            base_env,
            env: BTreeMap::new(),
            cwd: cwd.into(),
            held: None,
            jobserver: None,
        }
    }

    /// Adds one argument.
    pub fn arg(&mut self, arg: impl Into<OsString>) -> &mut Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<OsString>>(&mut self, args: impl IntoIterator<Item = A>) -> &mut Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable for this process.
    pub fn env(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> &mut Self {
        self.env.insert(name.into(), Some(value.into()));
        self
    }

    /// Takes a variable away from this process.
    pub fn env_remove(&mut self, name: impl Into<OsString>) -> &mut Self {
        self.env.insert(name.into(), None);
        self
    }

    /// The value that the child will see for a variable.
    pub fn env_value(&self, name: &OsStr) -> Option<&OsStr> {
        match self.env.get(name) {
            Some(change) => change.as_deref(),
            None => self.base_env.get(name).map(OsString::as_os_str),
        }
    }

    /// Every variable that the child will see.
    pub fn full_env(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let kept = self.base_env.iter().filter(|(name, _)| !self.env.contains_key(*name));
        let changed = self.env.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        kept.chain(changed).map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The command line as one would type it into a shell, as `-v` shows it.
    pub fn command_line(&self) -> String {
        let mut line = escape(&self.program).into_owned();
        for arg in &self.args {
            line.push(' ');
            line.push_str(&escape(arg));
        }
        line
    }

    /// The command line with the variables that were set for this process in front, as `-vv` shows it.
    pub fn command_line_with_env(&self) -> String {
        let mut line = String::new();
        for (name, value) in &self.env {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ignored = write!(line, "{}={} ", name.display(), escape(value));
            }
        }
        line.push_str(&self.command_line());
        line
    }

    /// The program as a path, for messages.
    pub fn program_path(&self) -> &Path {
        Path::new(&self.program)
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.command_line())
    }
}

fn escape(text: &OsStr) -> Cow<'_, str> {
    shell_escape::escape(text.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_pasted_into_a_shell() {
        let base = Environment::from([("HOME".into(), "/h".into()), ("GONE".into(), "1".into())]);
        let mut process = Process::new("rustc", "/", Arc::new(base));
        process.args(["--cfg", "feature=\"a b\"", "", "src/lib.rs"]);
        process.env("X", "a b").env_remove("GONE");
        assert_eq!(process.command_line(), r#"rustc --cfg 'feature="a b"' '' src/lib.rs"#);
        assert_eq!(process.command_line_with_env(), r#"X='a b' rustc --cfg 'feature="a b"' '' src/lib.rs"#);
        let env: Vec<_> = process.full_env().collect();
        assert_eq!(env, [(OsStr::new("HOME"), OsStr::new("/h")), (OsStr::new("X"), OsStr::new("a b"))]);
        assert_eq!(process.env_value(OsStr::new("GONE")), None);
    }
}
