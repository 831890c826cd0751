//! A manifest with everything written out that it inherits or implies: for a copy of the package that has no workspace
//! around it. What is written, and in which form, is Cargo's, as observed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dhow_formats::manifest::{
    InheritableDependency, InheritableField, InheritableLints, PackageName, PathValue, StringOrBool,
    TomlDependency, TomlManifest, TomlPackage, TomlPackageBuild, TomlTarget,
};
use dhow_model::DepKind;

use crate::error::Flaw;
use crate::inherit::Inherit;
use crate::notes::Notes;
use crate::package::Package;
use crate::target::{Target, TargetKind};
use dhow_formats::manifest_edit::relative_path;

type Table = BTreeMap<PackageName, InheritableDependency>;

/// The manifest of `package`, whose file says `original`.
pub(crate) fn manifest(
    original: &TomlManifest,
    package: &Package,
    inherit: &Inherit<'_>,
) -> Result<TomlManifest, Flaw> {
    let mut toml = original.clone();
    if let Some(fields) = toml.package.as_mut() {
        write_package(fields, package);
    }
    write_targets(&mut toml, package);
    let resolve = |table: &mut Option<Table>, kind: DepKind| -> Result<(), Flaw> {
        for (name, dependency) in table.iter_mut().flatten() {
            let notes = &Notes::silent();
            let keys = [if kind == DepKind::Normal { "dependencies" } else { kind.as_str() }];
            let found = inherit.dependency(&keys, name, dependency, (package.edition(), notes))?;
            let mut found = found.into_owned();
            if let (TomlDependency::Detailed(detailed), InheritableDependency::Inherit(_)) =
                (&mut found, &*dependency)
                && let Some(path) = &detailed.path
            {
                detailed.path = relative_path(package.root(), Path::new(path)).as_deref().and_then(text);
            }
            *dependency = InheritableDependency::Value(found);
        }
        Ok(())
    };
    resolve(&mut toml.dependencies, DepKind::Normal)?;
    resolve(&mut toml.dev_dependencies, DepKind::Development)?;
    resolve(&mut toml.build_dependencies, DepKind::Build)?;
    for tables in toml.target.iter_mut().flat_map(|all| all.values_mut()) {
        resolve(&mut tables.dependencies, DepKind::Normal)?;
        resolve(&mut tables.dev_dependencies, DepKind::Development)?;
        resolve(&mut tables.build_dependencies, DepKind::Build)?;
    }
    if let Some(lints) = &toml.lints {
        toml.lints = Some(InheritableLints { workspace: false, lints: inherit.lints(lints)? });
    }
    Ok(toml)
}

fn text(path: &Path) -> Option<String> {
    Some(path.to_str()?.replace('\\', "/"))
}

fn write_package(fields: &mut TomlPackage, package: &Package) {
    fn set<T>(field: &mut Option<InheritableField<T>>, value: Option<T>) {
        if field.is_some() {
            *field = value.map(InheritableField::Value);
        }
    }
    let said = package.metadata();
    set(&mut fields.edition, Some(package.edition().to_string()));
    set(&mut fields.rust_version, said.rust_version);
    set(&mut fields.version, Some(package.version().clone()));
    set(&mut fields.authors, Some(said.authors.clone()));
    set(&mut fields.exclude, Some(said.exclude.clone()));
    set(&mut fields.include, Some(said.include.clone()));
    set(&mut fields.description, said.description.clone());
    set(&mut fields.homepage, said.homepage.clone());
    set(&mut fields.documentation, said.documentation.clone());
    set(&mut fields.keywords, Some(said.keywords.clone()));
    set(&mut fields.categories, Some(said.categories.clone()));
    set(&mut fields.license, said.license.clone());
    set(&mut fields.license_file, said.license_file.clone());
    set(&mut fields.repository, said.repository.clone());
    if fields.publish.as_ref().is_some_and(InheritableField::is_inherited) {
        use dhow_formats::manifest::VecStringOrBool::{Bool, VecString};
        let publish = match &said.publish {
            None => Bool(true),
            Some(nowhere) if nowhere.is_empty() => Bool(false),
            Some(registries) => VecString(registries.clone()),
        };
        fields.publish = Some(InheritableField::Value(publish));
    }
    let readme = said.readme.clone().map_or(StringOrBool::Bool(false), StringOrBool::String);
    fields.readme = Some(InheritableField::Value(readme));
    let script = package.build_script().and_then(|script| relative(package, script));
    fields.build = Some(script.map_or(TomlPackageBuild::Auto(false), TomlPackageBuild::SingleScript));
    let autos = [
        &mut fields.autolib,
        &mut fields.autobins,
        &mut fields.autoexamples,
        &mut fields.autotests,
        &mut fields.autobenches,
    ];
    autos.into_iter().for_each(|auto| *auto = Some(false));
}

fn write_targets(toml: &mut TomlManifest, package: &Package) {
    let written = |stated: Option<&TomlTarget>, target: &Arc<Target>| {
        let mut found = stated.cloned().unwrap_or_default();
        found.name = Some(target.name.to_string());
        found.path = relative(package, target).map(|path| PathValue(path.into()));
        found
    };
    let list = |stated: &Option<Vec<TomlTarget>>, is_kind: &dyn Fn(&TargetKind) -> bool| {
        let of_name = |target: &Target| {
            stated.iter().flatten().find(|stated| stated.name.as_deref() == Some(target.name.as_str()))
        };
        let targets = package.targets().iter().filter(|target| is_kind(&target.kind));
        let found: Vec<_> = targets.map(|target| written(of_name(target), target)).collect();
        (!found.is_empty()).then_some(found)
    };
    toml.lib = package.library().map(|library| written(toml.lib.as_ref(), library));
    toml.bin = list(&toml.bin, &|kind| matches!(kind, TargetKind::Bin));
    toml.example =
        list(&toml.example, &|kind| matches!(kind, TargetKind::ExampleLib(_) | TargetKind::ExampleBin));
    toml.test = list(&toml.test, &|kind| matches!(kind, TargetKind::Test));
    toml.bench = list(&toml.bench, &|kind| matches!(kind, TargetKind::Bench));
}

fn relative(package: &Package, target: &Target) -> Option<String> {
    relative_path(package.root(), &target.src_path).as_deref().and_then(text)
}
