//! Plans compared with what the real `cargo` runs: the same project through both, then every command line and
//! every environment, hashes aside.
#![expect(clippy::disallowed_methods, reason = "tests write projects and start the real cargo")]

mod case;
mod commands;
mod compare;
mod keys;
mod oracle;
mod planning;
mod project;
mod samples;
mod selection;
