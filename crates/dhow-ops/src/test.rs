//! `test` and `bench`: builds tests and runs them, documentation tests last.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitStatus;

use dhow_build::Runner;
use dhow_plan::{CompileFilter, FilterRule, Intent, OnlyTargets, RunOptions, Unit, UnitId};
use dhow_process::Process;
use dhow_workspace::Workspace;

use crate::compile::{Compiled, compile};
use crate::error::Error;
use crate::event::{Event, Level};
use crate::options::CompileOptions;
use crate::session::Session;

/// How tests are run.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// Build only.
    pub no_run: bool,
    /// Go on after a failure.
    pub no_fail_fast: bool,
    /// Whether the first of `args` is the name of a test.
    pub is_filtered: bool,
    /// For the test programs: a filter, and what stands after `--`.
    pub args: Vec<OsString>,
}

/// How the tests went.
#[derive(Clone, Debug, Default)]
pub struct TestOutcome {
    /// Test programs that failed, in the order of running.
    pub failures: Vec<TestFailure>,
    /// Go on after a failure was asked for.
    pub no_fail_fast: bool,
}

/// A test program that failed.
#[derive(Clone, Debug)]
pub struct TestFailure {
    /// The flags that run it again: `--lib`, `-p foo --test bar`.
    pub rerun: String,
    /// `test`, `bench` or `doctest`.
    pub what: &'static str,
    /// How it ended.
    pub status: ExitStatus,
    /// Its command line.
    pub command_line: String,
}

/// libtest ends so when a test has failed; anything else deserves to be shown.
const TESTS_FAILED: i32 = 101;

impl TestOutcome {
    /// Whether all went well.
    pub fn succeeded(&self) -> bool {
        self.failures.is_empty()
    }

    /// The exit code of the command: that of the test program if it was the only one.
    pub fn exit_code(&self) -> u8 {
        match self.failures.as_slice() {
            [] => 0,
            [only] if !self.no_fail_fast => {
                only.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(101)
            }
            _ => 101,
        }
    }
}

impl TestFailure {
    /// Whether it ended in another way than tests that fail do.
    pub fn is_unusual(&self) -> bool {
        self.status.code() != Some(TESTS_FAILED)
    }
}

/// Builds the tests that `options` select, and runs them.
///
/// # Errors
/// They cannot be built or started. A test that fails is no error: see [`TestOutcome`].
pub fn test(
    session: &Session<'_>,
    options: &CompileOptions,
    tests: &TestOptions,
) -> Result<TestOutcome, Error> {
    let compiled = compile(session, options, |workspace, options| Ok(named_test(workspace, options, tests)))?;
    let run = Run { session, options, tests, compiled: &compiled, runner: runner(&compiled) };
    if tests.no_run {
        run.show_executables();
        return Ok(TestOutcome::default());
    }
    let mut outcome = TestOutcome { no_fail_fast: tests.no_fail_fast, ..TestOutcome::default() };
    if options.intent != Intent::Doctest {
        run.programs(&mut outcome)?;
    }
    if outcome.succeeded() || tests.no_fail_fast {
        run.documentation(&mut outcome)?;
    }
    Ok(outcome)
}

/// Who names a test wants neither examples nor documentation tests, unless they are asked for.
fn named_test(workspace: &Workspace, options: &CompileOptions, tests: &TestOptions) -> CompileOptions {
    let is_left_open = options.filter == CompileFilter::Default && options.intent == Intent::Test;
    if !tests.is_filtered || !is_left_open {
        return options.clone();
    }
    let only = OnlyTargets {
        lib: workspace.members().iter().any(|package| package.library().is_some()),
        bins: FilterRule::All,
        tests: FilterRule::All,
        ..OnlyTargets::default()
    };
    CompileOptions { filter: CompileFilter::Only(only), ..options.clone() }
}

