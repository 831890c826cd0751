//! What a hub has to hold.

use std::collections::{BTreeMap, BTreeSet};

use dhow_model::{Checksum, PackageId, SourceId};
use dhow_resolve::Resolve;

/// What a hub has to hold, no more and no less: worked out from the lock file, the platforms that were asked for, and
/// whether dev-dependencies are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// All packages of registries that the lock file names, with the checksums of their archives: the index has their
    /// entries and no others. Without those that only other platforms need, Cargo could not make the graph out.
    pub listed: BTreeMap<PackageId, Option<Checksum>>,
    /// Those of them that are compiled: their archives and sources are there.
    pub unpacked: BTreeSet<PackageId>,
    /// All git sources that the lock file names, pinned to their commits. Their manifests are needed to make the graph
    /// out, whoever is compiled.
    pub repositories: BTreeSet<SourceId>,
}

impl Contents {
    /// For what a lock file says, of which `compiled` is what is compiled.
    pub fn new(resolve: &Resolve, compiled: &BTreeSet<PackageId>) -> Self {
        let of_registries = || resolve.iter().filter(|id| id.source().is_registry());
        Self {
            listed: of_registries().map(|id| (id, resolve.checksum(id))).collect(),
            unpacked: of_registries().filter(|id| compiled.contains(id)).collect(),
            repositories: resolve.iter().map(PackageId::source).filter(|source| source.is_git()).collect(),
        }
    }
}
