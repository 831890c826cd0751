//! The roots of the graph: which targets of the selected packages, in which mode. The defaults of each command are
//! those of the Cargo book, "Target selection".

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use dhow_model::{DepKind, InternedString, PackageId};
use dhow_resolve::FeaturesFor;
use dhow_toolchain::CompileKind;
use dhow_workspace::{CrateType, Package, Target, TargetKind};

use crate::error::PlanError;
use crate::grow::{Grower, for_target};
use crate::nodes::{Node, NodeId};
use crate::pattern;
use crate::request::{CompileFilter, FilterRule, Intent, OnlyTargets};
use crate::unit::CompileMode;
use crate::usage::Usage;

/// Which targets of a kind, what the kind is called, which targets are of it, in which mode.
type Rule<'r> = (&'r FilterRule, &'static str, &'r dyn Fn(&Target) -> bool, CompileMode);

/// A target that may become a root.
struct Proposal<'a> {
    package: &'a Package,
    target: &'a Arc<Target>,
    /// It was named, so missing features are an error; otherwise it is skipped.
    named: bool,
    mode: CompileMode,
}

impl<'a> Grower<'a> {
    /// Makes the roots, each with what it is needed for.
    pub(crate) fn roots(&mut self) -> Result<Vec<(NodeId, Usage)>, PlanError> {
        let selected =
            self.inputs.selected.iter().map(|id| self.package(*id)).collect::<Result<Vec<_>, _>>()?;
        let proposals = match &self.inputs.request.filter {
            CompileFilter::Default => self.default_targets(&selected),
            CompileFilter::AllTargets => self.named_targets(&selected, &OnlyTargets::all(), true)?,
            CompileFilter::Only(only) => self.named_targets(&selected, only, false)?,
        };
        let mut available = HashMap::new();
        let mut roots = HashSet::new();
        for proposal in proposals {
            if self.has_features(&proposal, &mut available)? {
                self.add_roots(&proposal, &mut roots);
            }
        }
        let mut roots: Vec<_> = roots.into_iter().collect();
        roots.sort_by(|a, b| self.nodes.nodes[*a].order(&self.nodes.nodes[*b]));
        let is_test = matches!(self.inputs.request.intent, Intent::Test | Intent::Bench);
        let usage = |id: NodeId| {
            let node = &self.nodes.nodes[id];
            match (node.mode.is_any_test() || is_test, node.target.is_proc_macro()) {
                (_, true) => Usage::host(true),
                (true, false) => Usage::test(),
                (false, false) => Usage::normal(),
            }
        };
        Ok(roots.iter().map(|id| (*id, usage(*id))).collect())
    }

