//! The project-local hub: a cargo home inside a project that holds exactly what its `Cargo.lock` needs.

mod contents;
mod entry;
mod graph;
mod layers;
mod place;
mod show;

pub use contents::Contents;
pub use entry::{EntryPoints, entry_points};
pub use graph::{Edge, Graph, Need, On, needs};
pub use layers::{Facts, Layer, Placement, place};
pub use place::Hub;
pub use show::{Described, EntryPoint, HubReport, LayerReport, NeededBy, PackageReport, ReportInput, report};
