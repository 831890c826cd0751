//! The children that run now, so that all of them can be stopped at once.
//!
//! This is process-wide because signals are: one Ctrl-C means every child, whoever started it.

use std::collections::BTreeSet;
use std::process::{Child, ExitStatus};
use std::sync::Mutex;

use crate::ProcessError;

#[derive(Debug, Default)]
struct Running {
    stopping: bool,
    /// Ids of children that nobody has waited for yet: so none of them can have been given to another process.
    ids: BTreeSet<u32>,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { stopping: false, ids: BTreeSet::new() });

fn running() -> std::sync::MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Ends every child that runs now and refuses to start new ones, for a process that was told to stop.
///
/// Children are killed, not asked: what they were writing does not count until somebody records it.
pub fn stop_all() {
    let mut running = running();
    running.stopping = true;
    #[cfg(unix)]
    for id in &running.ids {
        crate::unix::kill(*id);
    }
}

/// Whether [`stop_all`] was called.
pub fn is_stopping() -> bool {
    running().stopping
}

/// Allows processes again after [`stop_all`], for a long-lived process that has dealt with the interruption.
pub fn allow_processes() {
    running().stopping = false;
}

/// Starts a child and knows it from its first moment on.
pub(crate) fn start(
    spawn: impl FnOnce() -> std::io::Result<Child>,
) -> Result<std::io::Result<Child>, ProcessError> {
    // The lock is held while the child starts: else `stop_all` could miss it.
    let mut running = running();
    if running.stopping {
        return Err(ProcessError::Stopping);
    }
    let child = spawn();
    if let Ok(child) = &child {
        running.ids.insert(child.id());
    }
    Ok(child)
}

/// Waits for a child to end.
pub(crate) fn wait(child: &mut Child) -> std::io::Result<ExitStatus> {
    // First without taking the id back from the system, so that `stop_all` never signals a stranger.
    #[cfg(unix)]
    crate::unix::wait_unreaped(child.id())?;
    let mut running = running();
    running.ids.remove(&child.id());
    child.wait()
}
