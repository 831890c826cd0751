//! Single fields of an index entry, found without reading the rest: a resolver wants to know of thousands of releases
//! whether they are yanked, and everything only of a few.
//!
//! A key counts only with a value of its type. That tells the entry's own fields from features of the same name,
//! whose values are lists; dependencies have no such keys.

use dhow_model::{InternedString, RustVersion};
use memchr::memmem;

/// Whether the entry is yanked.
pub fn is_yanked(line: &[u8]) -> bool {
    value(line, b"\"yanked\"", |value| {
        if value.starts_with(b"true") {
            return Some(true);
        }
        value.starts_with(b"false").then_some(false)
    })
    .unwrap_or(false)
}

/// The native library that the package links.
pub fn links(line: &[u8]) -> Option<InternedString> {
    value(line, b"\"links\"", string).map(InternedString::new)
}

/// The oldest Rust that the package says it builds with.
pub fn rust_version(line: &[u8]) -> Option<RustVersion> {
    value(line, b"\"rust_version\"", string)?.parse().ok()
}

/// The last value of `key` (with its quotes) that `read` can read. The fields that are asked for stand near the end.
fn value<'a, T>(line: &'a [u8], key: &[u8], read: impl Fn(&'a [u8]) -> Option<T>) -> Option<T> {
    let mut rest = line;
    while let Some(at) = memmem::rfind(rest, key) {
        let after = line[at + key.len()..].trim_ascii_start();
        if let Some(found) = after.strip_prefix(b":").and_then(|after| read(after.trim_ascii_start())) {
            return Some(found);
        }
        rest = &rest[..at];
    }
    None
}

/// A string without escapes, which is what these fields hold.
fn string(value: &[u8]) -> Option<&str> {
    let text = value.strip_prefix(b"\"")?;
    let end = memchr::memchr2(b'"', b'\\', text).filter(|end| text[*end] == b'"')?;
    std::str::from_utf8(&text[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] = br#"{"name":"a","vers":"1.0.0","deps":[{"name":"links","req":"^1"}],"cksum":"",
        "features":{"links":["yanked"],"yanked":["links"],"rust_version":[]},"yanked":true,"links":"z",
        "rust_version": "1.60","features2":{"yanked":["dep:x"]}}"#;

    #[test]
    fn fields_are_found_among_features_of_their_name() {
        assert!(is_yanked(LINE));
        assert_eq!(links(LINE), Some("z".into()));
        assert_eq!(rust_version(LINE), "1.60".parse().ok());
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for line in [
            br#"{"yanked":false,"links":null}"#.as_slice(),
            br#"{"features":{"links":[]}}"#,
            b"",
            b"{\"links\"",
        ] {
            assert!(!is_yanked(line));
            assert_eq!(links(line), None);
            assert_eq!(rust_version(line), None);
        }
    }
}
