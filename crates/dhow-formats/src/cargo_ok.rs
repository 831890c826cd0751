//! `.cargo-ok`: the file that says that a package's sources are unpacked completely, and by which rules.

use serde::Deserialize;

/// Its name within the package's directory.
pub const FILE_NAME: &str = ".cargo-ok";

/// What marks sources that are complete.
pub const COMPLETE: &[u8] = br#"{"v":1}"#;

/// Whether `content` marks sources as complete, unpacked by today's rules. The `ok` of older Cargo versions does
/// not: their files may have permissions that the umask forbids.
pub fn is_complete(content: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Marker {
        v: u32,
    }
    content == COMPLETE || serde_json::from_slice::<Marker>(content).is_ok_and(|marker| marker.v == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_version_one_counts() {
        assert!(is_complete(COMPLETE));
        assert!(is_complete(br#"{ "v" : 1, "more": [] }"#));
        for other in [&b""[..], b"ok", br#"{"v":2}"#, br#"{"v":"#, b"1"] {
            assert!(!is_complete(other), "{other:?}");
        }
    }
}
