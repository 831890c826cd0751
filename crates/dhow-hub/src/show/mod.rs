//! What is in a hub and why: worked out as a [`HubReport`], from which every form of it is made.

mod markdown;
pub mod phrases;
mod report;

pub use dhow_formats::hub_report::{EntryPoint, HubReport, LayerReport, NeededBy, PackageReport};
pub use markdown::markdown;
pub use report::{Described, ReportInput, report};
