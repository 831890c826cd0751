//! What can go wrong when programs are installed or removed.

use std::path::PathBuf;

use dhow_model::{PackageId, SourceId, SourceIdError};
use dhow_resolve::ProviderError;

/// Why programs are not installed, or not removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the variants are")]
pub enum InstallError {
    #[error("`{name}` cannot be the name of a package: {reason}{help}")]
    BadName { name: String, reason: String, help: String },
    #[error("nothing to install is called `.`\n\nhelp: for the package in this directory `install --path .`")]
    Dot,
    #[error(
        "there is no package in `{}`, and nothing else was named\n\nhelp: name a package of the registry, or say where it is \
         with `--path` or `--git`", .path.display()
    )]
    NothingNamed { path: PathBuf },
    #[error("`--index` takes the URL of a registry's index")]
    BadIndex { source: SourceIdError },
    #[error(
        "`--git {url}` is not a URL{}", if .url.contains("://") { "" } else { "\n\nhelp: for ssh write `ssh://git@host/path`" }
    )]
    BadRepository { url: String, source: url::ParseError },
    #[error(
        "the repository {source_id} has several packages with {what}: {}\n\nhelp: name the one that you want",
        .names.join(", ")
    )]
    SeveralPackages { source_id: SourceId, what: &'static str, names: Vec<String> },
    #[error("the repository {source_id} has no package with programs or examples")]
    NoPackages { source_id: SourceId },
    #[error(
        "the package in the current directory is installed by `install --path .`\n\nhelp: `build` only builds it"
    )]
    CurrentDirectory,
    #[error("`--path {}` is not a directory; expected one with a `Cargo.toml`", .path.display())]
    NotADirectory { path: PathBuf },
    #[error("`--path {}` has no `Cargo.toml`{}", .path.display(), if *.misspelt { "\n\nhelp: it has a `cargo.toml`: rename it" } else { "" })]
    NoManifest { path: PathBuf, misspelt: bool },
    #[error("the manifest in `{}` is that of a workspace without a package\n\nhelp: name the directory of a member", .path.display())]
    NoPackage { path: PathBuf },
    #[error("there is no `{name}` in {source_id} that fits `{req}`{help}")]
    NotFound { name: String, source_id: SourceId, req: String, help: String },
    #[error(
        "`{name}` {version} has been yanked from {source_id}, so it is not installed\n\nhelp: choose another version"
    )]
    Yanked { name: String, version: String, source_id: SourceId },
    #[error("`{name}` cannot be looked up in {source_id}")]
    Lookup { name: String, source_id: SourceId, source: ProviderError },
    #[error(
        "`{package}` needs rustc {needed} or newer, and this is rustc {have}\n\nhelp: use a newer toolchain{help}"
    )]
    RustTooOld { package: String, needed: String, have: String, help: String },
    #[error("programs are installed for one platform at a time, and `--target` names {count}")]
    SeveralTargets { count: usize },
    #[error(
        "`{package}` has no programs\n\nhelp: `install` is for programs; a library is used by another package: `dhow add {}`",
        .package.name()
    )]
    NoPrograms { package: PackageId },
    #[error("no program was built: the features that are selected leave none of those that were named")]
    NothingBuilt,
    #[error("{}\n\nhelp: `--force` overwrites", conflicts(.programs))]
    Conflict { programs: Vec<(String, Option<PackageId>)> },
    #[error("the name of the program `{}` is not UTF-8", .path.display())]
    NotUtf8 { path: PathBuf },
    #[error(
        "failed to compile `{package}`; what was built so far is in `{}`\n\nhelp: with CARGO_TARGET_DIR set to that path the \
         next try goes on from there", .dir.display()
    )]
    NotBuilt { package: PackageId, dir: PathBuf, source: Option<ProviderError> },
    #[error("some packages could not be installed")]
    SomeNotInstalled,
    #[error("some packages could not be uninstalled")]
    SomeNotUninstalled,
    #[error("`--bin` chooses among the programs of one package, and several packages are named")]
    BinsOfSeveral,
    #[error("`{spec}` is not installed{}", did_you_mean(.suggestions))]
    NotInstalled { spec: String, suggestions: Vec<String> },
    #[error("`{bin}` is not one of the programs of `{package}`: they are {}", .bins.join(", "))]
    NotItsProgram { bin: String, package: PackageId, bins: Vec<String> },
    #[error(
        "the program `{}` of `{package}` is not there any more\n\nhelp: `install --force` brings it back", .path.display()
    )]
    ProgramGone { path: PathBuf, package: PackageId },
}

impl InstallError {
    /// Who means a toolchain, a repository or a version should not get half of what was asked for; any other name that
    /// is none is a failure of its own.
    pub(crate) fn unless_slip(self) -> Result<(), Self> {
        match &self {
            Self::BadName { help, .. } if !help.is_empty() => Err(self),
            _ => Ok(()),
        }
    }
}

fn conflicts(programs: &[(String, Option<PackageId>)]) -> String {
    let line = |(name, owner): &(String, Option<PackageId>)| match owner {
        Some(owner) => format!("binary `{name}` already exists in destination as part of `{owner}`"),
        None => format!(
            "binary `{name}` already exists in destination, and no package is known to have installed it"
        ),
    };
    programs.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn did_you_mean(suggestions: &[String]) -> String {
    match suggestions {
        [] => String::new(),
        some => format!("; did you mean `{}`?", some.join("` or `")),
    }
}
