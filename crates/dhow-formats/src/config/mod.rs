//! `config.toml` as a tree of values, each of which knows where it was written.
//!
//! Text becomes a tree here, and parts of a tree become the structs of a manifest (profiles, dependencies of
//! `[patch]`). Which files exist, how they are merged and what a key means is not known here: see `dhow-config`.
//! The format is specified in the Cargo book, "Configuration".

mod argument;
mod de;
mod parse;
mod value;

pub use argument::{ArgumentError, parse_argument};
pub use de::{Decoded, ValueError, dependency, profile};
pub use parse::{ConfigParseError, Origin, parse};
pub use value::{Data, Definition, Table, Value};
