//! Grows the graph from its roots: what each unit needs, by Cargo's rules. Platforms, features and profiles are
//! looked up here; sharing between host and target comes later (`share`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use dhow_model::{DepKind, Dependency, InternedString, PackageId};
use dhow_resolve::FeaturesFor;
use dhow_toolchain::{CompileKind, TargetInfo};
use dhow_workspace::{Package, Profile, ProfileUse, Target};

use crate::error::PlanError;
use crate::inputs::PlanInputs;
use crate::nodes::{Edge, Node, NodeId, Nodes};
use crate::request::Intent;
use crate::unit::CompileMode;
use crate::usage::Usage;

/// The graph while it grows, and memories of what was looked up.
pub(crate) struct Grower<'a> {
    pub(crate) inputs: PlanInputs<'a>,
    /// Without `--target`: the kind that stands for the target side, as if the host had been named by `--target`.
    /// It turns into [`CompileKind::Host`] when units are shared.
    pub(crate) explicit_host: Option<CompileKind>,
    pub(crate) nodes: Nodes,
    /// Edges that come from dev-dependencies alone: `links` metadata does not pass through them.
    pub(crate) dev_edges: HashSet<(NodeId, NodeId)>,
    members: HashSet<PackageId>,
    profiles: HashMap<(PackageId, bool, bool), Profile>,
    features: HashMap<(PackageId, FeaturesFor), Arc<[InternedString]>>,
}

/// An edge, and what its end is needed for.
type Needed = (Edge, Usage);

impl<'a> Grower<'a> {
    pub(crate) fn new(inputs: PlanInputs<'a>, explicit_host: Option<CompileKind>) -> Self {
        Self {
            inputs,
            explicit_host,
            nodes: Nodes::default(),
            dev_edges: HashSet::new(),
            members: inputs.workspace.members().iter().map(Package::id).collect(),
            profiles: HashMap::new(),
            features: HashMap::new(),
        }
    }

