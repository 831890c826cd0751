//! Index clients and downloads: fills the cargo home. Async lives here and does not leave.
//!
//! [`Registries`] is the entrance: it knows the settings, gives out one [`Registry`] per source (the one that really
//! answers, after source replacement), and downloads packages. Knows no resolver and no manifest.

mod api;
mod archive;
mod auth;
mod auth_error;
mod download;
mod error;
mod event;
mod finding;
mod git;
mod home_check;
mod index;
mod network;
mod part;
mod registries;
mod settings;
mod sources;
mod take;
mod verify;

pub use archive::{ArchiveError, Inventory};
pub use auth::{Children, CredentialSettings, Credentials, DoneBy, LoginRequest, Need};
pub use auth_error::AuthError;
pub use download::Wanted;
pub use error::FetchError;
pub use event::Event;
pub use finding::{Finding, Inspected, Remedy};
pub use git::{
    Checkout, Commits, Fsck, GitDatabase, GitFetch, GitObject, GitProgram, LockedDatabase, ObjectReader,
    Repositories, inspect_checkout, inspect_repository,
};
pub use home_check::{Needed, inspect_index, inspect_package, repair};
pub use index::{
    DirectorySource, Freshness, GitIndex, IndexFile, Listing, LocalRegistry, Registry, SparseIndex,
    SummaryReader,
};
pub use part::Part;
pub use registries::Registries;
pub use settings::{GitSettings, HttpSettings, NetSettings, ProxyVariables, Settings, TlsVersion};
pub use sources::{Answerer, Sources};
pub use take::Took;
