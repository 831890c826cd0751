//! Guesses which packages a resolver will ask for next, so that their index files are on their way before it does.
//!
//! The guess is the newest release that a requirement accepts, with the features that are asked for. A wrong guess
//! costs one request; a missing one costs a round trip.

use std::collections::HashSet;

use dhow_model::{Dependency, FeatureValue, InternedString, Summary};
use semver::VersionReq;

/// What somebody wants of a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Want {
    pub(super) name: InternedString,
    pub(super) req: VersionReq,
    pub(super) features: Vec<InternedString>,
    pub(super) default_features: bool,
}

impl Want {
    pub(super) fn of(dep: &Dependency) -> Self {
        Self {
            name: dep.package_name(),
            req: dep.req().clone(),
            features: dep.features().to_vec(),
            default_features: dep.default_features(),
        }
    }
}

/// What `summary` will need if it is used as `want` says: on every platform, because locks are for all.
pub(super) fn needs(summary: &Summary, want: &Want) -> Vec<Want> {
    let (enabled, extra) = enabled(summary, want);
    let needed = summary
        .dependencies()
        .iter()
        .filter(|dep| dep.is_transitive() && dep.source() == summary.id().source())
        .filter(|dep| !dep.is_optional() || enabled.contains(&dep.name_in_toml()));
    needed
        .map(|dep| {
            let mut want = Want::of(dep);
            let more = extra.iter().filter(|(name, _)| *name == dep.name_in_toml());
            want.features.extend(more.map(|&(_, feature)| feature));
            want
        })
        .collect()
}

/// Dependencies that the features turn on, and features of dependencies.
fn enabled(
    summary: &Summary,
    want: &Want,
) -> (HashSet<InternedString>, Vec<(InternedString, InternedString)>) {
    let mut dependencies = HashSet::new();
    let mut extra = Vec::new();
    let mut seen: HashSet<InternedString> = want.features.iter().copied().collect();
    if want.default_features {
        seen.insert("default".into());
    }
    let mut open: Vec<InternedString> = seen.iter().copied().collect();
    while let Some(feature) = open.pop() {
        for value in summary.features().get(&feature).into_iter().flatten() {
            match *value {
                FeatureValue::Feature(other) => {
                    if seen.insert(other) {
                        open.push(other);
                    }
                }
                FeatureValue::Dep { dep_name } => {
                    dependencies.insert(dep_name);
                }
                FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
                    if !weak {
                        dependencies.insert(dep_name);
                    }
                    extra.push((dep_name, dep_feature));
                }
            }
        }
    }
    (dependencies, extra)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_model::{DepKind, FeatureMap, PackageId, SourceId};

    #[test]
    fn optional_dependencies_are_needed_only_with_their_feature() {
        let source = SourceId::crates_io();
        let dep = |name: &str| Dependency::new(name, source);
        let deps = vec![
            dep("always"),
            dep("net").with_optional(true),
            dep("other").with_optional(true),
            dep("tests").with_kind(DepKind::Development),
            dep("elsewhere").with_source(SourceId::parse("registry+https://example.com/").expect("a source")),
        ];
        let values = |texts: &[&str]| texts.iter().map(|text| FeatureValue::parse(text)).collect::<Vec<_>>();
        let features = FeatureMap::from([
            ("default".into(), values(&["std"])),
            ("std".into(), values(&["net/tls", "other?/x"])),
        ]);
        let id = PackageId::new("a", semver::Version::new(1, 0, 0), source);
        let summary = Summary::new(id, deps, features);
        let names = |default_features| {
            let mut want = Want::of(&dep("a"));
            want.default_features = default_features;
            needs(&summary, &want)
                .into_iter()
                .map(|want| (want.name.to_string(), want.features.len()))
                .collect()
        };
        let with: Vec<(String, usize)> = names(true);
        assert_eq!(with, [("always".to_owned(), 0), ("net".to_owned(), 1)]);
        let without: Vec<(String, usize)> = names(false);
        assert_eq!(without, [("always".to_owned(), 0)]);
    }
}
