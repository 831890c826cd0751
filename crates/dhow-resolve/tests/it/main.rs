//! The resolver against the real `cargo`: same packages, same lock file, byte for byte.
#![expect(clippy::disallowed_methods, reason = "tests read the files that cargo reads and writes")]

mod support;

mod features;
mod fixtures;
mod locks;
mod random;
mod real;
