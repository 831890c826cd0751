//! Every file on disk and line of JSON as plain structs, one module each. No I/O, no policy.

pub mod cargo_ok;
pub mod index_cache;
pub mod index_entry;
pub mod lockfile;
pub mod manifest;
pub mod metadata;
pub mod registry_checksums;
pub mod registry_config;
