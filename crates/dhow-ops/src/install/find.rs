//! Finds the package that is to be installed: the best release of a registry, or the package in a directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::Poll;

use cargo_util_schemas::manifest::PackageName;
use dhow_fetch::{Freshness, Wanted};
use dhow_model::{Dependency, PackageId, PartialVersion, RustVersion, SourceId};
use dhow_resolve::{Provider, Releases};
use dhow_workspace::Package;
use semver::{Version, VersionReq};

use super::error::InstallError;
use super::options::{CrateSpec, parse_version_req};
use crate::error::Error;
use crate::packages;
use crate::session::Session;
use crate::sources::Sources;
use crate::workspaces::{self, BuildDirs, Care, Origin};

/// A package that was found, and what its workspace is made of.
pub(crate) struct Found {
    pub(crate) package: Package,
    /// As it will be remembered.
    pub(crate) id: PackageId,
    pub(crate) origin: Origin,
    /// The lock file that came with it, if there is one.
    pub(crate) lock_path: PathBuf,
}

/// Looks for releases of one registry.
pub(crate) struct Finder<'a, 's> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) sources: &'a mut Sources<'s>,
    pub(crate) source: SourceId,
    /// The compiler's version, if packages must go with it.
    pub(crate) rustc: Option<&'a Version>,
}

impl Finder<'_, '_> {
    /// The newest release that fits, unpacked. `freshness` says whether the registry is asked for news.
    pub(crate) fn find(&mut self, spec: &CrateSpec, freshness: Freshness) -> Result<Found, Error> {
        self.sources.set_freshness(freshness);
        // Prereleases are for those who ask for them.
        let req = spec.req.clone().unwrap_or(VersionReq::STAR);
        let dep = Dependency::new(spec.name.as_str(), self.source).with_req(req);
        let releases = self.releases(&dep)?;
        let Some(best) = best(&*releases, &dep) else {
            return Err(self.nothing_fits(&*releases, &dep).into());
        };
        self.goes_with_rustc(&*releases, best, spec)?;
        let id = PackageId::new(dep.package_name(), releases.version(best).clone(), self.source);
        let checksum = releases.summary(best).and_then(|summary| summary.checksum());
        let package = packages::load_one(self.session, self.sources, Wanted { id, checksum })?;
        let origin = Origin::Unpacked(package.manifest_path().to_owned(), self.source);
        let lock_path = package.root().join("Cargo.lock");
        Ok(Found { id, package, origin, lock_path })
    }

    fn releases(&mut self, dep: &Dependency) -> Result<Arc<dyn Releases>, InstallError> {
        loop {
            match self.sources.query(dep) {
                Poll::Pending => self.sources.wait(),
                Poll::Ready(answer) => {
                    return answer.map_err(|source| InstallError::Lookup {
                        name: dep.package_name().to_string(),
                        source_id: self.source,
                        source,
                    });
                }
            }
        }
    }

    fn nothing_fits(&self, releases: &dyn Releases, dep: &Dependency) -> InstallError {
        let fitting = (0..releases.len()).filter(|i| dep.matches_version(releases.version(*i)));
        let name = dep.package_name().to_string();
        if let Some(yanked) = fitting.map(|i| releases.version(i)).max() {
            return InstallError::Yanked { name, version: yanked.to_string(), source_id: self.source };
        }
        let usable = (0..releases.len()).filter(|i| !releases.is_yanked(*i)).map(|i| releases.version(i));
        let help = match usable.max_by_key(|version| (version.pre.is_empty(), *version)) {
            Some(newest) if newest.pre.is_empty() => format!("\n\nhelp: the newest version is {newest}"),
            Some(newest) => format!("\n\nhelp: there is a prerelease: `{name}@{newest}`"),
            None => String::new(),
        };
        InstallError::NotFound { name, source_id: self.source, req: dep.req().to_string(), help }
    }

    fn goes_with_rustc(
        &self,
        releases: &dyn Releases,
        best: usize,
        spec: &CrateSpec,
    ) -> Result<(), InstallError> {
        let (Some(have), Some(needed)) = (self.rustc, releases.rust_version(best)) else { return Ok(()) };
        if goes_with(&needed, have) {
            return Ok(());
        }
        let older = (0..releases.len())
            .filter(|i| !releases.is_yanked(*i) && releases.version(*i).pre.is_empty())
            .filter(|i| releases.rust_version(*i).is_none_or(|needed| goes_with(&needed, have)))
            .max_by_key(|i| releases.version(*i).clone());
        let help = match older.map(|i| (releases.version(i), releases.rust_version(i))) {
            Some((version, Some(needed))) => {
                format!(", or `{}@{version}`, which is for rustc {needed}", spec.name)
            }
            Some((version, None)) => {
                format!(", or try `{}@{version}`, which does not say what it needs", spec.name)
            }
            None => String::new(),
        };
        Err(InstallError::RustTooOld {
            package: format!("{} v{}", spec.name, releases.version(best)),
            needed: needed.to_string(),
            have: have.to_string(),
            help,
        })
    }
}

fn goes_with(needed: &RustVersion, have: &Version) -> bool {
    needed.is_compatible_with(&PartialVersion::from(have.clone()))
}

