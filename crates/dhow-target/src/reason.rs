//! Why a unit has to be made again: found while deciding, so that the explanation is the decision.

use std::fmt;
use std::path::PathBuf;

use dhow_formats::fingerprint::Hash;

/// The first thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirtyReason {
    /// There is no (readable) record of a complete run.
    NeverMade,
    /// The record is of another unit.
    KeyChanged,
    /// It was asked for in any case.
    Forced,
    /// Something that it was made from is another unit now, or a different result of the same unit.
    DependencyChanged {
        /// The static key of that unit.
        key: Hash,
    },
    /// It is made from other units than before.
    DependenciesDiffer,
    /// An output is gone.
    OutputMissing(PathBuf),
    /// An output is not what was made.
    OutputChanged(PathBuf),
    /// A file that it read has another content.
    InputChanged(PathBuf),
    /// A file that it read is gone.
    InputMissing(PathBuf),
    /// A file has appeared.
    InputAppeared(PathBuf),
    /// A file changed while it was being read: nobody knows which content was used.
    InputUnsettled(PathBuf),
    /// Its script asks to be run again when a file changes that does not exist.
    RerunFileMissing(PathBuf),
    /// A variable has another value.
    EnvChanged {
        /// Its name.
        name: String,
        /// What it was.
        was: Option<String>,
        /// What it is.
        is: Option<String>,
    },
}

impl fmt::Display for DirtyReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverMade => write!(f, "it has not been built before"),
            Self::KeyChanged => write!(f, "what it is built from or how has changed"),
            Self::Forced => write!(f, "it was asked for"),
            Self::DependencyChanged { .. } => write!(f, "a dependency has changed"),
            Self::DependenciesDiffer => write!(f, "its dependencies are others"),
            Self::OutputMissing(path) => write!(f, "the output `{}` is gone", path.display()),
            Self::OutputChanged(path) => {
                write!(f, "the output `{}` was changed by somebody else", path.display())
            }
            Self::InputChanged(path) => write!(f, "the file `{}` has changed", path.display()),
            Self::InputMissing(path) => write!(f, "the file `{}` is gone", path.display()),
            Self::InputAppeared(path) => write!(f, "the file `{}` is new", path.display()),
            Self::InputUnsettled(path) => {
                write!(f, "the file `{}` changed during the last build", path.display())
            }
            Self::RerunFileMissing(path) => {
                write!(f, "its build script watches `{}`, which does not exist", path.display())
            }
            Self::EnvChanged { name, was, is } => {
                let show = |value: &Option<String>| match value {
                    Some(value) => format!("`{value}`"),
                    None => "unset".to_owned(),
                };
                write!(f, "the environment variable {name} has changed from {} to {}", show(was), show(is))
            }
        }
    }
}
