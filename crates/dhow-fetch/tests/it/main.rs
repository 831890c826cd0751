//! Index clients and downloads against a real server on loopback, and homes shared with the real cargo.

mod archives;
mod auth;
mod beside_cargo;
mod checkouts;
mod download;
mod git;
mod git_servers;
mod index;
mod sources;
mod support;
