//! Length-prefixed frames in a byte buffer. Knows nothing of sockets.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// The longest payload that either side accepts, in bytes.
pub const MAX_PAYLOAD_BYTES: usize = 64 * 1024;

const PREFIX_BYTES: usize = size_of::<u32>();

/// A payload longer than [`MAX_PAYLOAD_BYTES`], written or announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameError {
    /// The length in question, in bytes.
    pub payload_bytes: usize,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payload_bytes } = self;
        write!(f, "a frame of {payload_bytes} bytes is longer than the {MAX_PAYLOAD_BYTES} allowed")
    }
}

impl std::error::Error for FrameError {}

/// Appends `payload` as one frame to `wire`.
pub fn encode(payload: &[u8], wire: &mut BytesMut) -> Result<(), FrameError> {
    let length = checked(payload.len())?;
    wire.reserve(PREFIX_BYTES + payload.len());
    wire.put_u32(length);
    wire.put_slice(payload);
    Ok(())
}

/// Takes the first whole frame off `wire`; `None` when more bytes must come first.
pub fn decode(wire: &mut BytesMut) -> Result<Option<Bytes>, FrameError> {
    let Some(prefix) = wire.first_chunk::<PREFIX_BYTES>() else {
        return Ok(None);
    };
    let payload_bytes = u32::from_be_bytes(*prefix) as usize;
    checked(payload_bytes)?;
    if wire.len() < PREFIX_BYTES + payload_bytes {
        return Ok(None);
    }
    wire.advance(PREFIX_BYTES);
    Ok(Some(wire.split_to(payload_bytes).freeze()))
}

fn checked(payload_bytes: usize) -> Result<u32, FrameError> {
    u32::try_from(payload_bytes)
        .ok()
        .filter(|_| payload_bytes <= MAX_PAYLOAD_BYTES)
        .ok_or(FrameError { payload_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_in_the_order_they_went_in() {
        let mut wire = BytesMut::new();
        for payload in [&b"one"[..], b"", b"three"] {
            encode(payload, &mut wire).unwrap();
        }
        for payload in [&b"one"[..], b"", b"three"] {
            assert_eq!(decode(&mut wire).unwrap().as_deref(), Some(payload));
        }
        assert!(wire.is_empty());
    }

    #[test]
    fn a_partial_frame_waits_for_its_rest() {
        let mut whole = BytesMut::new();
        encode(b"patience", &mut whole).unwrap();
        let mut wire = BytesMut::new();
        for byte in &whole[..whole.len() - 1] {
            wire.put_u8(*byte);
            assert_eq!(decode(&mut wire), Ok(None));
        }
        wire.put_u8(b'e');
        assert_eq!(decode(&mut wire).unwrap().as_deref(), Some(&b"patience"[..]));
    }

    #[test]
    fn too_long_is_refused_on_both_sides() {
        let error = FrameError { payload_bytes: MAX_PAYLOAD_BYTES + 1 };
        let mut wire = BytesMut::new();
        assert_eq!(encode(&vec![0; MAX_PAYLOAD_BYTES + 1], &mut wire), Err(error));
        assert!(wire.is_empty(), "nothing of a refused frame is written");
        wire.put_u32(u32::try_from(MAX_PAYLOAD_BYTES).unwrap() + 1);
        assert_eq!(decode(&mut wire), Err(error));
    }
}
