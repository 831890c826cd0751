//! A library that is loaded into a program under test and makes it see an odd file system. Needs a C compiler.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::process::Cmd;

/// What an odd file system does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OddFs {
    /// Locks end in `ENOLCK`.
    LocksUnavailable,
    /// Locks end in `EOPNOTSUPP`.
    LocksUnsupported,
    /// Every other call for a lock is interrupted by a signal.
    LocksInterrupted,
    /// Nobody can say what the real path of anything is.
    NoRealPaths,
    /// Neither hard nor symbolic links can be made.
    NoLinks,
    /// What was moved is said to have been missing.
    RenamesLost,
    /// Times have steps of two seconds.
    CoarseTimes,
}

impl OddFs {
    fn name(self) -> &'static str {
        match self {
            Self::LocksUnavailable => "locks-enolck",
            Self::LocksUnsupported => "locks-enotsup",
            Self::LocksInterrupted => "locks-eintr",
            Self::NoRealPaths => "realpath",
            Self::NoLinks => "links",
            Self::RenamesLost => "renames",
            Self::CoarseTimes => "times",
        }
    }

    /// Whether it can be done here: not without a C compiler for the system that the tests run on. Says so if not.
    #[must_use]
    pub fn is_available() -> bool {
        if library().is_none() {
            eprintln!("skipped: there is no C compiler `cc`");
        }
        library().is_some()
    }

    /// `cmd` on such a file system.
    ///
    /// # Panics
    /// Where it is not available.
    pub fn under(self, cmd: Cmd) -> Cmd {
        let library = library().expect("ask `is_available` first");
        cmd.env("LD_PRELOAD", library).env("DHOW_TEST_FAULTS", self.name())
    }
}

/// The library, made once for a test program. Its directory stays until the system cleans up.
fn library() -> Option<&'static Path> {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    LIBRARY.get_or_init(make).as_deref()
}

fn make() -> Option<PathBuf> {
    let dir = TempDir::new().ok()?;
    let (source, library) = (dir.path().join("shim.c"), dir.path().join("shim.so"));
    std::fs::write(&source, include_str!("shim.c")).ok()?;
    let made = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).output();
    let output = made.ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(dir.keep());
    Some(library)
}
