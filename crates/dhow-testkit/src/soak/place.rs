//! Where it happens: a registry, a repository with two branches, one home, and a project for each worker.

use std::fs;
use std::time::Duration;

use super::commands::PROGRAM;
use crate::Random;
use crate::git::GitRepo;
use crate::registry::Registry;
use crate::sandbox::Sandbox;
use crate::server::SparseServer;

const PACKAGES: u64 = 16;
/// Each has a version of the package of its own.
const BRANCHES: [&str; 2] = ["main", "other"];

pub(super) struct Place {
    registry: Registry,
    pub(super) server: SparseServer,
    repo: GitRepo,
    pub(super) home: Sandbox,
    pub(super) projects: Vec<Sandbox>,
}

impl Place {
    pub(super) fn new(workers: usize, random: &mut Random) -> Self {
        let registry = Registry::new();
        for n in 0..PACKAGES {
            publish(&registry, n, "1.0.0");
        }
        let main = format!("fn main() {{ p{0}::p{0}(); }}", PACKAGES - 1);
        let program = registry.package(PROGRAM, "1.0.0").dep(&format!("p{}", PACKAGES - 1), "1");
        program.file("src/main.rs", main).publish();
        let server = registry.serve();
        server.delay("/dl/*", Duration::from_millis(8));
        server.delay("/index/*", Duration::from_millis(3));
        let repo = repository();
        let home = Sandbox::new();
        home.use_sparse(&server);
        let projects = (0..workers).map(|n| project(&home, &repo, n, random)).collect();
        Self { registry, server, repo, home, projects }
    }

    /// Empties the home, and publishes something new.
    pub(super) fn begin_anew(&self, round: u32) {
        for part in ["registry", "git"] {
            let part = self.home.cargo_home().join(part);
            if part.exists() {
                fs::remove_dir_all(part).expect("nobody uses the home now");
            }
        }
        publish(&self.registry, u64::from(round) % PACKAGES, &format!("1.{round}.0"));
        let branch = BRANCHES[usize::try_from(round).unwrap_or_default() / 5 % BRANCHES.len()];
        self.repo.checkout(branch).file("data/round", round.to_string()).commit("a round");
    }
}

/// A package that depends on the two before the last one; later versions need no others.
fn publish(registry: &Registry, n: u64, version: &str) {
    let mut package = registry.package(&format!("p{n}"), version);
    for dep in (n + 1..PACKAGES).step_by(3).take(2) {
        package = package.dep(&format!("p{dep}"), "1");
    }
    for file in 0..6_usize {
        package = package.file(&format!("data/{file}"), vec![b'x'; 4000 + file * 100]);
    }
    package.publish();
}

fn repository() -> GitRepo {
    let repo = GitRepo::new();
    let manifest = |version: usize| {
        format!("[package]\nname = \"fork\"\nversion = \"{version}.0.0\"\nedition = \"2021\"\n")
    };
    repo.file("Cargo.toml", manifest(1)).file("src/lib.rs", "pub fn fork() {}\n");
    for file in 0..40 {
        repo.file(format!("data/{file}"), vec![b'y'; 2000 + file]);
    }
    repo.commit("first");
    repo.branch(BRANCHES[1]).file("Cargo.toml", manifest(2)).commit("second");
    repo
}

fn project(home: &Sandbox, repo: &GitRepo, n: usize, random: &mut Random) -> Sandbox {
    let project = home.copy_sharing_home();
    let mut deps: Vec<u64> = (0..4).map(|_| random.below(PACKAGES)).collect();
    deps.sort_unstable();
    deps.dedup();
    let lines: String = deps.iter().map(|dep| format!("p{dep} = \"1\"\n")).collect();
    let mut calls: String = deps.iter().map(|dep| format!("p{dep}::p{dep}();")).collect();
    // Of three projects one has no git dependency.
    let fork = BRANCHES.get(n % 3).map_or_else(String::new, |branch| {
        calls.push_str("fork::fork();");
        format!("fork = {{ git = {:?}, branch = {branch:?} }}\n", repo.url())
    });
    project
        .manifest(&format!("app{n}"), &format!("[dependencies]\n{lines}{fork}"))
        .file("src/lib.rs", format!("pub fn all() {{ {calls} }}"));
    project
}
