//! What a manifest says, ready to be shown.

use std::collections::BTreeMap;
use std::path::Path;

use dhow_model::{DepKind, Dependency, FeatureMap, FeatureValue, InternedString, SourceId};
use dhow_workspace::Package;
use semver::{Version, VersionReq};

use super::relative::relative;

/// What a package says about itself.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is what it is called in the output")]
pub struct PackageInfo {
    pub name: String,
    pub version: String,
    pub keywords: Vec<String>,
    pub description: Option<String>,
    /// The newest version, if it is another one.
    pub latest: Option<String>,
    /// Where it is from, if that is not crates.io.
    pub from: Option<String>,
    pub license: Option<String>,
    pub rust_version: Option<String>,
    pub documentation: Option<String>,
    pub homepage: Option<String>,
    pub repository: Option<String>,
    /// Its page on crates.io.
    pub crates_io: Option<String>,
    /// Those that are on by default come first.
    pub features: Vec<FeatureLine>,
    pub dependencies: Vec<DependencyLine>,
    pub build_dependencies: Vec<DependencyLine>,
    /// The command that shows who depends on it.
    pub tree_command: Option<String>,
}

/// How a feature or an optional dependency comes to be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeatureStatus {
    /// It is `default`, or a dependency that is not optional.
    Given,
    /// `default` turns it on.
    Enabled,
    /// It is off.
    Disabled,
}

/// A feature.
#[derive(Clone, Debug)]
pub struct FeatureLine {
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub status: FeatureStatus,
    /// What it turns on.
    pub values: Vec<String>,
}

/// A dependency.
#[derive(Clone, Debug)]
pub struct DependencyLine {
    /// Name, and requirement or source.
    pub text: String,
    /// Whether it is on.
    pub status: FeatureStatus,
}

pub(super) fn describe(
    package: &Package,
    latest: Option<&Version>,
    suggest_tree: bool,
    cwd: &Path,
) -> PackageInfo {
    let (id, metadata) = (package.id(), package.metadata());
    let (name, version) = (id.name().to_string(), id.version().to_string());
    let from_crates_io = id.source().is_crates_io();
    let features = package.summary().features();
    let statuses = statuses(features);
    let docs_rs = || from_crates_io.then(|| format!("https://docs.rs/{name}/{version}"));
    let dependencies = |kind| dependencies(package, kind, features, &statuses, cwd);
    PackageInfo {
        keywords: metadata.keywords.clone(),
        description: metadata.description.as_deref().map(|text| text.trim_end().to_owned()),
        latest: latest.filter(|latest| *latest != id.version()).map(Version::to_string),
        from: (!from_crates_io).then(|| shown_source(id.source(), cwd)),
        license: metadata.license.clone(),
        rust_version: metadata.rust_version.as_ref().map(ToString::to_string),
        documentation: metadata.documentation.clone().or_else(docs_rs),
        homepage: metadata.homepage.clone(),
        repository: metadata.repository.clone(),
        crates_io: from_crates_io.then(|| format!("https://crates.io/crates/{name}/{version}")),
        features: feature_lines(features, &statuses),
        dependencies: dependencies(DepKind::Normal),
        build_dependencies: dependencies(DepKind::Build),
        tree_command: suggest_tree.then(|| format!("dhow tree --invert --package {name}@{version}")),
        name,
        version,
    }
}

fn shown_source(source: SourceId, cwd: &Path) -> String {
    match source.local_path() {
        Some(path) => Path::new(".").join(relative(&path, cwd)).display().to_string(),
        None => source.to_string(),
    }
}

/// Which features `default` turns on.
fn statuses(features: &FeatureMap) -> BTreeMap<InternedString, FeatureStatus> {
    let default = InternedString::new("default");
    let mut statuses: BTreeMap<_, _> = features.keys().map(|name| (*name, FeatureStatus::Disabled)).collect();
    if let Some(status) = statuses.get_mut(&default) {
        *status = FeatureStatus::Given;
    }
    let mut open = vec![default];
    while let Some(feature) = open.pop() {
        for value in features.get(&feature).into_iter().flatten() {
            if let FeatureValue::Feature(name) = value
                && let Some(status) = statuses.get_mut(name)
                && *status == FeatureStatus::Disabled
            {
                *status = FeatureStatus::Enabled;
                open.push(*name);
            }
        }
    }
    statuses
}

fn feature_lines(
    features: &FeatureMap,
    statuses: &BTreeMap<InternedString, FeatureStatus>,
) -> Vec<FeatureLine> {
    let mut names: Vec<_> = statuses.iter().collect();
    names.sort_by_key(|(name, status)| (**status, **name));
    let line = |(name, status): (&InternedString, &FeatureStatus)| FeatureLine {
        name: name.to_string(),
        status: *status,
        values: features.get(name).into_iter().flatten().map(ToString::to_string).collect(),
    };
    names.into_iter().map(line).collect()
}

fn dependencies(
    package: &Package,
    kind: DepKind,
    features: &FeatureMap,
    statuses: &BTreeMap<InternedString, FeatureStatus>,
    cwd: &Path,
) -> Vec<DependencyLine> {
    let status = |dep: &Dependency| {
        if !dep.is_optional() {
            return FeatureStatus::Given;
        }
        let on = statuses.iter().filter(|(_, status)| **status != FeatureStatus::Disabled);
        let mut values = on.filter_map(|(name, _)| features.get(name)).flatten();
        // As Cargo shows it: `dep/feature` alone, which does turn the dependency on, does not count.
        let is_on = values.any(|value| match value {
            FeatureValue::Dep { dep_name } | FeatureValue::DepFeature { dep_name, weak: true, .. } => {
                *dep_name == dep.name_in_toml()
            }
            _ => false,
        });
        if is_on { FeatureStatus::Enabled } else { FeatureStatus::Disabled }
    };
    let mut found: Vec<(FeatureStatus, &Dependency)> = package
        .dependencies()
        .iter()
        .filter(|dep| dep.kind() == kind)
        .map(|dep| (status(dep), dep))
        .collect();
    found.sort_by_key(|(status, dep)| (*status, dep.package_name()));
    found
        .into_iter()
        .map(|(status, dep)| {
            let place = match dep.source().is_registry() {
                true => format!("@{}", shown_requirement(dep.req())),
                false => format!(" ({})", shown_source(dep.source(), cwd)),
            };
            DependencyLine { text: format!("{}{place}", dep.package_name()), status }
        })
        .collect()
}

/// `^1.0` is what everybody means by `1.0`.
fn shown_requirement(req: &VersionReq) -> String {
    let text = req.to_string();
    match text.strip_prefix('^') {
        Some(plain) if req.comparators.len() == 1 => plain.to_owned(),
        _ => text,
    }
}
