//! What rustc and the host tools are, cached by their files.
//!
//! [`Toolchain::probe`] finds the compiler (through `PATH` and rustup's proxy, which is asked once and then left
//! out) and gives a [`Prober`] that answers about platforms. Answers are kept in a file, by everything that decides
//! them; while that has not changed, no process is started.

mod error;
mod info;
mod kind;
mod probe;
mod rustup;

pub use error::ToolchainError;
pub use info::{CRATE_TYPES, CrateTypeNames, TargetInfo, Toolchain};
pub use kind::{CompileKind, CompileTarget};
pub use probe::{ProbeInputs, Prober};
