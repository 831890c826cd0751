//! What can go wrong between a registry and the cargo home, and what to do about it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_fs::FsError;
use dhow_home::Difference;
use dhow_model::{Checksum, PackageId, SourceId};
use dhow_process::ProcessError;

use crate::archive::ArchiveError;
use crate::auth_error::AuthError;

/// Fetching failed. Cheap to clone, because several callers may wait for one request.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The file system refused.
    #[error(transparent)]
    Fs(Arc<FsError>),
    /// Nothing that could be asked again in vain: DNS, connection, TLS, timeout, a body cut off.
    #[error("could not fetch `{url}`{}: {reason}{}", tried(*tries), network_hint(reason))]
    Network {
        /// What was asked for.
        url: String,
        /// What went wrong, innermost cause last.
        reason: String,
        /// How often it was tried.
        tries: u32,
    },
    /// The server answered, but not with what was asked for.
    #[error("could not fetch `{url}`{}: the server answered with status {status}{}", tried(*tries), status_hint(*status, body))]
    Status {
        /// What was asked for.
        url: String,
        /// Its answer.
        status: u16,
        /// The start of its text.
        body: String,
        /// How often it was asked.
        tries: u32,
    },
    /// About tokens.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A registry without a web API.
    #[error("the registry `{registry}` has no web API, so it can only be read")]
    NoApi {
        /// The registry.
        registry: String,
    },
    /// The web API says what went wrong.
    #[error("the registry at {host} answered with an error{}: {}", api_status(*status), details.join(", "))]
    Api {
        /// Where the API is.
        host: String,
        /// The status of the answer.
        status: u16,
        /// What it says.
        details: Vec<String>,
    },
    /// The web API says something else than was expected.
    #[error("the answer of the registry at {host} cannot be understood: {reason}")]
    BadApiAnswer {
        /// Where the API is.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The web API is to be asked, and the network must not be used.
    #[error("the registry at {host} can only be asked over the network; run again without `--offline`")]
    OfflineApi {
        /// Where the API is.
        host: String,
    },
    /// `config.json` cannot be used.
    #[error("`{url}` is not a registry's `config.json`: {reason}")]
    BadRegistryConfig {
        /// Where it is from.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An index file is not in the home, and the network must not be used.
    #[error(
        "nothing is known of package `{name}` of {registry} without the network; run again without `--offline`"
    )]
    OfflineIndex {
        /// Which package.
        name: String,
        /// Which registry.
        registry: SourceId,
    },
    /// Archives are not in the home, and the network must not be used.
    #[error("not downloaded yet: {}; run again without `--offline`", list(packages))]
    OfflinePackages {
        /// Which packages.
        packages: Vec<PackageId>,
    },
    /// The archive is not the one that the index or the lock file vouches for.
    #[error(
        "the archive of `{} {}` is not the one that was published: its SHA-256 is {actual}, expected {expected}. It was downloaded from `{from}` and thrown away; the registry, a mirror or a proxy in between may be at fault",
        id.name(), id.version()
    )]
    ChecksumMismatch {
        /// Which package.
        id: PackageId,
        /// What was promised.
        expected: Checksum,
        /// What came.
        actual: Checksum,
        /// URL or file.
        from: String,
    },
    /// The archive is as published, but cannot be unpacked.
    #[error("refused to unpack `{} {}`: {reason}", id.name(), id.version())]
    BadArchive {
        /// Which package.
        id: PackageId,
        /// Why.
        #[source]
        reason: Arc<ArchiveError>,
    },
    /// A hub wants a package's archive, and what stands in for its registry has none.
    #[error(
        "there is no archive of `{} {}`: `{}` has unpacked sources only, and stands in for {} outside of this project\n\n\
         help: let the project's own `.cargo/config.toml` name the directory, or do without it",
        id.name(), id.version(), path.display(), id.source()
    )]
    NoArchive {
        /// Which package.
        id: PackageId,
        /// The directory of vendored packages.
        path: PathBuf,
    },
    /// What the home has of a package is not what the lock file names.
    #[error(
        "the archive of `{} {}` in `{}` is not the one that the lock file names\n\nhelp: `dhow home verify --repair` \
         removes it", id.name(), id.version(), home.display()
    )]
    Spoiled {
        /// Which package.
        id: PackageId,
        /// The home.
        home: PathBuf,
    },
    /// A lock file names a release that the index does not have.
    #[error("the index of {} has no `{} {}`, which the lock file names", id.source(), id.name(), id.version())]
    NotListed {
        /// Which package.
        id: PackageId,
    },
    /// A hub wants a repository, and something else stands in for it.
    #[error(
        "{source_id} is replaced by {actual} outside of this project, so there is no repository to take\n\n\
         help: let the project's own `.cargo/config.toml` replace it, or do without that"
    )]
    NoRepository {
        /// The git source.
        source_id: SourceId,
        /// What stands in for it.
        actual: SourceId,
    },
    /// The package is not in a local registry or a vendored directory.
    #[error("`{} {}` is not in `{}`; vendor or sync it again", id.name(), id.version(), path.display())]
    NotVendored {
        /// Which package.
        id: PackageId,
        /// The directory.
        path: PathBuf,
    },
    /// A file of a vendored package was changed.
    #[error(
        "`{}` was changed after `{} {}` was vendored; vendored sources are not to be edited (to use a changed copy, name it in a `[patch]` section)",
        file.display(), id.name(), id.version()
    )]
    VendoredFileChanged {
        /// Which package.
        id: PackageId,
        /// The file.
        file: PathBuf,
    },
    /// Files of an unpacked package are not what its archive says.
    #[error(
        "the sources of `{} {}` are not what was unpacked: {}\nhelp: {}`dhow home verify --repair` unpacks them again (to use a changed copy, name it in a `[patch]` section)",
        id.name(), id.version(), changes(root, differences),
        if *has_script { "its build script may have done that; " } else { "" }
    )]
    SourcesChanged {
        /// Which package.
        id: PackageId,
        /// Its directory.
        root: PathBuf,
        /// What differs, at least one.
        differences: Vec<Difference>,
        /// It has a build script.
        has_script: bool,
    },
    /// Files of a working tree are not what its commit says.
    #[error(
        "the checkout `{}` is not what its commit says: {}\nhelp: a build script may have done that; `dhow home verify --repair` removes it, and it is checked out again (to use a changed copy, name it in a `[patch]` section)",
        root.display(), shown(what)
    )]
    CheckoutChanged {
        /// Its directory.
        root: PathBuf,
        /// What differs, at least one: path and what is wrong with it.
        what: Vec<String>,
    },
    /// Nothing is known to hold the sources of a package against.
    #[error(
        "the sources of `{} {}` cannot be verified: its archive `{}` {reason}\nhelp: `dhow home verify --repair` downloads it again",
        id.name(), id.version(), archive.display()
    )]
    NotVerifiable {
        /// Which package.
        id: PackageId,
        /// What they would be held against.
        archive: PathBuf,
        /// What is wrong with that.
        reason: String,
    },
    /// A vendored package without usable `.cargo-checksum.json` or manifest.
    #[error("`{}` is not a vendored package: {reason}", path.display())]
    BadVendored {
        /// Its directory, or the file in it.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// `git` cannot be run, or fails where it should not.
    #[error("git repositories are handled by the program `git`, which failed")]
    GitProgram(#[source] Arc<ProcessError>),
    /// A repository cannot be fetched.
    #[error("could not fetch the git repository `{url}`{}: {reason}{}", tried(*tries), git_hint(reason))]
    GitFetch {
        /// Which.
        url: String,
        /// What git says.
        reason: String,
        /// How often it was tried.
        tries: u32,
    },
    /// A repository has not what was asked for.
    #[error("the git repository `{url}` has not what was asked for: {reason}")]
    GitReference {
        /// Which.
        url: String,
        /// What git says.
        reason: String,
    },
    /// A repository that configuration replaces, and no lock file says which commit of it is meant.
    #[error(
        "{source_id} is replaced by configuration (`[source]`), so a lock file must say which commit of it is meant\nhelp: remove the replacement, run `dhow generate-lockfile`, and put it back"
    )]
    GitNotLocked {
        /// Which.
        source_id: SourceId,
    },
    /// A submodule that cannot be reached, or may not.
    #[error("the submodule at `{url}` cannot be fetched: {reason}")]
    GitSubmodule {
        /// As its repository has it.
        url: String,
        /// Why.
        reason: String,
    },
    /// A commit that would reach outside of its directory.
    #[error("refused to check out commit {commit} of `{url}` because of `{path}`: {reason}")]
    HostileRepository {
        /// The repository.
        url: String,
        /// The commit.
        commit: String,
        /// What in it.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// What the home has of a repository is broken.
    #[error("what is known of the git repository `{url}` is broken: {reason}")]
    GitCorrupt {
        /// Which.
        url: String,
        /// What git says.
        reason: String,
    },
    /// A repository is not in the home, or not all of it, and the network must not be used.
    #[error("the git repository `{url}` has to be fetched, which `--offline` (or `net.offline`) forbids")]
    OfflineGit {
        /// Which.
        url: String,
    },
    /// A `[source]` table that leads nowhere.
    #[error("{0}")]
    BadSource(String),
    /// A kind of source that cannot be asked.
    #[error("{0} cannot be asked: {1}")]
    Unsupported(SourceId, &'static str),
    /// Settings that cannot be used.
    #[error("the network settings cannot be used: {0}")]
    BadSettings(String),
}

impl From<FsError> for FetchError {
    fn from(error: FsError) -> Self {
        Self::Fs(Arc::new(error))
    }
}

fn api_status(status: u16) -> String {
    if status == 200 { String::new() } else { format!(" (status {status})") }
}

fn tried(tries: u32) -> String {
    if tries > 1 { format!(" (tried {tries} times)") } else { String::new() }
}

fn network_hint(reason: &str) -> &'static str {
    let lower = reason.to_lowercase();
    if lower.contains("certificate") || lower.contains("unknownissuer") {
        "\nhelp: if a proxy re-signs the traffic, trust its certificate through the system or `http.cainfo`"
    } else {
        "\nhelp: without a network, `--offline` builds with what is already downloaded"
    }
}

