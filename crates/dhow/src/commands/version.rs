//! `version`, `--version`

use super::Exit;
use crate::context::Context;

/// The Cargo whose interface this program has: tools ask their cargo for its version and compare.
const CARGO_VERSION: &str = "1.95.0";

pub(super) fn run(cx: &mut Context) -> Exit {
    cx.print(format_args!("cargo {CARGO_VERSION} (dhow {})\n", env!("CARGO_PKG_VERSION")))?;
    if cx.is_verbose() {
        let host = cx.host_triple()?;
        cx.print(format_args!(
            "release: {CARGO_VERSION}\ndhow: {}\nhost: {host}\nos: {} {}\n",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
        ))?;
    }
    Ok(0)
}
