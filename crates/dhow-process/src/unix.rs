//! What only the system can do: children that die with us, signals, becoming another program.
//!
//! The one module here with `unsafe`: code between `fork` and `exec` has no other way in.
#![expect(
    unsafe_code,
    reason = "`pre_exec` is unsafe: its closure runs between fork and exec; ours makes two system calls"
)]

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

/// A command to start, and where to send the child.
type Request = (Command, Sender<io::Result<Child>>);

/// Starts `command` so that it is killed when we end, however we end.
///
/// Linux sends the parent-death signal when the *thread* that forked ends, and threads come and go here. So all children
/// are forked by one thread that lives as long as the process.
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<Mutex<Sender<Request>>> = OnceLock::new();
    die_with_parent(&mut command);
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, requests) = channel::<Request>();
        std::thread::spawn(move || {
            for (mut command, reply) in requests {
                // Whoever asked is waiting; if it is gone nevertheless, the child is nobody's and must not stay.
                if let Err(unwanted) = reply.send(command.spawn())
                    && let Ok(mut child) = unwanted.0
                {
                    let _ignored = child.kill();
                }
            }
        });
        Mutex::new(sender)
    });
    let (reply, answer) = channel();
    let gone = || io::Error::other("the thread that starts processes has ended");
    spawner
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .send((command, reply))
        .map_err(|_closed| gone())?;
    answer.recv().map_err(|_closed| gone())?
}

#[cfg(target_os = "linux")]
fn die_with_parent(command: &mut Command) {
    let parent = rustix::process::getpid();
    // SAFETY: the closure makes two system calls and allocates nothing, so it may run between fork and exec.
    unsafe {
        command.pre_exec(move || {
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
            // The parent may have died before the line above: then no signal will come.
            if rustix::process::getppid() == Some(parent) {
                Ok(())
            } else {
                Err(io::Error::from_raw_os_error(rustix::io::Errno::SRCH.raw_os_error()))
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent(_command: &mut Command) {}

/// Lets the child inherit a file that is otherwise closed in children.
pub(crate) fn keep_open(command: &mut Command, file: Arc<OwnedFd>) {
    // SAFETY: the closure makes one system call and allocates nothing, so it may run between fork and exec.
    unsafe {
        command.pre_exec(move || Ok(rustix::io::fcntl_setfd(&*file, rustix::io::FdFlags::empty())?));
    }
}

/// The jobserver that we were started under, if there is one. Call it before files are opened: the protocol names file
/// descriptors by number.
pub fn inherited_jobserver() -> Option<jobserver::Client> {
    // SAFETY: whoever started us vouches for the descriptors that it names in the environment; whether they are pipes is
    // checked.
    unsafe { jobserver::Client::from_env_ext(true) }.client.ok()
}

/// Becomes the program. Returns only if that failed.
pub(crate) fn exec(mut command: Command) -> io::Error {
    command.exec()
}

/// Kills a child of ours that nobody has waited for.
pub(crate) fn kill(id: u32) {
    if let Some(pid) = pid(id) {
        // It may have ended by itself: that is what we want.
        let _ignored = rustix::process::kill_process(pid, Signal::KILL);
    }
}

/// Waits until a child has ended, and leaves it to be waited for.
pub(crate) fn wait_unreaped(id: u32) -> io::Result<()> {
    let Some(pid) = pid(id) else { return Ok(()) };
    loop {
        match rustix::process::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(_ended) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn pid(id: u32) -> Option<Pid> {
    i32::try_from(id).ok().and_then(Pid::from_raw)
}
