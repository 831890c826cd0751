//! `Cargo.lock`, versions 1 to 4: text to plain structs and back, byte for byte.

/// A lock file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {}
