//! The connections of a server: each on a thread of its own, from request to answer.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufReader};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use sha2::{Digest, Sha256};

use super::api;
use super::faults::{Fault, Faults};
use super::http::{HttpRequest, HttpResponse, http_date, read_request};

/// One line of a server's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET` most of the time.
    pub method: String,
    /// The path, percent-decoded.
    pub path: String,
    /// What stands behind the `?`, as it came.
    pub query: String,
    /// What it was answered with; 0 when the connection was dropped.
    pub status: u16,
    /// Whether the client named a version that it has (`If-None-Match` or `If-Modified-Since`).
    pub conditional: bool,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(super) struct Shared {
    root: PathBuf,
    pub(super) base_url: String,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) stopping: bool,
    pub(super) token: Option<String>,
    pub(super) config: Option<String>,
    pub(super) faults: Faults,
    pub(super) log: Vec<Request>,
    pub(super) connections: HashMap<u64, TcpStream>,
    in_flight: usize,
    pub(super) peak_in_flight: usize,
}

pub(super) fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (id, stream) in (0u64..).zip(listener.incoming()) {
        if shared.state().stopping {
            return;
        }
        let Ok(stream) = stream else { continue };
        if let Ok(clone) = stream.try_clone() {
            shared.state().connections.insert(id, clone);
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A client may close at any time; that ends its connection and nothing else.
            drop(shared.converse(&stream));
            drop(stream.shutdown(Shutdown::Both));
            shared.state().connections.remove(&id);
        });
    }
}

impl Shared {
    pub(super) fn new(root: &Path, base_url: String) -> Self {
        Self { root: root.into(), base_url, state: Mutex::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic under this lock")
    }

    fn converse(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader)? {
            {
                let mut state = self.state();
                state.in_flight += 1;
                state.peak_in_flight = state.peak_in_flight.max(state.in_flight);
            }
            let more = self.serve(&request, &mut stream);
            self.state().in_flight -= 1;
            if !more? || request.header("connection") == Some("close") {
                break;
            }
        }
        Ok(())
    }

    /// Answers one request; `false` when the connection is to be closed.
    fn serve(&self, request: &HttpRequest, stream: &mut &TcpStream) -> io::Result<bool> {
        let gates = self.state().faults.gates_for(&request.path);
        for gate in gates {
            gate.pass();
        }
        let (delay, fault) = self.state().faults.take(&request.path);
        thread::sleep(delay);
        let mut response = self.answer(request);
        let mut sent = usize::MAX;
        match fault {
            Some(Fault::Status(status)) => response = HttpResponse::new(status, "a fault was ordered\n"),
            Some(Fault::Body(body)) => response.body = body,
            Some(Fault::Redirect(base)) => {
                response = HttpResponse::new(307, "");
                response.headers.push(("Location", format!("{base}{}", request.path)));
            }
            Some(Fault::Truncate(bytes)) => sent = bytes,
            Some(Fault::Drop) => {
                self.log(request, 0);
                return Ok(false);
            }
            Some(Fault::Delay(_)) | None => {}
        }
        // Before the answer goes out, so that a client that has it also finds the line.
        self.log(request, response.status);
        response.write(stream, request.method == "HEAD", sent)?;
        Ok(sent >= response.body.len())
    }

    fn log(&self, request: &HttpRequest, status: u16) {
        let conditional = ["if-none-match", "if-modified-since"];
        self.state().log.push(Request {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            status,
            conditional: conditional.iter().any(|name| request.header(name).is_some()),
            headers: request.headers.clone(),
        });
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let token = self.state().token.clone();
        if token.is_some() && request.header("authorization") != token.as_deref() {
            let mut response = HttpResponse::new(401, "a token is needed\n");
            let challenge = format!("Cargo login_url=\"{}/login\"", self.base_url);
            response.headers.push(("WWW-Authenticate", challenge));
            return response;
        }
        if request.path == "/api/v1/crates" {
            return HttpResponse::new(200, api::search(&self.root, &request.query));
        }
        if request.path == "/index/config.json" {
            if let Some(config) = self.state().config.clone() {
                return conditional(request, config.into_bytes(), None);
            }
            let url = &self.base_url;
            let auth = if token.is_some() { ",\"auth-required\":true" } else { "" };
            let config = format!("{{\"dl\":\"{url}/dl\",\"api\":\"{url}\"{auth}}}");
            return conditional(request, config.into_bytes(), None);
        }
        let Some(path) = self.file_of(&request.path) else {
            return HttpResponse::new(404, "no such path\n");
        };
        let Ok(body) = fs::read(&path) else {
            return HttpResponse::new(404, "not found\n");
        };
        if request.path.starts_with("/dl/") {
            return HttpResponse::new(200, body);
        }
        let modified = fs::metadata(&path).and_then(|m| m.modified());
        conditional(request, body, modified.ok().map(http_date))
    }

    fn file_of(&self, path: &str) -> Option<PathBuf> {
        if path.split('/').any(|part| part == "..") {
            return None;
        }
        if let Some(rest) = path.strip_prefix("/index/") {
            return Some(self.root.join("index").join(rest));
        }
        let (name, version) = path.strip_prefix("/dl/")?.strip_suffix("/download")?.split_once('/')?;
        Some(self.root.join(format!("{name}-{version}.crate")))
    }
}

/// 304 when the client has this body already, else the body with what it needs to ask again.
fn conditional(request: &HttpRequest, body: Vec<u8>, modified: Option<String>) -> HttpResponse {
    let etag = format!("\"{}\"", &hex::encode(Sha256::digest(&body))[..32]);
    let known = match request.header("if-none-match") {
        Some(tag) => tag == etag,
        None => modified.is_some() && request.header("if-modified-since") == modified.as_deref(),
    };
    let mut response = if known { HttpResponse::new(304, "") } else { HttpResponse::new(200, body) };
    response.headers.push(("ETag", etag));
    if let Some(modified) = modified {
        response.headers.push(("Last-Modified", modified));
    }
    response
}
