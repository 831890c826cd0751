//! The scheduler: runs what is not fresh, in order, with a jobserver and pipelining.
//!
//! [`build`] takes a plan and a target directory and leaves everything that the plan says has to exist. What happens is
//! told through [`Event`]s, all from the calling thread; nothing is printed here. A unit counts as made only when its
//! record is written, which is the last thing that is done for it: killed at any instant, the next build does what is
//! missing.

mod artifacts;
mod build;
mod compile;
mod context;
mod dep_rules;
mod error;
mod event;
mod graph;
mod json;
mod messages;
mod options;
mod report;
mod run;
mod scheduler;
mod script;
mod slots;
mod work;

pub use build::{Outcome, build};
pub use error::{BuildError, UnitError};
pub use event::{Artifact, Event, TextStream, Verb, dependency_of, verb};
pub use json::{JsonDiagnostics, json_finished, json_line};
pub use options::{BuildOptions, CheckSources};
pub use run::{Runnable, Runner};
