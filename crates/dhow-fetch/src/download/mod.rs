//! Brings packages into the cargo home: downloaded, verified, unpacked, and only then put in their place.
//!
//! Archives come over the network's thread; worker threads verify and unpack those that have come while others are
//! still on their way. One package is worked on by one process at a time, under the lock of its `.part` file; who
//! finds it locked goes on with the other packages and comes back.

mod body;
mod claim;
mod content;
mod fresh;
mod job;
mod queue;
mod worker;

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use dhow_home::RegistryHome;
use dhow_model::{Checksum, PackageId};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

use self::body::download;
pub(crate) use self::claim::Claim;
pub(crate) use self::content::Content;
use self::job::{Job, Origin, Outcome};
use self::queue::{Queue, Work};
use crate::error::FetchError;
use crate::event::{Event, lock_event};
use crate::index::{Kind, Registry};
use crate::registries::Registries;

/// This many archives are on their way or wait for a worker: a bound on memory.
const IN_FLIGHT: usize = 32;

/// A package that is to be in the home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub id: PackageId,
    /// The checksum of its archive, as the lock file or the index has it; without one the index is asked.
    pub checksum: Option<Checksum>,
}

/// Called on a worker's thread with each package that is ready, and the directory of its sources.
pub(crate) type OnReady<'a> = &'a (dyn Fn(PackageId, &Path) + Sync);

/// What workers and tasks tell the calling thread.
enum Message {
    Happened(Event),
    Finished(usize, Result<Outcome, FetchError>),
}

impl Registries {
    /// Sees to it that the sources of all these packages are in the home (or where they are vendored), and calls
    /// `on_ready` for each as soon as it is. Those that are there already come first, and cost two stats.
    ///
    /// # Errors
    /// The first that is met; what is under way then is given up and leaves nothing behind.
    pub fn download(
        &self,
        wanted: &[Wanted],
        on_ready: &(dyn Fn(PackageId, &Path) + Sync),
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<(), FetchError> {
        let mut jobs = Vec::new();
        for &package in wanted {
            jobs.extend(self.plan(package, on_ready)?);
        }
        if jobs.is_empty() {
            return Ok(());
        }
        self.check_offline(&jobs)?;
        for job in &mut jobs {
            job.complete(events)?;
        }
        self.prepare(&jobs, events)?;
        let started = jobs.iter().filter(|job| job.is_download()).count();
        if started > 0 {
            events(Event::DownloadStarted { packages: started });
        }
        let indexes = indexes(&jobs);
        let (mut packages, mut bytes) = (0, 0);
        let mut patient = false;
        while !jobs.is_empty() {
            if patient {
                jobs[0].waited_for = Mutex::new(Some(Arc::new(claim_patiently(&jobs[0], events)?)));
            }
            let done = Round::new(self, jobs).run(on_ready, events)?;
            packages += done.packages;
            bytes += done.bytes;
            jobs = done.again;
            patient = true;
        }
        for registry in indexes {
            match &registry.kind {
                Kind::Sparse(index) => index.settle(events),
                Kind::Git(index) => index.settle(),
                Kind::Local(_) | Kind::Directory(_) => {}
            }
        }
        if packages > 0 {
            events(Event::DownloadFinished { packages, bytes });
        }
        Ok(())
    }

    /// What is to be done for a package; nothing if it is ready.
    fn plan(&self, package: Wanted, on_ready: OnReady<'_>) -> Result<Option<Job>, FetchError> {
        let id = package.id;
        let registry = self.registry(id.source())?;
        let origin = match &registry.kind {
            Kind::Directory(directory) => {
                // Its files are verified when they are compiled: who only looks at the graph does not read them.
                on_ready(id, directory.path(id)?);
                return Ok(None);
            }
            Kind::Local(local) => {
                if registry.home.has_sources(id)? {
                    self.note_use(|used| used.sources(&registry.home, id, None));
                    on_ready(id, &registry.home.sources(id));
                    return Ok(None);
                }
                let path = local.archive(id);
                if dhow_fs::stat(&path)?.is_none() {
                    return Err(FetchError::NotVendored { id, path: local.root().to_owned() });
                }
                Origin::Given(path)
            }
            Kind::Sparse(_) | Kind::Git(_) => {
                match (registry.home.archive_size(id)?, registry.home.has_sources(id)?) {
                    (Some(size), true) => {
                        self.note_use(|used| {
                            used.archive(&registry.home, id, size);
                            used.sources(&registry.home, id, None);
                        });
                        on_ready(id, &registry.home.sources(id));
                        return Ok(None);
                    }
                    (Some(_), false) => Origin::Cached,
                    (None, _) => Origin::Network,
                }
            }
        };
        Ok(Some(Job {
            id,
            checksum: package.checksum,
            registry,
            origin,
            request: None,
            waited_for: Mutex::default(),
        }))
    }

    fn check_offline(&self, jobs: &[Job]) -> Result<(), FetchError> {
        let missing: Vec<_> = jobs.iter().filter(|job| job.is_download()).map(|job| job.id).collect();
        if self.network.is_offline() && !missing.is_empty() {
            return Err(FetchError::OfflinePackages { packages: missing });
        }
        Ok(())
    }

    fn prepare(&self, jobs: &[Job], events: &(dyn Fn(Event) + Sync)) -> Result<(), FetchError> {
        let mut homes: Vec<&RegistryHome> = jobs.iter().map(|job| &job.registry.home).collect();
        homes.sort_unstable_by_key(|home| home.cache());
        homes.dedup();
        let path = self.home.root().join(".package-cache");
        let guard = self.home.lock_downloads(&|notice| events(lock_event(notice, "package cache", &path)))?;
        for home in homes {
            guard.prepare(home)?;
            claim::sweep(home)?;
        }
        Ok(())
    }
}

/// The registries of these packages; the index files that the home lacks are asked for.
fn indexes(jobs: &[Job]) -> Vec<Arc<Registry>> {
    let mut registries: Vec<Arc<Registry>> = Vec::new();
    for job in jobs.iter().filter(|job| job.is_download()) {
        if let Kind::Sparse(index) = &job.registry.kind {
            index.complete(std::iter::once(job.id.name()));
        }
        if !registries.iter().any(|known| Arc::ptr_eq(known, &job.registry)) {
            registries.push(Arc::clone(&job.registry));
        }
    }
    registries
}

fn claim_patiently(job: &Job, events: &(dyn Fn(Event) + Sync)) -> Result<Claim, FetchError> {
    let what = format!("download of `{} {}`", job.id.name(), job.id.version());
    let path = job.registry.home.archive_part(job.id);
    Claim::take(&job.registry.home, job.id, &|notice| events(lock_event(notice, &what, &path)))
}

/// One pass over all that is to be done.
struct Round<'r> {
    registries: &'r Registries,
    jobs: Arc<[Job]>,
    queue: Arc<Queue>,
}

