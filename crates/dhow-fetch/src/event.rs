//! What a user may want to see while packages are fetched.

use std::path::{Path, PathBuf};

use dhow_fs::LockNotice;
use dhow_model::{PackageId, SourceId};

/// Something that happened. Delivered on the thread that called, one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Somebody else holds this lock; work goes on when it is free.
    Blocking {
        /// What is locked: `package cache`, `download of …`.
        what: String,
        /// The lock's file.
        path: PathBuf,
    },
    /// The file system of this lock has no locks; work goes on without.
    LocksUnsupported {
        /// The lock's file.
        path: PathBuf,
    },
    /// The index of a registry is asked for news: once per registry.
    Updating {
        /// As configuration names it; `crates-io` for crates.io.
        registry: String,
        /// The registry that is really asked.
        source: SourceId,
    },
    /// A git repository is asked for news.
    UpdatingGit {
        /// Its URL.
        url: String,
        /// It is a submodule of another.
        is_submodule: bool,
    },
    /// A submodule is left out, because its repository says so.
    SkippingSubmodule {
        /// Its URL.
        url: String,
    },
    /// A credential provider is asked: its command line, what it is to do, the registry.
    Credential(String),
    /// Something that the user should know.
    Warning(String),
    /// Index files: how many have arrived, of how many asked for so far.
    IndexProgress {
        /// Arrived.
        done: usize,
        /// Asked for.
        total: usize,
    },
    /// Packages are about to be downloaded.
    DownloadStarted {
        /// How many.
        packages: usize,
    },
    /// A piece of a package arrived.
    Downloading {
        /// Which package.
        id: PackageId,
        /// Bytes so far.
        bytes: u64,
        /// Bytes in all, if the server says.
        total: Option<u64>,
    },
    /// A package was downloaded and verified.
    Downloaded {
        /// Which package.
        id: PackageId,
        /// The name of the registry it came from, unless that is crates.io itself.
        registry: Option<String>,
        /// Its size.
        bytes: u64,
    },
    /// A package's sources are in their place.
    Unpacked {
        /// Which package.
        id: PackageId,
    },
    /// All downloads are done.
    DownloadFinished {
        /// How many packages were downloaded.
        packages: usize,
        /// Their size.
        bytes: u64,
    },
    /// Something went wrong that may go right next time.
    Retrying {
        /// What was asked for.
        url: String,
        /// What went wrong.
        reason: String,
        /// How many more times it will be tried.
        tries_left: u32,
    },
}

/// What a lock tells, of what it guards and where it is.
pub(crate) fn lock_event(notice: LockNotice, what: &str, path: &Path) -> Event {
    match notice {
        LockNotice::Waiting => Event::Blocking { what: what.to_owned(), path: path.to_owned() },
        LockNotice::Unsupported => Event::LocksUnsupported { path: path.to_owned() },
    }
}
