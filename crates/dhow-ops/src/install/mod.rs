//! `install`: finds packages, builds their programs, puts them into their place, and remembers that it did.

mod features;
mod find;
mod make;
mod options;
mod tracked;
mod uninstall;
mod yanked;

use std::path::Path;

use dhow_fetch::Freshness;
use dhow_formats::installs::Install;
use dhow_fs::LockNotice;
use dhow_home::InstallRoot;
use dhow_model::SourceId;
use dhow_plan::CompileFilter;
use dhow_resolve::CliFeatures;
use dhow_toolchain::CompileKind;
use dhow_workspace::Edition;
use semver::Version;

use self::find::{Finder, Found};
use self::make::Ready;
use self::tracked::{Proposal, Verdict};
use crate::error::Error;
use crate::event::Event;
use crate::install_error::InstallError;
use crate::session::Session;
use crate::sources::Sources;
use crate::tools::Tools;
use crate::workspaces;

pub use self::options::{
    CrateSpec, CrateSpecError, GitSource, InstallFrom, InstallOptions, UninstallOptions, parse_version_req,
};
pub use self::uninstall::uninstall;

/// Installs the programs of packages.
///
/// # Errors
/// A package cannot be found, built or installed. What fails for one of several is told as an event, and the others are
/// installed.
pub fn install(session: &Session<'_>, options: &InstallOptions) -> Result<(), Error> {
    let root = install_root(session, options.root.as_deref())?;
    for spec in &options.packages {
        find::check_name(&spec.name).or_else(InstallError::unless_slip)?;
    }
    let platform = Platform::find(session, options)?;
    let done = workspaces::without(session, |sources| {
        let mut installer = Installer { session, options, root: &root, platform: &platform, sources };
        match options.packages.as_slice() {
            [] => installer.one(None),
            [spec] => installer.one(Some(spec)),
            several => Ok(installer.several(several)),
        }
    })?;
    if done.anything {
        warn_of_path(session, &root);
    }
    if done.failed { Err(InstallError::SomeNotInstalled.into()) } else { Ok(()) }
}

/// What is installed, as a list for people and for programs.
///
/// # Errors
/// What is installed cannot be read.
pub fn installed_list(session: &Session<'_>, root: Option<&Path>) -> Result<String, Error> {
    let root = install_root(session, root)?;
    let installs = root.read(&|notice| blocking(session, notice))?;
    let mut lines = Vec::new();
    for (id, install) in &installs.packages {
        lines.push(format!("{id}:\n"));
        lines.extend(install.bins.iter().map(|bin| format!("    {bin}\n")));
    }
    Ok(lines.concat())
}

/// For which machine, and with which compiler.
struct Platform {
    target: String,
    /// All that the compiler says of itself.
    rustc: String,
    version: Version,
}

impl Platform {
    fn find(session: &Session<'_>, options: &InstallOptions) -> Result<Self, Error> {
        let tools = Tools::find(session, &options.compile.targets)?;
        let target = match tools.kinds.as_slice() {
            [CompileKind::Target(target)] => target.short_name().to_owned(),
            [] | [CompileKind::Host] => tools.toolchain().host.to_string(),
            several => return Err(InstallError::SeveralTargets { count: several.len() }.into()),
        };
        let Version { major, minor, patch, .. } = tools.toolchain().version;
        let rustc = tools.toolchain().verbose_version.clone();
        Ok(Self { target, rustc, version: Version::new(major, minor, patch) })
    }
}

/// What came of it.
struct Done {
    /// Something is installed now, or was before.
    anything: bool,
    failed: bool,
}

struct Installer<'a, 's> {
    session: &'a Session<'a>,
    options: &'a InstallOptions,
    root: &'a InstallRoot,
    platform: &'a Platform,
    sources: &'a mut Sources<'s>,
}