    pub(crate) fn package(&self, id: PackageId) -> Result<&'a Package, PlanError> {
        self.inputs.packages.get(&id).ok_or(PlanError::PackageNotLoaded(id))
    }

    pub(crate) fn platform(&self, kind: CompileKind) -> Result<&'a TargetInfo, PlanError> {
        platform(&self.inputs, self.explicit_host, kind)
    }

    pub(crate) fn profile(&mut self, package: PackageId, usage: Usage) -> Profile {
        let is_member = self.members.contains(&package);
        let profiles = self.inputs.profiles;
        let for_use = ProfileUse { is_member, for_host: usage.for_host, always_unwind: usage.always_unwind };
        self.profiles
            .entry((package, usage.for_host, usage.always_unwind))
            .or_insert_with(|| profiles.profile_for(package, for_use))
            .clone()
    }

    pub(crate) fn features(
        &mut self,
        package: PackageId,
        features_for: FeaturesFor,
    ) -> Arc<[InternedString]> {
        let resolved = self.inputs.features;
        let entry = self.features.entry((package, features_for));
        Arc::clone(entry.or_insert_with(|| resolved.activated_features(package, features_for).into()))
    }

    /// Fills in everything below `id`, which is needed for `usage`.
    pub(crate) fn expand(&mut self, id: NodeId, usage: Usage) -> Result<(), PlanError> {
        if self.nodes.edges[id].is_some() {
            return Ok(());
        }
        let needed = self.dependencies(id, usage)?;
        self.nodes.edges[id] = Some(needed.iter().map(|(edge, _)| *edge).collect());
        needed.into_iter().try_for_each(|(edge, usage)| self.expand(edge.to, usage))
    }

    fn dependencies(&mut self, id: NodeId, usage: Usage) -> Result<Vec<Needed>, PlanError> {
        let node = self.nodes.nodes[id].clone();
        match node.mode {
            CompileMode::RunCustomBuild => self.of_script_run(&node, usage),
            CompileMode::Doc => self.of_documentation(&node, usage),
            _ => self.of_compilation(id, &node, usage),
        }
    }

    fn of_compilation(&mut self, id: NodeId, node: &Node, usage: Usage) -> Result<Vec<Needed>, PlanError> {
        let mut needed = Vec::new();
        for (dep, declared, applying) in self.declared(node, usage)? {
            let Some(library) = dep.library() else { continue };
            let mode = check_or_build(node.mode, library);
            let edge = self.edge(node, dep, library, usage, (mode, declared))?;
            needed.push(edge);
            if applying.iter().all(|d| !d.is_transitive()) {
                self.dev_edges.insert((id, edge.0.to));
            }
        }
        // A build script depends on nothing else; everything else depends on the build script.
        if node.target.is_custom_build() {
            return Ok(needed);
        }
        needed.extend(self.script_of(node, usage)?);
        if node.target.is_lib() && node.mode != CompileMode::Doctest {
            return Ok(needed);
        }
        needed.extend(self.own_library(node, usage)?);
        if node.mode == CompileMode::Test && (node.target.is_test() || node.target.is_bench()) {
            needed.extend(self.own_programs(node)?);
        }
        Ok(needed)
    }

    fn of_documentation(&mut self, node: &Node, usage: Usage) -> Result<Vec<Needed>, PlanError> {
        let with_deps = matches!(self.inputs.request.intent, Intent::Doc { deps: true });
        let mut needed = Vec::new();
        for (dep, declared, _) in self.declared(node, usage)? {
            let Some(library) = dep.library() else { continue };
            let mode = check_or_build(node.mode, library);
            needed.push(self.edge(node, dep, library, usage, (mode, declared))?);
            if library.documented && with_deps {
                needed.push(self.edge(node, dep, library, usage, (node.mode, declared))?);
            }
        }
        needed.extend(self.script_of(node, usage)?);
        if node.target.is_bin() || node.target.is_example() {
            needed.extend(self.own_library(node, usage)?);
            let package = self.package(node.package)?;
            // Its documentation too, for links between the two.
            if let Some(library) = package.targets().iter().find(|t| t.is_linkable() && t.documented) {
                needed.push(self.edge(node, package, library, usage, (node.mode, &[]))?);
            }
        }
        Ok(needed)
    }

    /// A script run needs the compiled script. That it also needs the runs of scripts below is added by `links`.
    fn of_script_run(&mut self, node: &Node, usage: Usage) -> Result<Vec<Needed>, PlanError> {
        if self.is_overridden(node)? {
            return Ok(Vec::new());
        }
        let usage = usage.for_custom_build();
        let profile = self.profile(node.package, usage);
        let script = Node {
            profile,
            kind: CompileKind::Host,
            mode: CompileMode::Build,
            features: self.features(node.package, usage.features_for()),
            ..node.clone()
        };
        let extern_crate_name = node.target.crate_name();
        let to = self.nodes.intern(script);
        Ok(vec![(Edge { to, extern_crate_name, dep_name: None, public: false }, usage)])
    }

    /// Whether configuration gives the output of this script.
    fn is_overridden(&self, node: &Node) -> Result<bool, PlanError> {
        let Some(links) = self.package(node.package)?.metadata().links else { return Ok(false) };
        let kind = if Some(node.kind) == self.explicit_host { CompileKind::Host } else { node.kind };
        let settings = self.inputs.settings.platforms.get(&kind);
        Ok(settings.is_some_and(|s| s.links_overrides.contains_key(links.as_str())))
    }

    fn script_of(&mut self, node: &Node, usage: Usage) -> Result<Option<Needed>, PlanError> {
        let Some(script) = self.package(node.package)?.build_script() else { return Ok(None) };
        let usage = usage.for_custom_build();
        let run = Node {
            package: node.package,
            target: Arc::clone(script),
            // Settled by what it runs for, as far as it can see.
            profile: node.profile.for_running_build_script(),
            kind: node.kind,
            mode: CompileMode::RunCustomBuild,
            features: self.features(node.package, usage.features_for()),
        };
        let to = self.nodes.intern(run);
        let edge = Edge { to, extern_crate_name: script.crate_name(), dep_name: None, public: false };
        Ok(Some((edge, usage)))
    }

    fn own_library(&mut self, node: &Node, usage: Usage) -> Result<Option<Needed>, PlanError> {
        let package = self.package(node.package)?;
        let Some(library) = package.targets().iter().find(|t| t.is_linkable()) else { return Ok(None) };
        let mode = check_or_build(node.mode, library);
        self.edge(node, package, library, usage, (mode, &[])).map(Some)
    }

    /// Integration tests and benchmarks find the package's programs built.
    fn own_programs(&mut self, node: &Node) -> Result<Vec<Needed>, PlanError> {
        let package = self.package(node.package)?;
        let available = |t: &&Arc<Target>| t.required_features.iter().all(|f| node.features.contains(f));
        let programs: Vec<_> = package.binaries().filter(available).collect();
        programs
            .into_iter()
            .map(|program| {
                let usage = Usage::normal();
                let bin = Node {
                    package: node.package,
                    target: Arc::clone(program),
                    profile: self.profile(node.package, usage),
                    kind: for_target(node.kind, program),
                    mode: CompileMode::Build,
                    features: self.features(node.package, usage.features_for()),
                };
                let to = self.nodes.intern(bin);
                let edge =
                    Edge { to, extern_crate_name: program.crate_name(), dep_name: None, public: false };
                Ok((edge, usage))
            })
            .collect()
    }

    fn edge(
        &mut self,
        node: &Node,
        package: &Package,
        target: &Arc<Target>,
        usage: Usage,
        (mode, declared): (CompileMode, &[Dependency]),
    ) -> Result<Needed, PlanError> {
        let usage = usage.of_dependency(&node.target, target);
        let (extern_crate_name, dep_name) = names(node.package, package.id(), target, declared)?;
        let to = Node {
            package: package.id(),
            target: Arc::clone(target),
            profile: self.profile(package.id(), usage),
            kind: for_target(node.kind, target),
            mode,
            features: self.features(package.id(), usage.features_for()),
        };
        let public = declared.iter().any(Dependency::is_public);
        let to = self.nodes.intern(to);
        Ok((Edge { to, extern_crate_name, dep_name, public }, usage))
    }

    /// The packages that `node` depends on by its manifest, each with all declarations and those that apply.
    #[expect(clippy::type_complexity, reason = "a private triple, taken apart at once")]
    fn declared(
        &self,
        node: &Node,
        usage: Usage,
    ) -> Result<Vec<(&'a Package, &'a [Dependency], Vec<&'a Dependency>)>, PlanError> {
        let info = self.platform(node.kind)?;
        let for_tests = node.target.is_test()
            || node.target.is_example()
            || node.target.is_bench()
            || node.mode.is_any_test();
        let resolved = self.inputs.features;
        let applies = |dep: &&Dependency| {
            node.target.is_custom_build() == (dep.kind() == DepKind::Build)
                && (dep.is_transitive() || for_tests)
                && dep.platform().is_none_or(|platform| info.matches(platform))
                && (!dep.is_optional()
                    || resolved.is_dep_activated(node.package, usage.features_for(), dep.name_in_toml()))
        };
        let mut found = Vec::new();
        for (id, declared) in self.inputs.resolve.deps(node.package) {
            let applying: Vec<_> = declared.iter().filter(applies).collect();
            if !applying.is_empty() {
                found.push((self.package(id)?, declared, applying));
            }
        }
        Ok(found)
    }
}

