//! One line of a registry's index: a release of a package, as the resolver wants to see it. Specified in the Cargo
//! book, "Index Format".

use std::collections::HashSet;

use cargo_util_schemas::index::{IndexPackage, RegistryDependency};
use dhow_model::{
    Checksum, DepKind, Dependency, FeatureMap, FeatureValue, InternedString, PackageId, SourceId,
    SourceIdError, Summary,
};
use semver::{Version, VersionReq};
use serde::Deserialize;

use crate::index_cache::INDEX_SCHEMA_VERSION;

/// Why a line offers no release. Such lines are skipped: an index may hold what only a newer reader understands.
#[derive(Debug, thiserror::Error)]
pub enum IndexEntryError {
    /// Not JSON of that shape.
    #[error("not an index entry: {0}")]
    Json(#[from] serde_json::Error),
    /// Written for newer readers.
    #[error("written in version {0} of the index schema, which is newer than what is understood here")]
    NewerSchema(u32),
    /// A requirement that is none.
    #[error("dependency `{dependency}` has the requirement `{req}`: {reason}")]
    BadRequirement {
        /// Which dependency.
        dependency: String,
        /// The text.
        req: String,
        /// What is wrong with it.
        reason: semver::Error,
    },
    /// A target that is neither a triple nor a cfg expression.
    #[error(
        "dependency `{dependency}` is for the target `{target}`, which is neither a triple nor a cfg expression"
    )]
    BadTarget {
        /// Which dependency.
        dependency: String,
        /// The text.
        target: String,
    },
    /// A registry that is none.
    #[error(transparent)]
    BadRegistry(#[from] SourceIdError),
    /// A checksum that is no SHA-256.
    #[error("`{0}` is not a SHA-256 checksum")]
    BadChecksum(String),
    /// Features that name what is not there.
    #[error("feature `{feature}` has the value `{value}`, which names nothing that it may")]
    BadFeature {
        /// Which feature.
        feature: InternedString,
        /// Its value.
        value: FeatureValue,
    },
    /// A development dependency cannot be optional, and an optional one must be reachable through some feature.
    #[error("dependency `{0}` cannot be optional as it is")]
    BadOptional(InternedString),
}

/// The parts of a line that decide whether it is kept at all.
#[derive(Debug, Deserialize)]
pub struct IndexEntryHead {
    /// Version of the release.
    pub vers: Version,
    /// Name; every line has one.
    #[serde(rename = "name")]
    _name: serde::de::IgnoredAny,
}

impl IndexEntryHead {
    /// Reads only what is needed to place a line in the cache.
    ///
    /// # Errors
    /// Without name or version it is not a line of an index.
    pub fn parse(line: &[u8]) -> Result<Self, IndexEntryError> {
        Ok(serde_json::from_slice(line)?)
    }
}

/// The checksum of the archive that a line describes; nothing if that cannot be read.
pub fn checksum(line: &[u8]) -> Option<Checksum> {
    #[derive(Deserialize)]
    struct Line {
        cksum: String,
    }
    serde_json::from_slice::<Line>(line).ok()?.cksum.parse().ok()
}

/// Reads a line as a release of a package of `source`. Dependencies that name no registry are of `source` as well.
///
/// # Errors
/// See [`IndexEntryError`]; the line is to be skipped.
pub fn parse_summary(line: &[u8], source: SourceId) -> Result<Summary, IndexEntryError> {
    let entry: IndexPackage<'_> = serde_json::from_slice(line)?;
    let schema = entry.v.unwrap_or(1);
    if schema > INDEX_SCHEMA_VERSION {
        return Err(IndexEntryError::NewerSchema(schema));
    }
    let checksum = entry.cksum.parse().map_err(|()| IndexEntryError::BadChecksum(entry.cksum.clone()))?;
    let deps: Vec<_> = entry.deps.into_iter().map(|dep| dependency(dep, source)).collect::<Result<_, _>>()?;
    let mut features = FeatureMap::new();
    for (name, values) in entry.features.iter().chain(entry.features2.iter().flatten()) {
        let values = values.iter().map(|value| FeatureValue::parse(value));
        features.entry(InternedString::new(name)).or_default().extend(values);
    }
    let id = PackageId::new(entry.name.as_ref(), entry.vers, source);
    let summary = Summary::new(id, deps, features)
        .with_links(entry.links.as_deref().map(InternedString::new))
        .with_rust_version(entry.rust_version)
        .with_checksum(Some(checksum))
        .with_yanked(entry.yanked.unwrap_or(false));
    check_features(&summary)?;
    Ok(summary)
}

