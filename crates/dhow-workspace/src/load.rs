//! Loads packages and workspaces from disk. Every file is read once; large workspaces are read by several threads.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dhow_formats::manifest::TomlManifest;
use dhow_model::SourceId;

use crate::dependencies::{DependencyInput, patches, replacements};
use crate::edition::Edition;
use crate::error::{Error, Flaw, Warning};
use crate::find::{expand, is_excluded, workspace_root};
use crate::inherit::Inherit;
use crate::normalize::{self, ManifestInput};
use crate::notes::Notes;
use crate::package::Package;
use crate::problem::{DependencyProblem, FindProblem, PackageProblem};
use crate::read::{Files, ManifestFile};
use crate::workspace::{LoadOptions, Overrides, Workspace};

/// Below this number of manifests threads cost more than they bring.
const WORTH_THREADS: usize = 8;
const MAX_THREADS: usize = 8;

/// Loads packages, and remembers the manifests that it has seen.
pub struct Loader<'a> {
    options: LoadOptions<'a>,
    lenient: bool,
    files: Files,
    packages: Mutex<HashMap<PathBuf, Package>>,
}

/// Loads the package at `manifest_path` (absolute) from `source`: downloaded packages, which need nothing else.
/// For packages that share a workspace (path and git sources), [`Loader::package`] reads the shared part once.
///
/// # Errors
/// The manifest cannot be read or used.
pub fn load_package(
    manifest_path: &Path,
    source: SourceId,
    options: LoadOptions<'_>,
) -> Result<Package, Error> {
    Loader::new(options).package(manifest_path, source)
}

impl<'a> Loader<'a> {
    /// A loader that has seen nothing.
    pub fn new(options: LoadOptions<'a>) -> Self {
        Self { options, lenient: false, files: Files::default(), packages: Mutex::default() }
    }

    /// Members with a broken target are loaded without it. For commands that only look at packages: Cargo's
    /// `metadata` and `tree` answer for a workspace that cannot be built.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// The package at `manifest_path` (absolute), which comes from `source`.
    ///
    /// # Errors
    /// The manifest, or one that it inherits from, cannot be read or used.
    pub fn package(&self, manifest_path: &Path, source: SourceId) -> Result<Package, Error> {
        self.load(manifest_path, source, false)
    }

    /// The package in the directory of a path source.
    ///
    /// # Errors
    /// `source` is no path, or its manifest cannot be read or used.
    pub fn path_package(&self, source: SourceId) -> Result<Package, Error> {
        let root = source.local_path().unwrap_or_default();
        self.load(&root.join("Cargo.toml"), source, false)
    }

    /// The workspace of the manifest at `manifest_path` (absolute).
    ///
    /// # Errors
    /// A manifest cannot be read or used, or the workspace does not fit together.
    pub fn workspace(&self, manifest_path: &Path) -> Result<Workspace, Error> {
        let current = dhow_fs::normalize(manifest_path);
        let root = workspace_root(&self.files, &current, self.options.cargo_home)?;
        let Some(root) = root else { return self.lone_package(&current) };
        let file = self.files.get(&root)?;
        if file.toml().workspace.is_none() {
            return Err(Error::in_file(&current, FindProblem::NotARoot(root)));
        }
        let mut members = Members::new(self, file.clone());
        let listed = expand(&file, "members", |w| w.members.as_ref())?;
        let manifests: Vec<_> = listed.iter().map(|l| l.directory.join("Cargo.toml")).collect();
        self.read_ahead(&manifests, &file);
        for (index, (listed, path)) in listed.iter().zip(manifests).enumerate() {
            members.add_listed(index, &listed.entry, path)?;
        }
        members.add(root.clone())?;
        members.check(&current)?;
        let default_members = self.default_members(&file, &current, &members)?;
        self.finish(&file, current, members.packages, default_members)
    }

    /// The package at `manifest_path` (absolute), which comes from `source`, as a workspace of its own, whatever lies
    /// around it: a downloaded package that is to be installed.
    ///
    /// # Errors
    /// The manifest cannot be read or used.
    pub fn standalone(&self, manifest_path: &Path, source: SourceId) -> Result<Workspace, Error> {
        let package = self.load(manifest_path, source, false)?;
        self.workspace_of(package)
    }

