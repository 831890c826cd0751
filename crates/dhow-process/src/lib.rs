//! The only starter of processes: environment and directory explicit, children end with us.
//!
//! A [`Process`] says everything a child is given: program, arguments, the complete environment, directory. Nothing is
//! taken over from our own process except, where asked for, the terminal. Knows nothing of compilers or of packages.

mod children;
mod coprocess;
mod error;
mod process;
mod run;
#[cfg(unix)]
mod unix;

pub use children::{allow_processes, is_stopping, stop_all};
pub use coprocess::Coprocess;
pub use error::{ProcessError, describe_status};
pub use jobserver::Client as Jobserver;
pub use process::{Environment, Held, Process};
pub use run::{Output, is_too_long};
#[cfg(unix)]
pub use unix::inherited_jobserver;
