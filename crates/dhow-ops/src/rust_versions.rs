//! Which Rust versions the members of a workspace promise to build with, and whether that counts when versions of
//! dependencies are chosen.

use std::collections::{BTreeSet, HashSet};

use dhow_config::IncompatibleRustVersions;
use dhow_model::{PackageId, PartialVersion, RustVersion};
use dhow_resolve::VersionPreferences;
use dhow_workspace::{Package, ResolverVersion, Workspace};

use crate::error::Error;
use crate::session::Session;
use crate::sources::Sources;

/// What members promise, and whether it counts.
pub(crate) struct RustVersions<'a> {
    workspace: &'a Workspace,
    counts: bool,
}

impl<'a> RustVersions<'a> {
    /// With resolver 3, or if configuration says so, unless `ignored`.
    pub(crate) fn new(session: &Session<'_>, workspace: &'a Workspace, ignored: bool) -> Result<Self, Error> {
        let fallback = match session.config.incompatible_rust_versions()? {
            Some(choice) => choice == IncompatibleRustVersions::Fallback,
            None => workspace.resolver() >= ResolverVersion::V3,
        };
        Ok(Self { workspace, counts: fallback && !ignored })
    }

    pub(crate) fn count(&self) -> bool {
        self.counts
    }

    fn promised(&self) -> BTreeSet<&'a RustVersion> {
        self.workspace.members().iter().filter_map(|p| p.metadata().rust_version.as_ref()).collect()
    }

    /// The lowest of them: decides the version of a new lock file.
    pub(crate) fn lowest(&self) -> Option<PartialVersion> {
        self.promised().first().map(|lowest| lowest.to_partial())
    }

    /// What each member has to build with: its own promise, or the compiler that is there.
    pub(crate) fn of_members(&self, rustc: Option<&PartialVersion>) -> Vec<(PackageId, PartialVersion)> {
        let needed = |p: &Package| {
            let own = p.metadata().rust_version.as_ref().map(RustVersion::to_partial);
            Some((p.id(), own.or_else(|| rustc.cloned())?))
        };
        self.workspace.members().iter().filter_map(needed).collect()
    }

    /// The packages whose promises these are.
    pub(crate) fn member_ids(&self) -> HashSet<PackageId> {
        self.workspace.members().iter().map(Package::id).collect()
    }

    /// Versions that need a newer Rust than the workspace promises come last, if that counts.
    pub(crate) fn preferences(&self, sources: &mut Sources<'_>) -> Result<VersionPreferences, Error> {
        if !self.counts {
            return Ok(VersionPreferences::default());
        }
        let mut rust_versions: Vec<PartialVersion> =
            self.promised().into_iter().map(RustVersion::to_partial).collect();
        if rust_versions.is_empty() {
            rust_versions.push(sources.rustc_version()?.into());
        }
        Ok(VersionPreferences { rust_versions, ..VersionPreferences::default() })
    }
}
