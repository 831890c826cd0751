//! The only printer: renders events and results as text, progress or JSON. Knows no stage of the road, only what
//! operations tell.

mod events;
mod failure;
mod home;
mod results;
mod terminal;

pub use failure::report_error;
pub use home::{report_stat, report_verified};
pub use results::{report_clean, report_tests};
pub use terminal::{Settings, Terminal, Verbosity, When};
