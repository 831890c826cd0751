//! `.crates.toml` and `.crates2.json`: which package installed which programs. Both say the same, the second one more;
//! Cargo 1.95 writes both, and where they disagree it believes the first.

use std::collections::{BTreeMap, BTreeSet};

use dhow_model::{PackageId, SourceId};
use semver::Version;
use serde::{Deserialize, Serialize};

mod by_package;

/// The name of the first, older file in the root of installations.
pub const V1_FILE_NAME: &str = ".crates.toml";
/// The name of the second.
pub const V2_FILE_NAME: &str = ".crates2.json";

/// What is installed in one place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Installs {
    /// Each package that was installed, in the order of the files.
    #[serde(rename = "installs", with = "by_package")]
    pub packages: BTreeMap<PackageId, Install>,
    /// What a newer Cargo adds.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// How a package was installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Install {
    /// The version that was asked for, if one was.
    pub version_req: Option<String>,
    /// File names of its programs.
    pub bins: BTreeSet<String>,
    /// Features that were asked for.
    pub features: BTreeSet<String>,
    /// `--all-features`
    pub all_features: bool,
    /// `--no-default-features`
    pub no_default_features: bool,
    /// The profile's name.
    pub profile: String,
    /// The platform that it was compiled for; none if only the older file knows of the package.
    pub target: Option<String>,
    /// What `rustc -vV` said.
    pub rustc: Option<String>,
    /// What a newer Cargo adds.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct V1 {
    #[serde(with = "by_package")]
    v1: BTreeMap<PackageId, BTreeSet<String>>,
}

/// Why a file cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum InstallsError {
    /// `.crates.toml`
    #[error("it is not the TOML of `.crates.toml`")]
    Toml(#[from] toml::de::Error),
    /// `.crates2.json`
    #[error("it is not the JSON of `.crates2.json`")]
    Json(#[from] serde_json::Error),
    /// Text that cannot be made.
    #[error("`.crates.toml` cannot be written")]
    Write(#[from] toml::ser::Error),
    /// Not `name version (source)`.
    #[error("`{0}` is not of the form `name version (source)`")]
    Package(String),
}

impl Install {
    /// All that the older file knows.
    pub fn with_bins(bins: BTreeSet<String>) -> Self {
        Self {
            version_req: None,
            bins,
            features: BTreeSet::new(),
            all_features: false,
            no_default_features: false,
            profile: "release".to_owned(),
            target: None,
            rustc: None,
            other: BTreeMap::new(),
        }
    }
}

impl Installs {
    /// Reads both files; an empty one is one that was just made. Of packages and programs the older file decides.
    ///
    /// # Errors
    /// One of them is not of its form; the first member says which file.
    pub fn parse(v1: &str, v2: &str) -> Result<Self, (&'static str, InstallsError)> {
        let old = Self::parse_v1(v1).map_err(|error| (V1_FILE_NAME, error))?;
        let new = Self::parse_v2(v2).map_err(|error| (V2_FILE_NAME, error))?;
        Ok(new.corrected_by(old))
    }

    /// Reads `.crates.toml` alone.
    ///
    /// # Errors
    /// It is not of its form.
    pub fn parse_v1(text: &str) -> Result<BTreeMap<PackageId, BTreeSet<String>>, InstallsError> {
        if text.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(toml::from_str::<V1>(text)?.v1)
    }

    fn parse_v2(text: &str) -> Result<Self, InstallsError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        Ok(serde_json::from_str(text)?)
    }

    fn corrected_by(mut self, old: BTreeMap<PackageId, BTreeSet<String>>) -> Self {
        self.packages.retain(|id, _| old.contains_key(id));
        for (id, bins) in old {
            match self.packages.get_mut(&id) {
                Some(install) => install.bins = bins,
                None => drop(self.packages.insert(id, Install::with_bins(bins))),
            }
        }
        self
    }

    /// The text of `.crates.toml`.
    ///
    /// # Errors
    /// None in practice: all that it holds are names.
    pub fn v1_text(&self) -> Result<String, InstallsError> {
        let v1 = self.packages.iter().map(|(id, install)| (*id, install.bins.clone())).collect();
        Ok(toml::to_string_pretty(&V1 { v1 })?)
    }

    /// The text of `.crates2.json`.
    ///
    /// # Errors
    /// None in practice: all that it holds came from JSON or is a name.
    pub fn v2_text(&self) -> Result<String, InstallsError> {
        Ok(serde_json::to_string(self)?)
    }
}

/// `name version (source)`
fn package_text(id: PackageId) -> String {
    format!("{} {} ({})", id.name(), id.version(), id.source().lock_string_unencoded())
}

fn parse_package(text: &str) -> Result<PackageId, InstallsError> {
    let parts = || {
        let (name, rest) = text.split_once(' ')?;
        let (version, source) = rest.split_once(' ')?;
        let source = source.strip_prefix('(')?.strip_suffix(')')?;
        Some(PackageId::new(name, Version::parse(version).ok()?, SourceId::parse(source).ok()?))
    };
    parts().ok_or_else(|| InstallsError::Package(text.to_owned()))
}

#[cfg(test)]
mod tests;
