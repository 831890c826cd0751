//! A cache file of an index; what can be read is written the same again.
#![no_main]

use dhow_formats::index_cache::IndexCache;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(cache) = IndexCache::parse(input) {
        let bytes = cache.to_bytes();
        assert_eq!(IndexCache::parse(&bytes).expect("is ours"), cache);
    }
});
