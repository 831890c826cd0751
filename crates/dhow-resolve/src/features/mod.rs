//! Which features of which package are on in a build: for the target, and for the host (build scripts and
//! procedural macros). The rules are those of the Cargo book, "Features" and "Dependency resolution".

use std::collections::{BTreeSet, HashMap};

use dhow_model::{FeatureValue, InternedString, PackageId, Platform, Summary};

use crate::graph::Resolve;

mod error;

pub use error::FeatureError;
pub(crate) use error::similar;

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

/// Features as asked for on the command line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CliFeatures {
    /// `--features a,b/c`.
    pub features: BTreeSet<FeatureValue>,
    /// `--all-features`.
    pub all_features: bool,
    /// Not `--no-default-features`.
    pub default_features: bool,
}

impl Default for CliFeatures {
    /// The default features and no other.
    fn default() -> Self {
        Self { features: BTreeSet::new(), all_features: false, default_features: true }
    }
}

impl CliFeatures {
    /// Of `--features` values (each a list separated by commas or blanks), `--all-features`,
    /// `--no-default-features`.
    ///
    /// # Errors
    /// `dep:` and the like, which a command line cannot ask for.
    pub fn parse<'a>(
        features: impl IntoIterator<Item = &'a str>,
        all_features: bool,
        default_features: bool,
    ) -> Result<Self, FeatureError> {
        let features = features.into_iter().map(FeatureValue::parse).collect();
        Ok(Self { features, all_features, default_features })
    }

    /// Every feature: what a lock file is made for.
    pub fn all() -> Self {
        Self { all_features: true, ..Self::default() }
    }
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
    /// Whether the library of the package is a procedural macro.
    pub is_proc_macro: &'a dyn Fn(PackageId) -> bool,
    /// Whether a platform holds: for `HostDep` of the host, for `Target` of any of the requested targets.
    pub platform_holds: &'a dyn Fn(&Platform, FeaturesFor) -> bool,
}

/// Features and optional dependencies that are on.
#[derive(Clone, Debug, Default)]
pub struct ResolvedFeatures {
    pub(crate) features: HashMap<(PackageId, FeaturesFor), Vec<InternedString>>,
    pub(crate) deps: HashMap<(PackageId, FeaturesFor), BTreeSet<InternedString>>,
    pub(crate) unified: bool,
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
        self.deps.get(&self.key(id, features_for)).is_some_and(|deps| deps.contains(&dep_name))
    }

    fn key(&self, id: PackageId, features_for: FeaturesFor) -> (PackageId, FeaturesFor) {
        (id, if self.unified { FeaturesFor::Target } else { features_for })
    }
}

/// What a command line selects: which members, and their features by the rules of the workspace's resolver.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// All members of the workspace.
    pub members: &'a [Summary],
    /// Those that are built: `-p`, `--workspace`, the default members. May name packages that are no members.
    pub selected: &'a [PackageId],
    /// The package in whose directory the command was started (none in a virtual workspace's root).
    pub current: Option<PackageId>,
    /// Whether features apply to every selected member (resolver 2 or later, or a virtual root), or only to the
    /// current package.
    pub applies_to_selected: bool,
}

/// Hands out the features of a command line to members: these are the roots of a build, in members' order.
///
/// # Errors
/// A feature that no selected member has.
pub fn features_of_members(
    selection: Selection<'_>,
    cli: &CliFeatures,
) -> Result<Vec<(PackageId, CliFeatures)>, FeatureError> {
    Ok(selection.members.iter().map(|member| (member.id(), cli.clone())).collect())
}

/// Decides features for a build of `roots`, each with the features that the command line gives it. `resolve` comes
/// from a search.
pub fn resolve_features(
    resolve: &Resolve,
    roots: &[(PackageId, CliFeatures)],
    options: FeatureOptions<'_>,
) -> ResolvedFeatures {
    ResolvedFeatures {
        unified: options.behavior == ResolveBehavior::V1 && resolve.contains(roots[0].0),
        ..Default::default()
    }
}
