//! Features as a command line asks for them, and which members they are for.

use std::collections::{BTreeMap, BTreeSet};

use dhow_model::{FeatureValue, InternedString, PackageId, Summary};

use super::error::FeatureError;
use crate::names::similar;

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
        let words = features.into_iter().flat_map(str::split_whitespace).flat_map(|text| text.split(','));
        let mut parsed = BTreeSet::new();
        for word in words.filter(|word| !word.is_empty()) {
            let value = FeatureValue::parse(word);
            match value {
                FeatureValue::Dep { .. } => return Err(FeatureError::DepSyntax(word.to_owned())),
                FeatureValue::DepFeature { dep_feature, .. } if dep_feature.contains('/') => {
                    return Err(FeatureError::Slashes(word.to_owned()));
                }
                _ => parsed.insert(value),
            };
        }
        Ok(Self { features: parsed, all_features, default_features })
    }

    /// Every feature: what a lock file is made for.
    pub fn all() -> Self {
        Self { all_features: true, ..Self::default() }
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a command line selects: which members, and their features by the rules of the workspace's resolver.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// All members of the workspace.
    pub members: &'a [Summary],
    /// Those that are built: `-p`, `--workspace`, the default members. May name packages that are no members.
    pub selected: &'a [PackageId],
    /// The package in whose directory the command was started, or the workspace's root package.
    pub current: Option<PackageId>,
    /// Whether features apply to every selected member (resolver 2 or later, or a virtual root), or only to the
    /// current package.
    pub applies_to_selected: bool,
}

/// Hands out the features of a command line to members: these are the roots of a build, in members' order.
///
/// # Errors
/// A feature that no selected member has. (Where only the current package gets them, the resolver finds that out.)
pub fn features_of_members(
    selection: Selection<'_>,
    cli: &CliFeatures,
) -> Result<Vec<(PackageId, CliFeatures)>, FeatureError> {
    if selection.applies_to_selected { to_selected(selection, cli) } else { Ok(to_current(selection, cli)) }
}

fn to_selected(
    selection: Selection<'_>,
    cli: &CliFeatures,
) -> Result<Vec<(PackageId, CliFeatures)>, FeatureError> {
    let selected: Vec<_> =
        selection.members.iter().filter(|member| selection.selected.contains(&member.id())).collect();
    if selected.is_empty() {
        if !cli.is_default() {
            return Err(FeatureError::OutsideWorkspace);
        }
        return Ok(selection.members.iter().map(|member| (member.id(), CliFeatures::default())).collect());
    }
    let mut found = BTreeSet::new();
    let roots = selected.iter().map(|member| {
        let mut own = BTreeSet::new();
        for value in &cli.features {
            if let Some(meant) = meant_for(member, *value) {
                own.insert(meant);
                found.insert(*value);
            }
        }
        (member.id(), CliFeatures { features: own, ..*cli })
    });
    let roots = roots.collect();
    let missing: BTreeSet<_> = cli.features.difference(&found).copied().collect();
    if missing.is_empty() { Ok(roots) } else { Err(unknown(selection, &selected, &missing)) }
}

/// What `value` means for `member`, if anything.
fn meant_for(member: &Summary, value: FeatureValue) -> Option<FeatureValue> {
    let named = |name| member.dependencies().iter().filter(move |dep| dep.name_in_toml() == name);
    let offers = |name: InternedString| {
        member.features().contains_key(&name) || named(name).any(dhow_model::Dependency::is_optional)
    };
    match value {
        FeatureValue::Feature(name) => offers(name).then_some(value),
        FeatureValue::Dep { .. } => None,
        FeatureValue::DepFeature { dep_name, .. } if named(dep_name).next().is_some() => Some(value),
        FeatureValue::DepFeature { dep_name, dep_feature, .. } => (dep_name == member.id().name()
            && offers(dep_feature))
        .then_some(FeatureValue::Feature(dep_feature)),
    }
}

fn unknown(
    selection: Selection<'_>,
    selected: &[&Summary],
    missing: &BTreeSet<FeatureValue>,
) -> FeatureError {
    let others = selection.members.iter().filter(|member| !selection.selected.contains(&member.id()));
    let has = |member: &&Summary| {
        missing.iter().any(|value| match value {
            FeatureValue::Feature(name) => member.features().contains_key(name),
            _ => false,
        })
    };
    let known: BTreeSet<InternedString> =
        selected.iter().flat_map(|member| member.features().keys()).copied().collect();
    let mut features: Vec<_> = missing.iter().map(ToString::to_string).collect();
    features.sort();
    let suggestions =
        features.iter().flat_map(|name| similar(name, known.iter().map(|feature| feature.as_str())));
    FeatureError::Unknown {
        suggestions: suggestions.collect(),
        packages: selected.iter().map(|member| member.id().name()).collect(),
        others: others.filter(has).map(|member| member.id().name()).collect(),
        features,
    }
}

