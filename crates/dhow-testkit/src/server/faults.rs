//! Faults to order: which request goes wrong, how, and how often. Knows no sockets.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answered with this status and a short text.
    Status(u16),
    /// Answered as it should be, but later.
    Delay(Duration),
    /// The head promises the whole body, this many bytes of it come, then the connection closes.
    Truncate(usize),
    /// The body comes byte by byte, with a pause before each.
    Drip(Duration),
    /// The connection closes without an answer.
    Drop,
    /// The right status with this body instead.
    Body(Vec<u8>),
    /// Sent on (307) to this URL with the path behind it.
    Redirect(String),
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// To every request that matches.
    Always,
    /// To the first so many.
    First(u32),
}

impl From<u32> for Times {
    fn from(count: u32) -> Self {
        Self::First(count)
    }
}

/// Requests that match wait until this value is dropped.
#[must_use = "dropping it lets the requests go"]
pub struct Hold {
    gate: Arc<Gate>,
}

impl Hold {
    /// How many requests are waiting now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.gate.state.lock().expect("no panic under this lock").waiting
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.gate.open();
    }
}

#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    open: bool,
    waiting: usize,
}

impl Gate {
    pub(super) fn open(&self) {
        self.state.lock().expect("no panic under this lock").open = true;
        self.changed.notify_all();
    }

    pub(super) fn pass(&self) {
        let mut state = self.state.lock().expect("no panic under this lock");
        state.waiting += 1;
        while !state.open {
            state = self.changed.wait(state).expect("no panic under this lock");
        }
        state.waiting -= 1;
    }
}

struct Order {
    pattern: String,
    fault: Fault,
    left: Times,
}

/// Everything that was ordered.
#[derive(Default)]
pub(super) struct Faults {
    orders: Vec<Order>,
    gates: Vec<(String, Arc<Gate>)>,
}

impl Faults {
    pub(super) fn order(&mut self, pattern: &str, fault: Fault, left: Times) {
        let pattern = pattern.into();
        self.orders.push(Order { pattern, fault, left });
    }

    pub(super) fn hold(&mut self, pattern: &str) -> Hold {
        let gate = Arc::new(Gate::default());
        self.gates.push((pattern.into(), Arc::clone(&gate)));
        Hold { gate }
    }

    pub(super) fn clear(&mut self) {
        self.orders.clear();
    }

    pub(super) fn release(&mut self) {
        for (_, gate) in self.gates.drain(..) {
            gate.open();
        }
    }

    pub(super) fn gates_for(&self, path: &str) -> Vec<Arc<Gate>> {
        let matching = self.gates.iter().filter(|(pattern, _)| matches(pattern, path));
        matching.map(|(_, gate)| Arc::clone(gate)).collect()
    }

    /// Takes what applies to this request: every delay, and the first fault of another kind.
    pub(super) fn take(&mut self, path: &str) -> (Duration, Option<Fault>) {
        let (mut delay, mut found) = (Duration::ZERO, None);
        for order in &mut self.orders {
            if !matches(&order.pattern, path) || order.left == Times::First(0) {
                continue;
            }
            match &order.fault {
                Fault::Delay(duration) => delay += *duration,
                _ if found.is_some() => continue,
                fault => found = Some(fault.clone()),
            }
            if let Times::First(count) = &mut order.left {
                *count -= 1;
            }
        }
        (delay, found)
    }
}

/// Whether a path is what a pattern says, `*` standing for any run of characters.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(rest) = path.strip_prefix(head) else {
        return false;
    };
    let ends = rest.char_indices().map(|(i, _)| i).chain([rest.len()]);
    ends.into_iter().any(|i| matches(tail, &rest[i..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, path, expected) in [
            ("/index/*", "/index/fo/ob/foobar", true),
            ("/dl/*/1.0.0/download", "/dl/foo/1.0.0/download", true),
            ("/dl/*/1.0.0/download", "/dl/foo/1.0.1/download", false),
            ("/dl/foo", "/dl/foobar", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_fault_happens_as_often_as_ordered() {
        let mut faults = Faults::default();
        faults.order("/a*", Fault::Status(500), Times::First(1));
        faults.order("/a*", Fault::Delay(Duration::from_secs(1)), Times::Always);
        faults.order("/ab", Fault::Drop, Times::First(1));
        let (delay, fault) = faults.take("/ab");
        assert!(delay.as_secs() == 1 && matches!(fault, Some(Fault::Status(500))));
        assert!(matches!(faults.take("/ab").1, Some(Fault::Drop)));
        assert!(faults.take("/ab").1.is_none());
    }
}
