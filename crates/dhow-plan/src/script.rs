//! What a build script said, as far as the commands of other units depend on it.

pub use dhow_formats::build_script_output::LinkArgTarget;

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
