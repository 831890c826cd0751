//! What is installed already, held against what is to be installed. Pure: the files are read and written elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use dhow_formats::installs::{Install, Installs};
use dhow_model::PackageId;
use dhow_plan::{CompileFilter, FilterRule};
use dhow_workspace::{Package, Target};

use crate::install_error::InstallError;

/// File names of programs that are there already, each with the package that is known to have installed it.
pub(crate) type Present = BTreeMap<String, Option<PackageId>>;

/// What is to be installed.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    /// The package as it will be remembered.
    pub(crate) id: PackageId,
    /// How; its programs are all that the selection names, whether features leave them or not.
    pub(crate) install: Install,
    pub(crate) force: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is installed just so.
    UpToDate,
    /// It is to be installed, over what is there.
    Install,
}

/// The file names of the programs that a selection names.
pub(crate) fn program_names(package: &Package, filter: &CompileFilter) -> BTreeSet<String> {
    let all = |is_kind: fn(&Target) -> bool| -> Vec<String> {
        package.targets().iter().filter(|t| is_kind(t)).map(|t| t.name.to_string()).collect()
    };
    let of = |rule: &FilterRule, is_kind: fn(&Target) -> bool| match rule {
        FilterRule::All => all(is_kind),
        FilterRule::Names(names) => names.clone(),
    };
    let names = match filter {
        CompileFilter::Default => all(Target::is_bin),
        CompileFilter::AllTargets => all(Target::is_executable),
        CompileFilter::Only(only) => {
            [of(&only.bins, Target::is_bin), of(&only.examples, Target::is_exe_example)].concat()
        }
    };
    names.into_iter().map(|name| file_name(&name)).collect()
}

/// A program's file name.
pub(crate) fn file_name(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Who is known to have installed a program.
pub(crate) fn owner(installs: &Installs, program: &str) -> Option<PackageId> {
    let mut packages = installs.packages.iter();
    packages.find(|(_, install)| install.bins.contains(program)).map(|(id, _)| *id)
}

/// Whether to install `proposal` over the programs of it that are there already.
///
/// # Errors
/// A program is another package's, or nobody's, and nothing may be overwritten.
pub(crate) fn judge(
    installs: &Installs,
    proposal: &Proposal,
    present: &Present,
) -> Result<Verdict, InstallError> {
    if proposal.force || present.is_empty() {
        return Ok(Verdict::Install);
    }
    let is_same_name = |owner: &Option<PackageId>| owner.is_some_and(|id| id.name() == proposal.id.name());
    if !present.values().all(is_same_name) {
        let programs = present.iter().map(|(name, owner)| (name.clone(), *owner)).collect();
        return Err(InstallError::Conflict { programs });
    }
    // A directory may have changed although it says the same of itself.
    let is_same = |owner: &PackageId| {
        !proposal.id.source().is_path()
            && *owner == proposal.id
            && installs.packages.get(owner).is_some_and(|install| is_installed_so(install, &proposal.install))
    };
    match present.values().flatten().all(is_same) {
        true => Ok(Verdict::UpToDate),
        false => Ok(Verdict::Install),
    }
}

/// Neither the compiler nor the requirement count, and what the older file told nothing of is believed.
fn is_installed_so(have: &Install, want: &Install) -> bool {
    have.features == want.features
        && have.all_features == want.all_features
        && have.no_default_features == want.no_default_features
        && have.profile == want.profile
        && (have.target.is_none() || have.target == want.target)
        && have.bins == want.bins
}

/// Remembers that `programs` were installed.
pub(crate) fn mark(installs: &mut Installs, proposal: &Proposal, programs: &BTreeSet<String>) {
    for install in installs.packages.values_mut() {
        install.bins.retain(|bin| !programs.contains(bin));
    }
    installs.packages.retain(|_, install| !install.bins.is_empty());
    let new = Install { bins: programs.clone(), ..proposal.install.clone() };
    match installs.packages.get_mut(&proposal.id) {
        Some(install) => {
            let bins = install.bins.union(programs).cloned().collect();
            let other = std::mem::take(&mut install.other);
            *install = Install { bins, other, ..new };
        }
        None => drop(installs.packages.insert(proposal.id, new)),
    }
}

/// Forgets programs that versions of the same package had and `package` has no more; gives their names, each with its
/// old package.
pub(crate) fn forget_orphans(
    installs: &mut Installs,
    package: &Package,
    present: &Present,
) -> Vec<(String, PackageId)> {
    let still_there = program_names(package, &CompileFilter::AllTargets);
    let owners: BTreeSet<PackageId> =
        present.values().flatten().copied().filter(|id| id.name() == package.name()).collect();
    let mut orphans = Vec::new();
    for owner in owners {
        let Some(install) = installs.packages.get(&owner) else { continue };
        let gone: BTreeSet<String> = install.bins.difference(&still_there).cloned().collect();
        remove(installs, owner, &gone);
        orphans.extend(gone.into_iter().map(|name| (name, owner)));
    }
    orphans
}

/// Forgets programs of a package, and the package when it has no other.
pub(crate) fn remove(installs: &mut Installs, id: PackageId, programs: &BTreeSet<String>) {
    if let Some(install) = installs.packages.get_mut(&id) {
        install.bins.retain(|bin| !programs.contains(bin));
        if install.bins.is_empty() {
            installs.packages.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests;
