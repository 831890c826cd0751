//! The only printer: renders events as text, progress or JSON.

mod terminal;

pub use terminal::{Settings, Terminal, Verbosity, When};
