//! Manifests and workspaces against the real cargo, and by themselves.
#![expect(
    clippy::disallowed_methods,
    reason = "tests make files, read the environment and start the real cargo"
)]

mod cargo;
mod errors;
mod metadata;
mod packages;
mod profiles;
mod project;
mod published;
mod workspaces;
