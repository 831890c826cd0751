//! A page of ours in a real browser without a window: what its scripts have made of it.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use tempfile::TempDir;

use crate::process::{Cmd, Output};

/// What Chromium is called, on one system or another.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// No window, no sandbox (it would need rights that a test may not have), and nothing but the page: what the browser
/// does for itself is off, and no name of a host leads anywhere.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1280,900",
];

/// Chromium, in a profile of its own.
#[derive(Debug)]
pub struct Browser {
    program: PathBuf,
    profile: TempDir,
}

impl Browser {
    /// The one of this machine. `None`, and a word about it, where there is none.
    #[must_use]
    pub fn find() -> Option<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let program = env::split_paths(&path)
            .flat_map(|dir| NAMES.map(|name| dir.join(name)))
            .find(|program| program.is_file());
        let Some(program) = program else {
            eprintln!("skipped: there is no browser `chromium`");
            return None;
        };
        Some(Self { program, profile: TempDir::new().expect("a directory for the profile") })
    }

    /// Opens a file, with what comes behind the `#` of its address, and gives back the page as it is once it was
    /// loaded and its scripts have run.
    ///
    /// # Panics
    /// When the browser fails, or has not finished within a minute.
    #[must_use]
    pub fn open(&self, file: &Path, fragment: &str) -> Output {
        let home = self.profile.path();
        let data = home.join("data");
        fs::create_dir_all(&data).expect("a directory in the profile");
        let path = env::var_os("PATH").unwrap_or_default();
        let mut running = Cmd::new(&self.program, home)
            .env("PATH", path)
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("LC_ALL", "C.UTF-8")
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", data.display()))
            .arg("--dump-dom")
            .arg(format!("file://{}#{fragment}", file.display()))
            .timeout(Duration::from_secs(60))
            .spawn();
        // Its helpers may outlive it for a moment, and write into the profile that is about to be removed.
        running.ended_within(Duration::from_secs(60));
        running.kill_group();
        running.wait().assert_success()
    }
}
