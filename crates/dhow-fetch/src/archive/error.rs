//! Why an archive is not unpacked.

use std::io;
use std::path::{Path, PathBuf};

use dhow_fs::FsError;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not a gzipped tar file, or cut off.
    #[error("it is damaged{} ({reason})", behind(.after.as_deref()))]
    Damaged {
        /// The last entry whose name could be read.
        after: Option<PathBuf>,
        /// What the reader said.
        reason: io::Error,
    },
    /// A name that leads out of the package's directory.
    #[error("it holds `{}`, which is outside of `{dir}/`; such an archive is made by an attacker or a broken tool", shown(.path))]
    Outside {
        /// The name in the archive.
        path: PathBuf,
        /// The only directory that may be written to.
        dir: String,
    },
    /// A link, a device, a pipe.
    #[error("it holds `{}`, which is {what}; a package has only files and directories", shown(.path))]
    NotAFile {
        /// The name in the archive.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A name that no file can have here.
    #[error("it holds `{}`, which cannot be a file's name here: {why}", shown(.path))]
    BadName {
        /// The name in the archive.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// One name for a file and for a directory.
    #[error("it holds `{}` both as a file and as a directory", shown(.path))]
    Conflict {
        /// The name in the archive, of whichever came second.
        path: PathBuf,
    },
    /// Two names that the file system takes for one.
    #[error("it holds `{}` and `{}`, which are the same to the file system of the cargo home; put `CARGO_HOME` on one that tells upper from lower case", shown(.path), shown(.other))]
    Folded {
        /// The name in the archive that came second.
        path: PathBuf,
        /// The one that came first, below the package's directory.
        other: PathBuf,
    },
    /// A decompression bomb.
    #[error("it unpacks to more than {limit} bytes, from {packed}")]
    TooLarge {
        /// What would be allowed.
        limit: u64,
        /// How large the archive is.
        packed: u64,
    },
    /// The file system refused.
    #[error(transparent)]
    Fs(#[from] FsError),
}

fn behind(entry: Option<&Path>) -> String {
    entry.map(|entry| format!(" after `{}`", shown(entry))).unwrap_or_default()
}

/// A name for people: somebody else chose it, so nothing in it may reach the terminal as a command.
fn shown(path: &Path) -> String {
    const SHOWN_CHARS: usize = 200;
    let text = path.to_string_lossy();
    let mut out = String::new();
    for c in text.chars().take(SHOWN_CHARS) {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    if text.chars().nth(SHOWN_CHARS).is_some() {
        out.push('…');
    }
    out
}
