//! `cargo-features`: what has become stable is noted, what is unstable is refused, as a stable Cargo does.

use dhow_formats::manifest::TomlManifest;

use crate::error::Flaw;
use crate::notes::Notes;
use crate::problem::PackageProblem;

const STABLE: &[&str] = &[
    "alternative-registries",
    "default-run",
    "edition",
    "edition2021",
    "edition2024",
    "named-profiles",
    "profile-overrides",
    "rename-dependency",
    "resolver",
    "rust-version",
    "strip",
    "test-dummy-stable",
    "workspace-inheritance",
];

const UNSTABLE: &[&str] = &[
    "codegen-backend",
    "different-binary-name",
    "metabuild",
    "multiple-build-scripts",
    "open-namespaces",
    "panic-immediate-abort",
    "path-bases",
    "per-package-target",
    "profile-rustflags",
    "public-dependency",
    "test-dummy-unstable",
    "trim-paths",
    "unstable-editions",
];

/// Checks the features that a manifest asks of Cargo, and those that it uses without asking.
pub(crate) fn check(toml: &TomlManifest, notes: &Notes) -> Result<(), Flaw> {
    for (index, name) in toml.cargo_features.iter().flatten().enumerate() {
        let at = index.to_string();
        let keys = ["cargo-features", at.as_str()];
        if UNSTABLE.contains(&name.as_str()) {
            return Err(Flaw::new(keys, PackageProblem::UnstableFeature { name: name.clone() }));
        }
        if !STABLE.contains(&name.as_str()) {
            return Err(Flaw::new(keys, PackageProblem::UnknownFeature { name: name.clone() }));
        }
        notes.warn(keys, || format!("the Cargo feature `{name}` is stable and need not be asked for"));
    }
    let Some(package) = toml.package() else { return Ok(()) };
    let uses = [
        ("metabuild", "metabuild", package.metabuild.is_some()),
        ("default-target", "per-package-target", package.default_target.is_some()),
        ("forced-target", "per-package-target", package.forced_target.is_some()),
        ("im-a-teapot", "test-dummy-unstable", package.im_a_teapot.is_some()),
        ("name", "open-namespaces", package.name.as_ref().is_some_and(|name| name.contains(':'))),
    ];
    match uses.into_iter().find(|(_, _, used)| *used) {
        Some((key, name, _)) => {
            Err(Flaw::new(["package", key], PackageProblem::UnstableFeature { name: name.to_owned() }))
        }
        None => Ok(()),
    }
}
