//! What happened, counted where every task can reach it.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

/// The counts of one session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that the server accepted.
    pub connections: u64,
    /// Frames that the server sent back.
    pub echoes: u64,
    /// Payload bytes in those frames.
    pub echoed_bytes: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, echoes, echoed_bytes } = self;
        write!(f, "{connections} connections, {echoes} echoes, {echoed_bytes} bytes")
    }
}

/// [`Counts`] that tasks share. The lock is never held across an `await`.
#[derive(Debug, Clone, Default)]
pub struct Stats(Arc<Mutex<Counts>>);

impl Stats {
    /// Notes a new connection and returns its number, from 1.
    pub fn connected(&self) -> u64 {
        let mut counts = self.0.lock();
        counts.connections += 1;
        counts.connections
    }

    /// Notes one frame sent back.
    pub fn echoed(&self, payload_bytes: usize) {
        let mut counts = self.0.lock();
        counts.echoes += 1;
        counts.echoed_bytes += payload_bytes as u64;
    }

    /// The counts at this moment.
    pub fn counts(&self) -> Counts {
        *self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together() {
        let stats = Stats::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let stats = stats.clone();
                scope.spawn(move || (0..100).for_each(|_| stats.echoed(3)));
            }
        });
        assert_eq!(stats.connected(), 1);
        assert_eq!(stats.counts().to_string(), "1 connections, 400 echoes, 1200 bytes");
    }
}
