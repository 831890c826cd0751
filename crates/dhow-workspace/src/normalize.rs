//! One `Cargo.toml` and what it inherits become a `Manifest`. The order of checks is not specified; the first
//! problem is reported.

use std::sync::Arc;

use dhow_formats::manifest::{TomlManifest, TomlPackage, VecStringOrBool};
use dhow_model::{FeatureValue, PackageId, RustVersion, SourceId, Summary};
use semver::Version;

use crate::dependencies::{DependencyInput, dependencies};
use crate::edition::Edition;
use crate::error::{Flaw, Warning};
use crate::features::feature_map;
use crate::gates;
use crate::inherit::Inherit;
use crate::lints;
use crate::nearest::nearest;
use crate::notes::Notes;
use crate::package::{Manifest, PackageMetadata};
use crate::problem::{PackageProblem, TargetProblem};
use crate::profile_check::check_profiles;
use crate::read::ManifestFile;
use crate::resolver::ResolverVersion;
use crate::target::Target;
use crate::target_input::TargetInput;
use crate::targets::targets;
use crate::workspace::RegistryLookup;

/// What a manifest is made from.
pub(crate) struct ManifestInput<'a> {
    pub(crate) file: &'a ManifestFile,
    pub(crate) source: SourceId,
    pub(crate) registries: RegistryLookup<'a>,
    pub(crate) inherit: &'a Inherit<'a>,
    /// Whether anybody wants to know what is odd.
    pub(crate) is_member: bool,
    /// Whether members may have broken targets.
    pub(crate) lenient: bool,
}

/// The manifest of a package.
pub(crate) fn manifest(input: &ManifestInput<'_>) -> Result<Manifest, Flaw> {
    let toml = input.file.toml();
    let notes = Notes::new(input.is_member, input.is_member && !input.lenient);
    gates::check(toml, &notes)?;
    check_workspace_table(toml, &notes)?;
    let Some(package) = toml.package() else {
        return Err(Flaw::new([], PackageProblem::NoPackage));
    };
    let package: &TomlPackage = package;
    let name = package.name.as_ref().ok_or_else(|| Flaw::new(["package"], PackageProblem::NoName))?;
    let rust_version =
        input.inherit.field("rust-version", package.rust_version.as_ref(), |p| p.rust_version.as_ref())?;
    let edition = edition(input, package, rust_version.as_ref(), &notes)?;
    check_project(toml, edition, &notes)?;
    let resolver = resolver(toml, package)?;
    let target_input = TargetInput { toml, package, root: input.file.root(), name, edition, notes: &notes };
    let targets = targets(&target_input)?;
    check_targets(package, &targets)?;
    let dependencies = dependencies(&DependencyInput {
        toml,
        root: input.file.root(),
        source: input.source,
        edition,
        registries: input.registries,
        inherit: input.inherit,
        notes: &notes,
    })?;
    let lint_flags = match &toml.lints {
        Some(lints) => {
            let lints = input.inherit.lints(lints)?;
            lints::verify(&lints, &["lints"], &notes)?;
            lints::to_flags(&lints)?
        }
        None => lints::LintFlags::default(),
    };
    if let Some(profiles) = &toml.profile {
        check_profiles(profiles, &notes)?;
    }
    let version = input.inherit.field("version", package.version.as_ref(), |p| p.version.as_ref())?;
    let metadata = metadata(input, package, rust_version, version.is_some())?;
    let features = feature_map(toml.features.as_ref(), &dependencies)?;
    if features.contains_key("default-features") {
        notes.warn(["features", "default-features"], || {
            "a feature named `default-features` is not on by default; the one named `default` is".to_owned()
        });
    }
    note_unused(input.file, &metadata, &notes);
    let id = PackageId::new(name.as_str(), version.unwrap_or(Version::new(0, 0, 0)), input.source);
    let summary = Summary::new(id, dependencies, features)
        .with_links(metadata.links)
        .with_rust_version(metadata.rust_version);
    check_required_features(&summary, &targets, &notes);
    let (warnings, critical) = notes.into_parts();
    if let Some(flaw) = critical {
        return Err(flaw);
    }
    Ok(Manifest {
        summary,
        targets,
        edition,
        metadata,
        lint_rustflags: lint_flags.rustflags,
        lint_check_cfg: lint_flags.check_cfg,
        custom_metadata: package.metadata.clone(),
        resolver,
        original: input.file.shared_toml(),
        warnings: warnings.into_iter().map(|(key, message)| input.file.warning(&key, message)).collect(),
    })
}