    fn lone_package(&self, path: &Path) -> Result<Workspace, Error> {
        let file = self.files.get(path)?;
        if file.toml().package().is_none() {
            return Err(file.error(Flaw::new([], PackageProblem::NoPackage)));
        }
        let package = self.load(path, path_source(path)?, true)?;
        self.workspace_of(package)
    }

    fn workspace_of(&self, package: Package) -> Result<Workspace, Error> {
        let path = package.manifest_path().to_owned();
        let file = self.files.get(&path)?;
        self.finish(&file, path, vec![package.clone()], vec![package])
    }

    /// Everything but the members.
    fn finish(
        &self,
        file: &Arc<ManifestFile>,
        current: PathBuf,
        members: Vec<Package>,
        default_members: Vec<Package>,
    ) -> Result<Workspace, Error> {
        let root = file.root();
        let overrides = self.overrides(file)?;
        let is_virtual = file.toml().package().is_none();
        let mut warnings = match is_virtual {
            true => normalize::virtual_manifest(file).map_err(|flaw| file.error(flaw))?,
            false => Vec::new(),
        };
        let root_package = members.iter().find(|p| p.manifest_path() == file.path());
        let resolver = match (root_package, file.toml().workspace.as_ref().and_then(|w| w.resolver.as_ref()))
        {
            (Some(package), _) => package.manifest().resolver.unwrap_or(package.edition().default_resolver()),
            (None, Some(text)) => {
                normalize::parse_resolver(text, "workspace").map_err(|flaw| file.error(flaw))?
            }
            (None, None) => {
                note_virtual_resolver(file, &members, &mut warnings);
                Edition::default().default_resolver()
            }
        };
        for member in &members {
            warnings.extend(member.manifest().warnings.iter().cloned());
            if member.manifest_path() != file.path() {
                self.note_ignored_tables(member, file, &mut warnings)?;
            }
        }
        let target_dir = self.options.target_dir.map_or_else(|| root.join("target"), Path::to_owned);
        Ok(Workspace {
            build_dir: self.options.build_dir.map_or_else(|| target_dir.clone(), Path::to_owned),
            target_dir,
            root_manifest_path: file.path().to_owned(),
            current_manifest_path: current,
            is_virtual,
            default_members: default_members.iter().map(Package::id).collect(),
            members,
            resolver,
            profiles: file.toml().profile.clone(),
            overrides,
            metadata: file.toml().workspace.as_ref().and_then(|w| w.metadata.clone()),
            warnings,
        })
    }

    fn overrides(&self, file: &ManifestFile) -> Result<Overrides, Error> {
        let toml = file.toml();
        if toml.patch.is_none() && toml.replace.is_none() {
            return Ok(Overrides::default());
        }
        let input = DependencyInput {
            toml,
            root: file.root(),
            source: path_source(file.path())?,
            edition: Edition::default(),
            registries: self.options.registries,
            inherit: &Inherit::new(file.root(), &|| Ok(None)),
            notes: &Notes::silent(),
        };
        let flaw = |flaw| file.error(flaw);
        Ok(Overrides {
            replacements: replacements(&input).map_err(flaw)?,
            patches: patches(&input).map_err(flaw)?,
        })
    }

