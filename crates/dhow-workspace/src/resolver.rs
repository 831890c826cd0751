//! The versions of the resolver's rules.

/// The rules by which features are unified and versions chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResolverVersion {
    /// `resolver = "1"`: one set of features for all uses of a package.
    V1,
    /// `resolver = "2"`: features of build, dev and target dependencies stay apart.
    V2,
    /// `resolver = "3"`: as 2, and versions are chosen with regard to `rust-version`.
    V3,
}

impl ResolverVersion {
    /// The number, as manifests write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
            Self::V3 => "3",
        }
    }
}
