//! HTTP servers on loopback: of a registry's directory with Cargo's sparse protocol, and of git repositories. They keep
//! a log of requests and do wrong on order. They only read; the writers are [`crate::Registry`] and [`crate::GitRepo`].

mod api;
mod cgi;
mod connection;
mod faults;
mod http;
mod site;

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use self::connection::Request;
use self::connection::{Shared, accept};
use self::faults::matches;
pub use self::faults::{Fault, Hold, Times};
use self::site::{Auth, Site};
use crate::git::GitRepo;

/// A running HTTP server; it stops when dropped. In patterns `*` stands for any run of characters.
pub struct HttpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// The server of a registry. Paths are `/index/config.json`, `/index/fo/ob/foobar` and `/dl/foobar/1.0.0/download`.
pub struct SparseServer {
    http: HttpServer,
}

impl SparseServer {
    /// Serves a directory laid out as a local registry, on a free port of 127.0.0.1.
    #[must_use]
    pub fn start(root: &Path) -> Self {
        Self { http: HttpServer::start(Site::Registry(root.into())) }
    }

    /// The registry as Cargo names it: `sparse+http://127.0.0.1:<port>/index/`
    #[must_use]
    pub fn index_url(&self) -> String {
        format!("sparse+{}/index/", self.url())
    }

    /// Where archives are: the `dl` of `config.json`.
    #[must_use]
    pub fn dl_url(&self) -> String {
        format!("{}/dl", self.url())
    }
}

impl Deref for SparseServer {
    type Target = HttpServer;

    fn deref(&self) -> &HttpServer {
        &self.http
    }
}

/// Git repositories by smart HTTP: `git http-backend` behind the server. Paths are `/<repo>/info/refs` and
/// `/<repo>/git-upload-pack`.
pub struct GitHttpServer {
    http: HttpServer,
    root: PathBuf,
}

impl GitHttpServer {
    /// Serves every repository in `root`, on a free port of 127.0.0.1.
    #[must_use]
    pub fn start(root: &Path) -> Self {
        Self { http: HttpServer::start(Site::Git(root.into())), root: root.into() }
    }

    /// `http://127.0.0.1:<port>/<repo>`
    ///
    /// # Panics
    /// When the repository lies elsewhere.
    #[must_use]
    pub fn repo_url(&self, repo: &GitRepo) -> String {
        format!("{}/{}", self.url(), repo.path_in(&self.root))
    }

    /// From now on answers 401 to requests without this pair.
    pub fn require_basic(&self, user: &str, password: &str) {
        self.shared.state().auth = Some(Auth::basic(user, password));
    }
}

impl Deref for GitHttpServer {
    type Target = HttpServer;

    fn deref(&self) -> &HttpServer {
        &self.http
    }
}

impl HttpServer {
    fn start(site: Site) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("the port");
        let shared = Arc::new(Shared::new(site, format!("http://{address}")));
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    /// `http://127.0.0.1:<port>`
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.base_url
    }

    /// Orders a fault.
    pub fn fault(&self, pattern: &str, fault: Fault, times: impl Into<Times>) -> &Self {
        self.shared.state().faults.order(pattern, fault, times.into());
        self
    }

    /// Answers with `status`: the first so many times (a number), or [`Times::Always`].
    pub fn fail(&self, pattern: &str, status: u16, times: impl Into<Times>) -> &Self {
        self.fault(pattern, Fault::Status(status), times)
    }

    /// Answers later, always.
    pub fn delay(&self, pattern: &str, delay: Duration) -> &Self {
        self.fault(pattern, Fault::Delay(delay), Times::Always)
    }

    /// Sends only the first `bytes` of the body and closes.
    pub fn truncate(&self, pattern: &str, bytes: usize, times: impl Into<Times>) -> &Self {
        self.fault(pattern, Fault::Truncate(bytes), times)
    }

    /// Closes the connection without an answer.
    pub fn drop_connection(&self, pattern: &str, times: impl Into<Times>) -> &Self {
        self.fault(pattern, Fault::Drop, times)
    }

    /// Lets matching requests wait until the returned value is dropped (or the server stops).
    pub fn hold(&self, pattern: &str) -> Hold {
        self.shared.state().faults.hold(pattern)
    }

    /// Takes back every ordered fault.
    pub fn heal(&self) {
        self.shared.state().faults.clear();
    }

    /// From now on answers 401 to requests without this token, and says so in `config.json`.
    pub fn require_token(&self, token: &str) {
        self.shared.state().auth = Some(Auth::token(token, self.url()));
    }

    /// Sends whoever asks to another URL: `path` and all are put behind it, as `http://127.0.0.1:1/x` + `/index/…`.
    pub fn redirect(&self, pattern: &str, base: &str, times: impl Into<Times>) -> &Self {
        self.fault(pattern, Fault::Redirect(base.into()), times)
    }

    /// Serves this text as `config.json`, whatever else is ordered; `{url}` in it is this server.
    pub fn set_config(&self, text: &str) {
        self.shared.state().config = Some(text.replace("{url}", self.url()));
    }

    /// Every request so far, in the order of their answers.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().log.clone()
    }

    /// How many requests had a path that matches.
    #[must_use]
    pub fn count(&self, pattern: &str) -> usize {
        let state = self.shared.state();
        state.log.iter().filter(|r| matches(pattern, &r.path)).count()
    }

    /// How many of them were answered with `status`.
    #[must_use]
    pub fn count_status(&self, pattern: &str, status: u16) -> usize {
        let state = self.shared.state();
        let log = state.log.iter();
        log.filter(|r| r.status == status && matches(pattern, &r.path)).count()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        self.shared.state().log.clear();
    }

    /// How many requests were in work at the same time, at most.
    #[must_use]
    pub fn peak_in_flight(&self) -> usize {
        self.shared.state().peak_in_flight
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.stopping = true;
            state.faults.release();
        }
        // Wakes the accepting thread; when nobody listens any more it has ended by itself.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
        for (_, stream) in self.shared.state().connections.drain() {
            // An error says that the client has closed already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}
