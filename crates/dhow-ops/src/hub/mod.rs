//! `dhow hub`: what a project's hub holds, whether it is whole, and how it travels.

mod verify;

pub use verify::hub_verify;