impl<'a> Installer<'a, '_> {
    fn one(&mut self, spec: Option<&CrateSpec>) -> Result<Done, Error> {
        let anything = match self.prepare(spec)? {
            Some(ready) => ready.install()?,
            None => true,
        };
        Ok(Done { anything, failed: false })
    }

    /// All are found before the first is built.
    fn several(&mut self, specs: &[CrateSpec]) -> Done {
        let (mut done, mut failed, mut ready) = (Vec::new(), Vec::new(), Vec::new());
        let fail = |error: Error| self.session.tell(Event::Failure(Box::new(error)));
        for spec in specs {
            match self.prepare(Some(spec)) {
                Ok(Some(package)) => ready.push((spec, package)),
                Ok(None) => done.push(spec.name.as_str()),
                Err(error) => {
                    fail(error);
                    failed.push(spec.name.as_str());
                }
            }
        }
        for (spec, package) in ready {
            match package.install() {
                Ok(true) => done.push(spec.name.as_str()),
                Ok(false) => {}
                Err(error) => {
                    fail(error);
                    failed.push(spec.name.as_str());
                }
            }
        }
        tell_summary(self.session, ("installed", "install"), &done, &failed);
        Done { anything: !done.is_empty(), failed: !failed.is_empty() }
    }

    /// Finds a package and checks all that can be checked before it is built. Nothing if it is installed already.
    fn prepare(&mut self, spec: Option<&CrateSpec>) -> Result<Option<Ready<'a>>, Error> {
        if let Some(spec) = spec {
            find::check_name(&spec.name)?;
        }
        let Some(found) = self.find(spec)? else { return Ok(None) };
        if self.session.lock.locked && dhow_fs::stat(&found.lock_path)?.is_none() {
            self.session.warn(format!("no Cargo.lock file published in {}", found.id));
        }
        if self.options.from == InstallFrom::CurrentDirectory {
            self.check_current_directory(&found)?;
        }
        let nothing_named = self.options.compile.filter == CompileFilter::Default;
        if nothing_named && found.package.binaries().next().is_none() {
            return Err(InstallError::NoPrograms { package: found.id }.into());
        }
        let proposal = self.proposal(&found, spec)?;
        if self.options.no_track {
            make::present_untracked(self.root, &proposal)?;
        } else if self.is_installed(&proposal)? {
            self.tell_ignored(&found);
            return Ok(None);
        }
        Ok(Some(Ready {
            session: self.session,
            root: self.root,
            found,
            proposal,
            no_track: self.options.no_track,
            options: &self.options.compile,
        }))
    }

    fn find(&mut self, spec: Option<&CrateSpec>) -> Result<Option<Found>, Error> {
        let cwd = self.session.cwd();
        match (&self.options.from, spec) {
            (InstallFrom::Path(directory), spec) => {
                find::in_directory(self.session, directory, spec).map(Some)
            }
            (InstallFrom::Git(git), spec) => {
                find::in_repository(self.session, self.sources, git.source()?, spec).map(Some)
            }
            (_, None) if dhow_fs::stat(&cwd.join("Cargo.toml"))?.is_none() => {
                Err(InstallError::NothingNamed { path: cwd.to_owned() }.into())
            }
            (_, None) => find::in_directory(self.session, cwd, None).map(Some),
            (_, Some(spec)) => self.in_registry(spec),
        }
    }

    fn in_registry(&mut self, spec: &CrateSpec) -> Result<Option<Found>, Error> {
        let source = self.registry()?;
        let rustc = Some(&self.platform.version).filter(|_| !self.options.compile.ignore_rust_version);
        if self.may_be_installed(spec)? {
            // The registry's news cannot change what an exact version means.
            let mut finder = Finder { session: self.session, sources: self.sources, source, rustc: None };
            if let Ok(found) = finder.find(spec, Freshness::Cached)
                && let Ok(true) = self.is_installed(&self.proposal(&found, Some(spec))?)
            {
                self.tell_ignored(&found);
                return Ok(None);
            }
        }
        let mut finder = Finder { session: self.session, sources: self.sources, source, rustc };
        finder.find(spec, Freshness::Revalidated).map(Some)
    }

    /// Whether only one version is meant, and some version is installed.
    fn may_be_installed(&self, spec: &CrateSpec) -> Result<bool, Error> {
        if !spec.req.as_ref().is_some_and(options::is_exact) || self.options.no_track || self.options.force {
            return Ok(false);
        }
        if !self.root.has_record()? {
            return Ok(false);
        }
        let installs = self.root.read(&|notice| blocking(self.session, notice))?;
        Ok(installs.packages.keys().any(|id| id.name() == spec.name.as_str()))
    }

    fn registry(&self) -> Result<SourceId, Error> {
        let config = self.session.config;
        match &self.options.from {
            InstallFrom::Index(url) => {
                SourceId::for_registry(url).map_err(|source| InstallError::BadIndex { source }.into())
            }
            InstallFrom::Registry(Some(name)) => Ok(config.registry_source(name)?),
            _ => match config.default_registry()? {
                Some(name) => Ok(config.registry_source(&name.value)?),
                None => Ok(SourceId::crates_io()),
            },
        }
    }

    /// What was usual in the first edition is refused since.
    fn check_current_directory(&self, found: &Found) -> Result<(), InstallError> {
        if found.package.edition() != Edition::E2015 {
            return Err(InstallError::CurrentDirectory);
        }
        self.session.warn(
            "to install the package in the current directory without naming it is deprecated: use `install --path .`",
        );
        Ok(())
    }

    fn proposal(&self, found: &Found, spec: Option<&CrateSpec>) -> Result<Proposal, Error> {
        let compile = &self.options.compile;
        let flags = &compile.features;
        let features = flags.features.iter().map(String::as_str);
        let features = CliFeatures::parse(features, flags.all_features, !flags.no_default_features)?;
        let install = Install {
            version_req: spec.and_then(|spec| spec.req.as_ref()).map(ToString::to_string),
            features: features.features.iter().map(ToString::to_string).collect(),
            all_features: flags.all_features,
            no_default_features: flags.no_default_features,
            profile: compile.profile.clone().unwrap_or_else(|| "release".to_owned()),
            target: Some(self.platform.target.clone()),
            rustc: Some(self.platform.rustc.clone()),
            ..Install::with_bins(tracked::program_names(&found.package, &compile.filter))
        };
        Ok(Proposal { id: found.id, install, force: self.options.force })
    }

    fn is_installed(&self, proposal: &Proposal) -> Result<bool, Error> {
        let installs = self.root.read(&|notice| blocking(self.session, notice))?;
        let present = make::present(self.root, &installs, proposal)?;
        Ok(tracked::judge(&installs, proposal, &present)? == Verdict::UpToDate)
    }

    fn tell_ignored(&self, found: &Found) {
        let text = format!("package `{}` is already installed, use --force to override", found.id);
        self.session.status("Ignored", text);
    }
}

