//! Chores of the project: `cargo xtask tidy`, `cargo xtask bench`, `cargo xtask compat`, `cargo xtask soak`.
//! A tool for developers: it may touch the disk, start processes and print.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore runner: none of it ships"
)]

mod args;
mod bench;
mod compat;
mod disk;
mod soak;
mod tidy;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::args::Args;

const USAGE: &str = "\
usage: cargo xtask <chore>

  tidy     hold the repository to ARCHITECTURE.md and the style of the house
  bench    measure Dhow against Cargo, and print the table of README
  soak     let Dhow and Cargo use one home at once, and kill them at random
  compat   take real packages from crates.io through both, and compare";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let chore = args.next();
    let outcome = match chore.as_deref() {
        Some(bench::MEASURE) => return bench::stand_between(args),
        Some(bench::FLOOR) => return bench::floor(args),
        Some("tidy") => tidy(Args::new(args)),
        Some("compat") => compat::run(Args::new(args)),
        Some("soak") => soak::run(Args::new(args)),
        Some("bench") => bench::run(Args::new(args)),
        Some(other) => Err(format!("there is no chore `{other}`\n{USAGE}")),
        None => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn tidy(args: Args) -> Result<bool, String> {
    args.done("usage: cargo xtask tidy")?;
    tidy::run(&repository_root()).map_err(|error| error.to_string())
}

/// The root of this repository, wherever it was checked out.
fn repository_root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}
