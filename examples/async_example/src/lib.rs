//! A TCP echo server with length-prefixed frames, and clients that talk to it.
//!
//! A frame is a big-endian `u32` that counts the bytes which follow it:
//!
//! ```
//! use async_example::frame;
//! use bytes::BytesMut;
//!
//! let mut wire = BytesMut::new();
//! frame::encode(b"ahoy", &mut wire)?;
//! assert_eq!(&wire[..], b"\0\0\0\x04ahoy");
//! assert_eq!(frame::decode(&mut wire)?.as_deref(), Some(&b"ahoy"[..]));
//! assert_eq!(frame::decode(&mut wire)?, None);
//! # Ok::<(), frame::FrameError>(())
//! ```

pub mod client;
pub mod connection;
pub mod frame;
pub mod options;
pub mod server;
pub mod session;
pub mod stats;
pub mod stop;
