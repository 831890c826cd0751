//! Our packages in the form of `cargo metadata`, to compare.

use dhow_model::{DepKind, Dependency};
use dhow_workspace::{Package, Target, Workspace};
use serde_json::{Value, json};

use crate::cargo;
use crate::project::{Project, options};

/// Compares the project with what cargo says about it, as seen from `dir`.
#[track_caller]
pub(crate) fn check_at(project: &Project, dir: &str) {
    let loader = dhow_workspace::Loader::new(options()).lenient();
    let ours = loader.workspace(&project.path(&format!("{dir}/Cargo.toml"))).map(|w| of_workspace(&w));
    match (cargo::metadata(&project.path(dir)), ours) {
        (Ok(theirs), Ok(ours)) => assert_same(&theirs, &ours),
        (Err(theirs), Ok(_)) => panic!("cargo refuses:\n{theirs}"),
        (Ok(_), Err(ours)) => panic!("cargo accepts, we say: {ours}"),
        (Err(theirs), Err(ours)) => panic!("both refuse:\n{theirs}\nwe say: {ours}"),
    }
}

/// Compares a project that is seen from its root.
#[track_caller]
pub(crate) fn check(project: &Project) {
    check_at(project, ".");
}

/// Fails with the first difference and the way to it.
#[track_caller]
pub(crate) fn assert_same(theirs: &Value, ours: &Value) {
    if let Some(difference) = difference(theirs, ours, "") {
        panic!("{difference}");
    }
}

/// The first difference, in words.
pub(crate) fn difference(theirs: &Value, ours: &Value, at: &str) -> Option<String> {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                difference(a, b, &format!("{at}.{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(i, (a, b))| difference(a, b, &format!("{at}[{i}]")))
        }
        _ if theirs == ours => None,
        _ => Some(format!("{at}:\n  cargo: {theirs}\n  dhow:  {ours}")),
    }
}

pub(crate) fn of_workspace(workspace: &Workspace) -> Value {
    let id = |p: &Package| json!(p.id().to_spec().to_string());
    json!({
        "packages": workspace.members().iter().map(of_package).collect::<Vec<_>>(),
        "workspace_members": workspace.members().iter().map(id).collect::<Vec<_>>(),
        "workspace_default_members": workspace.default_members().map(id).collect::<Vec<_>>(),
        "resolve": null,
        "target_directory": workspace.target_dir(),
        "build_directory": workspace.build_dir(),
        "version": 1,
        "workspace_root": workspace.root(),
        "metadata": workspace.metadata(),
    })
}

pub(crate) fn of_package(package: &Package) -> Value {
    let metadata = package.metadata();
    let features: serde_json::Map<_, _> = package
        .summary()
        .features()
        .iter()
        .map(|(name, values)| (name.to_string(), values.iter().map(ToString::to_string).collect()))
        .collect();
    let mut value = json!({
        "name": package.name().as_str(),
        "version": package.version().to_string(),
        "id": package.id().to_spec().to_string(),
        "license": metadata.license,
        "license_file": metadata.license_file,
        "description": metadata.description,
        "source": null,
        "dependencies": package.dependencies().iter().map(of_dependency).collect::<Vec<_>>(),
        "targets": package.targets().iter().map(|t| of_target(t)).collect::<Vec<_>>(),
        "features": features,
        "manifest_path": package.manifest_path(),
        "metadata": package.manifest().custom_metadata,
        "publish": metadata.publish,
        "authors": metadata.authors,
        "categories": metadata.categories,
        "keywords": metadata.keywords,
        "readme": metadata.readme,
        "repository": metadata.repository,
        "homepage": metadata.homepage,
        "documentation": metadata.documentation,
        "edition": package.edition().as_str(),
        "links": metadata.links.map(|l| l.as_str()),
        "default_run": metadata.default_run.map(|l| l.as_str()),
        "rust_version": metadata.rust_version.as_ref().map(ToString::to_string),
    });
    if let Some(hints) = metadata.hints.as_ref().and_then(|h| h.mostly_unused.as_ref()) {
        value["hints"] = json!({ "mostly-unused": hints });
    }
    value
}

pub(crate) fn of_target(target: &Target) -> Value {
    let mut value = json!({
        "kind": target.kind_strs(),
        "crate_types": target.crate_types().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "name": target.name.as_str(),
        "src_path": target.src_path,
        "edition": target.edition.as_str(),
        "doc": target.documented,
        "doctest": target.runs_doctests(),
        "test": target.tested,
    });
    if !target.required_features.is_empty() {
        value["required-features"] =
            target.required_features.iter().map(|f| f.as_str()).collect::<Vec<_>>().into();
    }
    value
}

fn of_dependency(dependency: &Dependency) -> Value {
    let source = dependency.source();
    json!({
        "name": dependency.package_name().as_str(),
        "source": (!source.is_path()).then(|| source.lock_string_unencoded()),
        "req": dependency.req().to_string(),
        "kind": match dependency.kind() {
            DepKind::Normal => None,
            DepKind::Development => Some("dev"),
            DepKind::Build => Some("build"),
        },
        "rename": dependency.rename().map(|r| r.as_str()),
        "optional": dependency.is_optional(),
        "uses_default_features": dependency.default_features(),
        "features": dependency.features().iter().map(|f| f.as_str()).collect::<Vec<_>>(),
        "target": dependency.platform().map(ToString::to_string),
        "registry": dependency.registry().map(|r| r.url().to_string()),
        "path": source.local_path(),
    })
}
