//! Members as `cargo metadata --no-deps` describes them.

use dhow_model::{
    DepKind, Dependency, FeatureMap, FeatureValue, InternedString, PackageId, SourceId, Summary,
};
use dhow_resolve::{CliFeatures, Member};
use serde_json::Value;

/// All members, for a lock file, in cargo's order.
pub(crate) fn members(metadata: &str) -> Vec<Member> {
    let json: Value = serde_json::from_str(metadata).expect("JSON");
    let packages = json["packages"].as_array().expect("packages");
    let ids = json["workspace_members"].as_array().expect("members");
    let named = |id: &Value| packages.iter().find(|package| package["id"] == *id).expect("a member");
    let member =
        |id: &Value| Member { summary: summary(named(id)), features: CliFeatures::all(), dev_deps: true };
    ids.iter().map(member).collect()
}

/// One package.
pub(crate) fn summary(package: &Value) -> Summary {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let manifest = text(&package["manifest_path"]).expect("a path");
    let dir = std::path::Path::new(&manifest).parent().expect("a directory");
    let source = SourceId::for_path(dir).expect("a path");
    let version = text(&package["version"]).expect("a version").parse().expect("a version");
    let id = PackageId::new(text(&package["name"]).expect("a name"), version, source);
    let deps = package["dependencies"].as_array().expect("dependencies").iter().map(dependency).collect();
    let mut features = FeatureMap::new();
    for (name, values) in package["features"].as_object().expect("features") {
        let values = values.as_array().expect("values").iter();
        let values = values.map(|value| FeatureValue::parse(value.as_str().expect("text"))).collect();
        features.insert(InternedString::new(name), values);
    }
    Summary::new(id, deps, features)
        .with_links(package["links"].as_str().map(InternedString::new))
        .with_rust_version(package["rust_version"].as_str().map(|v| v.parse().expect("a version")))
}

fn dependency(dep: &Value) -> Dependency {
    let text = |key: &str| dep[key].as_str().map(InternedString::new);
    let source = match (dep["source"].as_str(), dep["path"].as_str()) {
        (Some(source), _) => SourceId::parse(source).expect("a source"),
        (None, Some(path)) => SourceId::for_path(std::path::Path::new(path)).expect("a path"),
        (None, None) => panic!("a dependency from nowhere: {dep}"),
    };
    let kind = match dep["kind"].as_str() {
        Some("dev") => DepKind::Development,
        Some("build") => DepKind::Build,
        _ => DepKind::Normal,
    };
    let features = dep["features"].as_array().expect("features").iter();
    let mut made = Dependency::new(text("name").expect("a name"), source)
        .with_kind(kind)
        .with_rename(text("rename"))
        .with_optional(dep["optional"] == true)
        .with_default_features(dep["uses_default_features"] == true)
        .with_features(features.map(|f| InternedString::new(f.as_str().expect("text"))).collect())
        .with_platform(dep["target"].as_str().map(|target| target.parse().expect("a platform")));
    // Metadata says `*` both for `*` and for nothing at all; only path dependencies can say nothing.
    let req = dep["req"].as_str().expect("a requirement");
    if req != "*" || !source.is_path() {
        made = made.with_req(req.parse().expect("a requirement"));
    }
    made
}
