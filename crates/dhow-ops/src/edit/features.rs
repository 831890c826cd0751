//! Which features of a dependency will be on, and what is said about them.

use std::collections::{BTreeMap, BTreeSet};

use dhow_formats::manifest_edit::DependencyEntry;
use dhow_model::{FeatureValue, Summary};
use semver::{Comparator, Op, Version, VersionReq};

use crate::edit_problem::EditProblem;

/// More are counted, not listed.
pub(crate) const MAX_LISTED: usize = 30;

/// An entry with what is known of its features.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) entry: DependencyEntry,
    /// Features that the root of the workspace turns on.
    pub(super) inherited: Vec<String>,
    /// The release whose features they are.
    version: Version,
    /// Features, each with the features that it turns on.
    available: BTreeMap<String, Vec<String>>,
}

impl Candidate {
    /// With the features of `summary`: those of the oldest release that may be chosen are in all of them.
    pub(super) fn new(entry: DependencyEntry, inherited: Vec<String>, summary: &Summary) -> Self {
        let turns_on = |values: &Vec<FeatureValue>| {
            let features = values.iter().filter_map(|value| match value {
                FeatureValue::Feature(name) => Some(name.to_string()),
                FeatureValue::Dep { .. } | FeatureValue::DepFeature { .. } => None,
            });
            features.collect()
        };
        let available =
            summary.features().iter().map(|(name, values)| (name.to_string(), turns_on(values))).collect();
        Self { entry, inherited, version: summary.id().version().clone(), available }
    }

    /// Those that are on and those that are off, each in order; `default` is not told.
    pub(super) fn on_and_off(&self) -> (Vec<String>, Vec<String>) {
        let mut on: BTreeSet<&str> = self.asked().collect();
        if self.entry.default_features.unwrap_or(true) {
            on.insert("default");
        }
        let mut todo: Vec<&str> = on.iter().copied().collect();
        while let Some(name) = todo.pop() {
            let turned_on = self.available.get(name).into_iter().flatten().map(String::as_str);
            todo.extend(turned_on.filter(|name| on.insert(name)));
        }
        let off = self.available.keys().map(String::as_str).filter(|name| !on.contains(name));
        let told = |names: &mut dyn Iterator<Item = &str>| {
            names.filter(|name| *name != "default").map(str::to_owned).collect()
        };
        (told(&mut on.iter().copied()), told(&mut off.into_iter()))
    }

    /// The version to name beside the features, unless the requirement that is shown looks the same.
    pub(super) fn told_version(&self) -> Option<String> {
        let version = Version { build: semver::BuildMetadata::EMPTY, ..self.version.clone() };
        let req = self.entry.version().and_then(|req| VersionReq::parse(req).ok());
        (req.as_ref().and_then(highest_named) != Some(version.clone())).then(|| version.to_string())
    }

    /// # Errors
    /// A feature is asked for that is not there.
    pub(super) fn check(&self) -> Result<(), EditProblem> {
        let unknown: BTreeSet<&str> =
            self.asked().filter(|name| !self.available.contains_key(*name)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let (mut on, off) = self.on_and_off();
        on.retain(|name| !unknown.contains(name.as_str()));
        let all = || on.iter().chain(&off).map(String::as_str);
        let mut similar: Vec<String> = unknown
            .iter()
            .flat_map(|name| dhow_resolve::similar(name, all()))
            .map(|s| format!("`{s}`"))
            .collect();
        similar.dedup();
        let help = if all().next().is_none() {
            ": it has none".to_owned()
        } else if !similar.is_empty() {
            format!("\n\nhelp: there is {}", similar.join(" and "))
        } else if on.len() + off.len() > MAX_LISTED {
            format!("\n\nhelp: it has {} others", on.len() + off.len())
        } else {
            format!("\n\nhelp: it has {}", all().collect::<Vec<_>>().join(", "))
        };
        let unknown = unknown.into_iter().map(|name| format!("`{name}`")).collect();
        Err(EditProblem::UnknownFeatures { name: self.entry.name.clone(), unknown, help })
    }

    fn asked(&self) -> impl Iterator<Item = &str> {
        self.entry.features.iter().flatten().chain(&self.inherited).map(String::as_str)
    }
}

/// The highest version that a requirement spells out in full.
fn highest_named(req: &VersionReq) -> Option<Version> {
    let named = |c: &Comparator| {
        let (minor, patch) = (c.minor?, c.patch?);
        let says_one = !matches!(c.op, Op::Greater | Op::Less);
        let version = Version { major: c.major, minor, patch, pre: c.pre.clone(), build: Default::default() };
        says_one.then_some(version)
    };
    req.comparators.iter().filter_map(named).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_formats::manifest_edit::EntrySource;
    use dhow_model::{PackageId, SourceId};

    fn candidate(req: &str, features: &[&str]) -> Candidate {
        let values = |texts: &[&str]| texts.iter().map(|text| FeatureValue::parse(text)).collect();
        let map = [
            ("default", values(&["std"])),
            ("std", values(&["alloc", "dep:x"])),
            ("alloc", values(&[])),
            ("extra", values(&[])),
        ];
        let map = map.into_iter().map(|(name, values)| (name.into(), values)).collect();
        let id = PackageId::new("foo", Version::new(1, 2, 0), SourceId::crates_io());
        let source = Some(EntrySource::Registry { version: req.to_owned() });
        let mut entry = DependencyEntry { name: "foo".to_owned(), source, ..DependencyEntry::default() };
        entry.add_features(&features.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>());
        Candidate::new(entry, Vec::new(), &Summary::new(id, Vec::new(), map))
    }

    #[test]
    fn features_bring_others() {
        let (on, off) = candidate("1", &[]).on_and_off();
        assert_eq!((on.join(" "), off.join(" ")), ("alloc std".to_owned(), "extra".to_owned()));
    }

    #[test]
    fn unknown_features_are_named() {
        assert!(candidate("1", &["extra"]).check().is_ok());
        let error = candidate("1", &["extrq", "extra"]).check().expect_err("unknown");
        assert!(error.to_string().contains("`extrq`") && error.to_string().contains("`extra`"), "{error}");
    }

    #[test]
    fn a_version_is_told_where_it_is_not_seen() {
        assert_eq!(candidate("1", &[]).told_version().as_deref(), Some("1.2.0"));
        assert_eq!(candidate("1.2.0", &[]).told_version(), None);
        assert_eq!(candidate(">1.2.0", &[]).told_version().as_deref(), Some("1.2.0"));
    }
}
