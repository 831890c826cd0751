//! Listens on a free port of 127.0.0.1 and starts a program for each connection, with the connection as its standard
//! input and output. So no program has to find a port, and none is left behind.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may take to end once it was told to.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Inetd {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    stopping: bool,
    connections: usize,
    serving: Vec<Child>,
}

impl Inetd {
    /// `program` makes the command for one connection.
    pub(crate) fn start(program: impl Fn() -> Command + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("the port");
        let state = Arc::new(Mutex::new(State::default()));
        let accepting = thread::spawn({
            let state = Arc::clone(&state);
            move || accept(&listener, &state, program)
        });
        Self { address, state, accepting: Some(accepting) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no panic under this lock")
}

fn accept(listener: &TcpListener, state: &Mutex<State>, program: impl Fn() -> Command) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        let mut state = lock(state);
        if state.stopping {
            return;
        }
        let copy = || OwnedFd::from(stream.try_clone().expect("one more handle"));
        let mut command = program();
        command.stdin(copy()).stdout(copy()).stderr(Stdio::null()).process_group(0);
        let child = command.spawn().unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
        state.connections += 1;
        state.serving.retain_mut(|child| child.try_wait().is_ok_and(|status| status.is_none()));
        state.serving.push(child);
    }
}

impl Drop for Inetd {
    fn drop(&mut self) {
        lock(&self.state).stopping = true;
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
        for mut child in lock(&self.state).serving.drain(..) {
            end(&mut child);
        }
    }
}

fn end(child: &mut Child) {
    let started = Instant::now();
    let mut told = false;
    while child.try_wait().is_ok_and(|status| status.is_none()) {
        let signal = if started.elapsed() < PATIENCE { Signal::TERM } else { Signal::KILL };
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group.filter(|_| !told || signal == Signal::KILL) {
            // An error says that the group has gone.
            kill_process_group(group, signal).ok();
            told = true;
        }
        thread::sleep(Duration::from_millis(1));
    }
}
