//! One build, from the lock to the last artifact.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_fs::FsError;
use dhow_plan::{EnvValue, Place, Plan, ScriptOutput, UnitId};
use dhow_target::{BuildLock, Clock, Layout};

use crate::context::{Context, Shared};
use crate::dep_rules;
use crate::error::{BuildError, UnitError};
use crate::event::{Artifact, Event, Verb, verb};
use crate::graph::{WaitGraph, unit_id};
use crate::options::{BuildOptions, CheckSources};
use crate::report::Report;
use crate::scheduler::{self, SlotsLost, Step};

/// What a build left.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What there is of each unit that has files, by unit.
    pub artifacts: BTreeMap<UnitId, Artifact>,
    /// What build scripts said, by script run.
    pub scripts: BTreeMap<UnitId, Arc<ScriptOutput>>,
    /// Units that had to be made.
    pub made: usize,
    /// Units for which nothing had to be done.
    pub fresh: usize,
}

/// Makes everything that `plan` says has to exist. `lock` is the right to do so in `layout`.
///
/// # Errors
/// If units cannot be made (each is told by an event too), if we are told to stop, or if the target directory cannot be
/// used.
pub fn build(
    plan: &Plan,
    layout: &Layout,
    lock: &BuildLock,
    options: &BuildOptions,
    sources: &dyn CheckSources,
    events: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Outcome, BuildError> {
    let now = Clock::now(&clock_file(layout))?;
    let client = match &options.jobserver {
        Some(inherited) => inherited.clone(),
        // One slot is ours without asking.
        None => jobserver::Client::new(options.jobs.max(1) - 1).map_err(BuildError::Jobserver)?,
    };
    make_tmp_dirs(plan, layout)?;
    let context = Context::new(
        plan,
        layout,
        options,
        now,
        Shared { jobserver: client.clone(), lock: lock.held(), sources },
    );
    let teller = Teller::new(plan, events);
    let graph = WaitGraph::of(&plan.graph);
    let failures = scheduler::run(&graph, &context, client, options.keep_going, &|step| teller.step(step))
        .map_err(|SlotsLost(error)| BuildError::Jobserver(error))?;
    if failures.iter().any(|(_, error)| error.is_interruption()) || dhow_process::is_stopping() {
        return Err(BuildError::Interrupted);
    }
    if !failures.is_empty() {
        let failures = failures.into_iter().map(|(job, error)| (unit_id(job), error)).collect();
        return Err(BuildError::Failed { failures });
    }
    dep_rules::write_all(&context)?;
    let mut outcome = teller.outcome.into_inner();
    for (id, output) in &plan.overridden_scripts {
        outcome.scripts.insert(*id, Arc::clone(output));
    }
    Ok(outcome)
}

/// `CARGO_TARGET_TMPDIR` exists before whoever is told of it runs.
fn make_tmp_dirs(plan: &Plan, layout: &Layout) -> Result<(), FsError> {
    let values = plan.recipes.iter().flat_map(|recipe| &recipe.env);
    let kinds = values.filter_map(|(_, value)| match value {
        EnvValue::Path(Place::Tmp(kind)) => Some(*kind),
        _ => None,
    });
    kinds
        .collect::<BTreeSet<_>>()
        .into_iter()
        .try_for_each(|kind| dhow_fs::create_dir_all(&layout.platform(kind).tmp()))
}

fn clock_file(layout: &Layout) -> PathBuf {
    layout.platform(dhow_plan::CompileKind::Host).fingerprint().join(Path::new(".dhow-clock"))
}

/// What a line has been printed about, for a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Said {
    /// Anything at all.
    Anything,
    /// It was compiled or checked: one line, whichever came first.
    Made,
    /// It was documented.
    Documented,
}

/// Turns what jobs report into events and remembers what the caller wants to know at the end.
struct Teller<'a> {
    plan: &'a Plan,
    events: &'a (dyn Fn(Event<'_>) + Sync),
    outcome: RefCell<Outcome>,
    shown: RefCell<HashSet<(dhow_model::PackageId, Said)>>,
}

impl<'a> Teller<'a> {
    fn new(plan: &'a Plan, events: &'a (dyn Fn(Event<'_>) + Sync)) -> Self {
        Self { plan, events, outcome: RefCell::default(), shown: RefCell::default() }
    }

    fn step(&self, step: Step<'_, Report, UnitError>) {
        match step {
            Step::Report(report) => self.report(report),
            // Killed children fail, but that is not what anybody wants to read after Ctrl-C.
            Step::Failed(..) | Step::Waiting if dhow_process::is_stopping() => {}
            Step::Failed(job, error) => (self.events)(Event::Failed { unit: unit_id(job), error }),
            Step::Waiting => (self.events)(Event::WaitingForOthers),
            Step::Progress(done, active) => {
                let active: Vec<UnitId> = active.iter().map(|job| unit_id(*job)).collect();
                (self.events)(Event::Progress { done, total: self.plan.graph.units.len(), active: &active });
            }
        }
    }

    /// The first time that this is said of a package.
    fn is_first(&self, unit: UnitId, said: Said) -> bool {
        self.shown.borrow_mut().insert((self.plan.graph.unit(unit).package.id(), said))
    }

    fn report(&self, report: Report) {
        let tell = self.events;
        match report {
            Report::Dirty { unit, reason } => tell(Event::Dirty { unit, reason: &reason }),
            Report::Started { unit } => {
                self.outcome.borrow_mut().made += 1;
                let verb = verb(self.plan.graph.unit(unit));
                self.is_first(unit, Said::Anything);
                let said = if verb == Verb::Documenting { Said::Documented } else { Said::Made };
                let first_of_package = self.is_first(unit, said);
                tell(Event::Started { unit, verb, first_of_package });
            }
            Report::Fresh { unit } => {
                self.outcome.borrow_mut().fresh += 1;
                let first_of_package = self.is_first(unit, Said::Anything);
                tell(Event::Fresh { unit, first_of_package });
            }
            Report::Running { unit, process } => tell(Event::Running { unit, process: &process }),
            Report::Diagnostic { unit, diagnostic, line, replayed } => {
                tell(Event::Diagnostic { unit, diagnostic: &diagnostic, line: &line, replayed });
            }
            Report::FutureIncompat { unit, line } => tell(Event::FutureIncompat { unit, line: &line }),
            Report::CompilerText { unit, stream, line } => {
                tell(Event::CompilerText { unit, stream, line: &line })
            }
            Report::ScriptText { unit, stream, line } => {
                tell(Event::ScriptText { unit, stream, line: &line })
            }
            Report::ScriptWarning { unit, text, replayed, failed } => {
                tell(Event::ScriptWarning { unit, text: &text, replayed, failed });
            }
            Report::ScriptExecuted { unit, output, out_dir, fresh } => {
                tell(Event::ScriptExecuted { unit, output: &output, out_dir: &out_dir, fresh });
                self.outcome.borrow_mut().scripts.insert(unit, output);
            }
            Report::Problems { unit, errors, warnings, fixable, replayed } => {
                tell(Event::Problems { unit, errors, warnings, fixable, replayed });
            }
            Report::Artifact(artifact) => {
                tell(Event::Artifact(&artifact));
                self.outcome.borrow_mut().artifacts.insert(artifact.unit, artifact);
            }
        }
    }
}