fn dependency(dep: RegistryDependency<'_>, source: SourceId) -> Result<Dependency, IndexEntryError> {
    let target = match &dep.target {
        Some(text) => Some(text.parse().map_err(|_| IndexEntryError::BadTarget {
            dependency: dep.name.to_string(),
            target: text.to_string(),
        })?),
        None => None,
    };
    let req = VersionReq::parse(&dep.req).map_err(|reason| IndexEntryError::BadRequirement {
        dependency: dep.name.to_string(),
        req: dep.req.to_string(),
        reason,
    })?;
    let kind = match dep.kind.as_deref() {
        Some("dev") => DepKind::Development,
        Some("build") => DepKind::Build,
        _ => DepKind::Normal,
    };
    let source = match &dep.registry {
        Some(url) => SourceId::for_registry(url)?,
        None => source,
    };
    let (name, rename) = match &dep.package {
        Some(package) => (package, Some(InternedString::new(&dep.name))),
        None => (&dep.name, None),
    };
    // Old releases carry features without a name.
    let features = dep.features.iter().filter(|feature| !feature.is_empty());
    Ok(Dependency::new(name.as_ref(), source)
        .with_req(req)
        .with_kind(kind)
        .with_rename(rename)
        .with_platform(target)
        .with_optional(dep.optional)
        .with_default_features(dep.default_features)
        .with_features(features.map(|feature| InternedString::new(feature)).collect())
        .with_public(dep.public.unwrap_or(false))
        .with_registry((!source.is_crates_io()).then_some(source)))
}

/// Whether every feature names what is there, as Cargo demands of a release before it counts as a candidate.
fn check_features(summary: &Summary) -> Result<(), IndexEntryError> {
    let deps: HashSet<InternedString> = summary.dependencies().iter().map(Dependency::name_in_toml).collect();
    let optional: HashSet<InternedString> =
        summary.dependencies().iter().filter(|dep| dep.is_optional()).map(Dependency::name_in_toml).collect();
    let dev = summary.dependencies().iter().find(|dep| dep.is_optional() && !dep.is_transitive());
    if let Some(dev) = dev {
        return Err(IndexEntryError::BadOptional(dev.name_in_toml()));
    }
    let mut reachable = HashSet::new();
    for (&feature, values) in summary.features() {
        for &value in values {
            let good = match value {
                FeatureValue::Feature(other) => summary.features().contains_key(&other),
                FeatureValue::Dep { dep_name } => {
                    reachable.insert(dep_name);
                    optional.contains(&dep_name)
                }
                FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
                    reachable.insert(dep_name);
                    let plain = !dep_feature.contains('/') && !dep_feature.starts_with("dep:");
                    plain && deps.contains(&dep_name) && (!weak || optional.contains(&dep_name))
                }
            };
            if !good {
                return Err(IndexEntryError::BadFeature { feature, value });
            }
        }
    }
    match optional.iter().find(|dep| !reachable.contains(*dep)) {
        Some(&dep) => Err(IndexEntryError::BadOptional(dep)),
        None => Ok(()),
    }
}

/// The directories above an index file of a package: `1`, `2`, `3/a`, `ab/cd`. Case is kept; file names in an index
/// are lowercase.
pub fn index_prefix(name: &str) -> String {
    let first = |count: usize| name.chars().take(count).collect::<String>();
    match name.chars().count() {
        count @ (0..=2) => count.to_string(),
        3 => format!("3/{}", first(1)),
        _ => format!("{}/{}", first(2), name.chars().skip(2).take(2).collect::<String>()),
    }
}

/// The path of a package's file in an index.
pub fn index_path(name: &str) -> String {
    let lower = name.to_lowercase();
    format!("{}/{lower}", index_prefix(&lower))
}

#[cfg(test)]
mod tests;
