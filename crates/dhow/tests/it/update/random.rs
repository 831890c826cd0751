//! Random registries, workspaces and commands: our lock file is cargo's, and so is what is told of its changes.
//!
//! `DHOW_RANDOM_UPDATES=500` tries more of them, `DHOW_RANDOM_START=7` others.

use std::fmt::Write as _;

use dhow_testkit::{Random, Registry, Sandbox, SparseServer};

use super::{Steps, compare_steps};

const VERSIONS: &[&str] = &[
    "0.0.1",
    "0.1.0",
    "0.1.1",
    "0.2.0",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.1.0",
    "1.2.0-beta.1",
    "1.2.0",
    "2.0.0",
    "2.0.1",
    "3.0.0",
];
const NEWER: &[&str] = &["0.1.2", "0.2.1", "1.0.2", "1.3.0", "2.1.0-rc.1", "2.1.0", "3.1.0", "4.0.0"];
const RUSTS: &[&str] = &["1.50", "1.60", "1.70.1", "1.99"];

fn chance(random: &mut Random, percent: u64) -> bool {
    random.below(100) < percent
}

fn pick<T: Copy>(random: &mut Random, from: &[T]) -> T {
    from[usize::try_from(random.below(from.len() as u64)).expect("small")]
}

/// A package of one of two registries.
struct Package {
    name: String,
    alt: bool,
    versions: Vec<&'static str>,
}

struct World {
    main: Registry,
    alt: Registry,
    alt_url: String,
    packages: Vec<Package>,
}

fn requirement(random: &mut Random, versions: &[&str]) -> String {
    if versions.is_empty() {
        return "*".to_owned();
    }
    let version = pick(random, versions);
    match random.below(24) {
        0..4 => "*".to_owned(),
        4 | 5 => format!(">={version}"),
        6 => format!("={version}"),
        7 => format!("~{version}"),
        8 if version < "3" => format!(">={version}, <3"),
        _ => format!("^{version}"),
    }
}

impl World {
    fn publish(&self, random: &mut Random, at: usize, version: &'static str) {
        let package = &self.packages[at];
        let registry = if package.alt { &self.alt } else { &self.main };
        let mut builder = registry.package(&package.name, version).yanked(chance(random, 8));
        if chance(random, 35) {
            builder = builder.rust_version(pick(random, RUSTS));
        }
        let mut used = Vec::new();
        for _ in 0..random.below(3) {
            let left = self.packages.len() - at - 1;
            if left == 0 {
                break;
            }
            let to = at + 1 + usize::try_from(random.below(left as u64)).expect("small");
            if used.contains(&to) {
                continue;
            }
            used.push(to);
            let dep = &self.packages[to];
            let req = requirement(random, &dep.versions);
            let optional = chance(random, 15);
            builder = builder.dep_with(&dep.name, &req, |d| {
                let d = match dep.alt {
                    _ if dep.alt == package.alt => d,
                    true => d.registry(&self.alt_url),
                    // Only crates.io has a name of its own.
                    false => d.registry("https://github.com/rust-lang/crates.io-index"),
                };
                if optional { d.optional() } else { d }
            });
        }
        builder.publish();
    }

    fn new(random: &mut Random, main: Registry, alt: Registry, server: &SparseServer) -> Self {
        let count = 3 + random.below(7);
        let share = 25 + random.below(50);
        let package = |at: u64, random: &mut Random| Package {
            name: format!("p{at}"),
            alt: chance(random, 20),
            versions: VERSIONS.iter().copied().filter(|_| chance(random, share)).collect(),
        };
        let packages = (0..count).map(|at| package(at, random)).collect();
        let world = Self { main, alt, alt_url: server.index_url(), packages };
        for (at, package) in world.packages.iter().enumerate() {
            for version in &package.versions {
                world.publish(random, at, version);
            }
        }
        world
    }

    /// Releases come, and some are yanked.
    fn time_goes_by(&mut self, random: &mut Random) {
        for at in 0..self.packages.len() {
            let old = self.packages[at].versions.clone();
            let registry = if self.packages[at].alt { &self.alt } else { &self.main };
            for version in &old {
                if chance(random, 8) {
                    registry.set_yanked(&self.packages[at].name, version, chance(random, 70));
                }
            }
            for version in NEWER {
                if chance(random, 20) {
                    self.publish(random, at, version);
                    self.packages[at].versions.push(version);
                }
            }
        }
    }

    fn dependencies(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for (table, share) in [("dependencies", 45), ("dev-dependencies", 10)] {
            writeln!(text, "[{table}]").expect("writes");
            for package in &self.packages {
                if chance(random, share) {
                    let req = requirement(random, &package.versions);
                    let registry = if package.alt { ", registry = \"alt\"" } else { "" };
                    writeln!(text, "{} = {{ version = \"{req}\"{registry} }}", package.name).expect("writes");
                }
            }
        }
        text
    }

