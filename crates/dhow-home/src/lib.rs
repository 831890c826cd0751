//! The layout and the locks of the cargo home.
