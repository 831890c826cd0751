//! Manifests with inheritance, target discovery and profiles become a workspace of packages.
//!
//! Reads `Cargo.toml` files and looks at directories; knows nothing of registries' contents, of lock files, of
//! compilers or of the environment.

mod dependencies;
mod dependency_problem;
mod discover;
mod edition;
mod error;
mod features;
mod find;
mod find_problem;
mod gates;
mod inherit;
mod lints;
mod load;
mod normalize;
mod package;
mod package_problem;
mod problem;
mod profile;
mod profile_check;
mod profiles;
mod read;
mod target;
mod target_problem;
mod targets;
mod workspace;

pub use dependency_problem::DependencyProblem;
pub use edition::Edition;
pub use error::{Error, Location, Warning};
pub use features::FeatureProblem;
pub use find::{check_manifest_path, find_manifest};
pub use find_problem::FindProblem;
pub use inherit::InheritProblem;
pub use lints::LintProblem;
pub use load::{Loader, load_package};
pub use package::{Manifest, Package, PackageMetadata};
pub use package_problem::PackageProblem;
pub use problem::Problem;
pub use profile::{DebugInfo, DebugLevel, Lto, PanicStrategy, Profile, ProfileRoot, Strip, StripKind};
pub use profile_check::check_profile;
pub use profiles::{ProfileInput, ProfileProblem, ProfileUse, Profiles};
pub use target::{CrateType, Target, TargetKind};
pub use target_problem::TargetProblem;
pub use workspace::{LoadOptions, Patch, RegistryLookup, ResolverVersion, Workspace};
