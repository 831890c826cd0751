//! What is wrong with the home, and what helps.

use std::path::PathBuf;

use dhow_home::{RegistryHome, SourceChange};

/// Something in the home that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub path: PathBuf,
    /// What is wrong, as the end of a sentence that begins with the path.
    pub what: String,
    /// In what way a file differs from its source, if it is that.
    pub change: Option<SourceChange>,
    /// What helps.
    pub remedy: Remedy,
}

/// What mends something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The package is unpacked again.
    Unpack {
        /// The registry that it is from.
        registry: Box<RegistryHome>,
        /// The name of its directory.
        package: String,
    },
    /// It is not there: who fills the home brings it.
    Bring,
    /// It is removed, and comes again when it is needed.
    Remove,
    /// So is this directory, of which it is a part.
    RemoveAbove(PathBuf),
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspected {
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// Files that were read.
    pub files: u64,
    /// Packages whose sources cannot be held against anything.
    pub unknown: u64,
}

impl Inspected {
    /// Something is not as it should be. `what` ends a sentence that begins with the path.
    pub fn add(&mut self, path: PathBuf, what: impl Into<String>, remedy: Remedy) {
        self.findings.push(Finding { path, what: what.into(), change: None, remedy });
    }

    /// Both.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.files += other.files;
        self.unknown += other.unknown;
    }
}
