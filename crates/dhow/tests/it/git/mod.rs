//! Git dependencies: the same as with Cargo, together with Cargo, and without it.

mod beside;
mod locks;
mod patches;
mod trouble;

use dhow_testkit::{GitRepo, Sandbox};

use crate::support::names_in;

/// A project with repositories beside its sources.
pub(super) struct Project {
    pub(super) sandbox: Sandbox,
    /// Where repositories are: not copied with the project.
    repos: Sandbox,
}

impl Project {
    pub(super) fn new() -> Self {
        Self { sandbox: Sandbox::new(), repos: Sandbox::new() }
    }

    pub(super) fn repo(&self, name: &str) -> GitRepo {
        GitRepo::at(&self.repos.path(name))
    }

    /// A repository with one library of that name, and its first commit.
    pub(super) fn library(&self, name: &str) -> GitRepo {
        let repo = self.repo(name);
        repo.file("Cargo.toml", package(name, "1.0.0", ""));
        repo.file("src/lib.rs", format!("pub fn {name}() -> u32 {{ 1 }}\n"));
        repo.commit("first");
        repo
    }

    /// A program `app` with these lines in its manifest.
    pub(super) fn app(&self, manifest: &str, main: &str) {
        self.sandbox.manifest("app", manifest).file("src/main.rs", main);
    }

    pub(super) fn lock(&self) -> String {
        self.sandbox.read("Cargo.lock")
    }
}

/// A manifest.
pub(super) fn package(name: &str, version: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{more}")
}

/// Directories of databases and of working trees in a home.
pub(super) fn directories(sandbox: &Sandbox) -> Vec<String> {
    let git = sandbox.cargo_home().join("git");
    let mut found = Vec::new();
    for name in names_in(&git.join("checkouts")) {
        found.extend(
            names_in(&git.join("checkouts").join(&name)).iter().map(|short| format!("{name}/{short}")),
        );
    }
    found.extend(names_in(&git.join("db")));
    found
}