    /// One to three members, of which the first is the root.
    fn members(&self, random: &mut Random, project: &Sandbox, resolver: &str) {
        let count = 1 + random.below(3);
        for member in 0..count {
            let version = pick(random, &["0.1.0", "0.1.0", "0.2.0"]);
            let rust = match random.below(3) {
                0 => format!("rust-version = \"{}\"\n", pick(random, &["1.60", "1.80"])),
                _ => String::new(),
            };
            let mut text = format!(
                "[package]\nname = \"m{member}\"\nversion = \"{version}\"\nedition = \"2021\"\n{rust}"
            );
            if member == 0 {
                let names: Vec<_> = (1..count).map(|m| format!("\"m{m}\"")).collect();
                write!(text, "[workspace]\nmembers = [{}]\nresolver = \"{resolver}\"\n", names.join(", "))
                    .expect("writes");
            }
            text += &self.dependencies(random);
            if member + 1 < count {
                let up = if member == 0 { "" } else { "../" };
                let next = member + 1;
                writeln!(text, "[dependencies.m{next}]\npath = \"{up}m{next}\"").expect("writes");
            }
            let dir = if member == 0 { String::new() } else { format!("m{member}/") };
            project.file(format!("{dir}Cargo.toml"), &text).file(format!("{dir}src/lib.rs"), "");
        }
    }

    fn spec(&self, random: &mut Random) -> String {
        let package =
            &self.packages[usize::try_from(random.below(self.packages.len() as u64)).expect("small")];
        match random.below(4) {
            0 if !package.versions.is_empty() => {
                format!("{}@{}", package.name, pick(random, &package.versions))
            }
            1 if chance(random, 20) => "m0".to_owned(),
            _ => package.name.clone(),
        }
    }

    fn command(&self, random: &mut Random, is_locked: bool) -> Vec<String> {
        let mut words: Vec<String> = match random.below(10) {
            0 => vec!["generate-lockfile".to_owned()],
            1 => vec!["metadata".to_owned(), "--format-version".to_owned(), "1".to_owned()],
            2 => vec!["fetch".to_owned()],
            3 | 4 => vec!["update".to_owned()],
            5 => vec!["update".to_owned(), "-w".to_owned()],
            6 | 7 => {
                let versions = [VERSIONS, NEWER].concat();
                let to = pick(random, &versions).to_owned();
                vec!["update".to_owned(), self.spec(random), "--precise".to_owned(), to]
            }
            _ => {
                let mut words = vec!["update".to_owned(), self.spec(random)];
                if chance(random, 30) {
                    words.push(self.spec(random));
                }
                if chance(random, 40) {
                    words.push("--recursive".to_owned());
                }
                words
            }
        };
        let is_update = words[0] == "update";
        for (flag, share, fits) in [
            // Without a lock file, cargo writes one all the same.
            ("--dry-run", 15, is_update && is_locked),
            ("-v", 40, is_update),
            ("--locked", 8, true),
            ("--ignore-rust-version", 10, is_update || words[0] == "generate-lockfile"),
            ("--offline", 6, true),
        ] {
            if fits && chance(random, share) {
                words.push(flag.to_owned());
            }
        }
        words
    }
}

fn try_seed(seed: u64) -> bool {
    let mut random = Random::new(seed);
    let (main, alt) = (Registry::new(), Registry::new());
    let (main_server, alt_server) = (main.serve(), alt.serve());
    let mut world = World::new(&mut random, main, alt, &alt_server);
    let project = Sandbox::new();
    project.use_sparse(&main_server).alt_registry("alt", &alt_server);
    let resolver = pick(&mut random, &["2", "2", "3"]);
    let mut try_members = || {
        world.members(&mut random, &project, resolver);
        project.cargo(["generate-lockfile"]).success()
    };
    if !(0..4).any(|_| try_members()) {
        return false;
    }
    if chance(&mut random, 10) {
        project.remove("Cargo.lock");
    }
    if chance(&mut random, 30) {
        project.cargo(["fetch"]);
    }
    world.time_goes_by(&mut random);
    if chance(&mut random, 40) {
        world.members(&mut random, &project, resolver);
    }
    let commands: Vec<_> = (0..2).map(|_| world.command(&mut random, project.exists("Cargo.lock"))).collect();
    compare_steps(
        &project,
        &Steps { title: format!("seed {seed}"), commands, alt_url: alt_server.index_url() },
    )
}

#[test]
fn random_updates_are_those_of_cargo() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let count = number("DHOW_RANDOM_UPDATES").unwrap_or(10);
    let start = number("DHOW_RANDOM_START").unwrap_or(0);
    let mut changed = 0;
    for seed in start..start + count {
        changed += u64::from(try_seed(seed));
    }
    assert!(changed * 4 > count, "{changed} of {count} changed anything");
}