/// Checks a manifest without a package; returns what is odd about it.
pub(crate) fn virtual_manifest(file: &ManifestFile) -> Result<Vec<Warning>, Flaw> {
    let toml = file.toml();
    let notes = Notes::new(true, true);
    gates::check(toml, &notes)?;
    check_workspace_table(toml, &notes)?;
    if toml.workspace.is_none() {
        return Err(Flaw::new([], PackageProblem::NoPackage));
    }
    if let Some(key) = toml.requires_package().next() {
        return Err(Flaw::new([key], PackageProblem::VirtualKey { key }));
    }
    if let Some(profiles) = &toml.profile {
        check_profiles(profiles, &notes)?;
    }
    note_unused(file, &PackageMetadata::default(), &notes);
    let (warnings, _) = notes.into_parts();
    Ok(warnings.into_iter().map(|(key, message)| file.warning(&key, message)).collect())
}

fn check_workspace_table(toml: &TomlManifest, notes: &Notes) -> Result<(), Flaw> {
    let Some(workspace) = &toml.workspace else { return Ok(()) };
    if toml.package().is_some_and(|p| p.workspace.is_some()) {
        return Err(Flaw::new(["package", "workspace"], PackageProblem::RootAndMember));
    }
    for (name, dependency) in workspace.dependencies.iter().flatten() {
        for (key, given) in [("optional", dependency.is_optional()), ("public", dependency.is_public())] {
            if given {
                let problem = PackageProblem::WorkspaceDependency { name: name.to_string(), key };
                return Err(Flaw::new(["workspace", "dependencies", name, key], problem));
            }
        }
    }
    match &workspace.lints {
        Some(lints) => lints::verify(lints, &["workspace", "lints"], notes),
        None => Ok(()),
    }
}

fn edition(
    input: &ManifestInput<'_>,
    package: &TomlPackage,
    rust_version: Option<&RustVersion>,
    notes: &Notes,
) -> Result<Edition, Flaw> {
    let knows = |edition: Edition, rust: &RustVersion| {
        edition
            .first_minor()
            .is_none_or(|minor| RustVersion::new(1, minor, 0).is_compatible_with(&rust.to_partial()))
    };
    let Some(text) = input.inherit.field("edition", package.edition.as_ref(), |p| p.edition.as_ref())? else {
        let best = Edition::ALL.into_iter().rfind(|e| rust_version.is_none_or(|rust| knows(*e, rust)));
        if let Some(best) = best.filter(|best| *best != Edition::default()) {
            notes.warn(["package"], || {
                format!("no `edition`: it is {}; the latest that can be used is {best}", Edition::default())
            });
        }
        return Ok(Edition::default());
    };
    let edition: Edition = text.parse().map_err(|()| {
        Flaw::new(["package", "edition"], PackageProblem::BadEdition { edition: text.clone() })
    })?;
    match rust_version {
        Some(rust) if !knows(edition, rust) => {
            let rust_version = rust.to_string();
            Err(Flaw::new(
                ["package", "rust-version"],
                PackageProblem::EditionTooNew { edition, rust_version },
            ))
        }
        _ => Ok(edition),
    }
}

fn check_project(toml: &TomlManifest, edition: Edition, notes: &Notes) -> Result<(), Flaw> {
    if toml.project.is_none() {
        return Ok(());
    }
    if edition >= Edition::E2024 {
        return Err(Flaw::new(["project"], PackageProblem::Project));
    }
    notes.warn(["project"], || "`[project]` is an old spelling of `[package]`".to_owned());
    Ok(())
}

/// `package.resolver` or `workspace.resolver`.
pub(crate) fn resolver(toml: &TomlManifest, package: &TomlPackage) -> Result<Option<ResolverVersion>, Flaw> {
    let workspace = toml.workspace.as_ref().and_then(|w| w.resolver.as_ref());
    match (&package.resolver, workspace) {
        (Some(_), Some(_)) => Err(Flaw::new(["package", "resolver"], PackageProblem::TwoResolvers)),
        (Some(text), None) => parse_resolver(text, "package").map(Some),
        (None, Some(text)) => parse_resolver(text, "workspace").map(Some),
        (None, None) => Ok(None),
    }
}

pub(crate) fn parse_resolver(text: &str, table: &str) -> Result<ResolverVersion, Flaw> {
    match text {
        "1" => Ok(ResolverVersion::V1),
        "2" => Ok(ResolverVersion::V2),
        "3" => Ok(ResolverVersion::V3),
        _ => Err(Flaw::new([table, "resolver"], PackageProblem::BadResolver { resolver: text.to_owned() })),
    }
}

fn check_targets(package: &TomlPackage, targets: &[Arc<Target>]) -> Result<(), Flaw> {
    if let Some(links) = &package.links
        && !targets.iter().any(|t| t.is_custom_build())
    {
        return Err(Flaw::new(["package", "links"], PackageProblem::LinksNothing { links: links.clone() }));
    }
    if let Some(run) = &package.default_run {
        let binaries = || targets.iter().filter(|t| t.is_bin()).map(|t| t.name.as_str());
        if !binaries().any(|name| name == run) {
            let problem = PackageProblem::DefaultRun { name: run.clone(), nearest: nearest(run, binaries()) };
            return Err(Flaw::new(["package", "default-run"], problem));
        }
    }
    Ok(())
}

