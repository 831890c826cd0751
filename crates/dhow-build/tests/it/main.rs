//! Whole builds with a shell for a compiler: order, freshness, failures, scripts, being killed.
#![cfg(unix)]

mod failures;
mod fake;
mod freshness;
mod killed;
mod scripts;
