//! Whether what a published package says of itself makes sense. Registries check this today, but did not always;
//! a release that does not pass is as good as absent, as it is to Cargo.

use std::collections::HashMap;

use dhow_model::{Dependency, FeatureValue, InternedString, Summary};

/// See the module.
pub(crate) fn is_sound(summary: &Summary) -> bool {
    let mut optional: HashMap<InternedString, bool> = HashMap::new();
    for dep in summary.dependencies() {
        if dep.is_optional() && !dep.is_transitive() {
            return false;
        }
        *optional.entry(dep.name_in_toml()).or_default() |= dep.is_optional();
    }
    let is_sound = |value: &FeatureValue| match value {
        FeatureValue::Feature(name) => summary.features().contains_key(name),
        FeatureValue::Dep { dep_name } => optional.get(dep_name) == Some(&true),
        FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
            let known = optional.get(dep_name);
            !dep_feature.contains('/') && if *weak { known == Some(&true) } else { known.is_some() }
        }
    };
    let names_are = summary.features().keys().all(|name| !name.contains('/') && !name.starts_with("dep:"));
    names_are
        && summary.features().values().flatten().all(is_sound)
        && summary.dependencies().iter().filter(|dep| dep.is_optional()).all(|dep| is_used(summary, dep))
}

/// An optional dependency must be reachable by some feature.
fn is_used(summary: &Summary, dep: &Dependency) -> bool {
    let name = dep.name_in_toml();
    let names = |value: &FeatureValue| match value {
        FeatureValue::Dep { dep_name } => *dep_name == name,
        FeatureValue::DepFeature { dep_name, weak, .. } => *dep_name == name && !weak,
        FeatureValue::Feature(_) => false,
    };
    summary.features().values().flatten().any(names)
}

#[cfg(test)]
mod tests {
    use dhow_model::{DepKind, FeatureMap, PackageId, SourceId};

    use super::*;

    fn check(feature: &str, optional: bool, kind: DepKind) -> bool {
        let source = SourceId::crates_io();
        let id = PackageId::new("a", semver::Version::new(1, 0, 0), source);
        let dep = Dependency::new("d", source).with_optional(optional).with_kind(kind);
        let values = if feature.is_empty() { Vec::new() } else { vec![FeatureValue::parse(feature)] };
        is_sound(&Summary::new(id, vec![dep], FeatureMap::from([("f".into(), values)])))
    }

    #[test]
    fn features_name_what_is_there() {
        for good in ["", "d", "dep:d", "d/x", "d?/x"] {
            assert!(check(good, true, DepKind::Normal), "{good}");
        }
        for bad in ["e", "dep:e", "e/x", "d/x/y"] {
            assert!(!check(bad, true, DepKind::Normal), "{bad}");
        }
        assert!(!check("d?/x", false, DepKind::Normal));
        assert!(!check("dep:d", false, DepKind::Normal));
        assert!(check("d/x", false, DepKind::Development));
        assert!(!check("", true, DepKind::Development));
    }
}
