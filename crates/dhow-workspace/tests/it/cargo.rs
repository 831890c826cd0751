//! The real cargo, asked about projects: with a home of its own and without network.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

static HOME: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let home = tempfile::tempdir().expect("a temporary directory");
    let config = "[registries.mine]\nindex = \"sparse+https://mine.example/index/\"\n";
    std::fs::write(home.path().join("config.toml"), config).expect("a file");
    home
});

/// Runs cargo in `dir` with an environment of its own.
pub(crate) fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(dhow_testkit::toolchain().cargo());
    command.current_dir(dir).args(args).env("CARGO_HOME", HOME.path()).env("CARGO_NET_OFFLINE", "true");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let inherited = name.starts_with("CARGO_PROFILE_") || name.starts_with("CARGO_BUILD_");
        if inherited
            || matches!(
                name.as_str(),
                "RUSTFLAGS" | "CARGO_ENCODED_RUSTFLAGS" | "CARGO_INCREMENTAL" | "CARGO_TARGET_DIR"
            )
        {
            command.env_remove(name);
        }
    }
    command.output().expect("cargo runs")
}

/// `cargo metadata --no-deps` of the project in `dir`, or what cargo says against it.
pub(crate) fn metadata(dir: &Path) -> Result<serde_json::Value, String> {
    let output = run(dir, &["metadata", "--no-deps", "--format-version", "1"]);
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).expect("JSON"))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
