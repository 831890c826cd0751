//! Every file on disk and line of JSON as plain structs, one module each. No I/O, no policy.

pub mod build_script_output;
mod bytes;
pub mod cargo_ok;
pub mod config;
pub mod credential_protocol;
pub mod credentials;
pub mod dep_info;
pub mod fingerprint;
pub mod index_cache;
pub mod index_entry;
pub mod index_peek;
pub mod install_change;
pub mod installs;
pub mod lockfile;
pub mod machine_message;
pub mod manifest;
pub mod manifest_edit;
pub mod metadata;
pub mod registry_api;
pub mod registry_checksums;
pub mod registry_config;
pub mod rustc_message;
pub mod secret;
pub mod source_manifest;
mod stat_record;
pub mod toolchain_cache;
pub mod vendor_config;
