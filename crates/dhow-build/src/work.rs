//! The units of a plan as work for the scheduler: fresh or dirty, and how each kind is made.

use dhow_plan::{CompileMode, UnitId};
use dhow_process::ProcessError;
use dhow_target::{DirtyReason, Facts, FingerprintRecord, Verdict, check, load_record};

use crate::context::Context;
use crate::error::UnitError;
use crate::graph::unit_id;
use crate::messages::Messages;
use crate::report::Report;
use crate::scheduler::Work;
use crate::{artifacts, compile, script};

impl Work for Context<'_> {
    type Report = Report;
    type Error = UnitError;

    fn must_run(&self, job: usize, report: &mut dyn FnMut(Report)) -> Result<bool, UnitError> {
        if dhow_process::is_stopping() {
            return Err(ProcessError::Stopping.into());
        }
        let id = unit_id(job);
        match self.unit(id).mode {
            // Nothing is made for documentation tests: the test command runs them.
            CompileMode::Doctest => return Ok(false),
            CompileMode::RunCustomBuild => {
                if let Some(output) = self.plan.overridden_scripts.get(&id) {
                    script::given(self, id, output);
                    return Ok(false);
                }
            }
            _ => {}
        }
        let place = self.place(id);
        let reason = match load_record(&place) {
            None => DirtyReason::NeverMade,
            Some(record) => match self.verdict(id, record)? {
                Verdict::Dirty(reason) => reason,
                Verdict::Fresh(record) => match self.take_over(id, &record, report)? {
                    true => return Ok(false),
                    // What was said when it was made is gone.
                    false => DirtyReason::NeverMade,
                },
            },
        };
        report(Report::Dirty { unit: id, reason });
        Ok(true)
    }

    fn run(&self, job: usize, report: &dyn Fn(Report), metadata: &dyn Fn()) -> Result<(), UnitError> {
        let id = unit_id(job);
        self.check_sources(id)?;
        report(Report::Started { unit: id });
        if self.unit(id).mode.is_run_custom_build() {
            script::run(self, id, report)
        } else {
            compile::run(self, id, report, metadata)
        }
    }
}

impl Context<'_> {
    fn verdict(&self, id: UnitId, record: FingerprintRecord) -> Result<Verdict, UnitError> {
        let process = std::cell::OnceCell::new();
        let env = |name: &str| Self::env_value(process.get_or_init(|| self.process(id)), name);
        let facts = Facts {
            key: self.plan.key(id).0,
            dependencies: &self.dependencies(id),
            env: &env,
            place: &self.place(id),
            now: self.now,
        };
        Ok(check(record, &facts, &self.observer)?)
    }

    /// Takes a fresh unit as it is. `false` if something that is not in its record is missing.
    fn take_over(
        &self,
        id: UnitId,
        record: &FingerprintRecord,
        report: &mut dyn FnMut(Report),
    ) -> Result<bool, UnitError> {
        let place = self.place(id);
        let is_script = self.unit(id).mode.is_run_custom_build();
        if is_script && !script::replay(self, id, report) {
            return Ok(false);
        }
        self.accept(id, record);
        report(Report::Fresh { unit: id });
        // Of packages that are not the user's own, only new messages are told.
        if record.has_messages && self.unit(id).is_local {
            Messages::replay(id, &place, report);
        }
        if !is_script {
            report(Report::Artifact(artifacts::uplift_all(self, id, true)?));
        }
        Ok(true)
    }
}
