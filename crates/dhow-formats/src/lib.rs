//! Every file on disk and line of JSON as plain structs, one module each. No I/O, no policy.

pub mod build_script_output;
pub mod dep_info;
pub mod fingerprint;
pub mod machine_message;
pub mod rustc_message;
pub mod toolchain_cache;
pub mod lockfile;
pub mod manifest;
pub mod metadata;
