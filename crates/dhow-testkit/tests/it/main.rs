//! The test tools themselves, tried on the real cargo: what it accepts from the fixture registry, and what it refuses.
#![expect(clippy::disallowed_methods, reason = "tests look at the files of their sandboxes")]

mod accepted;
mod compared;
mod faults;
mod fixture;
mod git;
mod runs;
