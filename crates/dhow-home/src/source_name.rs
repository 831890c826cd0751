//! Names of the directories of a source: something readable, and a hash of the source that Cargo 1.85 and later
//! compute the same way on every machine.

use std::hash::{Hash, Hasher};

use dhow_model::SourceId;
use rustc_stable_hash::StableSipHasher128;

/// The directory of a registry below `index`, `cache` and `src`: `index.crates.io-1949cf8c6b5b557f`.
pub fn registry_dir_name(source: SourceId) -> String {
    format!("{}-{}", source.url().host_str().unwrap_or_default(), short_hash(&source))
}

/// The directory of a git repository below `db` and `checkouts`: `regex-2e5ab1a1dd2f0c52`. All branches and tags of
/// one repository share it.
pub fn git_dir_name(source: SourceId) -> String {
    let canonical = source.canonical_url();
    let last = canonical.rsplit('/').next().unwrap_or_default();
    let name = if last.is_empty() { "_empty" } else { last };
    format!("{name}-{}", short_hash(canonical))
}

fn short_hash(value: &(impl Hash + ?Sized)) -> String {
    let mut hasher = StableSipHasher128::new();
    value.hash(&mut hasher);
    hex::encode(Hasher::finish(&hasher).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that Cargo 1.95 made on disk.
    #[test]
    fn names_are_those_of_cargo() {
        let check = |source: &str, expect: &str| {
            assert_eq!(registry_dir_name(SourceId::parse(source).expect("a source")), expect, "{source}");
        };
        check("sparse+https://index.crates.io/", "index.crates.io-1949cf8c6b5b557f");
        check("registry+https://github.com/rust-lang/crates.io-index", "github.com-25cdd57fae9f0462");
        check("sparse+http://127.0.0.1:7801/index/", "127.0.0.1-3aa0561a254b6b85");
        check("sparse+http://127.0.0.1:7801/", "127.0.0.1-68a06b7ec4c7667d");
        check("local-registry+file:///tmp/registry/local", "-521a6e57c41337c7");
        check("registry+file:///tmp/registry/gitidx", "-c517889517b34135");
    }

    #[test]
    fn a_repository_has_one_directory_for_all_its_branches() {
        for reference in ["", "?branch=x", "#0123456789"] {
            let source = format!("git+file:///tmp/registry/gitdep.git{reference}");
            assert_eq!(git_dir_name(SourceId::parse(&source).expect("a source")), "gitdep-6d915d95e286ffb1");
        }
    }
}
