//! Makes `.crate` files: gzipped tar archives, well-formed ones and, entry by entry, ones that no honest tool writes.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

/// The time stamp that `cargo package` gives to files which it makes itself.
const MTIME_SECONDS: u64 = 1_153_704_088;

/// One entry of an archive, written as told, without any check of its name or size.
#[derive(Clone, Debug)]
pub struct RawEntry {
    path: Vec<u8>,
    link: Option<Vec<u8>>,
    kind: EntryType,
    data: Data,
    claimed_size: Option<u64>,
    mode: u32,
    mtime_seconds: u64,
}

#[derive(Clone, Debug)]
enum Data {
    Bytes(Vec<u8>),
    Zeros(u64),
}

impl RawEntry {
    fn new(path: impl AsRef<[u8]>, kind: EntryType, data: Data) -> Self {
        let (path, mtime_seconds) = (path.as_ref().to_vec(), MTIME_SECONDS);
        Self { path, link: None, kind, data, claimed_size: None, mode: 0o644, mtime_seconds }
    }

    /// A regular file; `path` is the whole name in the archive (`foo-1.0.0/src/lib.rs`, `../evil`, `/etc/evil`).
    #[must_use]
    pub fn file(path: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> Self {
        Self::new(path, EntryType::Regular, Data::Bytes(text.as_ref().to_vec()))
    }

    /// An entry of any kind, by the byte that stands for it in the header: `b'L'`, `b'x'`, `b'S'`.
    #[must_use]
    pub fn of_kind(kind: u8, path: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Self {
        Self::new(path, EntryType::new(kind), Data::Bytes(data.as_ref().to_vec()))
    }

    /// A file of `len` zero bytes: a megabyte of archive holds a gigabyte of it.
    #[must_use]
    pub fn zeros(path: &str, len: u64) -> Self {
        Self::new(path, EntryType::Regular, Data::Zeros(len))
    }

    /// A directory.
    #[must_use]
    pub fn dir(path: &str) -> Self {
        Self::new(path, EntryType::Directory, Data::Zeros(0)).mode(0o755)
    }

    /// A symbolic link to `target`.
    #[must_use]
    pub fn symlink(path: &str, target: &str) -> Self {
        let mut entry = Self::new(path, EntryType::Symlink, Data::Zeros(0));
        entry.link = Some(target.into());
        entry
    }

    /// A hard link to `target`.
    #[must_use]
    pub fn hard_link(path: &str, target: &str) -> Self {
        let mut entry = Self::new(path, EntryType::Link, Data::Zeros(0));
        entry.link = Some(target.into());
        entry
    }

    /// A named pipe.
    #[must_use]
    pub fn fifo(path: &str) -> Self {
        Self::new(path, EntryType::Fifo, Data::Zeros(0))
    }

    /// A character device.
    #[must_use]
    pub fn device(path: &str) -> Self {
        Self::new(path, EntryType::Char, Data::Zeros(0))
    }

    /// Writes `size` into the header, whatever the data's length is.
    #[must_use]
    pub fn claims_size(mut self, size: u64) -> Self {
        self.claimed_size = Some(size);
        self
    }

    /// Sets the permission bits (files have 0644 unless told).
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Sets the time of the last change.
    #[must_use]
    pub fn mtime_seconds(mut self, seconds: u64) -> Self {
        self.mtime_seconds = seconds;
        self
    }

    /// Puts `dir` in the place of a `$` that the name (here or in an extension) starts with.
    #[must_use]
    pub fn below(mut self, dir: &str) -> Self {
        let put = |text: &mut Vec<u8>| {
            if text.first() == Some(&b'$') {
                text.splice(..1, dir.bytes());
            }
        };
        put(&mut self.path);
        match &mut self.data {
            Data::Bytes(bytes) if self.kind != EntryType::Regular => put(bytes),
            _ => {}
        }
        self
    }

    fn append_to(&self, builder: &mut tar::Builder<impl Write>) -> io::Result<()> {
        let mut header = Header::new_gnu();
        let len = match &self.data {
            Data::Bytes(bytes) => bytes.len() as u64,
            Data::Zeros(len) => *len,
        };
        header.set_entry_type(self.kind);
        header.set_size(self.claimed_size.unwrap_or(len));
        header.set_mode(self.mode);
        header.set_mtime(self.mtime_seconds);
        let reader: &mut dyn Read = match &self.data {
            Data::Bytes(bytes) => &mut bytes.as_slice(),
            Data::Zeros(len) => &mut io::repeat(0).take(*len),
        };
        if self.path.len() > header.as_old().name.len() {
            // Too long for the header's field: `tar` writes the extension entry, and checks the name.
            let path = std::str::from_utf8(&self.path).map_err(io::Error::other)?;
            return builder.append_data(&mut header, path, reader);
        }
        let fields = header.as_old_mut();
        fields.name[..self.path.len()].copy_from_slice(&self.path);
        if let Some(link) = &self.link {
            fields.linkname[..link.len()].copy_from_slice(link);
        }
        header.set_cksum();
        builder.append(&header, reader)
    }
}

/// Gzips the entries into one archive, in the given order.
#[must_use]
pub fn build_archive(entries: &[RawEntry]) -> Vec<u8> {
    let gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut builder = tar::Builder::new(gzip);
    for entry in entries {
        entry.append_to(&mut builder).unwrap_or_else(|e| panic!("cannot archive {entry:?}: {e}"));
    }
    let gzip = builder.into_inner().expect("finish the tar stream");
    gzip.finish().expect("finish the gzip stream")
}
