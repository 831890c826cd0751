//! Builds the programs of a package that was found, and puts them into their place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use dhow_fs::TempDir;
use dhow_home::{Change, InstallRoot, Program, Step};
use dhow_model::PackageId;
use dhow_plan::{CompileFilter, FilterRule, PackageSelection};

use super::find::Found;
use super::tracked::{self, Present, Proposal};
use super::{features, yanked};
use crate::compile::{Compiled, compile_in};
use crate::error::Error;
use crate::install_error::InstallError;
use crate::options::CompileOptions;
use crate::resolution::LockUse;
use crate::session::Session;
use crate::workspaces::{self, BuildDirs, Care};

/// A package that is to be installed, after all that can be checked before it is built.
pub(crate) struct Ready<'a> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) root: &'a InstallRoot,
    pub(crate) found: Found,
    pub(crate) proposal: Proposal,
    pub(crate) no_track: bool,
    pub(crate) options: &'a CompileOptions,
}

/// What was put into its place, and what was there before.
struct Placed {
    new: BTreeSet<String>,
    all: BTreeSet<String>,
    present: Present,
}

impl Ready<'_> {
    /// Builds and installs it. False if the features leave no program.
    pub(crate) fn install(&self) -> Result<bool, Error> {
        self.session.status("Installing", self.proposal.id.to_string());
        let target = self.target_dir()?;
        let programs = match self.build(&target) {
            Ok(programs) => programs,
            Err(error) => return Err(self.not_built(error, target)),
        };
        if programs.is_empty() {
            return self.nothing_built();
        }
        let placed = self.place(&programs)?;
        self.tell(&placed);
        Ok(true)
    }

    /// What somebody works on is built where that is always built; all else where it is asked to be, or in a directory
    /// that is gone afterwards.
    fn target_dir(&self) -> Result<TargetDir, Error> {
        if self.found.id.source().is_path() {
            let dirs = BuildDirs::configured(self.session, &self.found.origin)?;
            return Ok(TargetDir { dirs, temporary: None });
        }
        let (dir, temporary) = match workspaces::target_dir(self.session)? {
            Some(dir) => (dir, None),
            None => {
                let temporary = TempDir::anywhere_named("dhow-install-")?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        Ok(TargetDir { dirs: BuildDirs { target: Some(dir), build: None }, temporary })
    }

    fn build(&self, target: &TargetDir) -> Result<Vec<Program>, Error> {
        let started = Instant::now();
        let package = self.found.package.id();
        let options = CompileOptions {
            packages: PackageSelection::Named(vec![package.to_spec().to_string()]),
            ..self.options.clone()
        };
        let lock = if self.session.lock.locked { LockUse::Read } else { LockUse::Ignored };
        let origin = &self.found.origin;
        let compiled =
            workspaces::open_at(self.session, origin, &target.dirs, Care::Quiet, |workspace, sources| {
                if lock == LockUse::Read {
                    yanked::warn(self.session, workspace, sources)?;
                }
                compile_in(self.session, (workspace, sources), &options, lock, started)
            })?;
        programs(&compiled, target.temporary.is_some())
    }

    /// What was built stays where it is, for whoever wants to look or to try again.
    fn not_built(&self, error: Error, target: TargetDir) -> Error {
        let kept = target.temporary.map(TempDir::keep);
        let beside_lock = || self.found.lock_path.with_file_name("target");
        let dir = kept.or(target.dirs.target).unwrap_or_else(beside_lock);
        let was_told = matches!(&error, Error::Build(build) if build.was_told());
        let source = (!was_told).then(|| error.into());
        InstallError::NotBuilt { package: self.proposal.id, dir, source }.into()
    }

    fn nothing_built(&self) -> Result<bool, Error> {
        if let CompileFilter::Only(only) = &self.options.filter
            && [&only.bins, &only.examples]
                .into_iter()
                .any(|rule| matches!(rule, FilterRule::Names(names) if !names.is_empty()))
        {
            return Err(InstallError::NothingBuilt.into());
        }
        if let Some(text) = features::missing(&self.found.package) {
            self.session.warn(text);
        }
        Ok(false)
    }

    fn place(&self, programs: &[Program]) -> Result<Placed, Error> {
        let mut programs = programs.to_vec();
        if self.no_track {
            let present = present_untracked(self.root, &self.proposal)?;
            sort(&mut programs, &present);
            self.root.place_untracked(&programs, &mut |step| self.tell_step(step, &BTreeMap::new()))?;
            return Ok(placed(&programs, present));
        }
        let mut guard = self.root.lock(&|notice| super::blocking(self.session, notice))?;
        let mut installs = guard.installs().clone();
        let present = present(self.root, &installs, &self.proposal)?;
        tracked::judge(&installs, &self.proposal, &present)?;
        sort(&mut programs, &present);
        let names = programs.iter().map(|program| program.name.clone()).collect();
        tracked::mark(&mut installs, &self.proposal, &names);
        let orphans = tracked::forget_orphans(&mut installs, &self.found.package, &present);
        let remove: Vec<String> = orphans.iter().map(|(name, _)| name.clone()).collect();
        let owners: BTreeMap<PathBuf, PackageId> =
            orphans.into_iter().map(|(name, id)| (self.root.program(&name), id)).collect();
        let change = Change { programs: &programs, remove: &remove, installs: &installs };
        guard.change(&change, &mut |step| self.tell_step(step, &owners))?;
        Ok(placed(&programs, present))
    }

    fn tell_step(&self, step: Step<'_>, owners: &BTreeMap<PathBuf, PackageId>) {
        match step {
            Step::Placing(path) => self.session.status("Installing", path.display().to_string()),
            Step::Replacing(path) => self.session.status("Replacing", path.display().to_string()),
            Step::Removing(path) => {
                let from = owners.get(path).map(|id| format!(" from previous version {id}"));
                let text = format!("executable `{}`{}", path.display(), from.unwrap_or_default());
                self.session.status("Removing", text);
            }
        }
    }

    fn tell(&self, placed: &Placed) {
        let id = self.proposal.id;
        if placed.present.is_empty() {
            self.session.status("Installed", format!("package `{id}` {}", executables(&placed.all)));
            return;
        }
        if !placed.new.is_empty() {
            self.session.status("Installed", format!("package `{id}` {}", executables(&placed.new)));
        }
        let mut replaced: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, owner) in &placed.present {
            let owner = owner.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
            replaced.entry(owner).or_default().insert(name.clone());
        }
        for (owner, names) in replaced {
            self.session.status("Replaced", format!("package `{owner}` with `{id}` {}", executables(&names)));
        }
    }
}

