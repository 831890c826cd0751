//! `run`: builds one program and says how to start it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dhow_build::Runner;
use dhow_plan::{CompileFilter, UnitId};
use dhow_process::Process;
use dhow_workspace::{Package, Workspace};

use crate::compile::{Compiled, compile};
use crate::error::Error;
use crate::options::CompileOptions;
use crate::session::Session;

/// Builds the program that `options` select and gives the process that runs it, with `args`. When it is given, no lock
/// is held any more.
///
/// # Errors
/// There is no program, or more than one; or it cannot be built.
pub fn run(session: &Session<'_>, options: &CompileOptions, args: &[OsString]) -> Result<Process, Error> {
    let compiled = compile(session, options, |workspace, options| {
        let filter = match &options.filter {
            CompileFilter::Default => default_program(workspace, options)?,
            chosen => chosen.clone(),
        };
        Ok(CompileOptions { filter, ..options.clone() })
    })?;
    let unit = the_program(&compiled)?;
    let executable = compiled.outcome.artifacts.get(&unit).and_then(|a| a.executable.clone());
    let Some(executable) = executable else {
        return Err(Error::NothingToRun { reason: "what was selected is no program".to_owned() });
    };
    let kind = compiled.plan.graph.unit(unit).kind;
    let runner = Runner {
        plan: &compiled.plan,
        layout: &compiled.layout,
        options: &compiled.options,
        outcome: &compiled.outcome,
    };
    let prefix: Vec<OsString> =
        compiled.runners.get(&kind).into_iter().flatten().map(OsString::from).collect();
    let mut process = runner.program(unit, &as_started(&executable, session.cwd()), session.cwd(), &prefix);
    process.args(args.iter().cloned());
    Ok(process)
}

/// Without `--bin` or `--example`: the only program, or the one that `default-run` names.
fn default_program(workspace: &Workspace, options: &CompileOptions) -> Result<CompileFilter, Error> {
    use dhow_plan::{FilterRule, OnlyTargets, PackageSelection};
    let packages: Vec<&Package> = match &options.packages {
        PackageSelection::Named(names) => {
            let is_named = |p: &&Package| names.iter().any(|n| is_spec_of(n, p));
            workspace.members().iter().filter(is_named).collect()
        }
        PackageSelection::Default | PackageSelection::Workspace { .. } => {
            workspace.default_members().collect()
        }
    };
    let programs: Vec<String> =
        packages.iter().flat_map(|p| p.binaries()).map(|target| target.name.to_string()).collect();
    let wished: Vec<String> =
        packages.iter().filter_map(|p| p.metadata().default_run).map(|name| name.to_string()).collect();
    let chosen = match (programs.as_slice(), wished.as_slice()) {
        (_, [only]) | ([only], []) => only.clone(),
        ([], _) => {
            let reason = "the selected packages have no programs".to_owned();
            return Err(Error::NothingToRun { reason });
        }
        _ => return Err(Error::SeveralToRun { names: programs }),
    };
    Ok(CompileFilter::Only(OnlyTargets { bins: FilterRule::Names(vec![chosen]), ..OnlyTargets::default() }))
}

fn is_spec_of(spec: &str, package: &Package) -> bool {
    dhow_model::PackageIdSpec::parse(spec).is_ok_and(|spec| dhow_model::spec_matches(&spec, package.id()))
}

fn the_program(compiled: &Compiled) -> Result<UnitId, Error> {
    let graph = &compiled.plan.graph;
    let programs: Vec<UnitId> =
        graph.roots.iter().copied().filter(|id| graph.unit(*id).target.is_executable()).collect();
    match programs.as_slice() {
        [only] => Ok(*only),
        [] => Err(Error::NothingToRun { reason: "what was selected is no program".to_owned() }),
        several => {
            let names = several.iter().map(|id| graph.unit(*id).target.name.to_string()).collect();
            Err(Error::SeveralToRun { names })
        }
    }
}

/// A program below the current directory is started by its relative path, as Cargo does: it shows in `argv[0]`.
fn as_started(executable: &Path, cwd: &Path) -> PathBuf {
    match executable.strip_prefix(cwd) {
        Ok(relative) if relative.components().count() == 1 => Path::new(".").join(relative),
        Ok(relative) => relative.to_owned(),
        Err(_) => executable.to_owned(),
    }
}
