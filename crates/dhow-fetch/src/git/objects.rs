//! Reads objects of a repository by one `git cat-file --batch`.

use std::sync::Arc;

use dhow_process::Coprocess;

use super::program::GitProgram;
use crate::error::FetchError;

/// A hash, a kind and a size; or, if there is no such object, the name that was asked for.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitObject {
    /// Its hash.
    pub id: String,
    /// `blob`, `tree`, `commit` or `tag`.
    pub kind: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// Gives out objects, one after the other. The process behind it starts with the first question.
#[derive(Debug)]
pub struct ObjectReader {
    git: Arc<GitProgram>,
    talk: Coprocess,
}

impl ObjectReader {
    pub(super) fn new(git: Arc<GitProgram>, dir: &std::path::Path) -> Result<Self, FetchError> {
        let talk = git.object_server(dir).coprocess().map_err(|error| git.not_run(error))?;
        Ok(Self { git, talk })
    }

    /// The object that `name` means: a hash, a reference, `<commit>:<path>`. Nothing if there is none.
    ///
    /// # Errors
    /// git cannot be asked, or the repository is broken.
    pub fn read(&mut self, name: &str) -> Result<Option<GitObject>, FetchError> {
        if name.is_empty() || name.contains(['\n', '\r', '\0']) {
            return Ok(None);
        }
        self.ask(name).map_err(|error| self.git.not_run(error))
    }

    fn ask(&mut self, name: &str) -> Result<Option<GitObject>, dhow_process::ProcessError> {
        self.talk.send(format!("{name}\n").as_bytes())?;
        let line = self.talk.read_line(MAX_LINE_BYTES)?.unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        // Names may have blanks, hashes have not: `<name> missing` can only be mistaken if it ends in a number.
        let mut words = line.rsplitn(3, ' ');
        let (size, kind, id) = (words.next(), words.next(), words.next());
        let size = size.and_then(|size| size.parse::<usize>().ok());
        let (Some(size), Some(kind), Some(id)) = (size, kind, id) else { return Ok(None) };
        if !["blob", "tree", "commit", "tag"].contains(&kind) {
            return Ok(None);
        }
        let content = self.talk.read_bytes(size)?;
        self.talk.read_bytes(1)?;
        Ok(Some(GitObject { id: id.to_owned(), kind: kind.to_owned(), content }))
    }
}