/// The facts of a platform; the host stands in for the kind that stands for it.
pub(crate) fn platform<'a>(
    inputs: &PlanInputs<'a>,
    explicit_host: Option<CompileKind>,
    kind: CompileKind,
) -> Result<&'a TargetInfo, PlanError> {
    let kind = if Some(kind) == explicit_host { CompileKind::Host } else { kind };
    inputs.platforms.get(&kind).ok_or_else(|| PlanError::UnknownPlatform(format!("{kind:?}")))
}

/// Once for the host, always for the host; and what runs while building is for the host.
pub(crate) fn for_target(kind: CompileKind, target: &Target) -> CompileKind {
    if target.is_for_host() { CompileKind::Host } else { kind }
}

/// Metadata is enough below a check and below documentation, except for what the compiler must load.
fn check_or_build(mode: CompileMode, target: &Target) -> CompileMode {
    match mode {
        CompileMode::Check { .. } | CompileMode::Doc if !target.is_for_host() => {
            CompileMode::Check { test: false }
        }
        _ => CompileMode::Build,
    }
}

/// The name of the extern crate, and the name in the manifest if it is another than the package's.
fn names(
    from: PackageId,
    to: PackageId,
    target: &Target,
    declared: &[Dependency],
) -> Result<(InternedString, Option<InternedString>), PlanError> {
    let name = |dep: &Dependency| match dep.rename() {
        Some(rename) => (InternedString::from(rename.replace('-', "_")), Some(rename)),
        None => (target.crate_name(), None),
    };
    let mut all = declared.iter().map(name);
    let Some(first) = all.next() else { return Ok((target.crate_name(), None)) };
    match all.find(|(other, _)| *other != first.0) {
        Some((second, _)) => Err(PlanError::TwoNames { from, to, first: first.0, second }),
        None => Ok(first),
    }
}
