//! The only user of the file system: atomic writes, locks as values, links, hashes. Knows no file of Cargo's.
//!
//! Every operation names itself and its path when it fails ([`FsError`]), and says whether a missing file is an
//! error or an ordinary answer. What others may see is written beside its place and renamed into it.
#![expect(clippy::disallowed_methods, reason = "this crate is the one place that may touch std::fs")]

mod dirs;
mod error;
mod files;
mod hash;
mod links;
mod lock;
mod paths;
mod rename;
mod stat;
mod temp;
mod tree_writer;

pub use dirs::{DirEntry, create_dir_all, list_dir, list_dir_optional, remove_dir_all};
pub use error::FsError;
pub use files::{
    append, copy, create_file, open, open_optional, read, read_optional, read_to_string,
    read_to_string_optional, remove_file, write, write_atomic, write_atomic_private, write_if_changed,
};
pub use hash::{ContentHash, Hasher, has_content, hash_bytes, hash_file};
pub use links::{Linked, Sharing, hard_link, hard_link_or_copy, read_link, symlink};
pub use lock::{FileLock, LockNotice};
pub use paths::{absolute, canonicalize, normalize};
pub use rename::{exchange, recover_exchange, rename};
pub use stat::{FileKind, FileTime, Stat, lstat, set_executable, set_mtime, set_read_only, stat, stat_file};
/// An open file, where content goes piece by piece.
pub use std::fs::File;
pub use temp::{TempDir, TempFile};
pub use tree_writer::TreeWriter;
