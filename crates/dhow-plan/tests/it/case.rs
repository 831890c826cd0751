//! One command through both, and what differs.

use std::fmt::Write as _;

use dhow_plan::{
    CompileFilter, CompileKind, CompileTarget, Intent, OnlyTargets, PackageSelection, Request, Settings,
};
use dhow_resolve::CliFeatures;

use crate::commands::Line;
use crate::oracle;
use crate::planning::{Ask, Planned};
use crate::project::Project;

/// The platform that is named with `--target`.
pub(crate) const HOST: &str = "x86_64-unknown-linux-gnu";

/// One command, given to both.
pub(crate) struct Case<'a> {
    pub(crate) args: &'a [&'a str],
    pub(crate) request: Request,
    pub(crate) profile: &'a str,
    pub(crate) selection: PackageSelection,
    pub(crate) features: CliFeatures,
    pub(crate) env: &'a [(&'a str, &'a str)],
    pub(crate) change: &'a dyn Fn(&mut Settings),
    pub(crate) no_doctests: bool,
}

impl<'a> Case<'a> {
    pub(crate) fn new(args: &'a [&'a str], intent: Intent, profile: &'a str) -> Self {
        Self {
            args,
            request: Request::new(intent),
            profile,
            selection: PackageSelection::Default,
            features: CliFeatures::default(),
            env: &[],
            change: &|_| {},
            no_doctests: false,
        }
    }

    pub(crate) fn all_targets(mut self) -> Self {
        self.request.filter = CompileFilter::AllTargets;
        self
    }

    pub(crate) fn for_target(mut self) -> Self {
        self.request.kinds = vec![CompileKind::Target(CompileTarget::new(HOST, "/".as_ref()))];
        self
    }

    pub(crate) fn only(mut self, only: OnlyTargets) -> Self {
        self.request.filter = CompileFilter::Only(only);
        self
    }

    /// `--no-run` leaves documentation tests out: they are neither compiled nor collected.
    pub(crate) fn without_doctests(mut self) -> Self {
        self.no_doctests = true;
        self
    }

    pub(crate) fn workspace(mut self) -> Self {
        self.selection = PackageSelection::Workspace { exclude: Vec::new() };
        self
    }

    pub(crate) fn package(mut self, name: &str) -> Self {
        self.selection = PackageSelection::Named(vec![name.to_owned()]);
        self
    }

    pub(crate) fn extra(mut self, args: &[&str]) -> Self {
        self.request.extra_args = args.iter().map(ToString::to_string).collect();
        self
    }

    pub(crate) fn crate_type(mut self, crate_type: &str) -> Self {
        self.request.crate_types = vec![crate_type.to_owned()];
        self
    }

    /// Every command line and environment is cargo's.
    pub(crate) fn check(&self, project: &Project) {
        let ran = oracle::run(project, self.args, self.env);
        let planned = self.planned(project);
        let plan = planned.plan().expect("plans");
        let mut ours = planned.lines(&plan, &ran.scripts);
        if self.no_doctests {
            ours.retain(|line| !line.args.iter().any(|arg| arg == "--test-run-directory"));
        }
        self.compare(&ours, &ran.lines);
    }

    /// Tests are run in cargo's environment.
    pub(crate) fn check_runs(&self, project: &Project) {
        let ran = oracle::run(project, self.args, self.env);
        let planned = self.planned(project);
        let plan = planned.plan().expect("plans");
        let is_test = |line: &&Line| line.program.contains("/deps/");
        let theirs: Vec<Line> = ran.lines.iter().filter(is_test).cloned().collect();
        self.compare(&planned.test_runs(&plan, &ran.scripts), &theirs);
    }

    fn planned(&self, project: &Project) -> Planned {
        Planned::new(
            project,
            &Ask {
                request: self.request.clone(),
                selection: self.selection.clone(),
                profile: self.profile,
                features: self.features.clone(),
                change: self.change,
                extra_verbose: true,
            },
        )
    }

    fn compare(&self, ours: &[Line], theirs: &[Line]) {
        let (ours, theirs) = (shown(ours), shown(theirs));
        assert!(!theirs.is_empty(), "cargo {:?} ran nothing", self.args);
        assert!(ours == theirs, "cargo {:?} runs other commands:\n{}", self.args, difference(&ours, &theirs));
    }
}

fn shown(lines: &[Line]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(Line::show).collect();
    lines.sort();
    lines
}

/// Commands of `a` that `b` does not have.
fn only(a: &[String], b: &[String]) -> Vec<String> {
    let mut rest = b.to_vec();
    let missing = |line: &&String| match rest.iter().position(|r| r == *line) {
        Some(at) => {
            rest.remove(at);
            false
        }
        None => true,
    };
    a.iter().filter(missing).cloned().collect()
}

/// What only one side has, each beside the most similar command of the other side.
fn difference(ours: &[String], theirs: &[String]) -> String {
    let (mine, cargos) = (only(ours, theirs), only(theirs, ours));
    let mut text = format!("{} commands only here, {} only in cargo\n", mine.len(), cargos.len());
    let head = |line: &str| line.lines().take(8).collect::<Vec<_>>().join(" ");
    for line in &mine {
        let common = |other: &&String| other.lines().filter(|l| line.lines().any(|m| m == *l)).count();
        let Some(other) = cargos.iter().max_by_key(common) else {
            writeln!(text, "+++ only dhow: {line}").expect("a string");
            continue;
        };
        writeln!(text, "--- {}", head(line)).expect("a string");
        for l in line.lines().filter(|l| !other.lines().any(|o| o == *l)) {
            writeln!(text, "  + dhow  {l}").expect("a string");
        }
        for l in other.lines().filter(|l| !line.lines().any(|o| o == *l)) {
            writeln!(text, "  - cargo {l}").expect("a string");
        }
        if line.lines().all(|l| other.lines().any(|o| o == l)) {
            writeln!(text, "  dhow:  {}\n  cargo: {}", line.replace('\n', " "), other.replace('\n', " "))
                .expect("a string");
        }
    }
    for line in cargos.iter().skip(mine.len()) {
        writeln!(text, "cargo has: {}", head(line)).expect("a string");
    }
    text
}
