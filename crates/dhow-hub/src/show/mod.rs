//! What is in a hub and why, as a [`HubReport`].

mod report;

pub use dhow_formats::hub_report::{EntryPoint, HubReport, LayerReport, NeededBy, PackageReport};
pub use report::{Described, ReportInput, report};
