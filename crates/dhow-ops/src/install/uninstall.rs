//! `uninstall`: removes programs, and what is known of them.

use std::collections::BTreeSet;

use dhow_home::{Change, InstallGuard, InstallRoot, Step};
use dhow_model::PackageId;
use dhow_resolve::SpecError;

use super::options::UninstallOptions;
use super::{blocking, find, install_root, tracked};
use crate::error::Error;
use crate::event::Event;
use crate::install_error::InstallError;
use crate::session::Session;

/// Removes the programs of packages that were installed.
///
/// # Errors
/// Something named is not installed, or cannot be removed. What fails for one of several packages is told as an event,
/// and the others are removed.
pub fn uninstall(session: &Session<'_>, options: &UninstallOptions) -> Result<(), Error> {
    let root = install_root(session, options.root.as_deref())?;
    match options.specs.as_slice() {
        [] => uninstall_here(session, &root, &options.bins),
        [spec] => uninstall_one(session, &root, spec, &options.bins),
        _ if !options.bins.is_empty() => Err(InstallError::BinsOfSeveral.into()),
        several => {
            let (mut done, mut failed) = (Vec::new(), Vec::new());
            for spec in several {
                match uninstall_one(session, &root, spec, &[]) {
                    Ok(()) => done.push(spec.as_str()),
                    Err(error) => {
                        session.tell(Event::Failure(Box::new(error)));
                        failed.push(spec.as_str());
                    }
                }
            }
            super::tell_summary(session, ("uninstalled", "uninstall"), &done, &failed);
            if failed.is_empty() { Ok(()) } else { Err(InstallError::SomeNotUninstalled.into()) }
        }
    }
}

fn uninstall_one(
    session: &Session<'_>,
    root: &InstallRoot,
    spec: &str,
    bins: &[String],
) -> Result<(), Error> {
    let mut guard = root.lock(&|notice| blocking(session, notice))?;
    let installed = guard.installs().packages.keys().copied();
    let id = dhow_resolve::graph::query(spec, installed).map_err(|error| match error {
        SpecError::NotFound { spec, suggestions } => InstallError::NotInstalled { spec, suggestions }.into(),
        other => Error::Spec(other),
    })?;
    remove(session, root, &mut guard, id, bins)
}

/// Without a word of what to remove: the package in whose directory we are.
fn uninstall_here(session: &Session<'_>, root: &InstallRoot, bins: &[String]) -> Result<(), Error> {
    let id = find::in_directory(session, session.cwd(), None)?.id;
    let mut guard = root.lock(&|notice| blocking(session, notice))?;
    remove(session, root, &mut guard, id, bins)
}

fn remove(
    session: &Session<'_>,
    root: &InstallRoot,
    guard: &mut InstallGuard<'_>,
    id: PackageId,
    bins: &[String],
) -> Result<(), Error> {
    let mut installs = guard.installs().clone();
    let Some(installed) = installs.packages.get(&id).map(|install| install.bins.clone()) else {
        return Err(InstallError::NotInstalled { spec: id.to_string(), suggestions: Vec::new() }.into());
    };
    for name in &installed {
        if !root.has_program(name)? {
            return Err(InstallError::ProgramGone { path: root.program(name), package: id }.into());
        }
    }
    let suffix = std::env::consts::EXE_SUFFIX;
    let asked: BTreeSet<String> = bins
        .iter()
        .map(|bin| if bin.ends_with(suffix) { bin.clone() } else { tracked::file_name(bin) })
        .collect();
    if let Some(bin) = asked.difference(&installed).next() {
        let bins = installed.iter().cloned().collect();
        return Err(InstallError::NotItsProgram { bin: bin.clone(), package: id, bins }.into());
    }
    let gone = if asked.is_empty() { installed } else { asked };
    tracked::remove(&mut installs, id, &gone);
    let remove: Vec<String> = gone.into_iter().collect();
    let change = Change { programs: &[], remove: &remove, installs: &installs };
    let tell = &mut |step: Step<'_>| {
        if let Step::Removing(path) = step {
            session.status("Removing", path.display().to_string());
        }
    };
    Ok(guard.change(&change, tell)?)
}
