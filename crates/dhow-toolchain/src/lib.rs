//! What rustc and the host tools are, cached by their files.

mod kind;
mod info;

pub use info::{CrateTypeNames, TargetInfo, Toolchain};
pub use kind::{CompileKind, CompileTarget};
