//! Content hashes: BLAKE3 of bytes and of files.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Context, FsError};

/// BLAKE3 of some content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// Hashes content that comes in pieces.
#[derive(Clone, Debug, Default)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// More content.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The hash of all content so far.
    pub fn finish(&self) -> ContentHash {
        ContentHash(self.0.finalize().into())
    }
}

/// The hash of `bytes`.
pub fn hash_bytes(bytes: &[u8]) -> ContentHash {
    ContentHash(blake3::hash(bytes).into())
}

/// The hash of a file's content. Read, not mapped: a file that shrinks meanwhile must not kill the process.
pub fn hash_file(path: &Path) -> Result<ContentHash, FsError> {
    const PIECE: usize = 128 * 1024;
    let mut file = File::open(path).during("open", path)?;
    let size = file.metadata().map_or(0, |meta| meta.len());
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; usize::try_from(size.saturating_add(1)).unwrap_or(PIECE).min(PIECE)];
    loop {
        let count = file.read(&mut buffer).during("read", path)?;
        if count == 0 {
            return Ok(ContentHash(hasher.finalize().into()));
        }
        hasher.update(&buffer[..count]);
    }
}

/// Whether a file has exactly these bytes. Read, not mapped, as for [`hash_file`].
pub fn has_content(path: &Path, expected: &[u8]) -> Result<bool, FsError> {
    const PIECE: usize = 64 * 1024;
    let mut file = File::open(path).during("open", path)?;
    // One byte more, so that a longer file is noticed.
    let mut buffer = vec![0; expected.len().saturating_add(1).min(PIECE)];
    let mut rest = expected;
    loop {
        let count = file.read(&mut buffer).during("read", path)?;
        if count == 0 {
            return Ok(rest.is_empty());
        }
        match rest.strip_prefix(&buffer[..count]) {
            Some(left) => rest = left,
            None => return Ok(false),
        }
        if rest.is_empty() && count < buffer.len() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn a_file_and_its_bytes_hash_alike() {
        let dir = TempDir::anywhere().expect("temp dir");
        let path = dir.path().join("f");
        for size in [0, 1, 5000, 128 * 1024, 300_001] {
            let bytes: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).expect("small")).collect();
            crate::write_atomic(&path, &bytes).expect("writes");
            assert_eq!(hash_file(&path).expect("hashes"), hash_bytes(&bytes));
            assert!(has_content(&path, &bytes).expect("compares"));
            assert!(!has_content(&path, &[&bytes[..], b"x"].concat()).expect("compares"), "{size}");
            if let Some((last, start)) = bytes.split_last() {
                assert!(!has_content(&path, start).expect("compares"), "{size}");
                assert!(!has_content(&path, &[start, &[!last]].concat()).expect("compares"), "{size}");
            }
            let mut pieces = Hasher::new();
            bytes.chunks(777).for_each(|piece| {
                pieces.update(piece);
            });
            assert_eq!(pieces.finish(), hash_bytes(&bytes));
        }
        assert!(hash_bytes(b"").to_string().starts_with("af1349b9f5f9a1a6"));
    }
}
