//! Manifests with inheritance, target discovery and profiles become a workspace of packages.
//!
//! Reads `Cargo.toml` files and looks at directories; knows nothing of registries' contents, of lock files, of
//! compilers or of the environment.

mod edition;
mod error;
mod package;
mod problem;
mod profile;
mod profiles;
mod target;
mod workspace;

pub use edition::Edition;
pub use error::{Error, Location, Warning};
pub use package::{Manifest, Package, PackageMetadata};
pub use problem::Problem;
pub use profile::{DebugInfo, DebugLevel, Lto, PanicStrategy, Profile, ProfileRoot, Strip, StripKind};
pub use profiles::{ProfileInput, ProfileProblem, ProfileUse, Profiles};
pub use target::{CrateType, Target, TargetKind};
pub use workspace::{LoadOptions, Patch, RegistryLookup, ResolverVersion, Workspace};
