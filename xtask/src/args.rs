//! Arguments of a chore: named values, taken one after the other.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// What has not been taken yet.
#[derive(Debug)]
pub(crate) struct Args(Vec<String>);

/// A directory to work in: removed at the end, unless the caller named it.
#[derive(Debug)]
pub(crate) enum Scratch {
    Temporary(TempDir),
    Named(PathBuf),
}

impl Scratch {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Temporary(directory) => directory.path(),
            Self::Named(path) => path,
        }
    }
}

impl Args {
    /// What follows the name of the chore.
    pub(crate) fn new(args: impl Iterator<Item = String>) -> Self {
        Self(args.collect())
    }

    /// Takes `name` and the value after it.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.0.iter().position(|arg| arg == name) else {
            return Ok(None);
        };
        if at + 1 == self.0.len() {
            return Err(format!("`{name}` needs a value"));
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    /// Takes `name` and the number after it.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<usize>, String> {
        let value = self.value(name)?;
        let number =
            value.map(|value| value.parse().map_err(|_| format!("`{name}` needs a number, not `{value}`")));
        number.transpose()
    }

    /// Takes `name`; whether it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|arg| arg != name);
        self.0.len() < before
    }

    /// Takes `--dir`, or makes a temporary directory in `parent`.
    pub(crate) fn scratch(&mut self, parent: &Path) -> Result<Scratch, String> {
        match self.value("--dir")? {
            Some(path) => std::path::absolute(path).map(Scratch::Named),
            None => tempfile::Builder::new().prefix("dhow-").tempdir_in(parent).map(Scratch::Temporary),
        }
        .map_err(|error| error.to_string())
    }

    /// Nothing may be left.
    pub(crate) fn done(self, usage: &str) -> Result<(), String> {
        match self.0.first() {
            Some(arg) => Err(format!("what is `{arg}`?\n{usage}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn values_flags_and_what_is_left() {
        let mut args = args("--list --only tree --rounds 3");
        assert_eq!(args.value("--only").unwrap().as_deref(), Some("tree"));
        assert_eq!(args.number("--rounds").unwrap(), Some(3));
        assert!(args.flag("--list") && !args.flag("--list"));
        args.done("").unwrap();
    }

    #[test]
    fn mistakes_are_told() {
        assert!(args("--only").value("--only").is_err());
        assert!(args("--rounds x").number("--rounds").is_err());
        assert!(args("--faster").done("usage").unwrap_err().contains("`--faster`"));
        let scratch = args("--dir somewhere").scratch(Path::new("x")).unwrap();
        assert!(scratch.path().is_absolute());
    }
}