fn metadata(
    input: &ManifestInput<'_>,
    package: &TomlPackage,
    rust_version: Option<RustVersion>,
    has_version: bool,
) -> Result<PackageMetadata, Flaw> {
    let inherit = input.inherit;
    let publish = match inherit.field("publish", package.publish.as_ref(), |p| p.publish.as_ref())? {
        Some(VecStringOrBool::VecString(registries)) => Some(registries),
        Some(VecStringOrBool::Bool(false)) => Some(Vec::new()),
        Some(VecStringOrBool::Bool(true)) => None,
        None => (!has_version).then(Vec::new),
    };
    if !has_version && publish.as_ref().is_none_or(|registries| !registries.is_empty()) {
        return Err(Flaw::new(["package", "publish"], PackageProblem::PublishWithoutVersion));
    }
    let mut metadata = PackageMetadata {
        readme: inherit.readme(package.readme.as_ref())?,
        license_file: inherit.license_file(package.license_file.as_ref())?,
        badges: input.file.toml().badges.clone().unwrap_or_default(),
        rust_version,
        links: package.links.as_ref().map(Into::into),
        publish,
        default_run: package.default_run.as_ref().map(Into::into),
        hints: input.file.toml().hints.clone(),
        ..PackageMetadata::default()
    };
    metadata.description =
        inherit.field("description", package.description.as_ref(), |p| p.description.as_ref())?;
    metadata.homepage = inherit.field("homepage", package.homepage.as_ref(), |p| p.homepage.as_ref())?;
    metadata.documentation =
        inherit.field("documentation", package.documentation.as_ref(), |p| p.documentation.as_ref())?;
    metadata.repository =
        inherit.field("repository", package.repository.as_ref(), |p| p.repository.as_ref())?;
    metadata.license = inherit.field("license", package.license.as_ref(), |p| p.license.as_ref())?;
    let list = |found: Option<Vec<String>>| found.unwrap_or_default();
    metadata.authors = list(inherit.field("authors", package.authors.as_ref(), |p| p.authors.as_ref())?);
    metadata.keywords = list(inherit.field("keywords", package.keywords.as_ref(), |p| p.keywords.as_ref())?);
    metadata.categories =
        list(inherit.field("categories", package.categories.as_ref(), |p| p.categories.as_ref())?);
    metadata.include = list(inherit.field("include", package.include.as_ref(), |p| p.include.as_ref())?);
    metadata.exclude = list(inherit.field("exclude", package.exclude.as_ref(), |p| p.exclude.as_ref())?);
    Ok(metadata)
}

/// A feature that does not exist is never on, so the target is never built.
fn check_required_features(summary: &Summary, targets: &[Arc<Target>], notes: &Notes) {
    if !notes.enabled() {
        return;
    }
    for target in targets {
        for feature in &target.required_features {
            let known = match FeatureValue::parse(feature) {
                FeatureValue::Feature(name) => summary.features().contains_key(&name),
                FeatureValue::DepFeature { dep_name, weak: false, .. } => {
                    summary.dependencies().iter().any(|d| d.name_in_toml() == dep_name)
                }
                FeatureValue::Dep { .. } | FeatureValue::DepFeature { .. } => {
                    let (name, feature) = (target.name.to_string(), feature.to_string());
                    notes.critical(Flaw::new(["package"], TargetProblem::RequiredFeature { name, feature }));
                    continue;
                }
            };
            if !known {
                notes.warn(["package"], || {
                    format!(
                        "the {} target `{}` requires the feature `{feature}`, which does not exist",
                        target.kind.description(),
                        target.name
                    )
                });
            }
        }
    }
}

fn note_unused(file: &ManifestFile, metadata: &PackageMetadata, notes: &Notes) {
    if !notes.enabled() {
        return;
    }
    if metadata.license.is_some() && metadata.license_file.is_some() {
        notes.warn(["package", "license-file"], || {
            "`license` and `license-file` are both set; `license-file` is for licences that have no SPDX name".to_owned()
        });
    }
    for key in file.unused_keys() {
        let keys = || key.0.iter().map(String::as_str);
        notes.warn(keys(), || match key.0.as_slice() {
            [first, second] if first == "profiles" && second == "debug" => {
                "unused manifest key: profiles.debug (the profile of debug builds is `[profile.dev]`)"
                    .to_owned()
            }
            _ => format!("unused manifest key: {key}"),
        });
    }
}
