//! Features of every unit that the real cargo would build, against ours.

use std::collections::{BTreeMap, BTreeSet};

use dhow_model::Platform;
use dhow_resolve::features::resolve_features;
use dhow_resolve::{CliFeatures, FeatureOptions, FeaturesFor, Resolve, ResolveBehavior};
use dhow_testkit::Registry;
use serde_json::Value;

use crate::support::world::World;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Packages in their roles, with their features.
type Units = BTreeMap<(String, FeaturesFor), BTreeSet<String>>;

/// What cargo's unit graph says.
pub(crate) fn units(unit_graph: &str) -> Units {
    let json: Value = serde_json::from_str(unit_graph).expect("a unit graph");
    let mut units = Units::new();
    for unit in json["units"].as_array().expect("units") {
        // A build script has the features of its package in the role that the package has.
        if unit["target"]["kind"][0] == "custom-build" {
            continue;
        }
        let role = if unit["platform"].is_null() { FeaturesFor::HostDep } else { FeaturesFor::Target };
        let features = unit["features"].as_array().expect("features").iter();
        let features: BTreeSet<_> = features.map(|f| f.as_str().expect("text").to_owned()).collect();
        let id = unit["pkg_id"].as_str().expect("an id").to_owned();
        let known = units.insert((id.clone(), role), features.clone());
        assert!(known.is_none_or(|known| known == features), "{id} has two sets of features");
    }
    units
}

/// Names of packages whose library is a procedural macro.
pub(crate) fn proc_macros(metadata: &str) -> BTreeSet<String> {
    let json: Value = serde_json::from_str(metadata).expect("JSON");
    let is_macro = |package: &&Value| {
        package["targets"].as_array().expect("targets").iter().any(|target| target["kind"][0] == "proc-macro")
    };
    let packages = json["packages"].as_array().expect("packages").iter().filter(is_macro);
    packages.map(|package| package["id"].as_str().expect("an id").to_owned()).collect()
}

/// What differs.
pub(crate) fn differences(
    resolve: &Resolve,
    roots: &[(dhow_model::PackageId, CliFeatures)],
    behavior: ResolveBehavior,
    dev_units: bool,
    proc_macros: &BTreeSet<String>,
    units: &Units,
) -> Vec<String> {
    let cfgs: Vec<_> = ["unix", "target_os=\"linux\"", "target_family=\"unix\"", "target_arch=\"x86_64\""]
        .iter()
        .chain(&["target_env=\"gnu\"", "target_pointer_width=\"64\"", "target_endian=\"little\""])
        .chain(&[
            "target_has_atomic=\"8\"",
            "target_has_atomic=\"64\"",
            "target_has_atomic=\"ptr\"",
            "panic=\"unwind\"",
        ])
        .chain(&["target_vendor=\"unknown\"", "target_feature=\"sse2\"", "debug_assertions"])
        .map(|cfg| cfg.parse().expect("a cfg"))
        .collect();
    let resolved = resolve_features(
        resolve,
        roots,
        FeatureOptions {
            behavior,
            dev_units,
            all_platforms: false,
            is_proc_macro: &|id| proc_macros.contains(&id.to_spec().to_string()),
            platform_holds: &|platform: &Platform, _| platform.matches(TARGET, &cfgs),
        },
    );
    let ids: BTreeMap<_, _> = resolve.iter().map(|id| (id.to_spec().to_string(), id)).collect();
    let mut wrong = Vec::new();
    for ((id, role), expected) in units {
        let ours = ids.get(id).map(|id| resolved.activated_features(*id, *role));
        let ours: BTreeSet<_> = ours.into_iter().flatten().map(ToString::to_string).collect();
        if ours != *expected {
            wrong.push(format!("{id} {role:?}: ours {ours:?}, cargo's {expected:?}"));
        }
    }
    wrong
}

