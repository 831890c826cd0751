//! The connections of a server: each on a thread of its own, from request to answer. What is answered is the site's.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use super::faults::{Fault, Faults};
use super::http::{HttpRequest, HttpResponse, read_request};
use super::site::{Auth, Site, conditional};

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
    site: Site,
    pub(super) base_url: String,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) stopping: bool,
    pub(super) auth: Option<Auth>,
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
    pub(super) fn new(site: Site, base_url: String) -> Self {
        Self { site, base_url, state: Mutex::default() }
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
                let to = format!("{base}{}", request.path);
                response = HttpResponse::new(307, "").with_header("Location", to);
            }
            Some(Fault::Truncate(bytes)) => sent = bytes,
            Some(Fault::Drip(pause)) => {
                self.log(request, response.status);
                return response.drip(stream, pause).map(|()| false);
            }
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
        let (auth, config) = {
            let state = self.state();
            (state.auth.clone(), state.config.clone())
        };
        match &auth {
            Some(auth) if !auth.admits(request) => auth.refusal(),
            _ if config.is_some() && request.path == "/index/config.json" => {
                conditional(request, config.unwrap_or_default().into_bytes(), None)
            }
            _ => self.site.answer(request, &self.base_url, auth.is_some()),
        }
    }
}
