//! What can go wrong in an operation. Each variant says what happened, where, and what to try; what other crates
//! have to say is passed on as it is.

use std::path::PathBuf;

use dhow_model::{InternedString, PackageId, SourceId};
use dhow_resolve::ProviderError;
use semver::Version;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the variants are")]
pub enum Error {
    #[error(transparent)]
    Config(#[from] dhow_config::ConfigError),
    #[error(transparent)]
    Workspace(#[from] dhow_workspace::Error),
    #[error(transparent)]
    Resolve(#[from] dhow_resolve::ResolveError),
    #[error(transparent)]
    Features(#[from] dhow_resolve::FeatureError),
    #[error(transparent)]
    Spec(#[from] dhow_resolve::SpecError),
    #[error(transparent)]
    Install(#[from] crate::install_error::InstallError),
    #[error(transparent)]
    InstallRoot(#[from] dhow_home::InstallRootError),
    #[error(transparent)]
    Fetch(#[from] dhow_fetch::FetchError),
    #[error(transparent)]
    LastUse(#[from] dhow_home::LastUseError),
    #[error(transparent)]
    Collect(#[from] dhow_home::CollectError),
    #[error(transparent)]
    Census(#[from] dhow_home::CensusError),
    #[error(transparent)]
    Toolchain(#[from] dhow_toolchain::ToolchainError),
    #[error(transparent)]
    Plan(#[from] dhow_plan::PlanError),
    #[error(transparent)]
    Select(#[from] dhow_plan::SelectError),
    #[error(transparent)]
    Profile(#[from] dhow_workspace::ProfileProblem),
    #[error(transparent)]
    Build(#[from] dhow_build::BuildError),
    #[error(transparent)]
    Edit(#[from] crate::edit_problem::EditProblem),
    #[error(transparent)]
    Vendor(#[from] crate::vendor_problem::VendorProblem),
    #[error(transparent)]
    Layers(#[from] crate::layers_problem::LayersProblem),
    #[error(transparent)]
    Hub(#[from] dhow_hub::HubError),
    #[error(
        "the hub `{}` has not all that the project needs, and without the network it cannot be brought there\n\n\
         help: `dhow hub update` with network fills it; `--no-hub` builds without it", .root.display()
    )]
    HubLacks { root: PathBuf, source: Box<Self> },
    #[error(transparent)]
    HubPack(#[from] dhow_hub::PackError),
    #[error(transparent)]
    File(#[from] dhow_fs::FsError),
    #[error(transparent)]
    Process(#[from] dhow_process::ProcessError),
    #[error("the lock file `{}` cannot be read", .path.display())]
    LockFile { path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("`{}` is not UTF-8", .path.display())]
    NotUtf8 { path: PathBuf },
    #[error("the path `{}` is not UTF-8, and JSON holds nothing else\n\nhelp: rename it", .path.display())]
    PathNotUtf8 { path: PathBuf },
    #[error("`[patch]` of the configuration cannot be used: {reason}")]
    ConfigPatch { reason: String },
    #[error("the patch for `{dep}` cannot be used")]
    Patch { dep: InternedString, source: ProviderError },
    #[error(
        "the patch for `{dep}` names no package: {source_id} has none that fits\n\nhelp: check name and version in its manifest"
    )]
    PatchMissing { dep: InternedString, source_id: SourceId },
    #[error(
        "the git repository has no package `{id}` any more\n\nhelp: `dhow update` looks for what it has now"
    )]
    NotInRepository { id: PackageId },
    #[error(
        "the patch for `{dep}` names the source that it patches, {source_id}\n\nhelp: a patch must come from elsewhere: \
         another repository, a registry or a path"
    )]
    PatchOfItself { dep: InternedString, source_id: SourceId },
    #[error(
        "`{}` needs to change, but `--locked` forbids that\n\nhelp: run the command once without `--locked` and commit \
         the lock file", .path.display()
    )]
    LockFileOutdated { path: PathBuf },
    #[error("there is no version {version} of `{name}`{}", newest(.known))]
    NoSuchVersion { name: InternedString, version: Version, known: Vec<Version> },
    #[error(
        "`{name}` cannot be exactly {version}\n\nhelp: change the requirements in `Cargo.toml`, if they are what is in \
         the way"
    )]
    PreciseUnfit { name: InternedString, version: Version, source: Box<Self> },
    #[error("the releases of `{name}` cannot be looked up")]
    Releases { name: InternedString, source: ProviderError },
    #[error("`{}` has no members, so there is nothing to lock", .path.display())]
    EmptyWorkspace { path: PathBuf },
    #[error(
        "`--precise {text}`: not a version{}",
        .help.as_ref().map(|help| format!("\n\nhelp: {help}")).unwrap_or_default()
    )]
    BadPrecise { text: String, help: Option<String>, source: semver::Error },
    #[error("there is no lock file `{}` yet\n\nhelp: `dhow generate-lockfile` makes one", .path.display())]
    NoLockFile { path: PathBuf },
    #[error(
        "`{}` is the manifest of a workspace without a package of its own, and this command works on one package\n\n\
         help: name a member with `-p`, or go to its directory", .path.display()
    )]
    VirtualWorkspace { path: PathBuf },
    #[error("`-p` takes the name of a package; there are: {}", .members.join(", "))]
    PackageNotNamed { members: Vec<String> },
    #[error("`{pattern}` is neither a package ID specification nor a pattern: {reason}")]
    BadPattern { pattern: String, reason: String },
    #[error(
        "`{from}` depends on `{to}` under two names, `{first}` and `{second}`\n\nhelp: use one name in all its tables of \
         dependencies"
    )]
    TwoNames { from: PackageId, to: PackageId, first: String, second: String },
    #[error(
        "the {kind} `{name}` has no source: there is no file `{}` ({})\n\nhelp: correct `path` in the manifest, or make \
         the file", .path.display(), .manifest.display()
    )]
    NoSource { kind: &'static str, name: InternedString, path: PathBuf, manifest: PathBuf },
    #[error(
        "`-j {text}`: expected a number of jobs (below zero: that many fewer than processors) or `default`"
    )]
    BadJobs { text: String },
    #[error("`{flag}` takes a name; {}", available(.flag, .names))]
    TargetNotNamed { flag: &'static str, names: Vec<String> },
    #[error("there is nothing to run: {reason}\n\nhelp: name a program with `--bin` or `--example`")]
    NothingToRun { reason: String },
    #[error("several programs could be run: {}\n\nhelp: name one with `--bin`, or set `default-run` in the manifest", .names.join(", "))]
    SeveralToRun { names: Vec<String> },
    #[error("{what} is not supported yet")]
    NotYet { what: String },
    #[error("package `{package}` needs rustc {needed} or newer, and this is rustc {have}\n\nhelp: {help}")]
    RustTooOld { package: String, needed: String, have: String, help: String },
    #[error("`{url}` is not the URL of a registry's index: {reason}")]
    BadIndex { url: String, reason: String },
    #[error("`{spec}` is not a package ID specification: {reason}")]
    BadSpec { spec: String, reason: String },
    #[error("{source_id} has no package `{spec}`\n\nhelp: `dhow search` looks for packages by name")]
    NotInRegistry { spec: String, source_id: SourceId },
    #[error(
        "{source_id} is replaced by `{name}`, so it is not clear which is meant\n\nhelp: {}",
        if *is_remote { format!("say `--registry {name}` or `--registry crates-io`") }
        else { "say `--registry crates-io` for crates.io itself".to_owned() }
    )]
    Replaced { source_id: SourceId, name: String, is_remote: bool },
    #[error("`--locked` is about a lock file, and there is no workspace here")]
    LockedOutside,
    #[error("standard input cannot be read")]
    Stdin { source: std::io::Error },
    #[error("the document cannot be written: {0}")]
    Json(String),
    #[error("`{0}` is not a command of this system that opens pages in a browser")]
    Browser(String),
}

fn available(flag: &str, names: &[String]) -> String {
    if names.is_empty() {
        format!("but there is none to give to `{flag}`")
    } else {
        format!("there are: {}", names.join(", "))
    }
}

/// Some versions, newest first.
fn newest(known: &[Version]) -> String {
    const SHOWN: usize = 8;
    let mut text: Vec<String> = known.iter().take(SHOWN).map(Version::to_string).collect();
    if text.is_empty() {
        return ": there is none at all".to_owned();
    }
    if known.len() > SHOWN {
        text.push("…".to_owned());
    }
    format!("\n\nhelp: there are {}", text.join(", "))
}
