//! A workspace: its root, its members, and what holds for all of them. Values only; `load` makes them.

use std::path::{Path, PathBuf};

use dhow_formats::manifest::{TomlProfiles, TomlValue};
use dhow_model::{Dependency, PackageId, PackageIdSpec, SourceId};
use url::Url;

use crate::error::Warning;
use crate::package::Package;
use crate::resolver::ResolverVersion;

/// Finds the registry that a manifest names, as configuration defines it; the error says why there is none.
pub type RegistryLookup<'a> = &'a (dyn Fn(&str) -> Result<SourceId, String> + Sync);

/// What loading a workspace takes from outside.
#[derive(Clone, Copy)]
pub struct LoadOptions<'a> {
    /// Named registries.
    pub registries: RegistryLookup<'a>,
    /// `$CARGO_HOME`: the search for a workspace root does not leave it.
    pub cargo_home: Option<&'a Path>,
    /// `--target-dir`, `CARGO_TARGET_DIR` or `build.target-dir`, absolute.
    pub target_dir: Option<&'a Path>,
    /// `build.build-dir`, absolute.
    pub build_dir: Option<&'a Path>,
}

/// One `[patch]` table: what stands in for packages of one source.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The source, by URL.
    pub url: Url,
    /// What replaces its packages.
    pub dependencies: Vec<Dependency>,
}

/// What the root puts in the place of other packages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) patches: Vec<Patch>,
    pub(crate) replacements: Vec<(PackageIdSpec, Dependency)>,
}

/// Packages that are built together, with one lock file and one target directory.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub(crate) root_manifest_path: PathBuf,
    pub(crate) current_manifest_path: PathBuf,
    pub(crate) is_virtual: bool,
    pub(crate) members: Vec<Package>,
    pub(crate) default_members: Vec<PackageId>,
    pub(crate) resolver: ResolverVersion,
    pub(crate) profiles: Option<TomlProfiles>,
    pub(crate) overrides: Overrides,
    pub(crate) metadata: Option<TomlValue>,
    pub(crate) target_dir: PathBuf,
    pub(crate) build_dir: PathBuf,
    pub(crate) warnings: Vec<Warning>,
}

impl Workspace {
    /// The directory of the root manifest.
    pub fn root(&self) -> &Path {
        self.root_manifest_path.parent().unwrap_or(&self.root_manifest_path)
    }

    /// The manifest that has `[workspace]`, or the only one.
    pub fn root_manifest_path(&self) -> &Path {
        &self.root_manifest_path
    }

    /// The manifest that was found from where the command started, or that the user named.
    pub fn current_manifest_path(&self) -> &Path {
        &self.current_manifest_path
    }

    /// The package of the current manifest; a virtual manifest has none.
    pub fn current(&self) -> Option<&Package> {
        self.members.iter().find(|p| p.manifest_path() == self.current_manifest_path)
    }

    /// The package of the root manifest; a virtual manifest has none.
    pub fn root_package(&self) -> Option<&Package> {
        self.members.iter().find(|p| p.manifest_path() == self.root_manifest_path)
    }

    /// Whether the root manifest has no package.
    pub fn is_virtual(&self) -> bool {
        self.is_virtual
    }

    /// All members, in the order in which they are found: as listed, each followed by its path dependencies.
    pub fn members(&self) -> &[Package] {
        &self.members
    }

    /// The member of that identity.
    pub fn member(&self, id: PackageId) -> Option<&Package> {
        self.members.iter().find(|p| p.id() == id)
    }

    /// What a command works on when the user selects nothing.
    pub fn default_members(&self) -> impl Iterator<Item = &Package> {
        self.default_members.iter().filter_map(|id| self.member(*id))
    }

    /// The rules that hold.
    pub fn resolver(&self) -> ResolverVersion {
        self.resolver
    }

    /// `[profile]` of the root manifest.
    pub fn toml_profiles(&self) -> Option<&TomlProfiles> {
        self.profiles.as_ref()
    }

    /// `[patch]` of the root manifest.
    pub fn patches(&self) -> &[Patch] {
        &self.overrides.patches
    }

    /// `[replace]` of the root manifest.
    pub fn replacements(&self) -> &[(PackageIdSpec, Dependency)] {
        &self.overrides.replacements
    }

    /// `workspace.metadata`.
    pub fn metadata(&self) -> Option<&TomlValue> {
        self.metadata.as_ref()
    }

    /// `Cargo.lock` of the workspace.
    pub fn lock_path(&self) -> PathBuf {
        self.root().join("Cargo.lock")
    }

    /// Where final artifacts go.
    pub fn target_dir(&self) -> &Path {
        &self.target_dir
    }

    /// Where intermediate artifacts go; the same as [`Self::target_dir`] unless configured.
    pub fn build_dir(&self) -> &Path {
        &self.build_dir
    }

    /// What the authors of the root and of the members should know.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
