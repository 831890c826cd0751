//! What can be wrong, where it stands, and what to try. Rendering is the terminal's business.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::manifest::{KeyPath, find_span, line_column};

use crate::problem::Problem;

/// A manifest or a workspace that cannot be used.
#[derive(Debug)]
pub struct Error {
    problem: Box<Problem>,
    location: Option<Box<Location>>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub path: PathBuf,
    /// Its text, if it was read.
    pub text: Option<Arc<str>>,
    /// The bytes of the text that are meant.
    pub span: Option<Range<usize>>,
}

/// Something that works but should be known to the author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub message: String,
    /// The manifest, and the place in it if there is one.
    pub location: Location,
}

/// A problem and the key it concerns, before the file is known to whoever found it.
#[derive(Debug)]
pub(crate) struct Flaw {
    pub(crate) key: KeyPath,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Here(Problem),
    /// In another manifest, which this one needs.
    Elsewhere(Error),
}

impl Flaw {
    pub(crate) fn new<'k>(keys: impl IntoIterator<Item = &'k str>, problem: impl Into<Problem>) -> Self {
        Self { key: KeyPath::new(keys), cause: Cause::Here(problem.into()) }
    }

    /// The problem alone, where there is no file to point at.
    pub(crate) fn into_problem(self) -> Problem {
        match self.cause {
            Cause::Here(problem) => problem,
            Cause::Elsewhere(error) => *error.problem,
        }
    }

    pub(crate) fn elsewhere(error: Error) -> Self {
        Self { key: KeyPath::default(), cause: Cause::Elsewhere(error) }
    }
}

impl Error {
    pub(crate) fn new(problem: impl Into<Problem>) -> Self {
        Self { problem: Box::new(problem.into()), location: None }
    }

    pub(crate) fn in_file(path: &Path, problem: impl Into<Problem>) -> Self {
        Self::new(problem).at(Location { path: path.to_owned(), text: None, span: None })
    }

    /// A flaw of the manifest at `path`, whose text tells where.
    pub(crate) fn from_flaw(flaw: Flaw, path: &Path, text: &Arc<str>) -> Self {
        match flaw.cause {
            Cause::Here(problem) => {
                let span = find_span(text, &flaw.key);
                Self::new(problem).at(Location { path: path.to_owned(), text: Some(text.clone()), span })
            }
            Cause::Elsewhere(error) => error,
        }
    }

    pub(crate) fn at(mut self, location: Location) -> Self {
        self.location = Some(Box::new(location));
        self
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Where.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_deref()
    }

    /// What to try.
    pub fn help(&self) -> Option<String> {
        self.problem.help()
    }
}

impl Location {
    /// Line and column, from 1, if the place is known.
    pub fn line_column(&self) -> Option<(usize, usize)> {
        Some(line_column(self.text.as_deref()?, self.span.as_ref()?.start))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match self.line_column() {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.problem)?;
        match &self.location {
            Some(location) => write!(f, " ({location})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}
