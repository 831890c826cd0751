//! Dependency tables, patches and replacements as requirements on packages of sources.
//! Specified in the Cargo book, "Specifying Dependencies" and "Overriding Dependencies".

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use dhow_formats::manifest::{
    InheritableDependency, PackageName, TomlDependency, TomlDetailedDependency, TomlManifest,
};
use dhow_model::{
    CRATES_IO_INDEX, CRATES_IO_REGISTRY, DepKind, Dependency, GitReference, PackageIdSpec, Platform,
    SourceId, SourceKind,
};
use semver::{Version, VersionReq};
use url::Url;

use crate::edition::Edition;
use crate::error::Flaw;
use crate::inherit::Inherit;
use crate::notes::{Notes, deprecated_underscore};
use crate::problem::{DependencyProblem, Problem};
use crate::workspace::{Patch, RegistryLookup};

/// What dependencies are made from.
pub(crate) struct DependencyInput<'a> {
    pub(crate) toml: &'a TomlManifest,
    /// The directory of the manifest, absolute.
    pub(crate) root: &'a Path,
    /// Where the package itself comes from: its path dependencies come from there too.
    pub(crate) source: SourceId,
    pub(crate) edition: Edition,
    pub(crate) registries: RegistryLookup<'a>,
    pub(crate) inherit: &'a Inherit<'a>,
    pub(crate) notes: &'a Notes,
}

type Table = BTreeMap<PackageName, InheritableDependency>;

/// All dependencies, in Cargo's order.
pub(crate) fn dependencies(input: &DependencyInput<'_>) -> Result<Vec<Dependency>, Flaw> {
    let toml = input.toml;
    let mut all = Vec::new();
    let old = |old: bool, new: bool, keys: &[&str]| {
        deprecated_underscore(old, new, keys, input.edition, input.notes)
    };
    old(toml.dev_dependencies2.is_some(), toml.dev_dependencies.is_some(), &["dev_dependencies"])?;
    old(toml.build_dependencies2.is_some(), toml.build_dependencies.is_some(), &["build_dependencies"])?;
    let mut gather = |table: Option<&Table>, keys: &[&str], kind, platform: Option<&Platform>| {
        for (name, dependency) in table.into_iter().flatten() {
            let edition = (input.edition, input.notes);
            let resolved = input.inherit.dependency(keys, name, dependency, edition)?;
            let made = from_toml(input, keys, name, &resolved)?;
            all.push(made.with_kind(kind).with_platform(platform.cloned()));
        }
        Ok::<_, Flaw>(())
    };
    gather(toml.dependencies.as_ref(), &["dependencies"], DepKind::Normal, None)?;
    gather(toml.dev_dependencies(), &["dev-dependencies"], DepKind::Development, None)?;
    gather(toml.build_dependencies(), &["build-dependencies"], DepKind::Build, None)?;
    for (name, tables) in toml.target.iter().flatten() {
        let base = ["target", name.as_str()];
        let platform: Platform =
            name.parse().map_err(|error| Flaw::new(base, DependencyProblem::Platform(error)))?;
        let mut odd = Vec::new();
        platform.check_cfg_attributes(&mut odd);
        platform.check_cfg_keywords(&mut odd, &input.root.join("Cargo.toml"));
        for message in odd {
            input.notes.warn(base, || message);
        }
        let [new_dev, old_dev] = [&tables.dev_dependencies, &tables.dev_dependencies2].map(Option::is_some);
        let [new_build, old_build] =
            [&tables.build_dependencies, &tables.build_dependencies2].map(Option::is_some);
        old(old_dev, new_dev, &["target", name, "dev_dependencies"])?;
        old(old_build, new_build, &["target", name, "build_dependencies"])?;
        let keys = |table| ["target", name.as_str(), table];
        gather(tables.dependencies.as_ref(), &keys("dependencies"), DepKind::Normal, Some(&platform))?;
        gather(tables.build_dependencies(), &keys("build-dependencies"), DepKind::Build, Some(&platform))?;
        gather(tables.dev_dependencies(), &keys("dev-dependencies"), DepKind::Development, Some(&platform))?;
    }
    check_one_source(&all)?;
    Ok(all)
}

/// A name means one package, whatever the platform and kind.
fn check_one_source(dependencies: &[Dependency]) -> Result<(), Flaw> {
    let mut sources = HashMap::new();
    for dependency in dependencies {
        let name = dependency.name_in_toml();
        let source = dependency.source();
        if *sources.entry(name).or_insert(source) != source {
            let problem = DependencyProblem::TwoSources { name: name.to_string() };
            return Err(Flaw::new(["dependencies", &name], problem));
        }
    }
    Ok(())
}

/// `[patch]`
pub(crate) fn patches(input: &DependencyInput<'_>) -> Result<Vec<Patch>, Flaw> {
    let mut patches = Vec::new();
    for (source, table) in input.toml.patch.iter().flatten() {
        let url = patched_url(input, source).map_err(|problem| Flaw::new(["patch", source], problem))?;
        let mut dependencies = Vec::new();
        for (name, dependency) in table {
            dependencies.push(from_toml(input, &["patch", source], name, dependency)?);
        }
        patches.push(Patch { url, dependencies });
    }
    Ok(patches)
}