/// Where programs are installed: a flag, a variable, configuration, or the cargo home.
fn install_root(session: &Session<'_>, flag: Option<&Path>) -> Result<InstallRoot, Error> {
    match flag {
        Some(path) => Ok(InstallRoot::new(session.absolute(path))),
        None => Ok(InstallRoot::new(session.config.install_root()?)),
    }
}

fn blocking(session: &Session<'_>, notice: LockNotice) {
    if notice == LockNotice::Waiting {
        session.tell(Event::Blocking("crate metadata".to_owned()));
    }
}

fn tell_summary(session: &Session<'_>, (did, failed_to): (&str, &str), done: &[&str], failed: &[&str]) {
    let mut parts = Vec::new();
    if !done.is_empty() {
        parts.push(format!("Successfully {did} {}!", done.join(", ")));
    }
    if !failed.is_empty() {
        parts.push(format!("Failed to {failed_to} {} (see error(s) above).", failed.join(", ")));
    }
    if !parts.is_empty() {
        session.status("Summary", parts.join(" "));
    }
}

fn warn_of_path(session: &Session<'_>, root: &InstallRoot) {
    let bin = root.bin();
    let path = session.env.get_os("PATH").unwrap_or_default();
    if !std::env::split_paths(path).any(|directory| directory == bin) {
        session.warn(format!(
            "be sure to add `{}` to your PATH to be able to run the installed binaries",
            bin.display()
        ));
    }
}
