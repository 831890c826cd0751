//! One function per command: takes a [`Session`] and options, returns data, prints nothing.
//!
//! This is where the stages of the road are put one after another; what a stage does is its own crate's business.

mod accessible;
mod clean;
mod compile;
mod doc;
mod edit;
mod edit_problem;
mod error;
mod event;
mod hold;
mod home;
mod hub;
mod hub_fill;
mod hub_sources;
mod info;
mod install;
mod install_error;
mod last_use;
mod layers_problem;
mod locate;
mod lock_change;
mod lock_file;
mod lock_report;
mod lockfile;
mod login;
mod metadata;
mod narrow;
mod network;
mod options;
mod packages;
mod parallel;
mod patches;
mod pkgid;
mod registry_choice;
mod report;
mod resolution;
mod run;
mod rust_versions;
mod search;
mod session;
mod settings;
mod source_checks;
mod sources;
mod test;
mod tools;
mod tree;
mod update;
mod vendor;
mod vendor_problem;
mod workspaces;

pub use clean::{CleanOptions, Cleaned, clean};
pub use compile::build;
pub use dhow_fetch::Event as FetchEvent;
pub use dhow_formats::home_stat::HomeStat;
pub use dhow_formats::manifest_edit::DependencyTable;
pub use dhow_home::Limits;
pub use dhow_hub::{
    Carry as HubCarry, HubReport, LayerReport, PackageReport, Packed as HubPacked, phrases as hub_phrases,
};
pub use dhow_hub::{HubSettings, VersionControl};
pub use dhow_model::DepKind;
pub use dhow_plan::{CompileFilter, FilterRule, Intent, OnlyTargets, PackageSelection};
pub use dhow_workspace::{Location, Warning as ManifestWarning};
pub use doc::doc;
pub use edit::{AddFrom, AddOptions, RemoveOptions, add, remove};
pub use edit_problem::EditProblem;
pub use error::Error;
pub use event::{Event, Level};
pub use home::{HomeGcOptions, HomeVerified, home_clock, home_gc, home_stat, home_stat_as_json, home_verify};
pub use hub::{
    HubChange, HubCreateOptions, HubUnpackOptions, HubUnpacked, hub_create, hub_pack, hub_prune, hub_show,
    hub_show_as_html, hub_show_as_json, hub_show_as_markdown, hub_unpack, hub_update, hub_verify,
    hub_write_page,
};
pub use info::{DependencyLine, FeatureLine, FeatureStatus, InfoOptions, PackageInfo, info};
pub use install::{
    CrateSpec, CrateSpecError, GitSource, InstallFrom, InstallOptions, UninstallOptions, install,
    installed_list, parse_version_req, uninstall,
};
pub use install_error::InstallError;
pub use layers_problem::LayersProblem;
pub use locate::{locate_project, located_as_json};
pub use lock_change::{ChangeKind, LockChange, LockRemark};
pub use lockfile::{fetch, generate_lockfile};
pub use login::{LoginOptions, login, logout};
pub use metadata::{MetadataOptions, metadata};
pub use options::{CompileOptions, FeatureFlags, MessageFormat, MessageFormatError};
pub use pkgid::pkgid;
pub use registry_choice::RegistryChoice;
pub use run::run;
pub use search::{Found, MAX_SEARCH_LIMIT, SearchOptions, search};
pub use semver::VersionReq;
pub use session::{HubUse, LockMode, Session};
pub use test::{TestFailure, TestOptions, TestOutcome, test};
pub use tools::host_triple;
pub use tree::{Charset, Depth, Edges, EdgesError, Pattern, PatternError, Prefix, TreeOptions, tree};
pub use update::{UpdateOptions, update};
pub use vendor::{VendorOptions, vendor};
pub use vendor_problem::VendorProblem;