    fn default_targets(&self, packages: &[&'a Package]) -> Vec<Proposal<'a>> {
        let intent = self.inputs.request.intent;
        let mode = default_mode(intent);
        let mut proposals = Vec::new();
        for &package in packages {
            let documented_library =
                package.targets().iter().find(|t| t.is_lib() && t.documented).map(|t| t.crate_name());
            let wanted = |t: &Target| match intent {
                Intent::Bench => t.benched,
                Intent::Test => t.tested || t.is_example(),
                Intent::Build | Intent::Check { .. } => t.is_bin() || t.is_lib(),
                // A program that shares its name with the library would share its page.
                Intent::Doc { .. } => {
                    t.documented && !(t.is_bin() && documented_library == Some(t.crate_name()))
                }
                Intent::Doctest => false,
            };
            let targets = package.targets().iter().filter(|t| !t.is_custom_build() && wanted(t));
            proposals.extend(targets.map(|target| Proposal { package, target, named: false, mode }));
            if matches!(intent, Intent::Test | Intent::Doctest)
                && let Some(target) = package.targets().iter().find(|t| t.is_lib() && t.runs_doctests())
            {
                proposals.push(Proposal { package, target, named: false, mode: CompileMode::Doctest });
            }
        }
        proposals
    }

    fn named_targets(
        &self,
        packages: &[&'a Package],
        only: &OnlyTargets,
        all_targets: bool,
    ) -> Result<Vec<Proposal<'a>>, PlanError> {
        let intent = self.inputs.request.intent;
        let mode = default_mode(intent);
        let test_mode = match mode {
            CompileMode::Build => CompileMode::Test,
            CompileMode::Check { .. } => CompileMode::Check { test: true },
            other => other,
        };
        let mut proposals = Vec::new();
        if only.lib || intent == Intent::Doctest {
            let wanted = |t: &Target| match intent {
                Intent::Doctest => t.is_lib() && t.is_doctestable(),
                _ => t.is_lib(),
            };
            let libs = all_of(packages, &wanted, mode);
            if libs.is_empty() && !all_targets {
                return Err(PlanError::NoLibrary { packages: describe(packages) });
            }
            proposals.extend(libs);
        }
        let tested = |t: &Target| t.tested;
        let benched = |t: &Target| t.benched;
        let tests: &dyn Fn(&Target) -> bool =
            if only.tests == FilterRule::All { &tested } else { &Target::is_test };
        let benches: &dyn Fn(&Target) -> bool =
            if only.benches == FilterRule::All { &benched } else { &Target::is_bench };
        let rules: [Rule<'_>; 4] = [
            (&only.bins, "bin", &Target::is_bin, mode),
            (&only.examples, "example", &Target::is_example, mode),
            (&only.tests, "test", tests, test_mode),
            (&only.benches, "bench", benches, test_mode),
        ];
        for (rule, kind, wanted, mode) in rules {
            match rule {
                FilterRule::All => proposals.extend(all_of(packages, wanted, mode)),
                FilterRule::Names(names) => {
                    for name in names {
                        proposals.extend(by_name(packages, name, kind, wanted, mode)?);
                    }
                }
            }
        }
        Ok(proposals)
    }

    /// Whether the features that the target requires are on.
    fn has_features(
        &self,
        proposal: &Proposal<'_>,
        available: &mut HashMap<PackageId, HashSet<String>>,
    ) -> Result<bool, PlanError> {
        let target = proposal.target;
        if target.required_features.is_empty() || target.is_lib() {
            return Ok(true);
        }
        let id = proposal.package.id();
        let on = match available.entry(id) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(self.all_features(id)?),
        };
        let missing: Vec<String> = target
            .required_features
            .iter()
            .filter(|f| !on.contains(f.as_str()))
            .map(ToString::to_string)
            .collect();
        if missing.is_empty() || !proposal.named {
            return Ok(missing.is_empty());
        }
        Err(PlanError::MissingFeatures { target: target.name, package: proposal.package.name(), missing })
    }

    /// The features of a package, and those of its dependencies as `dependency/feature`.
    fn all_features(&self, id: PackageId) -> Result<HashSet<String>, PlanError> {
        let features = self.inputs.features;
        let own = features.activated_features(id, FeaturesFor::Target);
        let mut on: HashSet<String> = own.iter().map(ToString::to_string).collect();
        for (dep_id, declared) in self.inputs.resolve.deps(id) {
            let is_macro = self.inputs.packages.get(&dep_id).is_some_and(Package::is_proc_macro);
            for dep in declared {
                let for_host = is_macro || dep.kind() == DepKind::Build;
                let features_for = if for_host { FeaturesFor::HostDep } else { FeaturesFor::Target };
                for feature in features.activated_features(dep_id, features_for) {
                    on.insert(format!("{}/{feature}", dep.name_in_toml()));
                }
            }
        }
        Ok(on)
    }

    fn add_roots(&mut self, proposal: &Proposal<'_>, roots: &mut HashSet<NodeId>) {
        let (package, target) = (proposal.package.id(), proposal.target);
        // Examples are only compiled along with tests, unless they were asked for.
        let specific = self.inputs.request.filter != CompileFilter::Default;
        let compiled_along = target.is_example() && !specific && !target.tested;
        let mode = match proposal.mode {
            CompileMode::Test if compiled_along => CompileMode::Build,
            mode => mode,
        };
        let features_for = if target.is_proc_macro() { FeaturesFor::HostDep } else { FeaturesFor::Target };
        let features: Arc<[InternedString]> = self.features(package, features_for);
        for &requested in &self.inputs.request.kinds {
            let kind = match (requested, self.explicit_host) {
                (CompileKind::Host, Some(explicit)) => explicit,
                (kind, _) => kind,
            };
            let usage = match (proposal.mode.is_any_test(), target.is_for_host()) {
                (true, _) => Usage::test(),
                (false, true) => Usage::compiler(),
                (false, false) => Usage::normal(),
            };
            let node = Node {
                package,
                target: self.as_crate_types(target),
                profile: self.profile(package, usage),
                kind: for_target(kind, target),
                mode,
                features: Arc::clone(&features),
            };
            roots.insert(self.nodes.intern(node));
        }
    }
}

impl Grower<'_> {
    /// `rustc --crate-type` in place of what the manifest says.
    fn as_crate_types(&self, target: &Arc<Target>) -> Arc<Target> {
        let types: Vec<CrateType> =
            self.inputs.request.crate_types.iter().map(|t| CrateType::from(t.as_str())).collect();
        let kind = match &target.kind {
            _ if types.is_empty() => return Arc::clone(target),
            TargetKind::Lib(_) => TargetKind::Lib(types),
            TargetKind::ExampleLib(_) | TargetKind::ExampleBin => TargetKind::ExampleLib(types),
            _ => return Arc::clone(target),
        };
        Arc::new(Target { kind, ..Target::clone(target) })
    }
}