fn registry() -> Registry {
    let registry = Registry::new();
    let r = &registry;
    r.package("common", "1.0.0")
        .feature("normal", &[])
        .feature("build", &[])
        .feature("macro", &[])
        .feature("dev", &[])
        .feature("windows", &[])
        .feature("weak", &[])
        .feature("strong", &[])
        .feature("default", &["std"])
        .feature("std", &[])
        .publish();
    r.package("derive", "1.0.0")
        .proc_macro()
        .dep_with("common", "1", |d| d.features(["macro"]).no_default())
        .publish();
    r.package("opt", "1.0.0").feature("x", &[]).feature("y", &[]).feature("default", &["y"]).publish();
    r.package("lib", "1.0.0")
        .dep_with("common", "1", |d| d.features(["normal"]).no_default())
        .dep_with("common", "1", |d| d.build().features(["build"]).no_default())
        .dep_with("common", "1", |d| d.target("cfg(windows)").features(["windows"]))
        .dep_with("opt", "1", |d| d.optional().no_default())
        .dep("derive", "1")
        .feature("weak", &["opt?/x", "common/weak"])
        .feature("strong", &["opt/x", "common/strong"])
        .feature("named", &["dep:opt"])
        .feature("opt", &["named"])
        .build_script("fn main() {}")
        .publish();
    registry
}

fn check(resolver: &str, dependencies: &str, flags: &[&str]) {
    let manifest = format!(
        "lib = {{ version = \"1\"{dependencies} }}\n[features]\nopt = [\"lib/strong\"]\nweak = [\"lib?/weak\"]\n\
         [dev-dependencies]\ncommon = {{ version = \"1\", features = [\"dev\"], default-features = false }}\n"
    );
    let world = World::new(registry(), &manifest);
    let text = world.sandbox.read("Cargo.toml").replace("[features]", "[features]\n");
    let text = text.replace("edition = \"2021\"", &format!("edition = \"2021\"\nresolver = \"{resolver}\""));
    let optional = dependencies.contains("optional");
    let text = if optional { text } else { text.replace("lib?/weak", "lib/weak") };
    world.sandbox.file("Cargo.toml", text).file("tests/t.rs", "").file("src/main.rs", "fn main() {}");
    world.same_lock().expect("a solution");
    let metadata = world
        .sandbox
        .cargo(["metadata", "--all-features", "--offline", "--format-version", "1"])
        .assert_success()
        .stdout;
    let behavior = if resolver == "1" { ResolveBehavior::V1 } else { ResolveBehavior::V2 };
    for all_targets in [false, true] {
        let mut command =
            vec!["build", "--unit-graph", "-Z", "unstable-options", "--offline", "--target", TARGET];
        command.extend(flags);
        command.extend(all_targets.then_some("--all-targets"));
        let output = world.sandbox.cargo_cmd(&command).env("RUSTC_BOOTSTRAP", "1").run().assert_success();
        let features: Vec<_> = flags.iter().filter(|flag| !flag.starts_with('-')).copied().collect();
        let default_features = !flags.contains(&"--no-default-features");
        let cli =
            CliFeatures::parse(features, flags.contains(&"--all-features"), default_features).expect("fine");
        let resolve = world.narrowed(&cli);
        let root = resolve.query("app").expect("the root");
        let expected = units(&output.stdout);
        let macros = proc_macros(&metadata);
        let wrong = differences(&resolve, &[(root, cli)], behavior, all_targets, &macros, &expected);
        assert!(wrong.is_empty(), "resolver {resolver} {command:?}: {wrong:#?}");
        assert!(expected.len() > 3 || optional, "{expected:?}");
    }
}

#[test]
fn resolver_1_has_one_set_for_all() {
    check("1", "", &[]);
    check("1", ", features = [\"weak\"]", &["--features", "opt"]);
}

#[test]
fn resolver_2_tells_host_from_target() {
    check("2", "", &[]);
    check("2", ", features = [\"strong\"]", &[]);
}

#[test]
fn resolver_2_waits_with_weak_features() {
    check("2", ", features = [\"weak\"]", &[]);
    check("2", ", features = [\"weak\", \"named\"]", &[]);
    check("2", ", optional = true", &["--features", "weak"]);
    check("2", ", optional = true", &["--features", "weak,opt"]);
}

#[test]
fn command_lines_turn_on_features() {
    check("2", "", &["--features", "lib/opt,weak"]);
    check("2", ", default-features = false", &["--all-features"]);
    check("2", "", &["--no-default-features"]);
}
