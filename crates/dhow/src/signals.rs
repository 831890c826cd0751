//! Ctrl-C and its relatives: children are stopped first, then we are.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The exit code of a program that a signal ended, as shells count.
const SIGNAL_BASE: i32 = 128;

/// Listens from now on. Nothing that is under way needs to be tidied up: what is half-made counts for nothing.
///
/// # Errors
/// The system refuses.
pub(crate) fn listen() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            dhow_process::stop_all();
            leave(SIGNAL_BASE + signal);
        }
    })?;
    Ok(())
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the binary ends its own process, and nobody else does"
)]
fn leave(code: i32) -> ! {
    std::process::exit(code)
}
