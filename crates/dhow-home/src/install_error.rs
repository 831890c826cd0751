//! Why programs cannot be installed, removed or listed.

use std::path::PathBuf;

use dhow_formats::installs::InstallsError;
use dhow_fs::FsError;

/// Why programs cannot be installed, removed or listed.
#[derive(Debug, thiserror::Error)]
pub enum InstallRootError {
    /// The file system says no.
    #[error(transparent)]
    File(#[from] FsError),
    /// One of the files cannot be understood.
    #[error(
        "`{}` cannot be understood\n\nhelp: it keeps track of installed programs; mend it, or move it away (the programs \
         stay, and `--force` installs over them)", .path.display()
    )]
    Damaged {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: InstallsError,
    },
    /// What is to be written cannot be expressed.
    #[error("what is installed cannot be written down")]
    Text(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something that is no program has the name of one.
    #[error("`{}` is a directory, so no program can be installed there", .path.display())]
    InTheWay {
        /// Where.
        path: PathBuf,
    },
}