/// The newest release that fits. Offline, those that are here come first.
fn best(releases: &dyn Releases, dep: &Dependency) -> Option<usize> {
    let fits = |i: &usize| dep.matches_version(releases.version(*i)) && !releases.is_yanked(*i);
    (0..releases.len()).filter(fits).max_by_key(|i| (releases.is_at_hand(*i), releases.version(*i).clone()))
}

/// The package of a git repository that `spec` names, or the only one with programs.
pub(crate) fn in_repository(
    session: &Session<'_>,
    sources: &Sources<'_>,
    source: SourceId,
    spec: Option<&CrateSpec>,
) -> Result<Found, Error> {
    let packages = sources.git_packages(source)?;
    let packages = packages.as_deref().unwrap_or_default();
    let chosen = match spec {
        Some(spec) => {
            let meant = packages.iter().filter(|package| is_meant(spec, package));
            meant.max_by_key(|package| package.version()).ok_or_else(|| not_in(packages, spec, source))?
        }
        None => only_one(packages, source)?,
    };
    // It is built as what lies there, and remembered as what it came from.
    let directory = in_directory(session, chosen.root(), None)?;
    Ok(Found { id: chosen.id(), ..directory })
}

fn not_in(packages: &[Package], spec: &CrateSpec, source_id: SourceId) -> InstallError {
    let names: Vec<String> = packages.iter().map(|p| format!("`{}` {}", p.name(), p.version())).collect();
    let help = match names.as_slice() {
        [] => String::new(),
        names => format!("\n\nhelp: there are: {}", names.join(", ")),
    };
    let req = spec.req.clone().unwrap_or(VersionReq::STAR).to_string();
    InstallError::NotFound { name: spec.name.clone(), source_id, req, help }
}

fn only_one(packages: &[Package], source_id: SourceId) -> Result<&Package, InstallError> {
    type Has = fn(&Package) -> bool;
    let kinds: [(&'static str, Has); 2] = [
        ("binaries", |package| package.binaries().next().is_some()),
        ("examples", |package| package.targets().iter().any(|target| target.is_example())),
    ];
    for (what, has) in kinds {
        let having: Vec<&Package> = packages.iter().filter(|package| has(package)).collect();
        match having.as_slice() {
            [] => {}
            [only] => return Ok(only),
            several => {
                let mut names: Vec<String> =
                    several.iter().map(|package| package.name().to_string()).collect();
                names.sort_unstable();
                return Err(InstallError::SeveralPackages { source_id, what, names });
            }
        }
    }
    Err(InstallError::NoPackages { source_id })
}

/// The package in a directory; `spec` may say what it must be.
pub(crate) fn in_directory(
    session: &Session<'_>,
    directory: &Path,
    spec: Option<&CrateSpec>,
) -> Result<Found, Error> {
    let path = || directory.to_owned();
    if !dhow_fs::stat(directory)?.is_some_and(|stat| stat.is_dir()) {
        return Err(InstallError::NotADirectory { path: path() }.into());
    }
    let manifest = directory.join("Cargo.toml");
    if dhow_fs::stat(&manifest)?.is_none() {
        let misspelt = dhow_fs::stat(&directory.join("cargo.toml"))?.is_some();
        return Err(InstallError::NoManifest { path: path(), misspelt }.into());
    }
    let origin = Origin::Manifest(manifest);
    let dirs = BuildDirs::default();
    let (current, lock_path) = workspaces::open_at(session, &origin, &dirs, Care::Quiet, |workspace, _| {
        Ok((workspace.current().cloned(), workspace.lock_path()))
    })?;
    let package = current.ok_or_else(|| InstallError::NoPackage { path: path() })?;
    if let Some(spec) = spec
        && !is_meant(spec, &package)
    {
        return Err(InstallError::NotFound {
            name: spec.name.clone(),
            source_id: package.id().source(),
            req: spec.req.clone().unwrap_or(VersionReq::STAR).to_string(),
            help: format!("\n\nhelp: the package there is `{}` {}", package.name(), package.version()),
        }
        .into());
    }
    Ok(Found { id: package.id(), package, origin, lock_path })
}

fn is_meant(spec: &CrateSpec, package: &Package) -> bool {
    package.name() == spec.name.as_str() && spec.req.as_ref().is_none_or(|req| req.matches(package.version()))
}

/// What cannot be a package's name is refused before anybody is asked for it.
pub(crate) fn check_name(name: &str) -> Result<(), InstallError> {
    if name == "." {
        return Err(InstallError::Dot);
    }
    let help = || -> String {
        if let Some(toolchain) = name.strip_prefix('+') {
            return format!("\n\nhelp: a toolchain comes first: `dhow +{toolchain} install`");
        }
        if name.starts_with("http://") || name.starts_with("https://") {
            return format!("\n\nhelp: a repository is named by `--git {name}`");
        }
        let is_of_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let at = name.find(|c| !is_of_name(c)).filter(|at| *at > 0);
        match at.map(|at| name.split_at(at)) {
            Some((name, version)) if parse_version_req(version).is_ok() => {
                format!("\n\nhelp: a version follows an `@`: `{name}@{version}`")
            }
            _ => String::new(),
        }
    };
    match PackageName::new(name) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(InstallError::BadName { name: name.to_owned(), reason: error.to_string(), help: help() })
        }
    }
}
