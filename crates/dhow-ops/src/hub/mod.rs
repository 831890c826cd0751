//! `dhow hub`: a project's own home, and what is in it.

mod graph;
mod placements;
mod problem;
mod show;

pub use problem::HubProblem;
pub use show::{hub_show, hub_show_as_json};
