//! `dhow home`: what is in the cargo home, whether it is as it was published, and what may go.

mod gc;
mod stat;
mod verify;

pub use gc::{HomeGcOptions, home_gc};
pub use stat::{home_clock, home_stat, home_stat_as_json};
pub use verify::{HomeVerified, home_verify};
pub(crate) use verify::{damaged_records, verified};
