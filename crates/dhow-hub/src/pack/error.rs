//! Why a hub is not packed or unpacked.

use std::io;
use std::path::{Path, PathBuf};

use dhow_fetch::{FetchError, Finding};
use dhow_fs::FsError;

/// Why a hub is not packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Nothing to pack.
    #[error("there is no hub in `{}`\n\nhelp: `dhow hub create` makes one", .0.display())]
    NoHub(PathBuf),
    /// A project without a lock file has no hub.
    #[error("there is no lock file `{}`, so nobody knows what the hub has to hold", .0.display())]
    NoLock(PathBuf),
    /// Not what it should be, before it is packed.
    #[error(
        "the hub is not what the lock file says, so it is not packed:{}\n\nhelp: `dhow hub verify --repair` mends it",
        listed(.0)
    )]
    NotWhole(Vec<Finding>),
    /// Not a packed hub, damaged, or cut off.
    #[error("`{}` is no packed hub, or it is damaged{} ({reason})", .path.display(), behind(.after.as_deref()))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The last entry that could be read.
        after: Option<String>,
        /// What the reader said.
        reason: io::Error,
    },
    /// It holds something that no packed hub holds.
    #[error("`{}` is refused: it holds `{entry}`, {why}", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// The name of the entry.
        entry: String,
        /// The end of a sentence that begins with it.
        why: &'static str,
    },
    /// It would fill the disk.
    #[error("`{}` is refused: it unpacks to more than {limit} bytes, which is not plausible for its size", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How much was allowed.
        limit: u64,
    },
    /// It belongs to another state of the project, or to another project.
    #[error(
        "`{}` belongs to another `Cargo.lock` than `{}`\n\nhelp: take the lock file that it was packed with (`tar --zstd \
         -xOf {} Cargo.lock` shows it), or pack the hub of this one", .path.display(), .lock.display(), .path.display()
    )]
    OtherLock {
        /// The file.
        path: PathBuf,
        /// The project's lock file.
        lock: PathBuf,
    },
    /// The project's own configuration would be lost.
    #[error(
        "`{}` says something else than the configuration in the packed hub\n\nhelp: `--keep-config` leaves it as it is, \
         `--replace-config` takes the packed one", .path.display()
    )]
    OtherConfig {
        /// The project's configuration.
        path: PathBuf,
    },
    /// What came out of it is not what its lock file says.
    #[error("`{}` is refused: it does not hold what its `Cargo.lock` says:{}", .path.display(), listed(.findings))]
    NotVerified {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        findings: Vec<Finding>,
    },
    /// A lock file that cannot be read.
    #[error("`{}` is no lock file: {reason}", .path.display())]
    BadLock {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Something cannot be read or written.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// Sources cannot be made of archives.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

fn behind(after: Option<&str>) -> String {
    after.map(|entry| format!(" after `{entry}`")).unwrap_or_default()
}

/// The first of them.
fn listed(findings: &[Finding]) -> String {
    const SHOWN: usize = 5;
    let line = |finding: &Finding| format!("\n  {} {}", shown(&finding.path), finding.what);
    let shown: String = findings.iter().take(SHOWN).map(line).collect();
    match findings.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}\n  and {more} more"),
    }
}

/// Where it is in the hub: where that was made beside its place is nobody's business.
fn shown(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let from = parts.iter().rposition(|part| part == super::HUB_DIR).unwrap_or(0);
    format!("`{}`", parts[from..].join("/"))
}
