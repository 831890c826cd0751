//! The `[features]` table: parsed, and checked against the dependencies. Specified in the Cargo book, "Features".

use std::collections::{BTreeMap, HashMap, HashSet};

use dhow_formats::manifest::FeatureName;
use dhow_model::{DepKind, Dependency, FeatureMap, FeatureValue, InternedString};

use crate::error::Flaw;
use crate::problem::FeatureProblem;

/// Parses and checks the table. The implicit features of optional dependencies are not added; `Summary` does that.
pub(crate) fn feature_map(
    table: Option<&BTreeMap<FeatureName, Vec<String>>>,
    dependencies: &[Dependency],
) -> Result<FeatureMap, Flaw> {
    let mut optional: HashMap<InternedString, bool> = HashMap::new();
    for dependency in dependencies {
        let name = dependency.name_in_toml();
        if dependency.is_optional() && dependency.kind() == DepKind::Development {
            let problem = FeatureProblem::OptionalDev { dependency: name.to_string() };
            return Err(Flaw::new(["dev-dependencies", &name], problem));
        }
        *optional.entry(name).or_default() |= dependency.is_optional();
    }
    let map: FeatureMap = table
        .into_iter()
        .flatten()
        .map(|(name, values)| (name.as_str().into(), values.iter().map(|v| FeatureValue::parse(v)).collect()))
        .collect();
    let by_dep: HashSet<InternedString> = map
        .values()
        .flatten()
        .filter_map(|value| match value {
            FeatureValue::Dep { dep_name } => Some(*dep_name),
            _ => None,
        })
        .collect();
    let checker = Checker { map: &map, optional: &optional, by_dep: &by_dep };
    for (feature, values) in &map {
        for (index, value) in values.iter().enumerate() {
            let flaw = |problem| Flaw::new(["features", feature, &index.to_string()], problem);
            checker.check(*feature, *value).map_err(flaw)?;
        }
    }
    checker.check_reachable()?;
    Ok(map)
}

struct Checker<'a> {
    map: &'a FeatureMap,
    /// Dependencies by name, and whether any of that name is optional.
    optional: &'a HashMap<InternedString, bool>,
    /// What `dep:` names.
    by_dep: &'a HashSet<InternedString>,
}

impl Checker<'_> {
    fn check(&self, feature: InternedString, value: FeatureValue) -> Result<(), FeatureProblem> {
        let feature = feature.to_string();
        let text = value.to_string();
        let (FeatureValue::Feature(name)
        | FeatureValue::Dep { dep_name: name }
        | FeatureValue::DepFeature { dep_name: name, .. }) = value;
        let optional = self.optional.get(&name).copied();
        let dependency = name.to_string();
        match (value, optional) {
            (FeatureValue::Feature(_), _) if self.map.contains_key(&name) => Ok(()),
            (FeatureValue::Feature(_), None) => {
                let known = self.map.keys().map(ToString::to_string).collect();
                Err(FeatureProblem::Unknown { feature, value: text, known })
            }
            (FeatureValue::Feature(_), Some(true)) if self.by_dep.contains(&name) => {
                Err(FeatureProblem::NotImplicit { feature, value: text })
            }
            (FeatureValue::Feature(_) | FeatureValue::Dep { .. }, Some(true)) => Ok(()),
            (FeatureValue::DepFeature { dep_feature, .. }, _) if dep_feature.contains('/') => {
                Err(FeatureProblem::Malformed { feature, value: text, reason: "it has more than one slash" })
            }
            (FeatureValue::DepFeature { .. }, _) if name.starts_with("dep:") => {
                Err(FeatureProblem::Malformed {
                    feature,
                    value: text,
                    reason: "`dep:` and `/` do not go together; leave `dep:` away",
                })
            }
            (_, None) => Err(FeatureProblem::NoDependency { feature, value: text, dependency }),
            (FeatureValue::DepFeature { weak: true, .. }, Some(false)) => {
                Err(FeatureProblem::WeakNotOptional { feature, value: text, dependency })
            }
            (FeatureValue::DepFeature { .. }, _) => Ok(()),
            (_, Some(false)) => Err(FeatureProblem::NotOptional { feature, value: text, dependency }),
        }
    }

    /// An optional dependency without its implicit feature must be named by some feature.
    fn check_reachable(&self) -> Result<(), Flaw> {
        let named = |dep: InternedString| {
            self.by_dep.contains(&dep)
                || self.map.values().flatten().any(
                    |value| matches!(value, FeatureValue::DepFeature { dep_name, .. } if *dep_name == dep),
                )
        };
        let mut shadowed: Vec<_> = self
            .optional
            .iter()
            .filter(|(name, optional)| **optional && self.map.contains_key(*name) && !named(**name))
            .map(|(name, _)| *name)
            .collect();
        shadowed.sort();
        match shadowed.first() {
            None => Ok(()),
            Some(name) => Err(Flaw::new(
                ["dependencies", name],
                FeatureProblem::Unreachable { dependency: name.to_string() },
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_model::SourceId;

    /// `a` is optional, `b` is not, `c` is optional and named by `dep:c` in feature `x`.
    fn check(feature: &str, value: &str) -> Result<(), String> {
        let dep = |name: &str| Dependency::new(name, SourceId::crates_io());
        let dependencies = [dep("a").with_optional(true), dep("b"), dep("c").with_optional(true)];
        let name = |text: &str| FeatureName::new(text.to_owned()).expect("a feature name");
        let table = BTreeMap::from([
            (name("x"), vec!["dep:c".to_owned()]),
            (name(feature), vec![value.to_owned(), "dep:c".to_owned()]),
        ]);
        feature_map(Some(&table), &dependencies).map(drop).map_err(|flaw| {
            crate::Error::from_flaw(flaw, std::path::Path::new("Cargo.toml"), &"".into()).to_string()
        })
    }

    #[test]
    fn what_features_may_name() {
        for value in ["x", "a", "dep:a", "a/f", "a?/f", "b/f", "dep:c", "c?/f"] {
            assert_eq!(check("f", value), Ok(()), "{value}");
        }
        for (value, message) in [
            ("nothing", "neither a feature"),
            ("b", "is not optional"),
            ("c", "has no feature of that name"),
            ("dep:b", "is not optional"),
            ("dep:z", "no dependency `z`"),
            ("z/f", "no dependency `z`"),
            ("b?/f", "with a `?`"),
            ("dep:a/f", "leave `dep:` away"),
            ("a/f/g", "more than one slash"),
        ] {
            let error = check("f", value).expect_err(value);
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_feature_that_shadows_a_dependency_must_name_it() {
        assert!(check("a", "x").expect_err("unreachable").contains("no feature turns on"));
        assert_eq!(check("a", "dep:a"), Ok(()));
    }
}
