//! zstd as a sequence of frames, each with the hash of its content. Knows no tar.

use std::io::{self, BufRead, Read, Write};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// As much of the plain bytes makes a frame, unless the kind of content changes before.
const FRAME_BYTES: usize = 4 * 1024 * 1024;

/// What is done to content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// It is text.
    Compress,
    /// It is compressed already.
    Store,
}

/// Writes frames.
pub(super) struct FrameWriter<W> {
    to: W,
    effort: Effort,
    plain: Vec<u8>,
    written: u64,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, effort: Effort::Compress, plain: Vec::new(), written: 0 }
    }

    /// What is done to all that follows.
    pub(super) fn set_effort(&mut self, effort: Effort) -> io::Result<()> {
        if effort != self.effort {
            self.end_frame()?;
            self.effort = effort;
        }
        Ok(())
    }

    /// Ends the last frame. Gives back where it was written to, and how many bytes were.
    pub(super) fn finish(mut self) -> io::Result<(W, u64)> {
        self.end_frame()?;
        self.to.flush()?;
        Ok((self.to, self.written))
    }

    fn end_frame(&mut self) -> io::Result<()> {
        if self.plain.is_empty() {
            return Ok(());
        }
        let level = match self.effort {
            Effort::Compress => CompressionLevel::Fastest,
            Effort::Store => CompressionLevel::Uncompressed,
        };
        let frame = compress_to_vec(&self.plain[..], level);
        self.plain.clear();
        self.written += frame.len() as u64;
        self.to.write_all(&frame)
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(FRAME_BYTES - self.plain.len());
        self.plain.extend_from_slice(&bytes[..count]);
        if self.plain.len() == FRAME_BYTES {
            self.end_frame()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads frames, one after the other, whoever wrote them.
pub(super) struct FrameReader<R> {
    from: R,
    decoder: FrameDecoder,
    is_open: bool,
    left: u64,
    /// Zeros at the end of what was read so far: a tar file ends with them.
    zeros: u64,
}

impl<R: BufRead> FrameReader<R> {
    /// Gives out no more than `limit` bytes.
    pub(super) fn new(from: R, limit: u64) -> Self {
        Self { from, decoder: FrameDecoder::new(), is_open: false, left: limit, zeros: 0 }
    }

    /// Whether there was more than it may give out.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }

    /// The zeros at the end.
    pub(super) fn zeros(&self) -> u64 {
        self.zeros
    }

    /// Begins with the next frame. Whether there is one.
    fn open(&mut self) -> io::Result<bool> {
        while !self.from.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.from) {
                Ok(()) => {
                    self.is_open = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.from).take(length.into()), &mut io::sink())?;
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                    return Err(bad("there is no zstd frame where one should begin"));
                }
                Err(error) => return Err(bad(error)),
            }
        }
        Ok(false)
    }

    fn some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_open && !self.open()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.from, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(bad)?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let (said, is) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
            if said.is_some() && said != is {
                return Err(bad("the content of a frame is not what its hash says"));
            }
            self.is_open = false;
        }
    }
}

impl<R: BufRead> Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = match most {
            0 => return Ok(0),
            most => self.some(&mut buffer[..most])?,
        };
        self.left -= count as u64;
        let zeros = buffer[..count].iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = if zeros == count { self.zeros + zeros as u64 } else { zeros as u64 };
        Ok(count)
    }
}

fn bad(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed() -> (Vec<u8>, Vec<u8>) {
        let mut writer = FrameWriter::new(Vec::new());
        let text = b"some text, ".repeat(1000);
        let noise: Vec<u8> =
            (0..5_000_000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        writer.write_all(&text).expect("writes");
        writer.set_effort(Effort::Store).expect("writes");
        writer.write_all(&noise).expect("writes");
        writer.set_effort(Effort::Compress).expect("writes");
        writer.write_all(&[0; 1500]).expect("writes");
        let (bytes, written) = writer.finish().expect("ends");
        assert_eq!(bytes.len() as u64, written);
        ([text, noise, vec![0; 1500]].concat(), bytes)
    }

    fn read(bytes: &[u8], limit: u64) -> io::Result<(Vec<u8>, u64, bool)> {
        let mut reader = FrameReader::new(bytes, limit);
        let mut plain = Vec::new();
        reader.read_to_end(&mut plain)?;
        Ok((plain, reader.zeros(), reader.is_exhausted()))
    }

    #[test]
    fn what_is_written_is_read() {
        let (plain, bytes) = framed();
        assert!(bytes.len() < plain.len());
        let (read_plain, zeros, exhausted) = read(&bytes, u64::MAX).expect("reads");
        assert!(read_plain == plain && zeros == 1500 && !exhausted);
        let skipped = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &bytes].concat();
        assert!(read(&skipped, u64::MAX).expect("reads").0 == plain);
        let (part, _, exhausted) = read(&bytes, 1000).expect("reads");
        assert!(part == plain[..1000] && exhausted);
    }

    #[test]
    fn what_is_damaged_or_no_zstd_is_an_error() {
        let (_, bytes) = framed();
        read(b"no zstd at all", 1000).expect_err("is none");
        for at in [100, bytes.len() / 2, bytes.len() - 3] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x20;
            read(&damaged, u64::MAX).expect_err("is damaged");
            read(&bytes[..at], u64::MAX).expect_err("is cut off");
        }
    }
}
