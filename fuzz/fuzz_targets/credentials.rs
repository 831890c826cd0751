//! `credentials.toml`; what can be read is written so that it says the same.
#![no_main]

use dhow_formats::credentials::CredentialsFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    if let Ok(file) = CredentialsFile::parse(input) {
        let text = file.to_text().expect("was read");
        let again = CredentialsFile::parse(&text).expect("is ours");
        assert_eq!(again.to_text().expect("was read"), text);
    }
});
