//! The hashes of unpacked sources; what can be read is written the same again.
#![no_main]

use dhow_formats::source_manifest::SourceManifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some(manifest) = SourceManifest::from_bytes(input) {
        let again = SourceManifest::from_bytes(&manifest.to_bytes());
        assert_eq!(again.expect("is ours"), manifest);
    }
});
