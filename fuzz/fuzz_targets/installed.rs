//! `.crates.toml`, `.crates2.json` and the file of an unfinished change; what can be read is written so that it says
//! the same.
#![no_main]

use dhow_formats::install_change::InstallChange;
use dhow_formats::installs::Installs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (v1, v2) = input;
    if let Ok(installs) = Installs::parse(v1, v2) {
        let (v1, v2) = (installs.v1_text().expect("is text"), installs.v2_text().expect("is text"));
        assert_eq!(Installs::parse(&v1, &v2).expect("is ours"), installs, "{v1}\n{v2}");
    }
    if let Some(change) = InstallChange::parse(v1.as_bytes()) {
        let again = InstallChange::parse(&change.to_json().expect("is text"));
        assert_eq!(again.expect("is ours"), change);
    }
});
