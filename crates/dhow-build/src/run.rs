//! Running what was built: programs, tests and documentation tests, with the environment that Cargo gives them.
//!
//! Only makes the processes; whoever runs them decides on terminals, order and what a failure means.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_plan::{BindContext, CompileMode, Plan, RunOptions, UnitId, bind, run_environment};
use dhow_process::Process;
use dhow_target::{Layout, TargetPaths};

use crate::build::Outcome;
use crate::options::BuildOptions;

/// Makes processes of what a build left.
#[derive(Debug, Clone, Copy)]
pub struct Runner<'a> {
    /// What was built.
    pub plan: &'a Plan,
    /// Where.
    pub layout: &'a Layout,
    /// How.
    pub options: &'a BuildOptions,
    /// What came of it.
    pub outcome: &'a Outcome,
}

/// A test or benchmark that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runnable {
    /// The unit.
    pub unit: UnitId,
    /// Its executable.
    pub path: PathBuf,
}

impl<'a> Runner<'a> {
    /// All test executables that the command asked for: by package, in each its targets in the order of the manifest.
    pub fn tests(&self) -> Vec<Runnable> {
        let tests = self.outcome.artifacts.values().filter(|artifact| {
            let unit = self.plan.graph.unit(artifact.unit);
            unit.mode == CompileMode::Test && self.plan.graph.roots.contains(&artifact.unit)
        });
        let mut tests: Vec<Runnable> = tests
            .filter_map(|artifact| Some(Runnable { unit: artifact.unit, path: artifact.executable.clone()? }))
            .collect();
        tests.sort_by_key(|test| {
            let unit = self.plan.graph.unit(test.unit);
            (unit.package.id(), unit.kind, Arc::clone(&unit.target))
        });
        tests
    }

    /// A program or test that was built. It runs in `cwd`: the package's root for tests, the user's directory for
    /// programs. `runner` (`target.<triple>.runner`) is put in front.
    pub fn program(&self, unit: UnitId, executable: &Path, cwd: &Path, runner: &[OsString]) -> Process {
        let mut words = runner.iter().cloned().chain([executable.as_os_str().to_owned()]);
        let program = words.next().unwrap_or_default();
        let mut process = Process::new(program, cwd, Arc::clone(&self.options.env));
        process.args(words);
        let environment =
            self.bound(RunOptions::default(), |context| run_environment(self.plan, unit, context));
        process.env = environment.into_iter().map(|(name, value)| (name.into(), value)).collect();
        if let Some(script) = self.plan.recipe(unit).own_script {
            process.env("OUT_DIR", self.paths().place(script).script_out());
        }
        process
    }

    /// The process that collects and runs a library's documentation tests.
    pub fn doctest(&self, unit: UnitId, run: RunOptions<'_>) -> Process {
        let command = self.bound(run, |context| bind(self.plan, unit, context));
        let mut process = Process::new(command.program, command.cwd, Arc::clone(&self.options.env));
        process.args = command.args;
        process.env = command.env.into_iter().map(|(name, value)| (name.into(), value)).collect();
        process
    }

    fn paths(&self) -> TargetPaths<'a> {
        TargetPaths { layout: self.layout, plan: self.plan }
    }

    fn bound<T>(&self, run: RunOptions<'_>, with: impl FnOnce(&BindContext<'_>) -> T) -> T {
        with(&BindContext {
            paths: &self.paths(),
            scripts: &|script| self.outcome.scripts.get(&script).cloned(),
            library_path: self.options.library_path(),
            run,
        })
    }
}
