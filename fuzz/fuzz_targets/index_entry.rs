//! A line of an index, read whole and peeked at.
#![no_main]

use dhow_formats::index_entry::{self, IndexEntryHead};
use dhow_formats::index_peek;
use dhow_model::SourceId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let head = IndexEntryHead::parse(input);
    let _peeked = (index_peek::is_yanked(input), index_peek::links(input), index_peek::rust_version(input));
    if let Ok(summary) = index_entry::parse_summary(input, SourceId::crates_io()) {
        assert_eq!(head.expect("a whole line has a head").vers, *summary.id().version());
        drop(index_entry::index_path(&summary.id().name()));
    }
    if let Ok(name) = std::str::from_utf8(input) {
        drop((index_entry::index_path(name), index_entry::index_prefix(name)));
    }
});