/// Where a package is built.
struct TargetDir {
    dirs: BuildDirs,
    /// Removed when the value goes.
    temporary: Option<TempDir>,
}

/// The programs among what was built, by name.
fn programs(compiled: &Compiled, movable: bool) -> Result<Vec<Program>, Error> {
    let mut programs = Vec::new();
    for root in &compiled.plan.graph.roots {
        if !compiled.plan.graph.unit(*root).target.is_executable() {
            continue;
        }
        let built = compiled.outcome.artifacts.get(root).and_then(|artifact| artifact.executable.clone());
        let Some(from) = built else { continue };
        let name = from.file_name().and_then(|name| name.to_str());
        let Some(name) = name.map(str::to_owned) else {
            return Err(InstallError::NotUtf8 { path: from }.into());
        };
        programs.push(Program { name, from, movable });
    }
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(programs)
}

/// New programs come first: what fails then has replaced nothing yet.
fn sort(programs: &mut [Program], present: &Present) {
    programs.sort_by_key(|program| present.contains_key(&program.name));
}

fn placed(programs: &[Program], present: Present) -> Placed {
    let all: BTreeSet<String> = programs.iter().map(|program| program.name.clone()).collect();
    let new = all.iter().filter(|name| !present.contains_key(*name)).cloned().collect();
    Placed { new, all, present }
}

/// The programs of a proposal that are there already.
pub(crate) fn present(
    root: &InstallRoot,
    installs: &dhow_formats::installs::Installs,
    proposal: &Proposal,
) -> Result<Present, Error> {
    let mut present = Present::new();
    for name in &proposal.install.bins {
        if root.has_program(name)? {
            present.insert(name.clone(), tracked::owner(installs, name));
        }
    }
    Ok(present)
}

/// The same without a word of who installed them: nothing is overwritten unless that is forced.
pub(crate) fn present_untracked(root: &InstallRoot, proposal: &Proposal) -> Result<Present, Error> {
    let present = present(root, &dhow_formats::installs::Installs::default(), proposal)?;
    if !proposal.force && !present.is_empty() {
        let programs = present.into_iter().collect();
        return Err(InstallError::Conflict { programs }.into());
    }
    Ok(present)
}

/// ``(executables `a`, `b`)``
fn executables(names: &BTreeSet<String>) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("(executable{plural} {})", names.join(", "))
}
