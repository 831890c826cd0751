//! The only printer: renders events and results as text, progress or JSON. Knows no stage of the road, only what
//! operations tell.

mod events;
mod failure;
mod found;
mod home;
mod hub;
mod hub_report;
mod package_info;
mod results;
mod terminal;

pub use failure::report_error;
pub use found::found_lines;
pub use home::{report_hub_verified, report_stat, report_verified};
pub use hub::{report_hub, report_hub_packed, report_hub_unpacked};
pub use hub_report::hub_report;
pub use package_info::package_info;
pub use results::{report_clean, report_tests};
pub use terminal::{Settings, Terminal, Verbosity, When};
