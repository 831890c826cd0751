//! Test tools: a fixture registry, a project sandbox, and comparison with the real cargo.
//!
//! A [`Registry`] is filled by code and lies on disk as a Cargo *local registry*; a [`SparseServer`] serves the same
//! directory over loopback HTTP, with faults to order. A [`GitRepo`] is served by [`GitDaemon`], [`GitHttpServer`] and
//! [`SshServer`]; [`GitIndex`] is a registry in one. A [`Sandbox`] is a project with a home of its own in which
//! the real cargo and Dhow run with a clean environment. [`compare`] runs both and holds their results side by side.
//! A [`Browser`] opens pages of ours.
//! This crate knows no other crate of Dhow and panics where a library would return errors.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a tool for tests: it writes fixtures, starts cargo, looks for the toolchain, and says what it cannot do"
)]

mod archive;
mod browser;
mod compare;
mod dep;
mod diff;
mod git;
mod index;
mod inetd;
mod manifest;
mod mount;
mod package;
mod process;
mod random;
mod registry;
mod sandbox;
mod server;
mod shim;
mod soak;
mod spec;
mod ssh;
mod store;
mod toolchain;
mod written;

pub use archive::{RawEntry, build_archive};
pub use browser::Browser;
pub use compare::{Comparison, compare, differences};
pub use dep::{Dep, DepKind};
pub use git::{GitDaemon, GitRepo};
pub use index::index_path;
pub use mount::Mount;
pub use package::{PackageBuilder, Published};
pub use process::{Cmd, Output, Running};
pub use random::Random;
pub use registry::Registry;
pub use sandbox::Sandbox;
pub use server::{Fault, GitHttpServer, Hold, HttpServer, Request, SparseServer, Times};
pub use shim::OddFs;
pub use soak::{Soak, Soaked};
pub use ssh::{SshAgent, SshServer};
pub use toolchain::{Toolchain, toolchain};
pub use written::GitIndex;
