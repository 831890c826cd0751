//! What a resolution starts from.

use dhow_model::{Dependency, InternedString, PackageId, PackageIdSpec, PartialVersion, SourceId, Summary};
use semver::Version;

use crate::features::CliFeatures;
use crate::graph::Resolve;
use crate::prefs::VersionPreferences;

/// A package to resolve for: a workspace member.
#[derive(Clone, Debug)]
pub struct Member {
    /// The package.
    pub summary: Summary,
    /// Its features that are on. For a lock file: all.
    pub features: CliFeatures,
    /// Whether its dev-dependencies count. They do for a lock file, and also when features are narrowed for a build in
    /// a workspace; only `install` leaves them out.
    pub dev_deps: bool,
}

/// An entry of `[patch]`, its package already looked up.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The source that is patched: its packages are asked for, this one may be given. Only its URL counts: all branches
    /// of a repository are patched.
    pub source: SourceId,
    /// The entry as the manifest has it.
    pub dep: Dependency,
    /// The package it stands for.
    pub summary: Summary,
}

/// An entry of `[replace]`, its package already looked up.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// What is replaced.
    pub spec: PackageIdSpec,
    /// What replaces it: same name, same version.
    pub summary: Summary,
}

/// `update --precise`: who would take `from` gets `to` and nothing else, even if it is yanked.
#[derive(Clone, Debug)]
pub struct Precise {
    /// Where the package comes from.
    pub source: SourceId,
    /// The package.
    pub name: InternedString,
    /// The version that is locked. Requirements that do not accept it have nothing to do with this.
    pub from: Version,
    /// The version that is wanted. Without build metadata, any will do.
    pub to: Version,
}

impl Precise {
    /// Whether `version` is the one that is wanted.
    pub fn is(&self, version: &Version) -> bool {
        let parts = |v: &Version| (v.major, v.minor, v.patch, v.pre.clone());
        parts(&self.to) == parts(version) && (self.to.build.is_empty() || self.to.build == version.build)
    }
}

/// All that decides a resolution, except for the published packages.
#[derive(Clone, Copy)]
pub struct ResolveRequest<'a> {
    /// The packages to resolve for, in Cargo's order (the workspace's members, as discovered). Other path packages
    /// are asked from the provider, which must know them at once.
    pub members: &'a [Member],
    /// What the lock file (or an earlier resolution) says.
    pub previous: Option<&'a Resolve>,
    /// Which of the previous packages to hold on to: `cargo update` lets go of some. Path packages and those whose
    /// requirements changed are let go by themselves.
    pub keep: &'a dyn Fn(PackageId) -> bool,
    /// What `update --precise` asks for; the packages it names are let go by `keep`.
    pub precise: &'a [Precise],
    /// `[patch]` of the workspace's root.
    pub patches: &'a [Patch],
    /// `[replace]` of the workspace's root.
    pub replacements: &'a [Replacement],
    /// Which versions are tried first.
    pub prefs: &'a VersionPreferences,
    /// The `rust-version` that is lowest among the members (all of the workspace's): decides the version of a new
    /// lock file.
    pub lowest_rust_version: Option<&'a PartialVersion>,
}
