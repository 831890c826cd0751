//! Whether a transfer that goes on goes on fast enough.

use std::time::{Duration, Instant};

/// The rule of `http.low-speed-limit`: so many bytes a second at least, on average over each stretch of `http.timeout`.
#[derive(Debug)]
pub(super) struct Pace {
    needed: u64,
    stretch: Duration,
    began: Instant,
    bytes: u64,
}

impl Pace {
    /// A transfer that begins `now`.
    pub(super) fn new(bytes_per_second: u32, stretch: Duration, now: Instant) -> Self {
        let millis = u64::try_from(stretch.as_millis()).unwrap_or(u64::MAX);
        let needed = u64::from(bytes_per_second).saturating_mul(millis) / 1000;
        Self { needed, stretch, began: now, bytes: 0 }
    }

    /// Notes that so many bytes have come; `false` when they come too slowly.
    pub(super) fn keeps(&mut self, bytes: usize, now: Instant) -> bool {
        self.bytes += bytes as u64;
        if now.duration_since(self.began) < self.stretch {
            return true;
        }
        let kept = self.bytes >= self.needed;
        (self.began, self.bytes) = (now, 0);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stretch_counts_by_itself() {
        let start = Instant::now();
        let at = |secs: u64| start + Duration::from_secs(secs);
        let mut pace = Pace::new(10, Duration::from_secs(5), start);
        for (secs, bytes, keeps) in
            [(1, 1, true), (4, 1, true), (5, 48, true), (9, 49, true), (10, 0, false), (15, 50, true)]
        {
            assert_eq!(pace.keeps(bytes, at(secs)), keeps, "{secs}");
        }
        let mut none = Pace::new(0, Duration::from_secs(5), start);
        assert!(none.keeps(0, at(100)), "no limit");
    }
}