/// `[patch]` of a configuration file in `directory` (absolute): a path in it is relative to that directory.
///
/// # Errors
/// A patch that makes no sense; there is no manifest that could be pointed at.
pub fn config_patches(
    tables: &BTreeMap<String, BTreeMap<PackageName, TomlDependency>>,
    directory: &Path,
    registries: RegistryLookup<'_>,
) -> Result<Vec<Patch>, Problem> {
    let source = SourceId::for_path(directory)
        .map_err(|reason| DependencyProblem::Source { name: "patch".to_owned(), reason })?;
    let input = DependencyInput {
        toml: &TomlManifest { patch: Some(tables.clone()), ..TomlManifest::default() },
        root: directory,
        source,
        edition: Edition::default(),
        registries,
        inherit: &Inherit::new(directory, &|| Ok(None)),
        notes: &Notes::silent(),
    };
    patches(&input).map_err(Flaw::into_problem)
}

fn patched_url(input: &DependencyInput<'_>, source: &str) -> Result<Url, DependencyProblem> {
    let not_a_source = |reason| DependencyProblem::PatchSource { source_name: source.to_owned(), reason };
    if source == CRATES_IO_REGISTRY {
        return Url::parse(CRATES_IO_INDEX).map_err(not_a_source);
    }
    match (input.registries)(source) {
        Ok(registry) => Ok(registry.url().clone()),
        Err(_) => Url::parse(source).map_err(not_a_source),
    }
}

/// `[replace]`
pub(crate) fn replacements(input: &DependencyInput<'_>) -> Result<Vec<(PackageIdSpec, Dependency)>, Flaw> {
    let mut replacements = Vec::new();
    if input.toml.patch.is_some() && input.toml.replace.is_some() {
        return Err(Flaw::new(["replace"], DependencyProblem::ReplaceAndPatch));
    }
    for (text, dependency) in input.toml.replace.iter().flatten() {
        let flaw = |reason: &str| {
            let problem = DependencyProblem::Replacement { spec: text.clone(), reason: reason.to_owned() };
            Flaw::new(["replace", text], problem)
        };
        let mut spec = PackageIdSpec::parse(text).map_err(|error| flaw(&error.to_string()))?;
        if spec.url().is_none() {
            spec = spec.with_url(SourceId::crates_io().url().clone());
        }
        if dependency.is_version_specified() {
            return Err(flaw("a replacement has no version requirement"));
        }
        let version = spec.version().ok_or_else(|| flaw("the version that is replaced is missing"))?;
        let made = from_toml(input, &["replace"], spec.name(), dependency)?;
        replacements.push((spec, made.with_req(exactly(&version))));
    }
    Ok(replacements)
}

fn exactly(version: &Version) -> VersionReq {
    let comparator = semver::Comparator {
        op: semver::Op::Exact,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre.clone(),
    };
    VersionReq { comparators: vec![comparator] }
}

/// One dependency, whose kind and platform are still to be set.
fn from_toml(
    input: &DependencyInput<'_>,
    table: &[&str],
    name: &str,
    dependency: &TomlDependency,
) -> Result<Dependency, Flaw> {
    let simple;
    let toml = match dependency {
        TomlDependency::Simple(version) => {
            simple = TomlDetailedDependency {
                version: Some(version.clone()),
                ..TomlDetailedDependency::default()
            };
            &simple
        }
        TomlDependency::Detailed(toml) => toml,
    };
    let keys =
        |key: &'static str| table.iter().copied().chain([name]).chain((!key.is_empty()).then_some(key));
    let flaw = |key: &'static str, problem: Problem| Flaw::new(keys(key), problem);
    check(name, toml).map_err(|(key, problem)| flaw(key, problem.into()))?;
    let underscored: Vec<_> = keys("default_features").collect();
    let (old, new) = (toml.default_features2.is_some(), toml.default_features.is_some());
    deprecated_underscore(old, new, &underscored, input.edition, input.notes)?;
    if toml.version.as_ref().is_some_and(|version| version.contains('+')) {
        input.notes.warn(keys("version"), || {
            format!("the version requirement of `{name}` has build metadata, which is ignored")
        });
    }
    if toml.public.is_some() {
        input.notes.warn(keys("public"), || format!("`public` of `{name}` is unstable in Cargo and ignored"));
    }
    let source = source_of(input, name, toml).map_err(|(key, problem)| flaw(key, problem.into()))?;
    let mut made = match &toml.package {
        Some(package) => Dependency::new(package.as_str(), source).with_rename(Some(name.into())),
        None => Dependency::new(name, source),
    };
    if let Some(version) = &toml.version {
        let req = VersionReq::parse(version).map_err(|reason| {
            let problem = DependencyProblem::Version { name: name.to_owned(), req: version.clone(), reason };
            flaw(if matches!(dependency, TomlDependency::Simple(_)) { "" } else { "version" }, problem.into())
        })?;
        made = made.with_req(req);
    }
    if toml.registry.is_some() || toml.registry_index.is_some() {
        let registry = registry_of(input, name, toml).map_err(|(key, problem)| flaw(key, problem.into()))?;
        made = made.with_registry(registry);
    }
    Ok(made
        .with_features(toml.features.iter().flatten().map(Into::into).collect())
        .with_default_features(toml.default_features().unwrap_or(true))
        .with_optional(toml.optional.unwrap_or(false)))
}

