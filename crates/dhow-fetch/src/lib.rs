//! Index clients and downloads: fills the home. Async lives here and does not leave.
