//! The body of a download: in memory while it is small, in the claim's `.part` file when it is not.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use dhow_fs::FsError;
use dhow_model::PackageId;
use url::Url;

use super::Message;
use super::claim::Claim;
use super::content::Content;
use super::job::Job;
use crate::error::FetchError;
use crate::event::Event;
use crate::network::{Body, Network, shown};

/// Larger bodies are written to the disk as they come.
const HELD_BYTES: usize = 8 * 1024 * 1024;

/// Files are read in pieces of this size.
const PIECE_BYTES: usize = 128 * 1024;

/// Progress is told in steps of this size.
const TOLD_BYTES: u64 = 128 * 1024;

pub(super) struct ArchiveBody {
    id: PackageId,
    claim: Arc<Claim>,
    sender: Sender<Message>,
    held: Vec<u8>,
    spilled: bool,
    size: u64,
    told: u64,
}

/// Downloads the archive of `job`; `None` if another process works on that package.
pub(super) async fn download(
    network: &Network,
    job: &Job,
    sender: &Sender<Message>,
) -> Result<Option<ArchiveBody>, FetchError> {
    let Some(request) = &job.request else {
        return Err(FetchError::Unsupported(job.id.source(), "it has no downloads"));
    };
    let Some(claim) = job.claim()? else { return Ok(None) };
    let body = || ArchiveBody {
        id: job.id,
        claim: Arc::clone(&claim),
        sender: sender.clone(),
        held: Vec::new(),
        spilled: false,
        size: 0,
        told: 0,
    };
    let home = &job.registry.home;
    if home.has_archive(job.id)? && home.has_sources(job.id)? {
        // Somebody else brought it since we looked: nothing to ask for.
        return Ok(Some(body()));
    }
    let retrying = |error: &FetchError, tries_left| {
        let event = Event::Retrying { url: shown(&request.url), reason: error.to_string(), tries_left };
        drop(sender.send(Message::Happened(event)));
    };
    if request.url.scheme() == "file" {
        let mut body = body();
        copy(&request.url, &mut body)?;
        return Ok(Some(body));
    }
    Ok(Some(network.get(request, body, &retrying).await?.body))
}

/// Registries on this machine may name files as their downloads.
fn copy(url: &Url, body: &mut ArchiveBody) -> Result<(), FetchError> {
    let path = url.to_file_path().map_err(|()| FetchError::BadRegistryConfig {
        url: url.to_string(),
        reason: "`dl` makes no path on this machine".to_owned(),
    })?;
    let total = dhow_fs::stat(&path)?.map(|stat| stat.size);
    let mut file = dhow_fs::open(&path)?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = file.read(&mut piece).map_err(|error| FsError::new("read", &path, error))?;
        if count == 0 {
            return Ok(());
        }
        body.write(&piece[..count], total)?;
    }
}

impl ArchiveBody {
    pub(super) fn finish(self) -> (Arc<Claim>, Content) {
        let content = if self.spilled {
            Content::File(self.claim.path().to_owned(), self.size)
        } else {
            Content::Memory(self.held)
        };
        (self.claim, content)
    }

    fn spill(&mut self, piece: &[u8]) -> Result<(), FsError> {
        if !self.spilled {
            self.claim.clear()?;
            self.spilled = true;
        }
        let mut file = self.claim.file();
        let written = file.write_all(&self.held).and_then(|()| file.write_all(piece));
        self.held = Vec::new();
        written.map_err(|error| FsError::new("write", self.claim.path(), error))
    }
}

impl Body for ArchiveBody {
    fn write(&mut self, piece: &[u8], total: Option<u64>) -> Result<(), FetchError> {
        self.size += piece.len() as u64;
        if self.spilled || self.held.len() + piece.len() > HELD_BYTES {
            self.spill(piece)?;
        } else {
            if self.held.is_empty() {
                let expected = usize::try_from(total.unwrap_or(0)).unwrap_or(HELD_BYTES);
                self.held.reserve(expected.min(HELD_BYTES));
            }
            self.held.extend_from_slice(piece);
        }
        if self.size - self.told >= TOLD_BYTES {
            self.told = self.size;
            let event = Event::Downloading { id: self.id, bytes: self.size, total };
            drop(self.sender.send(Message::Happened(event)));
        }
        Ok(())
    }
}
