//! What `dhow home stat --format json` prints.

use serde::Serialize;

/// The whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeStat {
    /// Version of this format: 1.
    pub version: u32,
    /// The home's directory.
    pub root: String,
    /// What is in it, by kind.
    pub kinds: Vec<HomeKind>,
}

/// All of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeKind {
    /// `index`, `crates`, `sources`, `git-db`, `git-checkouts`, `manifests`.
    pub kind: String,
    /// Registries, archives, packages, repositories, commits.
    pub count: u64,
    /// Their files.
    pub files: u64,
    /// Size of these.
    pub bytes: u64,
    /// Seconds since 1970 when the one was used that was not used for longest.
    pub oldest_use: Option<u64>,
    /// Seconds since 1970 when any of them was used last.
    pub newest_use: Option<u64>,
}

impl HomeStat {
    /// As JSON, in lines for people.
    ///
    /// # Errors
    /// There is no memory left.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}
