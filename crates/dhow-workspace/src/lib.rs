//! Manifests with inheritance, target discovery and profiles become a workspace of packages.
//!
//! Reads `Cargo.toml` files and looks at directories; knows nothing of registries' contents, of lock files, of
//! compilers or of the environment.

mod dependencies;
mod discover;
mod edition;
mod error;
mod features;
mod find;
mod gates;
mod inherit;
mod library;
mod lints;
mod load;
mod nearest;
mod nested;
mod normalize;
mod notes;
mod package;
mod problem;
mod profile;
mod profile_check;
mod profiles;
mod read;
mod resolver;
mod target;
mod target_input;
mod targets;
mod workspace;
mod written_out;

pub use dependencies::config_patches;
pub use edition::Edition;
pub use error::{Error, Location, Warning};
pub use find::{check_manifest_path, find_manifest};
pub use load::{Loader, load_package};
pub use nested::PackagesBelow;
pub use package::{Manifest, Package, PackageMetadata};
pub use problem::{
    DependencyProblem, FeatureProblem, FindProblem, InheritProblem, LintProblem, PackageProblem, Problem,
    ProfileProblem, TargetProblem,
};
pub use profile::{DebugInfo, DebugLevel, Lto, PanicStrategy, Profile, ProfileRoot, Strip, StripKind};
pub use profile_check::check_profile;
pub use profiles::{ProfileInput, ProfileUse, Profiles};
pub use resolver::ResolverVersion;
pub use target::{CrateType, Target, TargetKind};
pub use workspace::{LoadOptions, Patch, RegistryLookup, Workspace};
