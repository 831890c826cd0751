//! What each unit does about link-time optimisation: decided from the roots down.

use dhow_model::InternedString;

/// What a unit does about LTO, as the graph decides it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitLto {
    /// `-C lto[=kind]`: this unit links, with LTO.
    Run(Option<InternedString>),
    /// `-C lto=off`
    Off,
    /// Bitcode only: `-C linker-plugin-lto`.
    OnlyBitcode,
    /// Objects and bitcode: rustc's default, no flag.
    ObjectAndBitcode,
    /// Objects only: `-C embed-bitcode=no`.
    #[default]
    OnlyObject,
}