fn git_hint(reason: &str) -> &'static str {
    let asks =
        ["could not read Username", "could not read Password", "Authentication failed", "Permission denied"];
    if asks.iter().any(|said| reason.contains(said)) {
        "\nhelp: git finds no valid credentials for it; set up a credential helper (`git help credentials`) or an SSH agent, \
         or set `net.git-fetch-with-cli = true` to be asked"
    } else if reason.contains("Host key verification failed") {
        "\nhelp: connect to the host once with `ssh`, and check its key"
    } else if reason.contains("transport '") {
        "\nhelp: repositories may name submodules by `https`, `http`, `ssh` and `git` only (`protocol.allow` in git's \
         configuration)"
    } else {
        "\nhelp: check the URL; `git ls-remote` tells whether git can reach it"
    }
}

fn status_hint(status: u16, body: &str) -> String {
    let body = body.trim();
    let said = if body.is_empty() { String::new() } else { format!(" (`{body}`)") };
    let help = match status {
        401 | 403 => "\nhelp: check the token and that the version exists",
        404 | 410 | 451 => "\nhelp: the registry does not have it (any more)",
        429 => "\nhelp: the server asks to wait; try again later",
        500.. => "\nhelp: the server has a problem; try again later",
        _ => "",
    };
    format!("{said}{help}")
}

fn changes(root: &Path, differences: &[Difference]) -> String {
    let one = |difference: &Difference| {
        format!("`{}` {}", root.join(&difference.path).display(), difference.describe())
    };
    shown(&differences.iter().map(one).collect::<Vec<_>>())
}

fn shown(lines: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = lines.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n  ");
    if let more @ 1.. = lines.len().saturating_sub(SHOWN) {
        text.push_str("\n  and ");
        text.push_str(&more.to_string());
        text.push_str(" more");
    }
    text
}

fn list(packages: &[PackageId]) -> String {
    const SHOWN: usize = 5;
    let names = packages.iter().take(SHOWN).map(|id| format!("`{} {}`", id.name(), id.version()));
    let text = names.collect::<Vec<_>>().join(", ");
    match packages.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}