/// Lets the other workers go when one panics, so that nobody waits for ever.
struct CloseOnPanic<'q>(&'q Queue);

impl Drop for CloseOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

struct Done {
    /// Busy elsewhere, or found to be needed from the network after all.
    again: Vec<Job>,
    packages: usize,
    bytes: u64,
}

impl<'r> Round<'r> {
    fn new(registries: &'r Registries, jobs: Vec<Job>) -> Self {
        Self { registries, jobs: jobs.into(), queue: Arc::default() }
    }

    fn run(&self, on_ready: OnReady<'_>, events: &(dyn Fn(Event) + Sync)) -> Result<Done, FetchError> {
        let (sender, receiver) = channel();
        let workers =
            std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8).min(self.jobs.len());
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let sender = sender.clone();
                scope.spawn(move || {
                    let _closing = CloseOnPanic(&self.queue);
                    while let Some(work) = self.queue.pop() {
                        let index = work.index;
                        let result =
                            worker::work(self.registries, &self.jobs[index], work, &sender, on_ready);
                        // The receiver is gone only when nobody cares any more.
                        drop(sender.send(Message::Finished(index, result)));
                    }
                });
            }
            let mut under_way = Vec::new();
            let started = self.start(&sender, &mut under_way);
            drop(sender);
            let result = started.and_then(|()| self.collect(&receiver, events));
            self.queue.close();
            if result.is_err() {
                // What is given up tidies up after itself, and is waited for: it hangs up when it is gone.
                under_way.iter().for_each(AbortHandle::abort);
                while receiver.recv().is_ok() {}
            }
            result
        })
    }

    fn start(&self, sender: &Sender<Message>, under_way: &mut Vec<AbortHandle>) -> Result<(), FetchError> {
        let permits = Arc::new(Semaphore::new(IN_FLIGHT));
        for (index, job) in self.jobs.iter().enumerate() {
            if !job.is_download() {
                self.queue.push(Work { index, body: None, permit: None });
                continue;
            }
            let (jobs, queue) = (Arc::clone(&self.jobs), Arc::clone(&self.queue));
            let (permits, sender) = (Arc::clone(&permits), sender.clone());
            let network = Arc::clone(&self.registries.network);
            under_way.push(self.registries.network.spawn(async move {
                let Ok(permit) = permits.acquire_owned().await else { return };
                if queue.is_closed() {
                    return;
                }
                match download(&network, &jobs[index], &sender).await {
                    Ok(Some(body)) => queue.push(Work { index, body: Some(body), permit: Some(permit) }),
                    Ok(None) => drop(sender.send(Message::Finished(index, Ok(Outcome::Busy)))),
                    Err(error) => drop(sender.send(Message::Finished(index, Err(error)))),
                }
            })?);
        }
        Ok(())
    }

    fn collect(
        &self,
        receiver: &Receiver<Message>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<Done, FetchError> {
        let mut done = Done { again: Vec::new(), packages: 0, bytes: 0 };
        let mut open = self.jobs.len();
        while open > 0 {
            // No sender is left when a worker has panicked, which shows when it is joined.
            let Ok(message) = receiver.recv() else { break };
            match message {
                Message::Happened(event) => {
                    if let Event::Downloaded { bytes, .. } = &event {
                        done.packages += 1;
                        done.bytes += bytes;
                    }
                    events(event);
                }
                Message::Finished(index, result) => {
                    open -= 1;
                    match result? {
                        Outcome::Ready => {}
                        Outcome::Busy => done.again.push(self.jobs[index].again(false)),
                        Outcome::Spoiled => done.again.push(self.jobs[index].again(true)),
                    }
                }
            }
        }
        for job in &mut done.again {
            job.complete(events)?;
        }
        Ok(done)
    }
}
