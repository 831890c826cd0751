//! Running what was built: programs, tests and documentation tests, with the environment that Cargo gives them.
//!
//! Only makes the processes; whoever runs them decides on terminals, order and what a failure means.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_plan::{BindContext, Command, CompileMode, Plan, UnitId, bind};
use dhow_process::Process;
use dhow_target::{Layout, TargetPaths};

use crate::build::{BuildOptions, Outcome, library_path_name};

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
        let compiled = self.command(unit);
        for (name, value) in compiled.env {
            if !is_for_compilers(&name) {
                process.env.insert(name.into(), value);
            }
        }
        let recipe = self.plan.recipe(unit);
        let paths = self.paths();
        for script in &recipe.own_scripts {
            process.env("OUT_DIR", paths.place(*script).script_out());
            let said = self.outcome.scripts.get(script);
            for (name, value) in said.iter().flat_map(|said| &said.env) {
                process.env(name, value);
            }
        }
        process.env(library_path_name(), self.library_path(unit));
        process
    }

    /// The process that collects and runs a library's documentation tests, with arguments for the test programs.
    pub fn doctest(&self, unit: UnitId, test_args: &[OsString]) -> Process {
        let command = self.command(unit);
        let mut process = Process::new(command.program, command.cwd, Arc::clone(&self.options.env));
        process.args = command.args;
        for arg in test_args {
            process.arg("--test-args").arg(arg);
        }
        process.env = command.env.into_iter().map(|(name, value)| (name.into(), value)).collect();
        process
    }

    fn paths(&self) -> TargetPaths<'a> {
        TargetPaths { layout: self.layout, plan: self.plan }
    }

    /// Directories in which the loader finds what the program was linked with: those that scripts named inside the target
    /// directory, the directories of artifacts, the compiler's, then the user's own.
    fn library_path(&self, unit: UnitId) -> OsString {
        let kind = self.plan.graph.unit(unit).kind;
        let root = self.layout.platform(kind).build_dest();
        let said =
            self.outcome.scripts.iter().filter(|(script, _)| self.plan.graph.unit(**script).kind == kind);
        let native: BTreeSet<PathBuf> = said
            .flat_map(|(_, said)| &said.library_paths)
            .map(|path| PathBuf::from(without_kind(path)))
            .filter(|path| path.starts_with(root))
            .collect();
        let mut dirs: Vec<PathBuf> = native.into_iter().collect();
        dirs.extend([root.to_owned(), self.layout.platform(kind).deps()]);
        dirs.extend(self.plan.sysroot_libdirs.get(&kind).cloned());
        let inherited = self.options.library_path();
        dirs.extend(inherited.iter().flat_map(std::env::split_paths));
        // Fails only if a directory has the separator in its name: then the loader could not be told of it anyway.
        std::env::join_paths(&dirs).unwrap_or_else(|_| inherited.unwrap_or_default())
    }

    fn command(&self, unit: UnitId) -> Command {
        let context = BindContext {
            paths: &self.paths(),
            scripts: &|script| self.outcome.scripts.get(&script),
            library_path: self.options.library_path(),
            makeflags: None,
        };
        bind(self.plan, unit, &context)
    }
}

/// `native=/dir` and the like name a directory for a kind of library.
fn without_kind(path: &str) -> &str {
    match path.split_once('=') {
        Some(("dependency" | "crate" | "native" | "framework" | "all", path)) => path,
        _ => path,
    }
}

/// Variables that are set for a compilation and not for what it makes.
fn is_for_compilers(name: &str) -> bool {
    matches!(name, "CARGO_CRATE_NAME" | "CARGO_BIN_NAME" | "CARGO_PRIMARY_PACKAGE" | "CARGO_TARGET_TMPDIR")
        || name == library_path_name()
}
