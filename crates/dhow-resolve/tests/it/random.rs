//! Random registries: our lock file is cargo's, or neither of us finds one.
//!
//! `DHOW_RANDOM_REGISTRIES=1000` tries more of them.

use std::fmt::Write as _;

use dhow_testkit::Registry;
use serde_json::json;

use crate::support::world::World;

/// A small generator of numbers: the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("small")]
    }
}

const VERSIONS: &[&str] = &[
    "0.0.1",
    "0.0.2",
    "0.1.0",
    "0.1.1",
    "0.2.0",
    "0.2.3",
    "1.0.0",
    "1.0.1",
    "1.1.0",
    "1.2.0",
    "1.3.0-beta.1",
    "2.0.0",
    "2.1.0",
    "3.0.0",
];
const FEATURES: &[&str] = &["default", "x", "y", "z"];

/// A requirement that, mostly, some version satisfies.
fn requirement(random: &mut Random, versions: &[&str], pins: u64) -> String {
    if versions.is_empty() || random.chance(1) {
        return random.pick(&["*", "^9", "^1.3.0-beta"]).to_owned();
    }
    let version = random.pick(versions);
    if random.chance(pins) {
        return format!("{}{version}", random.pick(&["=", "=", "~"]));
    }
    match random.below(8) {
        0 => "*".to_owned(),
        1 => format!(">={version}"),
        2 => format!(">={version}, <3"),
        3 => format!("<={version}"),
        _ => format!("^{version}"),
    }
}

/// Packages by number, each with its versions.
type Packages = Vec<Vec<&'static str>>;

fn fill(registry: &Registry, random: &mut Random) -> Packages {
    let count = 4 + random.below(12);
    let pins = random.below(50);
    let share = 30 + random.below(50);
    let mut some = || VERSIONS.iter().copied().filter(|_| random.chance(share)).collect();
    let packages: Packages = (0..count).map(|_| some()).collect();
    for (package, versions) in (0_u64..).zip(&packages) {
        let name = format!("p{package}");
        for version in versions {
            let mut deps = Vec::new();
            for _ in 0..random.below(4) {
                // Mostly downwards, so that circles are rare.
                let to = if random.chance(97) && package + 1 < count {
                    package + 1 + random.below(count - package - 1)
                } else {
                    random.below(count)
                };
                let features: Vec<_> = FEATURES[1..].iter().filter(|_| random.chance(10)).collect();
                let renamed = random.chance(10);
                let target = format!("p{to}");
                let kind = random.pick(&["normal", "normal", "normal", "build", "dev"]);
                deps.push(json!({
                    "name": if renamed { format!("r{to}") } else { target.clone() },
                    "package": renamed.then_some(target),
                    "req": requirement(random, &packages[usize::try_from(to).expect("small")], pins),
                    "features": features,
                    "optional": kind != "dev" && random.chance(30),
                    "default_features": random.chance(80),
                    "target": random.chance(10).then_some("cfg(windows)"),
                    "kind": kind,
                    "registry": null,
                }));
            }
            let mut features = serde_json::Map::new();
            for feature in FEATURES {
                if !random.chance(92) {
                    continue;
                }
                let mut values = Vec::new();
                for dep in &deps {
                    let dep_name = dep["name"].as_str().expect("a name");
                    if dep["optional"] == true && random.chance(40) {
                        values.push(format!("dep:{dep_name}"));
                    } else if random.chance(15) {
                        let mark = if dep["optional"] == true && random.chance(50) { "?" } else { "" };
                        values.push(format!("{dep_name}{mark}/{}", random.pick(FEATURES)));
                    }
                }
                features.insert((*feature).to_owned(), json!(values));
            }
            let line = json!({
                "name": name, "vers": version, "deps": deps, "features": {}, "features2": features,
                "cksum": format!("{:064x}", random.below(u64::MAX)),
                "yanked": random.chance(8),
                "links": random.chance(6).then(|| random.pick(&["l1", "l2"])),
                "rust_version": random.chance(30).then(|| random.pick(&["1.50", "1.60", "1.80"])),
                "v": 2,
            });
            registry.raw_index_line(&name, &line.to_string());
        }
    }
    packages
}

fn manifest(random: &mut Random, packages: &Packages) -> String {
    let mut text = String::new();
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        writeln!(text, "[{table}]").expect("writes");
        for (package, versions) in packages.iter().enumerate() {
            if random.chance(if table == "dependencies" { 40 } else { 10 }) {
                let optional =
                    if table == "dependencies" && random.chance(20) { ", optional = true" } else { "" };
                let req = requirement(random, versions, 10);
                writeln!(text, "p{package} = {{ version = \"{req}\"{optional} }}").expect("writes");
            }
        }
    }
    text
}

/// Whether there was a solution.
fn try_seed(seed: u64) -> bool {
    let mut random = Random(seed);
    let registry = Registry::new();
    let packages = fill(&registry, &mut random);
    let mut world = World::new(registry, "");
    if random.chance(30) {
        world.rust_versions = vec!["1.60"];
        world.sandbox.config("[resolver]\nincompatible-rust-versions = \"fallback\"\n");
    }
    let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\nresolver = \"2\"\n";
    let rust = if world.rust_versions.is_empty() { "" } else { "rust-version = \"1.60\"\n" };
    let first = manifest(&mut random, &packages);
    world.sandbox.file("Cargo.toml", format!("{package}{rust}{first}")).file("build.rs", "fn main() {}");
    let solved = world.same_lock().is_ok();
    if solved {
        // Time goes by: releases come and are yanked, the manifest is edited; what is locked stays if it can.
        let mut later = Random(seed ^ 0x5eed);
        for package in 0..packages.len() {
            let name = format!("p{package}");
            for (index, line) in world.registry.index_lines(&name).iter().enumerate() {
                let mut json: serde_json::Value = serde_json::from_str(line).expect("JSON");
                let version = json["vers"].as_str().expect("a version").to_owned();
                if later.chance(10) {
                    world.registry.set_yanked(&name, &version, index % 2 == 0);
                }
                if later.chance(15) {
                    json["vers"] = json!(version.replace(".1", ".9").replace(".0", ".8"));
                    if json["vers"] != version {
                        world.registry.raw_index_line(&name, &json.to_string());
                    }
                }
            }
        }
        if later.chance(60) {
            let edited = manifest(&mut later, &packages);
            world.sandbox.file("Cargo.toml", format!("{package}{rust}{edited}"));
        }
        let _either = world.same_workspace_update();
    }
    solved
}

#[test]
fn random_registries_get_the_same_lock() {
    let count = std::env::var("DHOW_RANDOM_REGISTRIES").map_or(25, |text| text.parse().expect("a number"));
    let start = std::env::var("DHOW_RANDOM_START").map_or(0, |text| text.parse().expect("a number"));
    let mut solved = 0;
    for seed in start..start + count {
        let result = std::panic::catch_unwind(|| try_seed(seed));
        match result {
            Ok(one) => solved += u64::from(one),
            Err(_) => panic!("seed {seed}: see above"),
        }
    }
    assert!(solved * 4 > count && solved < count, "{solved} of {count} have a solution");
}