    /// Tables that only the root can have.
    fn note_ignored_tables(
        &self,
        member: &Package,
        root: &ManifestFile,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Error> {
        let file = self.files.get(member.manifest_path())?;
        let toml = file.toml();
        let tables = [
            ("profile", &["profile"][..], toml.profile.is_some()),
            ("replace", &["replace"], toml.replace.is_some()),
            ("patch", &["patch"], toml.patch.is_some()),
            ("resolver", &["package", "resolver"], toml.package().is_some_and(|p| p.resolver.is_some())),
        ];
        for (name, keys, _) in tables.into_iter().filter(|(_, _, given)| *given) {
            let key = dhow_formats::manifest::KeyPath::new(keys.iter().copied());
            let message = format!(
                "`{name}` counts only in the root of the workspace: move it to `{}`",
                root.path().display()
            );
            warnings.push(file.warning(&key, message));
        }
        Ok(())
    }

    fn default_members(
        &self,
        root: &ManifestFile,
        current: &Path,
        members: &Members<'_, '_>,
    ) -> Result<Vec<Package>, Error> {
        let of = |path: &Path| members.packages.iter().find(|p| p.manifest_path() == path).cloned();
        if current != root.path() {
            return Ok(of(current).into_iter().collect());
        }
        let stated = root.toml().workspace.as_ref().is_some_and(|w| w.default_members.is_some());
        if !stated {
            return Ok(match root.toml().package() {
                Some(_) => of(current).into_iter().collect(),
                None => members.packages.clone(),
            });
        }
        let all_listed = expand(root, "members", |w| w.members.as_ref())?;
        let mut defaults = Vec::new();
        for (index, listed) in
            expand(root, "default-members", |w| w.default_members.as_ref())?.iter().enumerate()
        {
            let path = listed.directory.join("Cargo.toml");
            if members.seen.contains(&path) {
                defaults.extend(of(&path));
            } else if !all_listed.iter().any(|l| l.directory == listed.directory) {
                let problem = FindProblem::DefaultNotMember(listed.directory.clone());
                return Err(root.error(Flaw::new(
                    ["workspace", "default-members", index.to_string().as_str()],
                    problem,
                )));
            }
        }
        Ok(defaults)
    }

    /// The package at `path`. Members are told what is odd about them.
    fn load(&self, path: &Path, source: SourceId, is_member: bool) -> Result<Package, Error> {
        if !source.is_path() {
            return self.parse(path, source, false);
        }
        if let Some(package) = self.packages.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(package.clone());
        }
        let package = self.parse(path, source, is_member)?;
        let mut packages = self.packages.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(packages.entry(path.to_owned()).or_insert(package).clone())
    }

    fn parse(&self, path: &Path, source: SourceId, is_member: bool) -> Result<Package, Error> {
        // A downloaded manifest is read once and belongs to no workspace: it need not be remembered.
        let file = match source.is_registry() {
            true => Arc::new(ManifestFile::read(path)?),
            false => self.files.get(path)?,
        };
        let find = || self.inherited_from(&file, source).map_err(Flaw::elsewhere);
        let input = ManifestInput {
            file: &file,
            source,
            registries: self.options.registries,
            inherit: &Inherit::new(file.root(), &find),
            is_member,
            lenient: self.lenient,
        };
        let manifest = normalize::manifest(&input).map_err(|flaw| file.error(flaw))?;
        Ok(Package::new(manifest, path.to_owned()))
    }

    /// The manifest of a package with everything written out that it inherits or implies.
    ///
    /// # Errors
    /// It cannot be read, or what it inherits is not there.
    pub fn written_out(&self, package: &Package) -> Result<TomlManifest, Error> {
        let file = self.files.get(package.manifest_path())?;
        let find = || self.inherited_from(&file, package.id().source()).map_err(Flaw::elsewhere);
        let inherit = Inherit::new(file.root(), &find);
        crate::written_out::manifest(file.toml(), package, &inherit).map_err(|flaw| file.error(flaw))
    }

    fn inherited_from(
        &self,
        file: &Arc<ManifestFile>,
        source: SourceId,
    ) -> Result<Option<Arc<ManifestFile>>, Error> {
        if file.toml().workspace.is_some() {
            return Ok(Some(file.clone()));
        }
        if source.is_registry() {
            return Ok(None);
        }
        match workspace_root(&self.files, file.path(), self.options.cargo_home)? {
            Some(root) => self.files.get(&root).map(Some),
            None => Ok(None),
        }
    }

    /// Loads packages that will be needed, by several threads. Errors are left to whoever needs the package.
    fn read_ahead(&self, manifests: &[PathBuf], root: &ManifestFile) {
        if manifests.len() < WORTH_THREADS {
            return;
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(path) = manifests.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let wanted = !is_excluded(root, path);
                        if let (true, Ok(source)) = (wanted, path_source(path)) {
                            drop(self.load(path, source, true));
                        }
                    }
                });
            }
        });
    }
}

/// Members as they are found, depth first: the order of metadata.
struct Members<'l, 'a> {
    loader: &'l Loader<'a>,
    root: Arc<ManifestFile>,
    seen: HashSet<PathBuf>,
    packages: Vec<Package>,
}

impl<'l, 'a> Members<'l, 'a> {
    fn new(loader: &'l Loader<'a>, root: Arc<ManifestFile>) -> Self {
        Self { loader, root, seen: HashSet::new(), packages: Vec::new() }
    }

