//! Which of several acceptable versions is tried first.

use dhow_model::PartialVersion;

/// The direction in which versions are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionOrdering {
    /// Newest first.
    #[default]
    MaximumVersionsFirst,
    /// Oldest first.
    MinimumVersionsFirst,
}

/// Which of several acceptable versions is tried first, apart from what a lock file prefers.
#[derive(Clone, Debug, Default)]
pub struct VersionPreferences {
    /// Newest first, or oldest first.
    pub ordering: VersionOrdering,
    /// `resolver.incompatible-rust-versions = "fallback"` (the default of resolver 3): versions that need a newer
    /// Rust than these come last. The `rust-version`s of the workspace's members, or that of rustc if no member
    /// states one. Empty: `allow`.
    pub rust_versions: Vec<PartialVersion>,
}
