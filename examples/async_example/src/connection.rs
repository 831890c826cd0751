//! A socket that speaks frames.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::frame;

/// Frames over any byte stream, with the buffers for both directions.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    incoming: BytesMut,
    outgoing: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Wraps a connected stream.
    pub fn new(stream: S) -> Self {
        Self { stream, incoming: BytesMut::new(), outgoing: BytesMut::new() }
    }

    /// The next frame, or `None` when the other side has closed between two frames.
    ///
    /// May be dropped while it waits: bytes that have arrived are kept for the next call.
    pub async fn read(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            if let Some(payload) = frame::decode(&mut self.incoming).map_err(io::Error::other)? {
                return Ok(Some(payload));
            }
            if self.stream.read_buf(&mut self.incoming).await? == 0 {
                return if self.incoming.is_empty() {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
        }
    }

    /// Sends one frame.
    pub async fn write(&mut self, payload: &[u8]) -> io::Result<()> {
        self.outgoing.clear();
        frame::encode(payload, &mut self.outgoing).map_err(io::Error::other)?;
        self.stream.write_all(&self.outgoing).await?;
        self.stream.flush().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_cross_a_narrow_pipe() {
        let (near, far) = tokio::io::duplex(3);
        let (mut near, mut far) = (Connection::new(near), Connection::new(far));
        let sender = tokio::spawn(async move {
            near.write(b"longer than the pipe is wide").await.unwrap();
        });
        let payload = far.read().await.unwrap();
        assert_eq!(payload.as_deref(), Some(&b"longer than the pipe is wide"[..]));
        sender.await.unwrap();
        assert_eq!(far.read().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_frame_cut_short_is_an_error() {
        let (mut near, far) = tokio::io::duplex(64);
        near.write_all(b"\0\0\0\x05ab").await.unwrap();
        drop(near);
        let error = Connection::new(far).read().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
