//! What a build script said, as far as the commands of other units depend on it.

/// The instructions of one script run, in the order in which it printed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptOutput {
    /// `rustc-link-search`, as printed (`native=/usr/lib`, `/opt/lib`).
    pub library_paths: Vec<String>,
    /// `rustc-link-lib`, as printed (`static=z`, `ssl`).
    pub library_links: Vec<String>,
    /// `rustc-link-arg*`.
    pub linker_args: Vec<(LinkArgTarget, String)>,
    /// `rustc-cfg`.
    pub cfgs: Vec<String>,
    /// `rustc-check-cfg`.
    pub check_cfgs: Vec<String>,
    /// `rustc-env`.
    pub env: Vec<(String, String)>,
    /// `metadata`: for scripts of packages that depend on this one.
    pub metadata: Vec<(String, String)>,
}

/// Which targets a linker argument is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LinkArgTarget {
    /// `rustc-link-arg`: everything that links.
    All,
    /// `rustc-link-arg-cdylib` (also reaches dependents).
    Cdylib,
    /// `rustc-link-arg-bins`
    Bins,
    /// `rustc-link-arg-bin=NAME=…`
    Bin(String),
    /// `rustc-link-arg-tests`
    Tests,
    /// `rustc-link-arg-benches`
    Benches,
    /// `rustc-link-arg-examples`
    Examples,
}
