//! Every file on disk and line of JSON as plain structs, one module each. No I/O, no policy.

pub mod config;
