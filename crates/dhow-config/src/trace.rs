//! What reading the configuration left behind for others: the files that were tried, and warnings.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dhow_formats::config::Definition;

/// A file that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedFile {
    /// Where it was looked for.
    pub path: PathBuf,
    /// Whether it was there.
    pub present: bool,
}

/// Something in the configuration that does not stop anybody, but should be known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigWarning {
    /// A key that nothing reads.
    #[error("`{key}` in {definition} is not a configuration key{}", did_you_mean(.suggestion))]
    UnknownKey {
        /// The key.
        key: String,
        /// Where.
        definition: Definition,
        /// The key that may have been meant.
        suggestion: Option<String>,
    },
    /// `config` and `config.toml` in one directory.
    #[error("both `{}` and `{}` exist: only the first is read", .used.display(), .ignored.display())]
    BothNames {
        /// The one that is read.
        used: PathBuf,
        /// The one that is not.
        ignored: PathBuf,
    },
    /// A file under its old name.
    #[error("`{}` is an old name: rename it to `{}.toml`", .path.display(), .path.display())]
    OldName {
        /// The file.
        path: PathBuf,
    },
    /// A variable that would be read if it were spelt right.
    #[error("environment variable `{found}` has no effect: the name is `{expected}`")]
    MisspeltVariable {
        /// The variable that is set.
        found: String,
        /// Its proper name.
        expected: String,
    },
    /// A key that used to mean something.
    #[error("`{key}` in {definition} has no effect any more")]
    NoEffect {
        /// The key.
        key: String,
        /// Where.
        definition: Definition,
    },
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map(|key| format!(" (did you mean `{key}`?)")).unwrap_or_default()
}

/// Files and warnings so far, in the order of their coming.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    files: Mutex<Vec<TriedFile>>,
    warnings: Mutex<Vec<ConfigWarning>>,
}

impl Trace {
    pub(crate) fn tried(&self, path: &Path, present: bool) {
        let file = TriedFile { path: path.to_owned(), present };
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(file);
    }

    /// Values are read more than once; the user hears of a mistake once.
    pub(crate) fn warn(&self, warning: ConfigWarning) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    pub(crate) fn files(&self) -> Vec<TriedFile> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn warnings(&self) -> Vec<ConfigWarning> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The candidate that is nearest to `word`, if it is near enough to have been meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, removals, changes and swaps of neighbours that make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_suggested() {
        let keys = ["jobs", "rustc", "rustdoc", "target"];
        assert_eq!(nearest("jbos", keys), Some("jobs"));
        assert_eq!(nearest("rustcc", keys), Some("rustc"));
        assert_eq!(nearest("tarkett", keys), Some("target"));
        assert_eq!(nearest("something", keys), None);
    }
}
