//! What a package asks for when given features of it are wanted: which of its own features come with them, which
//! dependencies, and which features of those.

use dhow_model::{FeatureValue, InternedString, Summary};

use super::pool::{DepNo, Loaded, Pool, Wanted};
use crate::features::CliFeatures;
use crate::names::{FastMap, Name, NameSet, default_name};

/// How a package's features are asked for.
#[derive(Clone, Debug)]
pub(crate) enum Opts<'a> {
    /// By a command line, of a member.
    Member { features: &'a CliFeatures, dev_deps: bool },
    /// By a package that depends on it.
    Dep { wanted: Wanted, default_features: bool },
}

/// Why features cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    /// No such feature.
    Feature(InternedString),
    /// An optional dependency of that name exists, but `dep:` hides it.
    Hidden(InternedString),
    /// A dependency of that name exists, but is not optional.
    NotOptional(InternedString),
    /// No such dependency.
    Dependency(InternedString),
    /// The feature turns itself on.
    Cycle(InternedString),
}

/// The answer: features that are on, and dependencies with the features wanted of them.
pub(crate) struct Requirements {
    pub(crate) features: NameSet,
    pub(crate) deps: Vec<(DepNo, Wanted)>,
}

/// Finds out. See the module.
pub(crate) fn requirements(pool: &Pool, package: &Loaded, opts: &Opts<'_>) -> Result<Requirements, Missing> {
    let mut collect =
        Collect { summary: &package.summary, features: NameSet::default(), deps: FastMap::default() };
    collect.start(opts)?;
    let Collect { features, deps: mut wanted, .. } = collect;
    let dev_deps = matches!(opts, Opts::Member { dev_deps: true, .. });
    let mut deps = Vec::with_capacity(package.deps.len());
    let mut present = NameSet::default();
    for &number in &package.deps {
        let dep = pool.dep(number);
        if !dep.is_transitive() && !dev_deps {
            continue;
        }
        let name = dep.name_in_toml();
        let from_features = wanted.get(&Name(name));
        if dep.is_optional() && from_features.is_none() {
            continue;
        }
        if from_features.is_some() {
            present.insert(name);
        }
        let mut names: Vec<_> = from_features.into_iter().flatten().chain(dep.features()).copied().collect();
        names.sort_unstable();
        names.dedup();
        deps.push((number, Wanted(names.into())));
    }
    // A published feature may name a dev-dependency, which is not there for others. Only a command line is told.
    wanted.retain(|name, _| matches!(opts, Opts::Member { .. }) && !present.contains(name.0));
    match wanted.keys().map(|name| name.0).min() {
        Some(absent) => Err(Missing::Dependency(absent)),
        None => Ok(Requirements { features, deps }),
    }
}

struct Collect<'a> {
    summary: &'a Summary,
    features: NameSet,
    deps: FastMap<Name, Vec<InternedString>>,
}

impl Collect<'_> {
    fn start(&mut self, opts: &Opts<'_>) -> Result<(), Missing> {
        let default_features = match opts {
            Opts::Member { features, .. } if features.all_features => {
                let all: Vec<_> = self.summary.features().keys().copied().collect();
                return all.into_iter().try_for_each(|feature| self.feature(feature));
            }
            Opts::Member { features, .. } => {
                features.features.iter().try_for_each(|value| self.value(*value))?;
                features.default_features
            }
            Opts::Dep { wanted, default_features } => {
                wanted.0.iter().try_for_each(|feature| self.feature(*feature))?;
                *default_features
            }
        };
        let default = default_name();
        if default_features && self.summary.features().contains_key(&default) {
            self.feature(default)?;
        }
        Ok(())
    }

    fn value(&mut self, value: FeatureValue) -> Result<(), Missing> {
        match value {
            FeatureValue::Feature(name) => self.feature(name)?,
            FeatureValue::Dep { dep_name } => {
                self.deps.entry(Name(dep_name)).or_default();
            }
            FeatureValue::DepFeature { dep_name, dep_feature, weak } => {
                // Here a weak feature turns the dependency on as well: what is locked must do for every build.
                let is_feature = || self.summary.features().contains_key(&dep_name);
                let optional = || {
                    let named = |dep: &&dhow_model::Dependency| dep.name_in_toml() == dep_name;
                    self.summary.dependencies().iter().filter(named).any(dhow_model::Dependency::is_optional)
                };
                if !weak && is_feature() && optional() {
                    self.feature(dep_name)?;
                }
                self.deps.entry(Name(dep_name)).or_default().push(dep_feature);
            }
        }
        Ok(())
    }

    fn feature(&mut self, name: InternedString) -> Result<(), Missing> {
        if !self.features.insert(name) {
            return Ok(());
        }
        let summary = self.summary;
        let Some(values) = summary.features().get(&name) else {
            return Err(self.no_such(name));
        };
        for value in values {
            if *value == FeatureValue::Feature(name) {
                return Err(Missing::Cycle(name));
            }
            self.value(*value)?;
        }
        Ok(())
    }

    fn no_such(&self, name: InternedString) -> Missing {
        let mut same = self.summary.dependencies().iter().filter(|dep| dep.name_in_toml() == name).peekable();
        if same.peek().is_none() {
            Missing::Feature(name)
        } else if same.any(dhow_model::Dependency::is_optional) {
            Missing::Hidden(name)
        } else {
            Missing::NotOptional(name)
        }
    }
}