/// Resolver 1: features are for the current package; others are named as `member/feature`, and have their default
/// features.
fn to_current(selection: Selection<'_>, cli: &CliFeatures) -> Vec<(PackageId, CliFeatures)> {
    let is_selected = |member: &&Summary| selection.selected.contains(&member.id());
    let mut of_others: BTreeMap<InternedString, BTreeSet<FeatureValue>> = BTreeMap::new();
    let mut of_current = BTreeSet::new();
    for value in &cli.features {
        let other = |name: InternedString| {
            let others = selection.members.iter().filter(|member| Some(member.id()) != selection.current);
            others.filter(is_selected).any(|member| member.id().name() == name)
        };
        match value {
            FeatureValue::DepFeature { dep_name, dep_feature, .. } if other(*dep_name) => {
                of_others.entry(*dep_name).or_default().insert(FeatureValue::Feature(*dep_feature));
            }
            _ => {
                of_current.insert(*value);
            }
        }
    }
    let roots = selection.members.iter().filter_map(|member| {
        let id = member.id();
        if selection.current == Some(id) {
            return Some((id, CliFeatures { features: of_current.clone(), ..*cli }));
        }
        let features = of_others.remove(&id.name()).unwrap_or_default();
        is_selected(&member)
            .then_some((id, CliFeatures { features, all_features: cli.all_features, default_features: true }))
    });
    roots.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_model::{Dependency, FeatureMap, SourceId};

    fn member(name: &str, features: &[&str]) -> Summary {
        let source = SourceId::parse(&format!("path+file:///{name}")).expect("a source");
        let id = PackageId::new(name, semver::Version::new(1, 0, 0), source);
        let optional = Dependency::new("opt", SourceId::crates_io()).with_optional(true);
        let map: FeatureMap = features.iter().map(|name| ((*name).into(), Vec::new())).collect();
        Summary::new(id, vec![optional], map)
    }

    fn roots(
        flags: &[&str],
        selected: &[usize],
        applies_to_selected: bool,
    ) -> Result<Vec<String>, FeatureError> {
        let members = [member("a", &["x"]), member("b", &["x", "y"])];
        let selected: Vec<_> = selected.iter().map(|index| members[*index].id()).collect();
        let selection = Selection {
            members: &members,
            selected: &selected,
            current: Some(members[0].id()),
            applies_to_selected,
        };
        let cli = CliFeatures::parse(flags.iter().copied(), false, false)?;
        let roots = features_of_members(selection, &cli)?;
        let text = |(id, cli): &(PackageId, CliFeatures)| {
            let names: Vec<_> = cli.features.iter().map(ToString::to_string).collect();
            format!("{}:{}{}", id.name(), names.join("+"), if cli.default_features { "+default" } else { "" })
        };
        Ok(roots.iter().map(text).collect())
    }

    #[test]
    fn lists_are_split_and_checked() {
        let cli = CliFeatures::parse(["a,b c/d", "", "e?/f"], false, true).expect("fine");
        let names: Vec<_> = cli.features.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["a", "b", "c/d", "e?/f"]);
        assert_eq!(
            CliFeatures::parse(["dep:a"], false, true),
            Err(FeatureError::DepSyntax("dep:a".to_owned()))
        );
        assert_eq!(
            CliFeatures::parse(["a/b/c"], false, true),
            Err(FeatureError::Slashes("a/b/c".to_owned()))
        );
    }

    #[test]
    fn selected_members_get_the_features_they_have() {
        assert_eq!(roots(&["x,y"], &[0, 1], true), Ok(vec!["a:x".into(), "b:x+y".into()]));
        assert_eq!(roots(&["b/y"], &[0, 1], true), Ok(vec!["a:".into(), "b:y".into()]));
        assert_eq!(roots(&["opt/z"], &[1], true), Ok(vec!["b:opt/z".into()]));
    }

    #[test]
    fn a_feature_that_nobody_has_is_an_error_with_help() {
        let error = roots(&["y"], &[0], true).expect_err("a has no y").to_string();
        assert_eq!(error, "no such feature `y` in package `a`; found in `b`, not selected");
        let error = roots(&["q"], &[0, 1], true).expect_err("nobody has q").to_string();
        assert_eq!(
            error,
            "no such feature `q` in any of the selected packages (`a`, `b`); did you mean `x` or `y`?"
        );
    }

    #[test]
    fn resolver_1_gives_features_to_the_current_package() {
        assert_eq!(roots(&["x,b/y"], &[1], false), Ok(vec!["a:x".into(), "b:y+default".into()]));
        assert_eq!(roots(&["x"], &[0], false), Ok(vec!["a:x".into()]));
    }
}
