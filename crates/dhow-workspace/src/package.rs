//! Packages and their manifests, normalised: nothing is inherited, implied or relative any more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::manifest::{Hints, TomlManifest, TomlValue};
use dhow_model::{Dependency, InternedString, PackageId, RustVersion, Summary};
use semver::Version;

use crate::edition::Edition;
use crate::error::Warning;
use crate::resolver::ResolverVersion;
use crate::target::Target;

/// A package on disk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Package(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    manifest: Manifest,
    manifest_path: PathBuf,
}

/// What a `Cargo.toml` says, with everything that it implies.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Identity, dependencies and features.
    pub summary: Summary,
    /// Library, programs (by name), examples, tests, benchmarks, build script: the order of metadata.
    pub targets: Vec<Arc<Target>>,
    /// The package's edition.
    pub edition: Edition,
    /// What it says about itself.
    pub metadata: PackageMetadata,
    /// `[lints]` as rustc flags, in Cargo's order.
    pub lint_rustflags: Vec<String>,
    /// `check-cfg` of the lint `unexpected_cfgs`, each the value of one `--check-cfg`.
    pub lint_check_cfg: Vec<String>,
    /// `package.metadata`.
    pub custom_metadata: Option<TomlValue>,
    /// `package.resolver`, or `workspace.resolver` if this is a root.
    pub resolver: Option<ResolverVersion>,
    /// The file as it was read, before normalisation (profiles, patches, the workspace table).
    pub original: Arc<TomlManifest>,
    /// What a person should know about it; shown for members only.
    pub warnings: Vec<Warning>,
}

/// The fields of `[package]` that do not decide what is compiled, inheritance resolved.
#[derive(Clone, Debug, Default)]
pub struct PackageMetadata {
    /// `authors`
    pub authors: Vec<String>,
    /// `description`
    pub description: Option<String>,
    /// `homepage`
    pub homepage: Option<String>,
    /// `documentation`
    pub documentation: Option<String>,
    /// `repository`
    pub repository: Option<String>,
    /// `license`
    pub license: Option<String>,
    /// `license-file`, relative to the package.
    pub license_file: Option<String>,
    /// `readme`, relative to the package: as written, or the one that was found.
    pub readme: Option<String>,
    /// `keywords`
    pub keywords: Vec<String>,
    /// `categories`
    pub categories: Vec<String>,
    /// `[badges]`
    pub badges: BTreeMap<String, BTreeMap<String, String>>,
    /// `rust-version`
    pub rust_version: Option<RustVersion>,
    /// `links`
    pub links: Option<InternedString>,
    /// `publish`: `None` anywhere, `Some([])` nowhere, else only to these registries.
    pub publish: Option<Vec<String>>,
    /// `default-run`
    pub default_run: Option<InternedString>,
    /// `include`
    pub include: Vec<String>,
    /// `exclude`
    pub exclude: Vec<String>,
    /// `[hints]`
    pub hints: Option<Hints>,
}

impl Package {
    /// The package whose manifest lies at `manifest_path` (absolute).
    pub fn new(manifest: Manifest, manifest_path: PathBuf) -> Self {
        Self(Arc::new(Inner { manifest, manifest_path }))
    }

    /// Identity.
    pub fn id(&self) -> PackageId {
        self.0.manifest.summary.id()
    }

    /// Its name.
    pub fn name(&self) -> InternedString {
        self.id().name()
    }

    /// Its version.
    pub fn version(&self) -> &'static Version {
        self.id().version()
    }

    /// The directory of its manifest.
    pub fn root(&self) -> &Path {
        self.0.manifest_path.parent().unwrap_or(&self.0.manifest_path)
    }

    /// Its `Cargo.toml`, absolute.
    pub fn manifest_path(&self) -> &Path {
        &self.0.manifest_path
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// Its targets, in the order of metadata.
    pub fn targets(&self) -> &[Arc<Target>] {
        &self.0.manifest.targets
    }

    /// Its library, if it has one.
    pub fn library(&self) -> Option<&Arc<Target>> {
        self.targets().iter().find(|t| t.is_lib())
    }

    /// Its build script, if it has one.
    pub fn build_script(&self) -> Option<&Arc<Target>> {
        self.targets().iter().find(|t| t.is_custom_build())
    }

    /// Its programs.
    pub fn binaries(&self) -> impl Iterator<Item = &Arc<Target>> {
        self.targets().iter().filter(|t| t.is_bin())
    }

    /// Whether its library is a procedural macro.
    pub fn is_proc_macro(&self) -> bool {
        self.targets().iter().any(|t| t.is_proc_macro())
    }

    /// Whether it has a build script.
    pub fn has_custom_build(&self) -> bool {
        self.build_script().is_some()
    }

    /// What the resolver sees.
    pub fn summary(&self) -> &Summary {
        &self.0.manifest.summary
    }

    /// What it asks for.
    pub fn dependencies(&self) -> &[Dependency] {
        self.summary().dependencies()
    }

    /// Its edition.
    pub fn edition(&self) -> Edition {
        self.0.manifest.edition
    }

    /// What it says about itself.
    pub fn metadata(&self) -> &PackageMetadata {
        &self.0.manifest.metadata
    }

    /// The same package under another identity (a git source that has been pinned).
    #[must_use]
    pub fn with_summary(&self, summary: Summary) -> Self {
        let manifest = Manifest { summary, ..self.0.manifest.clone() };
        Self::new(manifest, self.0.manifest_path.clone())
    }
}
