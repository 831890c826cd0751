//! Configuration files, the one with the tokens too, and `--config` arguments.
#![no_main]

use std::path::Path;

use dhow_formats::config::{self, Origin};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let origin = Origin::File(Path::new("/etc/cargo/config.toml").into());
    drop(config::parse(input, &origin));
    drop(config::parse_argument(input));
});
