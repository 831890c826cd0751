//! The only printer: renders events as text, progress or JSON.
