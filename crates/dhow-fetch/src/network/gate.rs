//! How many requests one server gets at a time. The first goes alone: only its answer tells whether the server
//! speaks HTTP/2, and then all others share its connection.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// In flight on one HTTP/2 connection.
const MULTIPLEXED: usize = 100;
/// Connections of HTTP/1.
const CONNECTIONS: usize = 16;

#[derive(Debug)]
pub(super) struct Gate {
    permits: Semaphore,
    open: AtomicBool,
}

impl Default for Gate {
    fn default() -> Self {
        Self { permits: Semaphore::new(1), open: AtomicBool::new(false) }
    }
}

impl Gate {
    /// Waits for its turn.
    pub(super) async fn pass(&self) -> Option<SemaphorePermit<'_>> {
        self.permits.acquire().await.ok()
    }

    /// The server answered, with or without HTTP/2.
    pub(super) fn open(&self, multiplexed: bool) {
        if !self.open.swap(true, Ordering::Relaxed) {
            self.permits.add_permits(if multiplexed { MULTIPLEXED } else { CONNECTIONS } - 1);
        }
    }
}
