//! What is known of a compiler and of each platform it compiles for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dhow_model::Cfg;
use dhow_model::InternedString;

/// A compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// The program as Cargo would call it (`rustc` or as configured); what command lines show and children get.
    pub rustc: PathBuf,
    /// The file that really compiles: rustup's proxy resolved.
    pub rustc_path: PathBuf,
    /// All of `rustc -vV`.
    pub verbose_version: String,
    /// `release`
    pub version: semver::Version,
    /// `host`
    pub host: InternedString,
    /// `commit-hash`
    pub commit_hash: Option<String>,
}

/// A platform, as one compiler with one set of flags sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetInfo {
    /// The triple or the name of the specification.
    pub triple: InternedString,
    /// `--print=cfg`, in rustc's order.
    pub cfgs: Vec<Cfg>,
    /// `--print=sysroot`
    pub sysroot: PathBuf,
    /// `<sysroot>/lib/rustlib/<triple>/lib`: the target's own libraries.
    pub sysroot_libdir: PathBuf,
    /// Names by crate type (`bin`, `rlib`, `dylib`, `cdylib`, `staticlib`, `proc-macro`, `lib`); a type that the
    /// target does not support is missing.
    pub crate_types: BTreeMap<InternedString, CrateTypeNames>,
    /// `--print=split-debuginfo`
    pub split_debuginfo: Vec<String>,
    /// Cross-compiled documentation tests and the like want the flags that were in effect.
    pub rustflags: Vec<String>,
}

/// How files of a crate type are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateTypeNames {
    /// `lib`
    pub prefix: String,
    /// `.so`
    pub suffix: String,
}
