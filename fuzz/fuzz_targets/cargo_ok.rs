//! The mark of complete sources.
#![no_main]

use dhow_formats::cargo_ok;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let complete = cargo_ok::is_complete(input);
    assert!(!complete || !input.is_empty());
});
