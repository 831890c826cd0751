//! The environment and the current directory as one value, read once by the binary and passed down.
//!
//! Remembers which variables were asked for, because what a command read is what its outcome depends on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// All environment variables and the current directory. Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub struct Env(Arc<Inner>);

struct Inner {
    vars: HashMap<OsString, OsString>,
    cwd: PathBuf,
    /// Variables of Cargo's in another case or with dashes, by the name that would have been read.
    misspelt: BTreeMap<String, String>,
    reads: Mutex<EnvReads>,
}

/// Which variables were asked for so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvReads {
    /// Names that were looked up, whether they are set or not.
    pub names: BTreeSet<String>,
    /// Beginnings of names: it was asked which variables begin so.
    pub prefixes: BTreeSet<String>,
}

impl Env {
    /// An environment with these variables, for a process in `cwd`, which should be absolute.
    pub fn new<K, V>(cwd: impl Into<PathBuf>, vars: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let vars: HashMap<OsString, OsString> =
            vars.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let misspelt = vars
            .iter()
            .filter(|(_, value)| value.to_str().is_some())
            .filter_map(|(name, _)| {
                let name = name.to_str()?;
                let start = name.get(..6)?;
                if !start.eq_ignore_ascii_case("cargo_") && !start.eq_ignore_ascii_case("cargo-") {
                    return None;
                }
                let proper = name.to_uppercase().replace('-', "_");
                (proper != name).then(|| (proper, name.to_owned()))
            })
            .collect();
        Self(Arc::new(Inner { vars, cwd: cwd.into(), misspelt, reads: Mutex::default() }))
    }

    /// The current directory.
    pub fn cwd(&self) -> &Path {
        &self.0.cwd
    }

    /// The value of a variable.
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        let mut reads = self.0.reads.lock().unwrap_or_else(PoisonError::into_inner);
        if !reads.names.contains(name) {
            reads.names.insert(name.to_owned());
        }
        drop(reads);
        self.0.vars.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The value of a variable; one that is not UTF-8 counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_os(name)?.to_str()
    }

    /// The value of a variable that is set to more than nothing.
    pub fn get_non_empty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The names of all variables that begin with `prefix`, sorted.
    pub fn with_prefix(&self, prefix: &str) -> Vec<&str> {
        let mut reads = self.0.reads.lock().unwrap_or_else(PoisonError::into_inner);
        if !reads.prefixes.contains(prefix) {
            reads.prefixes.insert(prefix.to_owned());
        }
        drop(reads);
        let mut names: Vec<&str> = self
            .0
            .vars
            .keys()
            .filter_map(|name| name.to_str())
            .filter(|name| name.starts_with(prefix))
            .collect();
        names.sort_unstable();
        names
    }

    /// Every variable, for the environment of a child process. Not remembered as read.
    pub fn vars(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// What was asked for so far.
    pub fn reads(&self) -> EnvReads {
        self.0.reads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The user's home directory: `HOME`, or `USERPROFILE` on Windows.
    pub fn home_dir(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.get_os(name).filter(|home| !home.is_empty()).map(|home| self.0.cwd.join(home))
    }

    /// Cargo's home: `CARGO_HOME`, from the current directory if it is relative, or `.cargo` in the user's home.
    pub fn cargo_home(&self) -> Option<PathBuf> {
        match self.get_os("CARGO_HOME").filter(|home| !home.is_empty()) {
            Some(home) => Some(self.0.cwd.join(home)),
            None => Some(self.home_dir()?.join(".cargo")),
        }
    }

    /// The variable that somebody set with the wrong letters, when `name` was meant.
    pub(crate) fn misspelt(&self, name: &str) -> Option<&str> {
        self.0.misspelt.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Env {
    /// Without values: there are tokens among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env").field("cwd", &self.0.cwd).field("variables", &self.0.vars.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_follows_cargos_rules() {
        let home = |vars: &[(&str, &str)]| Env::new("/there", vars.iter().copied()).cargo_home();
        assert_eq!(home(&[("HOME", "/u")]), Some("/u/.cargo".into()));
        assert_eq!(home(&[("HOME", "/u"), ("CARGO_HOME", "/c")]), Some("/c".into()));
        assert_eq!(home(&[("CARGO_HOME", "rel/c")]), Some("/there/rel/c".into()));
        assert_eq!(home(&[("HOME", "/u"), ("CARGO_HOME", "")]), Some("/u/.cargo".into()));
        assert_eq!(home(&[]), None);
    }

    #[test]
    fn what_was_read_is_remembered_by_clones_too() {
        let env = Env::new("/", [("A", "1"), ("CARGO_X_B", "2"), ("CARGO_X_A", "3")]);
        let other = env.clone();
        assert_eq!(other.get("A"), Some("1"));
        assert_eq!(other.get("MISSING"), None);
        assert_eq!(other.with_prefix("CARGO_X_"), ["CARGO_X_A", "CARGO_X_B"]);
        let reads = env.reads();
        assert_eq!(reads.names.iter().collect::<Vec<_>>(), ["A", "MISSING"]);
        assert_eq!(reads.prefixes.iter().collect::<Vec<_>>(), ["CARGO_X_"]);
    }

    #[test]
    fn debug_does_not_show_secrets() {
        let env = Env::new("/", [("CARGO_REGISTRY_TOKEN", "hush")]);
        assert!(!format!("{env:?}").contains("hush"));
    }
}
