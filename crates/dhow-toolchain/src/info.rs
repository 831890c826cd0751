//! What is known of a compiler and of each platform it compiles for, and how it is read from rustc's answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use dhow_model::{Cfg, InternedString};

/// The crate types that every target is asked about, in the order of the question.
pub const CRATE_TYPES: [&str; 6] = ["bin", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"];

/// A compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// The program that command lines name and scripts get as `RUSTC`: as configured, except that rustup's proxy is
    /// replaced by the compiler that it would start.
    pub rustc: PathBuf,
    /// The same for rustdoc.
    pub rustdoc: PathBuf,
    /// The file of the compiler, found through `PATH` and the proxy.
    pub rustc_path: PathBuf,
    /// The name of rustup's toolchain, if the compiler belongs to one.
    pub rustup_toolchain: Option<String>,
    /// All of `rustc -vV`.
    pub verbose_version: String,
    /// `release`
    pub version: semver::Version,
    /// `host`
    pub host: InternedString,
    /// `commit-hash`
    pub commit_hash: Option<String>,
}

/// The facts of `rustc -vV`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VersionFacts {
    pub(crate) version: semver::Version,
    pub(crate) host: InternedString,
    pub(crate) commit_hash: Option<String>,
}

/// Reads `rustc -vV`; the error names the line that is missing.
pub(crate) fn parse_version(text: &str) -> Result<VersionFacts, &'static str> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let version =
        field("release:").and_then(|v| semver::Version::parse(v).ok()).ok_or("`release: <version>`")?;
    let host = field("host:").ok_or("`host: <triple>`")?.into();
    let commit_hash = field("commit-hash:").filter(|hash| *hash != "unknown").map(str::to_owned);
    Ok(VersionFacts { version, host, commit_hash })
}

/// A platform, as one compiler with one set of flags sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetInfo {
    /// The triple, or the name of the specification.
    pub triple: InternedString,
    /// `--print=cfg`, in rustc's order, without what says nothing of the platform (`proc_macro`).
    pub cfgs: Vec<Cfg>,
    /// `--print=sysroot`
    pub sysroot: PathBuf,
    /// `<sysroot>/lib/rustlib/<triple>/lib`: the target's own libraries.
    pub sysroot_libdir: PathBuf,
    /// Names by crate type (see [`CRATE_TYPES`]); a type that the target does not support is missing.
    pub crate_types: BTreeMap<InternedString, CrateTypeNames>,
    /// `--print=split-debuginfo`
    pub split_debuginfo: Vec<String>,
    /// The flags with which it was asked.
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

impl TargetInfo {
    /// Whether a `cfg(…)` holds, or the name of the platform is this one's.
    pub fn matches(&self, platform: &dhow_model::Platform) -> bool {
        platform.matches(&self.triple, &self.cfgs)
    }

    /// The value of a cfg that has one, such as `target_os`.
    pub fn cfg_value(&self, name: &str) -> Option<&str> {
        self.cfgs.iter().find_map(|cfg| match cfg {
            Cfg::KeyPair(key, value) if key.as_str() == name => Some(value.as_str()),
            _ => None,
        })
    }

    /// Whether `-C split-debuginfo=<value>` is accepted on stable.
    pub fn supports_split_debuginfo(&self, value: &str) -> bool {
        self.split_debuginfo.iter().any(|v| v == value)
    }

    /// The compiler's own libraries (`LD_LIBRARY_PATH` of what links to it).
    pub fn sysroot_host_libdir(&self) -> PathBuf {
        self.sysroot.join(if cfg!(windows) { "bin" } else { "lib" })
    }
}

/// Reads the answer to the question about a target; the error names what is missing. `stderr` tells crate types
/// that are not supported apart by name.
pub(crate) fn parse_target(
    stdout: &str,
    stderr: &str,
    triple: InternedString,
    rustflags: &[String],
) -> Result<TargetInfo, &'static str> {
    let mut lines = stdout.lines();
    let mut crate_types = BTreeMap::new();
    for name in CRATE_TYPES {
        if is_unsupported(stderr, name) {
            continue;
        }
        let line = lines.next().ok_or("a file name for each crate type")?;
        let (prefix, suffix) = line.split_once("___").ok_or("a file name for each crate type")?;
        let names = CrateTypeNames { prefix: prefix.to_owned(), suffix: suffix.to_owned() };
        crate_types.insert(name.into(), names);
    }
    let sysroot =
        PathBuf::from(lines.next().filter(|line| Path::new(line).is_absolute()).ok_or("a sysroot")?);
    let mut split_debuginfo = Vec::new();
    loop {
        match lines.next().ok_or("the crate's name")? {
            "___" => break,
            value => split_debuginfo.push(value.to_owned()),
        }
    }
    let cfgs = lines
        .map(Cfg::from_str)
        .filter(|cfg| !matches!(cfg, Ok(Cfg::Name(name)) if name.as_str() == "proc_macro"))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| "cfgs that can be parsed")?;
    if cfgs.is_empty() {
        return Err("cfgs");
    }
    Ok(TargetInfo {
        triple,
        cfgs,
        sysroot_libdir: sysroot.join("lib").join("rustlib").join(triple.as_str()).join("lib"),
        sysroot,
        crate_types,
        split_debuginfo,
        rustflags: rustflags.to_vec(),
    })
}

/// rustc warns (or, before 1.80, fails) for crate types that a target does not have.
fn is_unsupported(stderr: &str, crate_type: &str) -> bool {
    let dropped = format!("dropping unsupported crate type `{crate_type}`");
    let unsupported = format!("unsupported crate type `{crate_type}`");
    stderr.lines().any(|line| line.contains(&dropped) || line.contains(&unsupported))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "___\nlib___.rlib\nlib___.so\nlib___.so\nlib___.a\nlib___.so\n/tc\noff\npacked\n___\n\
                         debug_assertions\nproc_macro\ntarget_os=\"linux\"\nunix\n";

    #[test]
    fn an_answer_is_taken_apart() {
        let info = parse_target(LINUX, "", "x-y-linux".into(), &[]).expect("parses");
        assert_eq!(info.crate_types["rlib"].prefix, "lib");
        assert_eq!(info.crate_types["bin"].suffix, "");
        assert_eq!(info.split_debuginfo, ["off", "packed"]);
        assert_eq!(info.sysroot_libdir, Path::new("/tc/lib/rustlib/x-y-linux/lib"));
        assert_eq!(info.cfg_value("target_os"), Some("linux"));
        assert_eq!(info.cfgs.len(), 3);
    }

    #[test]
    fn missing_crate_types_are_missing() {
        let wasm = "___.wasm\nlib___.rlib\n___.wasm\nlib___.a\n/tc\noff\n___\ntarget_family=\"wasm\"\n";
        let stderr = "warning: dropping unsupported crate type `dylib` for target `wasm32-unknown-unknown`\n\
                      warning: dropping unsupported crate type `proc-macro` for target `wasm32-unknown-unknown`\n";
        let info = parse_target(wasm, stderr, "wasm32-unknown-unknown".into(), &[]).expect("parses");
        assert!(!info.crate_types.contains_key("dylib"));
        assert_eq!(info.crate_types["cdylib"].suffix, ".wasm");
    }

    #[test]
    fn broken_answers_say_what_is_missing() {
        assert_eq!(parse_target("___\n", "", "t".into(), &[]), Err("a file name for each crate type"));
        assert_eq!(parse_version("rustc 1.95.0"), Err("`release: <version>`"));
        assert_eq!(parse_version("release: 1.95.0"), Err("`host: <triple>`"));
    }
}