    fn add_listed(&mut self, index: usize, entry: &str, path: PathBuf) -> Result<(), Error> {
        let there = crate::discover::exists(&path).map_err(Error::new)?;
        if there || is_excluded(&self.root, &path) {
            return self.add(path);
        }
        let index = index.to_string();
        let problem = FindProblem::MissingMember { entry: entry.to_owned(), path };
        Err(self.root.error(Flaw::new(["workspace", "members", index.as_str()], problem)))
    }

    /// Adds the package at `path` and the path dependencies of it that lie within the workspace.
    fn add(&mut self, path: PathBuf) -> Result<(), Error> {
        if self.seen.contains(&path) || is_excluded(&self.root, &path) {
            return Ok(());
        }
        self.seen.insert(path.clone());
        if self.loader.files.get(&path)?.toml().package().is_none() {
            return Ok(());
        }
        let package = self.loader.load(&path, path_source(&path)?, true)?;
        self.packages.push(package.clone());
        for dependency in package.dependencies() {
            let Some(directory) = dependency.source().local_path() else { continue };
            let manifest = directory.join("Cargo.toml");
            if self.seen.contains(&manifest) {
                continue;
            }
            if !crate::discover::exists(&manifest).map_err(Error::new)? {
                let name = dependency.name_in_toml().to_string();
                let file = self.loader.files.get(&path)?;
                let problem = FindProblem::MissingDependency { name: name.clone(), path: manifest };
                return Err(file.error(Flaw::new(["dependencies", name.as_str()], problem)));
            }
            if directory.starts_with(self.root.root())
                || self.root_of(&manifest)?.as_deref() == Some(self.root.path())
            {
                self.add(manifest)?;
            }
        }
        Ok(())
    }

    fn root_of(&self, path: &Path) -> Result<Option<PathBuf>, Error> {
        workspace_root(&self.loader.files, path, self.loader.options.cargo_home)
    }

    /// Whether all belong together, and the current manifest to them.
    fn check(&self, current: &Path) -> Result<(), Error> {
        let root = || self.root.path().to_owned();
        if !self.seen.contains(current) {
            let problem = FindProblem::NotAMember { package: current.to_owned(), root: root() };
            return Err(Error::in_file(current, problem));
        }
        let mut names: HashMap<_, &Package> = HashMap::new();
        for package in &self.packages {
            if let Some(other) = names.insert(package.name(), package) {
                return Err(Error::in_file(
                    self.root.path(),
                    FindProblem::SameName {
                        name: package.name().to_string(),
                        first: other.manifest_path().to_owned(),
                        second: package.manifest_path().to_owned(),
                    },
                ));
            }
        }
        let mut seen: Vec<_> = self.seen.iter().filter(|path| *path != self.root.path()).collect();
        seen.sort();
        for path in seen {
            if self.loader.files.get(path)?.toml().workspace.is_some() {
                let problem = FindProblem::TwoRoots { root: root(), member: path.clone() };
                return Err(Error::in_file(path, problem));
            }
            let problem = match self.root_of(path)? {
                Some(found) if found == self.root.path() => continue,
                Some(other) => FindProblem::OtherWorkspace { package: path.clone(), root: root(), other },
                None => FindProblem::NotBelow { package: path.clone(), root: root() },
            };
            return Err(Error::in_file(path, problem));
        }
        Ok(())
    }
}

fn path_source(manifest_path: &Path) -> Result<SourceId, Error> {
    let directory = manifest_path.parent().unwrap_or(manifest_path);
    let relative = |reason| {
        let problem = DependencyProblem::Source { name: manifest_path.display().to_string(), reason };
        Error::new(problem)
    };
    SourceId::for_path(directory).map_err(relative)
}

/// A virtual root has no edition, so its members' edition does not choose the resolver.
fn note_virtual_resolver(file: &ManifestFile, members: &[Package], warnings: &mut Vec<Warning>) {
    let Some(edition) = members.iter().map(Package::edition).max().filter(|e| *e >= Edition::E2021) else {
        return;
    };
    let key = dhow_formats::manifest::KeyPath::new(["workspace"]);
    let better = edition.default_resolver().as_str();
    let message = format!(
        "the workspace uses `resolver = \"1\"`, although members of edition {edition} imply `{better}`: set \
         `workspace.resolver`"
    );
    warnings.push(file.warning(&key, message));
}
