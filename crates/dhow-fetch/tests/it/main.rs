//! Index clients and downloads against a real server on loopback, and homes shared with the real cargo.

mod archives;
mod beside_cargo;
mod download;
mod index;
mod sources;
mod support;
