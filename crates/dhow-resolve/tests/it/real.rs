//! Packages as published on crates.io, against lock files that the real cargo made of the same index.
//!
//! Needs a directory that `DHOW_REAL_PACKAGES` names: `home` is a CARGO_HOME with a filled index cache, every other
//! directory a package with its `cargo.lock` (made by cargo) and `metadata.json` (`cargo metadata --no-deps`).

use std::path::{Path, PathBuf};
use std::time::Instant;

use dhow_resolve::{CliFeatures, ResolveBehavior, VersionPreferences};

use crate::features::{differences, proc_macros, units};
use crate::support::Case;
use crate::support::index::{Format, IndexProvider, PARSED};
use crate::support::members::members;

fn index_cache(home: &Path) -> PathBuf {
    let dirs = std::fs::read_dir(home.join("registry/index")).expect("an index");
    let mut dirs = dirs.map(|dir| dir.expect("an entry").path().join(".cache"));
    dirs.find(|dir| dir.exists()).expect("a cache")
}

#[test]
#[ignore = "needs packages and an index of crates.io"]
#[expect(clippy::print_stdout, reason = "a person reads the times")]
fn published_packages_get_the_same_lock() {
    let root = PathBuf::from(std::env::var_os("DHOW_REAL_PACKAGES").expect("DHOW_REAL_PACKAGES"));
    let cache = index_cache(&root.join("home"));
    let mut packages: Vec<_> =
        std::fs::read_dir(&root).expect("packages").map(|dir| dir.expect("an entry").path()).collect();
    packages.retain(|dir| dir.join("cargo.lock").exists() && dir.join("metadata.json").exists());
    packages.sort();
    if let Some(only) = std::env::var_os("DHOW_REAL_ONLY") {
        packages.retain(|dir| dir.file_name() == Some(&only));
    }
    let mut wrong = Vec::new();
    for dir in &packages {
        let name = dir.file_name().expect("a name").to_string_lossy().into_owned();
        let expected = std::fs::read_to_string(dir.join("cargo.lock")).expect("a lock");
        let metadata = std::fs::read_to_string(dir.join("metadata.json")).expect("metadata");
        let members = members(&metadata);
        let rust_versions = members.iter().filter_map(|m| m.summary.rust_version());
        let lowest = rust_versions.map(|v| v.to_partial()).min();
        let manifest = std::fs::read_to_string(dir.join("Cargo.toml")).expect("a manifest");
        let says = |text: &str| manifest.lines().any(|line| line == text);
        let resolver_3 =
            says("resolver = \"3\"") || (says("edition = \"2024\"") && !manifest.contains("\nresolver = "));
        let rust_versions = match (resolver_3, &lowest) {
            (false, _) => Vec::new(),
            (true, Some(lowest)) => vec![lowest.clone()],
            (true, None) => vec!["1.95.0".parse().expect("a version")],
        };
        let prefs = VersionPreferences { rust_versions, ..Default::default() };
        let case = Case { members, patches: Vec::new(), prefs, lowest_rust_version: lowest };
        PARSED.set(0);
        let start = Instant::now();
        let lock = case.lock(&mut IndexProvider::new(&cache, Format::Cache), None);
        let time = start.elapsed();
        let start = Instant::now();
        let again = case.lock(&mut IndexProvider::new(&cache, Format::Cache), Some(&expected));
        let time_again = start.elapsed();
        let same = lock.as_ref().is_ok_and(|lock| *lock == expected);
        let kept = again.as_ref().is_ok_and(|lock| *lock == expected);
        println!("{name}: same {same} in {time:?} ({} read), kept {kept} in {time_again:?}", PARSED.get());
        if !same || !kept {
            let text = lock.unwrap_or_else(|error| error.to_string());
            std::fs::write(dir.join("dhow.lock"), text).expect("writes");
            let text = again.unwrap_or_else(|error| error.to_string());
            std::fs::write(dir.join("dhow2.lock"), text).expect("writes");
            wrong.push(name);
        }
    }
    assert!(!packages.is_empty(), "no packages");
    assert!(wrong.is_empty(), "different: {wrong:?}");
}

/// Each package's `units-build.json` and `units-test.json` are unit graphs that cargo printed, `metadata-all.json` its
/// metadata with dependencies.
#[test]
#[ignore = "needs packages and an index of crates.io"]
fn published_packages_get_the_same_features() {
    let root = PathBuf::from(std::env::var_os("DHOW_REAL_PACKAGES").expect("DHOW_REAL_PACKAGES"));
    let cache = index_cache(&root.join("home"));
    let mut checked = 0;
    let mut wrong = Vec::new();
    for dir in std::fs::read_dir(&root).expect("packages").map(|dir| dir.expect("an entry").path()) {
        let read = |name: &str| std::fs::read_to_string(dir.join(name));
        let Ok(all) = read("metadata-all.json") else { continue };
        let mut members = members(&read("metadata.json").expect("metadata"));
        members.iter_mut().for_each(|member| member.features = CliFeatures::default());
        let root = members[0].summary.id();
        let manifest = read("Cargo.toml").expect("a manifest");
        let behavior = if manifest.contains("\nedition = \"2018\"") || manifest.contains("\nresolver = \"1\"")
        {
            ResolveBehavior::V1
        } else {
            ResolveBehavior::V2
        };
        let case =
            Case { members, patches: Vec::new(), prefs: Default::default(), lowest_rust_version: None };
        let lock = read("cargo.lock").expect("a lock");
        let resolve =
            case.resolve(&mut IndexProvider::new(&cache, Format::Cache), Some(&lock)).expect("a solution");
        for (file, dev_units) in [("units-build.json", false), ("units-test.json", true)] {
            let units = units(&read(file).expect("a unit graph"));
            let roots = [(root, CliFeatures::default())];
            let macros = proc_macros(&all);
            let found = differences(&resolve, &roots, behavior, dev_units, &macros, &units);
            checked += units.len();
            wrong.extend(found.into_iter().map(|text| format!("{} {file}: {text}", dir.display())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 100, "{checked} units");
}
