//! Cargo's own copy of an index file, `registry/index/<dir>/.cache/<prefix>/<name>`: the lines of the index, each
//! behind its version, so that a reader parses only what it needs.
//!
//! The bytes are: `3`; the version of the index schema as 32 bits, little-endian; the server's word for the file's
//! revision, ended by a zero; then for each line its version, a zero, the line, a zero.

use std::ffi::CStr;

/// Version of the layout.
const LAYOUT_VERSION: u8 = 3;
/// Newest schema of index lines that we, and Cargo 1.95, understand.
pub const INDEX_SCHEMA_VERSION: u32 = 2;
/// The revision of a file whose server did not name any.
pub const UNKNOWN_REVISION: &str = "Unknown";

/// Why bytes are not a cache that we can use. The remedy is always to fetch the file again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexCacheError {
    /// Written by an older or newer Cargo.
    #[error("the index cache has another layout (version {0})")]
    OtherLayout(u8),
    /// Written by a Cargo that understands other index schemas.
    #[error("the index cache is of another index schema (version {0})")]
    OtherSchema(u32),
    /// Cut off or damaged.
    #[error("the index cache is damaged")]
    Damaged,
}

/// A cache file, taken apart but not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexCache<'a> {
    /// `etag: …`, `last-modified: …` or [`UNKNOWN_REVISION`].
    pub revision: &'a str,
    /// Version and line of each release, in the order of the index.
    pub lines: Vec<(&'a str, &'a [u8])>,
}

impl<'a> IndexCache<'a> {
    /// Takes a cache file apart.
    ///
    /// # Errors
    /// Another version, or damaged.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, IndexCacheError> {
        let (&layout, rest) = bytes.split_first().ok_or(IndexCacheError::Damaged)?;
        if layout != LAYOUT_VERSION {
            return Err(IndexCacheError::OtherLayout(layout));
        }
        let (schema, mut rest) = rest.split_first_chunk::<4>().ok_or(IndexCacheError::Damaged)?;
        let schema = u32::from_le_bytes(*schema);
        if schema != INDEX_SCHEMA_VERSION {
            return Err(IndexCacheError::OtherSchema(schema));
        }
        let revision = text(&mut rest)?;
        let mut lines = Vec::new();
        while !rest.is_empty() {
            let version = text(&mut rest)?;
            lines.push((version, piece(&mut rest)?));
        }
        Ok(Self { revision, lines })
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let size: usize = self.lines.iter().map(|(version, line)| version.len() + line.len() + 2).sum();
        let mut out = Vec::with_capacity(size + self.revision.len() + 6);
        out.push(LAYOUT_VERSION);
        out.extend_from_slice(&INDEX_SCHEMA_VERSION.to_le_bytes());
        out.extend_from_slice(self.revision.as_bytes());
        out.push(0);
        for (version, line) in &self.lines {
            out.extend_from_slice(version.as_bytes());
            out.push(0);
            out.extend_from_slice(line);
            out.push(0);
        }
        out
    }
}

fn piece<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], IndexCacheError> {
    // Looks for the zero a word at a time, which counts in files of a megabyte.
    let piece = CStr::from_bytes_until_nul(rest).map_err(|_| IndexCacheError::Damaged)?.to_bytes();
    *rest = &rest[piece.len() + 1..];
    Ok(piece)
}

fn text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, IndexCacheError> {
    std::str::from_utf8(piece(rest)?).map_err(|_| IndexCacheError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"\x03\x02\0\0\0etag: \"x\"\x000.1.0\0{\"name\":\"a\"}\x001.0.0-b+c\0{}\0";

    #[test]
    fn survives_a_round_trip() {
        let cache = IndexCache::parse(FILE).expect("parses");
        assert_eq!(cache.revision, "etag: \"x\"");
        assert_eq!(cache.lines, [("0.1.0", &br#"{"name":"a"}"#[..]), ("1.0.0-b+c", b"{}")]);
        assert_eq!(cache.to_bytes(), FILE);
    }

    #[test]
    fn what_is_cut_off_or_of_another_version_is_refused() {
        let parse = |bytes| IndexCache::parse(bytes).expect_err("is refused");
        for end in (0..FILE.len()).filter(|&end| !FILE[..end].ends_with(b"}\0") && end != 15) {
            assert_eq!(parse(&FILE[..end]), IndexCacheError::Damaged, "cut at {end}");
        }
        assert_eq!(parse(b"\x04\x02\0\0\0x\0"), IndexCacheError::OtherLayout(4));
        assert_eq!(parse(b"\x03\x03\0\0\0x\0"), IndexCacheError::OtherSchema(3));
    }
}
