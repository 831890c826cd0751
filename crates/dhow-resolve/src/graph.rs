//! What was chosen: packages, who depends on whom and why, features, checksums.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::names::similar;
pub use dhow_formats::lockfile::LockVersion as ResolveVersion;
use dhow_model::{Checksum, Dependency, InternedString, PackageId, PackageIdSpec, SourceId, Summary};

/// What was chosen: a graph of packages. From a search it is complete; from a lock file edges have no
/// [`Dependency`]s, and there are no features and no summaries.
#[derive(Clone, Debug, Default)]
pub struct Resolve {
    pub(crate) graph: BTreeMap<PackageId, Vec<(PackageId, Vec<Dependency>)>>,
    pub(crate) features: HashMap<PackageId, Vec<InternedString>>,
    pub(crate) checksums: HashMap<PackageId, Option<Checksum>>,
    pub(crate) summaries: HashMap<PackageId, Summary>,
    pub(crate) replacements: BTreeMap<PackageId, PackageId>,
    pub(crate) unused_patches: Vec<PackageId>,
    pub(crate) lock_metadata: BTreeMap<String, String>,
    pub(crate) unpinned_sources: Vec<SourceId>,
    pub(crate) version: ResolveVersion,
}

/// A package ID specification that does not name exactly one package.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// It is not one.
    #[error("`{spec}` is not a package ID specification: {reason}")]
    Malformed {
        /// The text.
        spec: String,
        /// What the parser says.
        reason: String,
    },
    /// No package matches.
    #[error("package `{spec}` is not in the dependency graph{}", did_you_mean(.suggestions))]
    NotFound {
        /// The text.
        spec: String,
        /// Names that may have been meant.
        suggestions: Vec<String>,
    },
    /// Several packages match.
    #[error("`{spec}` may mean several packages; say which:{}", listed(.candidates))]
    Ambiguous {
        /// The text.
        spec: String,
        /// The packages it may mean.
        candidates: Vec<PackageId>,
    },
}

fn did_you_mean(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        String::new()
    } else {
        format!("; did you mean `{}`?", suggestions.join("` or `"))
    }
}

fn listed(ids: &[PackageId]) -> String {
    ids.iter().map(|id| format!("\n  {}", id.to_spec())).collect()
}

impl Resolve {
    /// Every package, sorted by name, version, source.
    pub fn iter(&self) -> impl Iterator<Item = PackageId> + '_ {
        self.graph.keys().copied()
    }

    /// Whether the package is in it.
    pub fn contains(&self, id: PackageId) -> bool {
        self.graph.contains_key(&id)
    }

    /// What `id` depends on, sorted, each with the dependencies (lines of the manifest) that ask for it;
    /// replacements in effect.
    pub fn deps(&self, id: PackageId) -> impl Iterator<Item = (PackageId, &[Dependency])> + '_ {
        self.deps_not_replaced(id).map(|(to, deps)| (self.replacement(to).unwrap_or(to), deps))
    }

    /// As [`Self::deps`], with the packages that `[replace]` replaces.
    pub fn deps_not_replaced(&self, id: PackageId) -> impl Iterator<Item = (PackageId, &[Dependency])> + '_ {
        self.graph.get(&id).into_iter().flatten().map(|(to, deps)| (*to, deps.as_slice()))
    }

    /// What stands in for `id`, if `[replace]` names it.
    pub fn replacement(&self, id: PackageId) -> Option<PackageId> {
        self.replacements.get(&id).copied()
    }

    /// The features of `id` that are on for somebody, sorted (not told apart by platform or kind: see
    /// [`crate::features`] for what a build uses).
    pub fn features(&self, id: PackageId) -> &[InternedString] {
        self.features.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What the resolver knew about `id`; nothing if this comes from a lock file.
    pub fn summary(&self, id: PackageId) -> Option<&Summary> {
        self.summaries.get(&id)
    }

    /// The checksum of the archive.
    pub fn checksum(&self, id: PackageId) -> Option<Checksum> {
        self.checksums.get(&id).copied().flatten()
    }

    /// Patches that nothing uses, sorted.
    pub fn unused_patches(&self) -> &[PackageId] {
        &self.unused_patches
    }

    /// Sources from which something is needed that the lock file (or whatever was held on to) did not pin: what they
    /// have now decides. In the order in which they were needed; nothing if this comes from a lock file.
    pub fn unpinned_sources(&self) -> &[SourceId] {
        &self.unpinned_sources
    }

    /// How it is encoded in a lock file.
    pub fn version(&self) -> ResolveVersion {
        self.version
    }

    /// The one package that `spec` (`name`, `name@1.2`, a URL) names.
    ///
    /// # Errors
    /// None or several.
    pub fn query(&self, spec: &str) -> Result<PackageId, SpecError> {
        query(spec, self.iter())
    }

    /// `roots` and everything they need, over all kinds of edges and platforms.
    pub fn transitive_closure(&self, roots: impl IntoIterator<Item = PackageId>) -> BTreeSet<PackageId> {
        let mut todo: Vec<_> = roots.into_iter().collect();
        let mut seen: BTreeSet<_> = todo.iter().copied().collect();
        while let Some(id) = todo.pop() {
            todo.extend(self.deps(id).map(|(to, _)| to).filter(|to| seen.insert(*to)));
        }
        seen
    }
}

/// The one package of `ids` that `spec` names.
///
/// # Errors
/// None or several.
pub fn query(spec: &str, ids: impl Iterator<Item = PackageId>) -> Result<PackageId, SpecError> {
    let parsed = PackageIdSpec::parse(spec)
        .map_err(|e| SpecError::Malformed { spec: spec.to_owned(), reason: e.to_string() })?;
    let ids: Vec<_> = ids.collect();
    let candidates: Vec<_> =
        ids.iter().copied().filter(|id| dhow_model::spec_matches(&parsed, *id)).collect();
    match candidates.as_slice() {
        [one] => Ok(*one),
        [] => {
            let suggestions = similar(parsed.name(), ids.iter().map(|id| id.name().as_str()));
            Err(SpecError::NotFound { spec: spec.to_owned(), suggestions })
        }
        _ => Err(SpecError::Ambiguous { spec: spec.to_owned(), candidates }),
    }
}
