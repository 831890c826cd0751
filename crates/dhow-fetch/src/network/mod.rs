//! The network: one thread that runs all requests, and a client that is made when the first one comes.

mod client;
mod gate;
mod pace;
mod request;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use tokio::task::AbortHandle;

use reqwest::Client;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use self::gate::Gate;
pub(crate) use self::request::{Answer, Body, Request, shown};
use crate::error::FetchError;
use crate::settings::{HttpSettings, NetSettings};

/// Runs requests. Dropping it ends those that are under way.
#[derive(Debug)]
pub(crate) struct Network {
    http: HttpSettings,
    net: NetSettings,
    client: OnceLock<Result<Client, FetchError>>,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
    thread: OnceLock<Option<Runtime>>,
}

#[derive(Debug)]
struct Runtime {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Network {
    pub(crate) fn new(http: HttpSettings, net: NetSettings) -> Self {
        Self { http, net, client: OnceLock::new(), gates: Mutex::default(), thread: OnceLock::new() }
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.net.offline
    }

    /// Runs `task` on the network's thread, until it ends or is aborted.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(crate) fn spawn(
        &self,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Result<AbortHandle, FetchError> {
        match self.thread.get_or_init(start) {
            Some(runtime) => Ok(runtime.handle.spawn(task).abort_handle()),
            None => Err(FetchError::BadSettings("no thread could be started for the network".to_owned())),
        }
    }

    fn client(&self) -> Result<&Client, FetchError> {
        self.client.get_or_init(|| client::build(&self.http)).as_ref().map_err(Clone::clone)
    }

    /// Whoever wants to talk to the server of `url` passes here.
    fn gate(&self, url: &reqwest::Url) -> Arc<Gate> {
        let origin = url.origin().ascii_serialization();
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(origin).or_default())
    }
}

fn start() -> Option<Runtime> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build().ok()?;
    let handle = runtime.handle().clone();
    let (stop, stopped) = oneshot::channel();
    let run = move || {
        // Ends when the sender is dropped, too.
        drop(runtime.block_on(stopped));
        runtime.shutdown_background();
    };
    let thread = std::thread::Builder::new().name("network".to_owned()).spawn(run).ok()?;
    Some(Runtime { handle, stop: Some(stop), thread: Some(thread) })
}

impl Drop for Runtime {
    fn drop(&mut self) {
        drop(self.stop.take());
        let own =
            self.thread.as_ref().is_some_and(|thread| thread.thread().id() == std::thread::current().id());
        if let Some(thread) = self.thread.take()
            && !own
        {
            drop(thread.join());
        }
    }
}
