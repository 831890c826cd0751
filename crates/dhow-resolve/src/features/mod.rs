//! Which features of which package are on in a build: for the target, and for the host (build scripts and
//! procedural macros). The rules are those of the Cargo book, "Features" and "Dependency resolution".

mod cli;
mod error;
mod spread;

use std::collections::HashMap;

use dhow_model::{InternedString, PackageId, Platform};

pub use cli::{CliFeatures, Selection, features_of_members};
pub use error::FeatureError;
pub use spread::resolve_features;

use crate::names::NameSet;

/// Which of the two builds of a package is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum FeaturesFor {
    /// As part of the program (or of its tests).
    #[default]
    Target,
    /// For a build script or a procedural macro. Only told apart from `Target` by resolver 2 and later.
    HostDep,
}

/// `resolver = …` of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResolveBehavior {
    /// One set of features for everybody.
    V1,
    /// Sets of their own for host and target; platforms and dev-dependencies that are not built do not count.
    V2,
    /// As 2, and versions that need a newer Rust come last.
    V3,
}

/// What decides features, apart from graph and packages.
#[derive(Clone, Copy)]
pub struct FeatureOptions<'a> {
    /// The workspace's resolver.
    pub behavior: ResolveBehavior,
    /// Whether tests, examples or benches are built: dev-dependencies count then.
    pub dev_units: bool,
    /// Count dependencies of every platform (`tree --target all`, `metadata`).
    pub all_platforms: bool,
    /// Whether the library of the package is a procedural macro. Not asked by resolver 1.
    pub is_proc_macro: &'a dyn Fn(PackageId) -> bool,
    /// Whether a platform holds: for `HostDep` of the host, for `Target` of any of the requested targets.
    pub platform_holds: &'a dyn Fn(&Platform, FeaturesFor) -> bool,
}

/// Features and optional dependencies that are on.
#[derive(Clone, Debug, Default)]
pub struct ResolvedFeatures {
    features: HashMap<(PackageId, FeaturesFor), Vec<InternedString>>,
    deps: HashMap<(PackageId, FeaturesFor), NameSet>,
    unified: bool,
}

impl ResolvedFeatures {
    /// The features of a package that are on, sorted. Empty if it is not part of the build.
    pub fn activated_features(&self, id: PackageId, features_for: FeaturesFor) -> &[InternedString] {
        self.features.get(&self.key(id, features_for)).map_or(&[], Vec::as_slice)
    }

    /// Whether the package is part of the build in this role.
    pub fn is_activated(&self, id: PackageId, features_for: FeaturesFor) -> bool {
        self.features.contains_key(&self.key(id, features_for))
    }

    /// Whether the optional dependency `dep_name` (its name in the manifest) of a package is on. Dependencies that
    /// are not optional always are, and are not asked for here.
    pub fn is_dep_activated(
        &self,
        id: PackageId,
        features_for: FeaturesFor,
        dep_name: InternedString,
    ) -> bool {
        self.deps.get(&self.key(id, features_for)).is_some_and(|deps| deps.contains(dep_name))
    }

    fn key(&self, id: PackageId, features_for: FeaturesFor) -> (PackageId, FeaturesFor) {
        (id, if self.unified { FeaturesFor::Target } else { features_for })
    }
}
