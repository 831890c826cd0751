//! What waits for a worker.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedSemaphorePermit;

use super::body::ArchiveBody;

/// A package that a worker can go on with.
pub(super) struct Work {
    /// Which job it is.
    pub(super) index: usize,
    /// What came over the network; nothing if the archive is a file.
    pub(super) body: Option<ArchiveBody>,
    /// Its share of memory, given back when the worker is done.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    work: VecDeque<Work>,
    closed: bool,
}

impl Queue {
    pub(super) fn push(&self, work: Work) {
        let mut state = self.state();
        if !state.closed {
            state.work.push_back(work);
            self.changed.notify_one();
        }
    }

    /// The next one; waits for it. `None` when there will be no more.
    pub(super) fn pop(&self) -> Option<Work> {
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            if let Some(work) = state.work.pop_front() {
                return Some(work);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No more: what still waits is given up.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let given_up = std::mem::take(&mut state.work);
        drop(state);
        drop(given_up);
        self.changed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
