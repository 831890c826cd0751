//! The part of a stat that several of our files record.

use crate::bytes::{Reader, Writer};

/// The part of a stat that changes when the content does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatRecord {
    /// Bytes.
    pub size: u64,
    /// Seconds and nanoseconds of the last write.
    pub mtime: (i64, u32),
    /// Seconds and nanoseconds of the last change of content or attributes.
    pub ctime: (i64, u32),
    /// Number on its device.
    pub inode: u64,
}

impl StatRecord {
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.number(self.size);
        for (seconds, nanoseconds) in [self.mtime, self.ctime] {
            writer.number(seconds.cast_unsigned());
            writer.number(nanoseconds.into());
        }
        writer.number(self.inode);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let size = reader.number()?;
        let mut time = || Some((reader.number()?.cast_signed(), u32::try_from(reader.number()?).ok()?));
        let (mtime, ctime) = (time()?, time()?);
        Some(Self { size, mtime, ctime, inode: reader.number()? })
    }
}
