//! `Cargo.lock`; what can be read is written so that it says the same.
#![no_main]

use dhow_formats::lockfile::Lockfile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    if let Ok(lock) = Lockfile::parse(input) {
        let text = lock.to_text(Some(input));
        let again = Lockfile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(again, lock, "{text}");
    }
});
