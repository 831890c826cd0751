//! `.cargo-checksum.json` of a vendored package.
#![no_main]

use dhow_formats::registry_checksums::RegistryChecksums;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    drop(RegistryChecksums::parse(input));
});
