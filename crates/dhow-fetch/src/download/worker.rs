//! What is done with an archive: verified, unpacked beside its place, moved there.

use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};

use dhow_home::package_dir;
use dhow_model::Checksum;

use super::content::Content;
use super::job::{Job, Origin, Outcome};
use super::queue::Work;
use super::{Message, OnReady};
use crate::archive::{ArchiveError, Inventory};
use crate::error::FetchError;
use crate::event::{Event, lock_event};
use crate::index::Kind;
use crate::registries::Registries;

/// Finishes one package.
pub(super) fn work(
    registries: &Registries,
    job: &Job,
    work: Work,
    sender: &Sender<Message>,
    on_ready: OnReady<'_>,
) -> Result<Outcome, FetchError> {
    let (id, place) = (job.id, &job.registry.home);
    let tell = |event| drop(sender.send(Message::Happened(event)));
    let (claim, content) = match work.body {
        Some(body) => {
            let (claim, content) = body.finish();
            (claim, Some(content))
        }
        None => match job.claim()? {
            Some(claim) => (claim, None),
            None => return Ok(Outcome::Busy),
        },
    };
    let downloaded = content.is_some();
    let wants_archive = !matches!(job.origin, Origin::Given(_));
    if place.has_sources(id)? && (!wants_archive || place.has_archive(id)?) {
        drop(claim);
        let size = place.archive_size(id)?.filter(|_| wants_archive);
        registries.note_use(|used| {
            used.sources(place, id, None);
            size.into_iter().for_each(|size| used.archive(place, id, size));
        });
        on_ready(id, &place.sources(id));
        return Ok(Outcome::Ready);
    }
    let content = match (content, &job.origin) {
        (Some(content), _) => content,
        (None, Origin::Given(path)) => Content::of_file(path)?,
        (None, _) => Content::of_file(&place.archive(id))?,
    };
    let actual = content.checksum()?;
    if let Some(expected) = job.checksum.filter(|expected| *expected != actual) {
        if job.origin == Origin::Cached && !job.registry.offline {
            dhow_fs::remove_file(&place.archive(id))?;
            return Ok(Outcome::Spoiled);
        }
        return Err(mismatch(job, expected, actual));
    }
    if downloaded {
        tell(Event::Downloaded { id, registry: registry_name(job), bytes: content.size() });
        content.store(claim.file(), claim.path())?;
    }
    let inventory = if place.has_sources(id)? { None } else { Some(unpack(job, &content)?) };
    let home = registries.home();
    registries.note_use(|used| {
        used.sources(place, id, inventory.as_ref().map(Inventory::size));
        if wants_archive {
            used.archive(place, id, content.size());
        }
    });
    if let Some(inventory) = inventory {
        // Made again when it is needed and is not there: not worth failing for.
        drop(place.write_manifest(home, &package_dir(id), &inventory.into_manifest(actual)));
    }
    // Workers wait for each other without a word.
    let turn = registries.placing.lock().unwrap_or_else(PoisonError::into_inner);
    let path = home.root().join(".package-cache");
    let guard = home.lock_downloads(&|notice| tell(lock_event(notice, "package cache", &path)))?;
    guard.place_sources(place, id)?;
    if downloaded {
        claim.place_archive(&guard)?;
    }
    drop((guard, turn));
    drop(claim);
    drop(work.permit);
    tell(Event::Unpacked { id });
    on_ready(id, &place.sources(id));
    Ok(Outcome::Ready)
}

fn unpack(job: &Job, content: &Content) -> Result<Inventory, FetchError> {
    let target = job.registry.home.sources_part(job.id);
    dhow_fs::remove_dir_all(&target)?;
    dhow_fs::create_dir_all(&target)?;
    content.unpack(&package_dir(job.id), &target).map_err(|reason| match reason {
        // Not the archive's fault.
        ArchiveError::Fs(error) => error.into(),
        reason => FetchError::BadArchive { id: job.id, reason: Arc::new(reason) },
    })
}

fn mismatch(job: &Job, expected: Checksum, actual: Checksum) -> FetchError {
    let from = match (&job.origin, &job.request) {
        (Origin::Network, Some(request)) => request.url.to_string(),
        (Origin::Given(path), _) => path.display().to_string(),
        _ => job.registry.home.archive(job.id).display().to_string(),
    };
    FetchError::ChecksumMismatch { id: job.id, expected, actual, from }
}

/// crates.io itself is not worth mentioning.
fn registry_name(job: &Job) -> Option<String> {
    let name = match &job.registry.kind {
        Kind::Sparse(index) => index.name(),
        Kind::Git(index) => index.name(),
        Kind::Local(_) | Kind::Directory(_) => return None,
    };
    (name != dhow_model::CRATES_IO_REGISTRY).then(|| name.to_owned())
}