impl OnlyTargets {
    /// What `--all-targets` means.
    pub fn all() -> Self {
        Self {
            lib: true,
            bins: FilterRule::All,
            examples: FilterRule::All,
            tests: FilterRule::All,
            benches: FilterRule::All,
        }
    }
}

fn default_mode(intent: Intent) -> CompileMode {
    match intent {
        Intent::Build => CompileMode::Build,
        Intent::Check { test } => CompileMode::Check { test },
        Intent::Test | Intent::Bench => CompileMode::Test,
        Intent::Doc { .. } => CompileMode::Doc,
        Intent::Doctest => CompileMode::Doctest,
    }
}

fn all_of<'a>(
    packages: &[&'a Package],
    wanted: &dyn Fn(&Target) -> bool,
    mode: CompileMode,
) -> Vec<Proposal<'a>> {
    let targets = |package: &&'a Package| {
        let package = *package;
        package.targets().iter().map(move |target| (package, target))
    };
    packages
        .iter()
        .flat_map(targets)
        .filter(|(_, target)| !target.is_custom_build() && wanted(target))
        .map(|(package, target)| Proposal { package, target, named: false, mode })
        .collect()
}

fn by_name<'a>(
    packages: &[&'a Package],
    name: &str,
    kind: &'static str,
    wanted: &dyn Fn(&Target) -> bool,
    mode: CompileMode,
) -> Result<Vec<Proposal<'a>>, PlanError> {
    let mut all = all_of(packages, wanted, mode);
    let named = |target: &Target| match pattern::is_pattern(name) {
        true => pattern::matches(name, &target.name),
        false => target.name == name,
    };
    let mut available: Vec<String> = all.iter().map(|p| p.target.name.to_string()).collect();
    all.retain(|proposal| named(proposal.target));
    if all.is_empty() {
        available.sort();
        let packages = describe(packages);
        return Err(PlanError::NoSuchTarget { kind, name: name.to_owned(), packages, available });
    }
    all.iter_mut().for_each(|proposal| proposal.named = true);
    Ok(all)
}

fn describe(packages: &[&Package]) -> String {
    match packages {
        [one] => format!("package `{}`", one.name()),
        _ => {
            let names: Vec<_> = packages.iter().take(5).map(|p| format!("`{}`", p.name())).collect();
            let more = if packages.len() > 5 { ", …" } else { "" };
            format!("packages {}{more}", names.join(", "))
        }
    }
}
