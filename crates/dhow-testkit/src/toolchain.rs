//! Finds the real toolchain once: its `bin` directory holds the cargo to compare with and the rustc that both tools
//! use, so that no rustup proxy stands between.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A Rust toolchain on this machine.
#[derive(Clone, Debug)]
pub struct Toolchain {
    bin: PathBuf,
}

impl Toolchain {
    /// The directory of `cargo`, `rustc` and friends.
    #[must_use]
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The real cargo.
    #[must_use]
    pub fn cargo(&self) -> PathBuf {
        self.bin.join(format!("cargo{}", env::consts::EXE_SUFFIX))
    }

    /// The compiler.
    #[must_use]
    pub fn rustc(&self) -> PathBuf {
        self.bin.join(format!("rustc{}", env::consts::EXE_SUFFIX))
    }
}

/// The toolchain that runs these tests: the one of `$CARGO`, else the one that rustup names, else the one of the
/// `rustc` on the `PATH`.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn toolchain() -> &'static Toolchain {
    static TOOLCHAIN: OnceLock<Toolchain> = OnceLock::new();
    TOOLCHAIN.get_or_init(|| {
        from_cargo_variable()
            .or_else(from_rustup)
            .or_else(from_sysroot)
            .expect("no Rust toolchain: run the tests under cargo, or put rustup or rustc on the PATH")
    })
}

fn from_cargo_variable() -> Option<Toolchain> {
    in_directory_of(Path::new(&env::var_os("CARGO")?))
}

fn from_rustup() -> Option<Toolchain> {
    in_directory_of(Path::new(&stdout_of("rustup", &["which", "cargo"])?))
}

fn from_sysroot() -> Option<Toolchain> {
    let sysroot = PathBuf::from(stdout_of("rustc", &["--print", "sysroot"])?);
    in_directory_of(&sysroot.join("bin").join("cargo"))
}

/// Proxies and other tools called `cargo` do not have a sysroot around them.
fn in_directory_of(cargo: &Path) -> Option<Toolchain> {
    let bin = cargo.parent()?.to_path_buf();
    let toolchain = Toolchain { bin };
    let has_sysroot = toolchain.bin.join("../lib/rustlib").is_dir();
    (has_sysroot && toolchain.cargo().is_file() && toolchain.rustc().is_file()).then_some(toolchain)
}

fn stdout_of(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
