//! What a check found.

use std::fmt;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    path: String,
    line: usize,
    message: String,
}

impl Problem {
    /// A problem of a whole file.
    pub(crate) fn in_file(path: &str, message: impl Into<String>) -> Self {
        Self::at(path, 0, message)
    }

    /// A problem in one line, counted from 1.
    pub(crate) fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, message } = self;
        match line {
            0 => write!(f, "{path}: {message}"),
            _ => write!(f, "{path}:{line}: {message}"),
        }
    }
}

/// Expects exactly these problems, each given by a part of what it prints.
#[cfg(test)]
pub(crate) fn expect(problems: &[Problem], parts: &[&str]) {
    let printed: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert_eq!(printed.len(), parts.len(), "{printed:#?}");
    for (printed, part) in printed.iter().zip(parts) {
        assert!(printed.contains(part), "`{printed}` does not contain `{part}`");
    }
}
