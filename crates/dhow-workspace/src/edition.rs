//! Rust editions, and which of Cargo's defaults each brings.

use std::fmt;
use std::str::FromStr;

use crate::resolver::ResolverVersion;

/// A Rust edition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// 2015: what a manifest without `edition` means.
    #[default]
    E2015,
    /// 2018
    E2018,
    /// 2021
    E2021,
    /// 2024
    E2024,
}

impl Edition {
    /// All that a stable toolchain knows, oldest first.
    pub const ALL: [Self; 4] = [Self::E2015, Self::E2018, Self::E2021, Self::E2024];
    /// What `cargo new` would write.
    pub const LATEST: Self = Self::E2024;

    /// The year, as manifests and `--edition` write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E2015 => "2015",
            Self::E2018 => "2018",
            Self::E2021 => "2021",
            Self::E2024 => "2024",
        }
    }

    /// The resolver that a root package of this edition gets without asking.
    pub fn default_resolver(self) -> ResolverVersion {
        match self {
            Self::E2015 | Self::E2018 => ResolverVersion::V1,
            Self::E2021 => ResolverVersion::V2,
            Self::E2024 => ResolverVersion::V3,
        }
    }

    /// The first Rust release that knows this edition (minor version of 1.x).
    pub fn first_minor(self) -> Option<u64> {
        match self {
            Self::E2015 => None,
            Self::E2018 => Some(31),
            Self::E2021 => Some(56),
            Self::E2024 => Some(85),
        }
    }
}

impl FromStr for Edition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|edition| edition.as_str() == text).ok_or(())
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
