//! What compilers answered about themselves: Dhow's own file in the target directory, beside Cargo's
//! `.rustc_info.json` and never that file itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The format written here. A file of another version is thrown away.
pub const TOOLCHAIN_CACHE_VERSION: u32 = 1;

/// Answers by the hash of everything that decides them (program file, arguments, settings).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolchainCache {
    /// [`TOOLCHAIN_CACHE_VERSION`]
    pub version: u32,
    /// Standard output by key.
    pub answers: BTreeMap<String, String>,
}

impl ToolchainCache {
    /// Reads a file; one that is broken or of another version is an empty cache.
    pub fn parse(bytes: &[u8]) -> Self {
        match serde_json::from_slice::<Self>(bytes) {
            Ok(cache) if cache.version == TOOLCHAIN_CACHE_VERSION => cache,
            _ => Self { version: TOOLCHAIN_CACHE_VERSION, answers: BTreeMap::new() },
        }
    }

    /// As it is written.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_file_is_an_empty_cache() {
        let mut cache = ToolchainCache::parse(b"");
        cache.answers.insert("k".into(), "a\nb".into());
        assert_eq!(ToolchainCache::parse(&cache.to_bytes()), cache);
        assert!(ToolchainCache::parse(br#"{"version":0,"answers":{"k":"v"}}"#).answers.is_empty());
        assert!(ToolchainCache::parse(b"{").answers.is_empty());
    }
}
