//! Files of Dhow's own in a target directory, and what compilers and scripts say.
#![no_main]

use dhow_formats::dep_info::DepInfo;
use dhow_formats::fingerprint::FingerprintRecord;
use dhow_formats::rustc_message;
use dhow_formats::toolchain_cache::ToolchainCache;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some(record) = FingerprintRecord::from_bytes(input) {
        let again = FingerprintRecord::from_bytes(&record.to_bytes()).expect("is ours");
        assert_eq!(again, record);
    }
    drop(ToolchainCache::parse(input));
    drop(DepInfo::parse(input));
    if let Ok(text) = std::str::from_utf8(input) {
        drop(rustc_message::parse(text));
        drop(rustc_message::strip_ansi(text));
        drop(rustc_message::without_colors(text));
    }
});
