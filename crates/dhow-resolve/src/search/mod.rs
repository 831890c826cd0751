//! The search for versions, in Cargo's order.
//!
//! [`pool`] knows every package and dependency that was seen, by number; [`candidates`] finds what can satisfy a
//! dependency; [`requirements`] finds what a package asks for with given features; [`state`] is what is chosen so
//! far, with a trail to take it back; [`conflicts`] remembers what cannot go together; [`solve`] is the loop;
//! [`explore`] asks the provider ahead of it; [`finish`] makes the graph.

pub(crate) mod candidates;
pub(crate) mod conflicts;
pub(crate) mod explain;
pub(crate) mod explore;
pub(crate) mod finish;
pub(crate) mod locking;
pub(crate) mod pool;
pub(crate) mod requirements;
pub(crate) mod solve;
pub(crate) mod sound;
pub(crate) mod state;