fn runner(compiled: &Compiled) -> Runner<'_> {
    Runner {
        plan: &compiled.plan,
        layout: &compiled.layout,
        options: &compiled.options,
        outcome: &compiled.outcome,
    }
}

struct Run<'a> {
    session: &'a Session<'a>,
    options: &'a CompileOptions,
    tests: &'a TestOptions,
    compiled: &'a Compiled,
    runner: Runner<'a>,
}

impl Run<'_> {
    fn unit(&self, id: UnitId) -> &Unit {
        self.compiled.plan.graph.unit(id)
    }

    fn show_executables(&self) {
        for test in self.runner.tests() {
            let unittests = if self.options.intent == Intent::Bench { "benches" } else { "unittests" };
            self.session.status("Executable", self.title(test.unit, &test.path, unittests));
        }
    }

    fn programs(&self, outcome: &mut TestOutcome) -> Result<(), Error> {
        for test in self.runner.tests() {
            self.session.status("Running", self.title(test.unit, &test.path, "unittests"));
            let unit = self.unit(test.unit);
            let prefix = self.compiled.runners.get(&unit.kind).into_iter().flatten();
            let prefix: Vec<OsString> = prefix.map(OsString::from).collect();
            let mut process = self.runner.program(test.unit, &test.path, unit.package.root(), &prefix);
            process.args(self.tests.args.iter().cloned());
            self.tell_command(&process);
            let status = process.run_inherited()?;
            if !status.success() {
                let what = if self.options.intent == Intent::Bench { "bench" } else { "test" };
                outcome.failures.push(self.failure(test.unit, what, status, &process));
                if !self.tests.no_fail_fast {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn documentation(&self, outcome: &mut TestOutcome) -> Result<(), Error> {
        for id in &self.compiled.plan.doctests {
            let unit = self.unit(*id);
            self.session.status("Doc-tests", unit.target.name.to_string());
            let words = self.tests.args.iter().map(|arg| arg.to_string_lossy().into_owned());
            let test_args: Vec<String> = words.collect();
            let color = if self.session.color { "always" } else { "never" };
            let options = RunOptions { color: Some(color), test_args: &test_args };
            let process = self.runner.doctest(*id, options);
            self.tell_command(&process);
            let status = process.run_inherited()?;
            if !status.success() {
                outcome.failures.push(self.failure(*id, "doctest", status, &process));
                if !self.tests.no_fail_fast {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn tell_command(&self, process: &Process) {
        let message = format!("`{}`", process.command_line());
        self.session.tell(Event::Status { verb: "Running", message, level: Level::Verbose });
    }

    /// `unittests src/lib.rs (target/debug/deps/…)`
    fn title(&self, id: UnitId, path: &Path, unittests: &str) -> String {
        let unit = self.unit(id);
        let source = unit.target.src_path.strip_prefix(unit.package.root()).unwrap_or(&unit.target.src_path);
        let kind = if unit.target.is_test() || unit.target.is_bench() {
            String::new()
        } else {
            format!("{unittests} ")
        };
        let shown = path.strip_prefix(self.session.cwd()).unwrap_or(path);
        format!("{kind}{} ({})", source.display(), shown.display())
    }

    fn failure(&self, id: UnitId, what: &'static str, status: ExitStatus, process: &Process) -> TestFailure {
        let unit = self.unit(id);
        let target = match unit.target.kind.description() {
            _ if what == "doctest" => "--doc".to_owned(),
            "lib" => "--lib".to_owned(),
            kind => format!("--{kind} {}", unit.target.name),
        };
        let several =
            self.compiled.workspace.members().len() > 1 && self.options.filter == CompileFilter::Default;
        let package = if several || self.compiled.workspace.is_virtual() {
            format!("-p {} ", unit.package.name())
        } else {
            String::new()
        };
        TestFailure {
            rerun: format!("{package}{target}"),
            what,
            status,
            command_line: process.command_line(),
        }
    }
}
