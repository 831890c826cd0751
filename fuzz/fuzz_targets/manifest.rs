//! `Cargo.toml`, and where in its text a key is.
#![no_main]

use dhow_formats::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    if let Ok(parsed) = manifest::parse(input) {
        for key in &parsed.unused_keys {
            if let Some(span) = manifest::find_span(input, key) {
                let _place = manifest::line_column(input, span.start);
            }
        }
    }
});
