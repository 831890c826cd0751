//! A project with a hub of everything, to be spoiled and carried away.

use std::fs;
use std::path::{Path, PathBuf};

use dhow_testkit::{GitRepo, Registry, Sandbox};

use crate::support::{Fixture, bare_fixture, ok};

/// Three packages, one of them with a file that may be executed.
pub(super) fn fill(r: &Registry) {
    r.package("one", "1.0.0").publish();
    r.package("one", "1.1.0").publish();
    r.package("two", "1.0.0").dep("three", "1").file("data", "x".repeat(3000)).publish();
    r.package("three", "1.0.0").file("src/other.rs", "fn a() {}").build_script("fn main() {}").publish();
}

/// A project with a hub: packages of a registry, and one from a repository with two commits and a submodule.
pub(super) struct WithHub {
    pub(super) fixture: Fixture,
    pub(super) repository: GitRepo,
    _submodule: GitRepo,
}

impl WithHub {
    pub(super) fn new() -> Self {
        let fixture = bare_fixture(fill);
        let (submodule, repository) = (GitRepo::new(), GitRepo::new());
        submodule.file("text", "in a submodule").commit("first");
        repository
            .file("Cargo.toml", "[package]\nname = \"dep\"\nversion = \"1.0.0\"\n")
            .file("src/lib.rs", "");
        repository.file("run", "#!/bin/sh\n").symlink("link", "run").submodule("sub", &submodule.url());
        repository.commit("first");
        repository.file("src/lib.rs", "pub fn newer() {}").commit("second");
        let dependencies = format!(
            "[dependencies]\none = \"=1.0.0\"\ntwo = \"1\"\ndep = {{ git = \"{}\" }}\n",
            repository.url()
        );
        fixture.project.manifest("app", &dependencies).file("src/lib.rs", "");
        ok(&fixture.project, "generate-lockfile");
        ok(&fixture.project, "hub create");
        Self { fixture, repository, _submodule: submodule }
    }

    pub(super) fn project(&self) -> &Sandbox {
        &self.fixture.project
    }

    pub(super) fn hub(&self) -> PathBuf {
        self.project().path(".cargo")
    }

    pub(super) fn archive(&self, package: &str) -> PathBuf {
        only_dir(&self.hub().join("registry/cache")).join(format!("{package}.crate"))
    }

    pub(super) fn sources(&self, package: &str) -> PathBuf {
        only_dir(&self.hub().join("registry/src")).join(package)
    }

    pub(super) fn index_file(&self, path: &str) -> PathBuf {
        only_dir(&self.hub().join("registry/index")).join(".cache").join(path)
    }

    /// The working tree of the package that is from a repository.
    pub(super) fn checkout(&self) -> PathBuf {
        let mut trees = fs::read_dir(self.hub().join("git/checkouts")).expect("lists");
        only_dir(&trees.next().expect("a repository").expect("an entry").path())
    }
}

/// The only directory in a directory.
pub(super) fn only_dir(dir: &Path) -> PathBuf {
    let entries = fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path());
    let dirs: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    assert_eq!(dirs.len(), 1, "{dirs:?}");
    dirs[0].clone()
}

/// Replaces a file, which may be one with another name in the home.
pub(super) fn replace(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap_or_default();
    change(&mut bytes);
    drop(fs::remove_file(path));
    fs::write(path, bytes).expect("writes");
}
