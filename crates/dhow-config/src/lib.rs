//! Layered configuration: `config.toml` files, `--config` and the environment, as Cargo reads them.
//!
//! Everything is values: an [`Env`] comes in, a [`Config`] comes out, and tables are interpreted when they are asked
//! for. What was read (variables, files that were there or not) is remembered. No policy of any command is known.

mod build;
mod config;
mod credential;
mod env;
mod error;
mod flags;
mod key;
mod layers;
mod load;
mod merge;
mod net;
mod other;
mod own;
mod profile;
mod registry;
mod source;
mod tables;
mod target;
mod term;
mod trace;

pub use build::{BuildConfig, Jobs, Tools, WarningHandling};
pub use config::{Config, Located, ProgramAndArgs};
pub use credential::{RegistryCredentials, TOKEN_PROVIDER};
pub use dhow_formats::config::{Data, Definition, Table, Value};
pub use dhow_formats::secret::Secret;
pub use env::{Env, EnvReads};
pub use error::ConfigError;
pub use flags::FlagKind;
pub use net::{HttpConfig, NetConfig, Proxies, TlsVersion, TrustStore};
pub use other::{CleanFrequency, IncompatibleRustVersions, time_span};
pub use profile::ConfigProfile;
pub use registry::{Protocol, RegistryConfig};
pub use source::{NamedSource, Replacement, Sources};
pub use tables::{EnvEntry, PatchTable};
pub use target::{LinkArgTarget, LinksOverride, TargetConfig};
pub use term::{Progress, TermConfig, When};
pub use trace::{ConfigWarning, TriedFile};
