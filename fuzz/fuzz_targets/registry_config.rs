//! A registry's `config.json`.
#![no_main]

use dhow_formats::registry_config::RegistryConfig;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(config) = RegistryConfig::parse(input) {
        drop(config.download_url("serde", "1.0.0", "00"));
    }
});