type Complaint = (&'static str, DependencyProblem);

/// What can be said without looking further than the table.
fn check(name: &str, toml: &TomlDetailedDependency) -> Result<(), Complaint> {
    let name = || name.to_owned();
    if toml.version.is_none() && toml.path.is_none() && toml.git.is_none() {
        return Err(("", DependencyProblem::Nothing { name: name() }));
    }
    let git_only = [("branch", &toml.branch), ("tag", &toml.tag), ("rev", &toml.rev)];
    let given: Vec<_> =
        git_only.into_iter().filter(|(_, value)| value.is_some()).map(|(key, _)| key).collect();
    match given.as_slice() {
        [key, ..] if toml.git.is_none() => {
            return Err((key, DependencyProblem::GitOnly { name: name(), key }));
        }
        [_, second, ..] => {
            let problem = DependencyProblem::Ambiguous { name: name(), keys: "`branch`, `tag` and `rev`" };
            return Err((second, problem));
        }
        _ => {}
    }
    for feature in toml.features.iter().flatten() {
        if feature.contains('/') || feature.starts_with("dep:") {
            return Err(("features", DependencyProblem::Feature { name: name(), feature: feature.clone() }));
        }
    }
    let unstable = [
        ("artifact", toml.artifact.is_some()),
        ("lib", toml.lib.is_some()),
        ("target", toml.target.is_some()),
        ("base", toml.base.is_some()),
    ];
    match unstable.into_iter().find(|(_, given)| *given) {
        Some((key, _)) => Err((key, DependencyProblem::Unstable { name: name(), key })),
        None => Ok(()),
    }
}

fn source_of(
    input: &DependencyInput<'_>,
    name: &str,
    toml: &TomlDetailedDependency,
) -> Result<SourceId, Complaint> {
    let ambiguous = |key, keys| Err((key, DependencyProblem::Ambiguous { name: name.to_owned(), keys }));
    let bad_url =
        |key: &'static str, reason| (key, DependencyProblem::Source { name: name.to_owned(), reason });
    let registry = toml.registry.is_some() || toml.registry_index.is_some();
    match (&toml.git, &toml.path) {
        (Some(_), _) if registry => ambiguous("git", "`git` and `registry`"),
        _ if toml.registry.is_some() && toml.registry_index.is_some() => {
            ambiguous("registry", "`registry` and `registry-index`")
        }
        (Some(_), Some(_)) => ambiguous("path", "`git` and `path`"),
        (Some(git), None) => {
            let url = SourceId::parse_git_url(git).map_err(|reason| bad_url("git", reason))?;
            if let Some(fragment) = url.fragment() {
                input.notes.warn(["dependencies", name, "git"], || {
                    format!("`#{fragment}` in the URL of `{name}` is ignored; use `rev = \"{fragment}\"`")
                });
            }
            Ok(SourceId::new(SourceKind::Git(git_reference(toml)), url))
        }
        // What comes with a package comes from where the package comes from.
        (None, Some(_)) if !input.source.is_path() => Ok(input.source),
        (None, Some(path)) => SourceId::for_path(&dhow_fs::absolute(input.root, Path::new(path)))
            .map_err(|reason| bad_url("path", reason)),
        (None, None) => Ok(registry_of(input, name, toml)?.unwrap_or_else(SourceId::crates_io)),
    }
}

fn git_reference(toml: &TomlDetailedDependency) -> GitReference {
    if let Some(branch) = &toml.branch {
        GitReference::Branch(branch.clone())
    } else if let Some(tag) = &toml.tag {
        GitReference::Tag(tag.clone())
    } else if let Some(rev) = &toml.rev {
        GitReference::Rev(rev.clone())
    } else {
        GitReference::DefaultBranch
    }
}

/// The registry that `registry` or `registry-index` names.
fn registry_of(
    input: &DependencyInput<'_>,
    name: &str,
    toml: &TomlDetailedDependency,
) -> Result<Option<SourceId>, Complaint> {
    if let Some(registry) = &toml.registry {
        let found = (input.registries)(registry).map_err(|reason| {
            let problem =
                DependencyProblem::Registry { name: name.to_owned(), registry: registry.to_string(), reason };
            ("registry", problem)
        })?;
        return Ok(Some(found));
    }
    let Some(index) = &toml.registry_index else { return Ok(None) };
    let found = SourceId::for_registry(index)
        .map_err(|reason| ("registry-index", DependencyProblem::Source { name: name.to_owned(), reason }))?;
    Ok(Some(found))
}
