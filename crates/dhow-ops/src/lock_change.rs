//! What became of a package in the lock file, as data.

/// What happened to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there.
    Added,
    /// It is no longer there.
    Removed,
    /// Another version took its place, not an older one.
    Upgraded,
    /// An older version took its place.
    Downgraded,
    /// It stays what it is.
    Unchanged,
}

impl ChangeKind {
    /// Whether it names a package that was not there before.
    pub(crate) fn is_new(self) -> bool {
        matches!(self, Self::Added | Self::Upgraded | Self::Downgraded)
    }

    /// One of Cargo's words.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Added => "Adding",
            Self::Removed => "Removing",
            Self::Upgraded => "Updating",
            Self::Downgraded => "Downgrading",
            Self::Unchanged => "Unchanged",
        }
    }
}

/// What became of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockChange {
    /// What happened.
    pub kind: ChangeKind,
    /// To what: `foo v1.0.0`, or `foo v1.0.0 -> v1.1.0`.
    pub package: String,
    /// What is to be said about it.
    pub remark: Option<LockRemark>,
}

/// Something worth knowing about the version that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockRemark {
    /// It does not promise to build with the Rust that is asked for.
    RequiresRust(String),
    /// There is a newer one.
    Available {
        /// Which.
        version: String,
        /// The Rust that it requires, if that is what keeps it away.
        requires: Option<String>,
        /// Whether it could be had by a change of requirements alone.
        in_reach: bool,
    },
}
