//! `Cargo.lock`, versions 1 to 4: text to plain structs and back, byte for byte.
//!
//! Specified by what Cargo reads and writes. The structs say what stands in the file; which package a shortened
//! dependency id means is for the resolver to decide.

mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

pub use read::LockfileError;

/// The encoding of a lock file. The order is that of age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockVersion {
    /// Checksums in `[metadata]`, full dependency ids.
    V1,
    /// Checksums with the packages, shortened dependency ids.
    V2,
    /// With `version = 3`; git branch `master` is no longer the default branch.
    V3,
    /// With `version = 4`; git references are percent-encoded.
    #[default]
    V4,
}

/// A lock file's content, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {
    /// How it is encoded. Versions 1 and 2 are told apart by what stands in the file.
    pub version: LockVersion,
    /// `[[package]]`. The `[root]` of old files comes first.
    pub packages: Vec<LockPackage>,
    /// `[metadata]`: the checksums of version 1, and what others left there.
    pub metadata: BTreeMap<String, String>,
    /// `[[patch.unused]]`.
    pub unused_patches: Vec<LockPackage>,
}

/// A `[[package]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its source; path packages have none.
    pub source: Option<String>,
    /// SHA-256 of its archive, from version 2 on.
    pub checksum: Option<String>,
    /// What it depends on. Nothing, if it is replaced.
    pub dependencies: Option<Vec<LockDependency>>,
    /// What replaces it (`[replace]`).
    pub replace: Option<LockDependency>,
}

/// A package as others refer to it: `name`, `name version` or `name version (source)`, as short as is clear.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockDependency {
    /// Its name.
    pub name: String,
    /// Its version, where there are several.
    pub version: Option<String>,
    /// Its source, where there are several.
    pub source: Option<String>,
}

impl FromStr for LockDependency {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, ' ');
        let name = parts.next().filter(|name| !name.is_empty()).ok_or(())?;
        let version = parts.next();
        let source = match parts.next() {
            Some(text) => Some(text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).ok_or(())?),
            None => None,
        };
        Ok(Self {
            name: name.to_owned(),
            version: version.map(str::to_owned),
            source: source.map(str::to_owned),
        })
    }
}

impl fmt::Display for LockDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
