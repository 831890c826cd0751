//! A registry and a project in which the real cargo and our resolver make the same lock file.

use std::path::PathBuf;

use dhow_model::{SourceId, Summary};
use dhow_resolve::{CliFeatures, Member, Patch, Replacement, VersionPreferences};
use dhow_testkit::{Output, Registry, Sandbox};

use super::Case;
use super::index::{Format, IndexProvider};
use super::members::{members, summary};

/// See the module.
pub(crate) struct World {
    pub(crate) registry: Registry,
    pub(crate) sandbox: Sandbox,
    /// `resolver.incompatible-rust-versions = "fallback"` with these.
    pub(crate) rust_versions: Vec<&'static str>,
    /// Alternative registries.
    pub(crate) others: Vec<(SourceId, PathBuf)>,
    /// Directories of path packages that are no members.
    pub(crate) path_packages: Vec<&'static str>,
    /// `[replace]`: what is replaced, and the directory of what replaces it.
    pub(crate) replacements: Vec<(&'static str, &'static str)>,
    /// Directories of packages that `[patch.crates-io]` names.
    pub(crate) patches: Vec<&'static str>,
}

impl World {
    /// A project that depends on what `dependencies` (and what follows it in the manifest) says.
    pub(crate) fn new(registry: Registry, dependencies: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.use_local(&registry);
        sandbox.manifest("app", &format!("[dependencies]\n{dependencies}"));
        sandbox.file("src/lib.rs", "");
        Self {
            registry,
            sandbox,
            rust_versions: Vec::new(),
            others: Vec::new(),
            path_packages: Vec::new(),
            patches: Vec::new(),
            replacements: Vec::new(),
        }
    }

    fn metadata(&self, dir: &str) -> String {
        let manifest = self.sandbox.path(dir).join("Cargo.toml");
        let args = ["metadata", "--no-deps", "--format-version", "1", "--manifest-path"];
        let output = self.sandbox.cargo_cmd(args).arg(manifest).run();
        output.assert_success().stdout
    }

    fn path_package(&self, dir: &str) -> Summary {
        let json: serde_json::Value = serde_json::from_str(&self.metadata(dir)).expect("JSON");
        let manifest = self.sandbox.path(dir).join("Cargo.toml");
        let packages = json["packages"].as_array().expect("packages");
        let here = |package: &&serde_json::Value| package["manifest_path"].as_str() == manifest.to_str();
        summary(packages.iter().find(here).expect("the package"))
    }

    pub(crate) fn case(&self) -> Case {
        let members: Vec<Member> = members(&self.metadata(""));
        let rust_versions = members.iter().filter_map(|m| m.summary.rust_version());
        let patch = |dir: &&str| {
            let summary = self.path_package(dir);
            let dep = dhow_model::Dependency::new(summary.id().name(), summary.id().source());
            Patch { source: SourceId::crates_io(), dep, summary }
        };
        let replacement = |(spec, dir): &(&str, &str)| Replacement {
            spec: dhow_model::PackageIdSpec::parse(spec).expect("a spec"),
            summary: self.path_package(dir),
        };
        Case {
            replacements: self.replacements.iter().map(replacement).collect(),
            let_go: Vec::new(),
            lowest_rust_version: rust_versions.map(|v| v.to_partial()).min(),
            prefs: VersionPreferences {
                rust_versions: self.rust_versions.iter().map(|v| v.parse().expect("a version")).collect(),
                ..Default::default()
            },
            patches: self.patches.iter().map(patch).collect(),
            members,
        }
    }

    pub(crate) fn provider(&self) -> IndexProvider {
        let index = self.registry.path().join("index");
        let packages = self.path_packages.iter().chain(&self.patches);
        let packages = packages.map(|dir| self.path_package(dir)).collect();
        let provider = IndexProvider::new(&index, Format::Lines).with_packages(packages);
        let others = self.others.iter();
        others.fold(provider, |provider, (source, dir)| provider.with_registry(*source, dir))
    }

    /// A lock from nothing: cargo's and ours. Returns it; or our reason why there is none, if cargo finds none either.
    #[track_caller]
    pub(crate) fn same_lock(&self) -> Result<String, String> {
        self.sandbox.remove("Cargo.lock");
        let cargo = self.sandbox.cargo(["generate-lockfile", "--offline"]);
        self.compare(&cargo, None, &[])
    }

    /// What becomes of the lock file that is there: cargo's and ours.
    #[track_caller]
    pub(crate) fn same_update(&self) -> Result<String, String> {
        let before = self.sandbox.read("Cargo.lock");
        let cargo = self.sandbox.cargo(["metadata", "--offline", "--format-version", "1"]);
        self.compare(&cargo, Some(&before), &[])
    }

    /// What becomes of the lock file when packages of this name are let go: cargo's and ours.
    #[track_caller]
    pub(crate) fn same_update_of(&self, name: &'static str) -> Result<String, String> {
        let before = self.sandbox.read("Cargo.lock");
        let cargo = self.sandbox.cargo(["update", name, "--offline"]);
        self.compare(&cargo, Some(&before), &[name])
    }

    /// As [`Self::same_update`], without downloading anything.
    #[track_caller]
    pub(crate) fn same_workspace_update(&self) -> Result<String, String> {
        let before = self.sandbox.read("Cargo.lock");
        let cargo = self.sandbox.cargo(["update", "--workspace", "--offline"]);
        self.compare(&cargo, Some(&before), &[])
    }

    #[track_caller]
    fn compare(
        &self,
        cargo: &Output,
        before: Option<&str>,
        let_go: &[&'static str],
    ) -> Result<String, String> {
        let (success, stderr) = (cargo.success(), &cargo.stderr);
        let case = Case { let_go: let_go.to_vec(), ..self.case() };
        let mut provider = self.provider();
        provider.slow = true;
        match case.lock(&mut provider, before) {
            Ok(ours) => {
                assert!(success, "cargo finds no solution:\n{stderr}\nbut we do:\n{ours}");
                let theirs = self.sandbox.read("Cargo.lock");
                assert!(ours == theirs, "ours:\n{ours}\ncargo's:\n{theirs}");
                Ok(ours)
            }
            Err(error) => {
                assert!(
                    !success,
                    "we find no solution: {error}\nbut cargo does:\n{}",
                    self.sandbox.read("Cargo.lock")
                );
                Err(error.to_string())
            }
        }
    }

    /// A case in which features are narrowed, after the lock: what the second resolution of a build finds.
    pub(crate) fn narrowed(&self, features: &CliFeatures) -> dhow_resolve::Resolve {
        let mut case = self.case();
        for member in &mut case.members {
            member.features = features.clone();
        }
        let lock = self.sandbox.read("Cargo.lock");
        case.resolve(&mut self.provider(), Some(&lock)).expect("the lock holds a solution")
    }
}

/// Whether the lock has this package.
#[track_caller]
pub(crate) fn assert_has(lock: &str, name: &str, versions: &[&str]) {
    let found: Vec<_> = lock
        .split("[[package]]")
        .filter(|package| package.contains(&format!("name = \"{name}\"\n")))
        .filter_map(|package| package.split("version = \"").nth(1)?.split('"').next())
        .collect();
    assert_eq!(found, versions, "versions of {name}");
}
