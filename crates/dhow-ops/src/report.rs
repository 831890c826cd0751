//! What a build tells, in words and in JSON: units become packages and targets again.

use std::collections::HashSet;
use std::sync::Mutex;

use dhow_build::{Artifact, Event as BuildEvent, TextStream, UnitError, Verb};
use dhow_formats::machine_message::{MachineMessage, MessageProfile, MessageTarget};
use dhow_formats::rustc_message::{self, Diagnostic};
use dhow_plan::{CompileMode, Plan, ScriptOutput, Unit, UnitId};

use dhow_workspace::{CrateType, TargetKind};

use crate::event::{Event, Level};
use crate::options::MessageFormat;
use crate::session::Session;

/// Translates the events of one build.
pub(crate) struct Reporter<'a> {
    session: &'a Session<'a>,
    plan: &'a Plan,
    format: MessageFormat,
    /// Diagnostics that were shown: one that a test shares with its program is shown once.
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    rendered: HashSet<String>,
    /// Of the unit that is being told about, diagnostics that were shown before.
    duplicates: std::collections::HashMap<UnitId, usize>,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(session: &'a Session<'a>, plan: &'a Plan, format: MessageFormat) -> Self {
        Self { session, plan, format, shown: Mutex::default() }
    }

    /// Tells one event.
    pub(crate) fn tell(&self, event: &BuildEvent<'_>) {
        match event {
            BuildEvent::Started { unit, verb, first_of_package } if *first_of_package => {
                self.status(verb_text(*verb), self.package(*unit), Level::Normal);
            }
            BuildEvent::Dirty { unit, reason } => {
                self.status("Dirty", format!("{}: {reason}", self.package(*unit)), Level::Verbose);
            }
            BuildEvent::Fresh { unit, first_of_package } if *first_of_package => {
                self.status("Fresh", self.package(*unit), Level::Verbose);
            }
            BuildEvent::Running { process, .. } => {
                let line = if self.session.very_verbose {
                    process.command_line_with_env()
                } else {
                    process.command_line()
                };
                self.status("Running", format!("`{line}`"), Level::Verbose);
            }
            BuildEvent::Diagnostic { unit, diagnostic, line, .. } => self.diagnostic(*unit, diagnostic, line),
            BuildEvent::CompilerText { stream, line, .. } => self.compiler_text(*stream, line),
            BuildEvent::ScriptText { unit, line, .. } if self.session.very_verbose => {
                self.session.tell(Event::Line(format!("[{}] {line}", self.short_package(*unit))));
            }
            BuildEvent::ScriptWarning { unit, text, failed, .. }
                if *failed || self.unit(*unit).is_local || self.session.very_verbose =>
            {
                self.session.warn(format!("{}: {text}", self.short_package(*unit)));
            }
            BuildEvent::ScriptExecuted { unit, output, out_dir, .. } => {
                self.script_executed(*unit, output, out_dir);
            }
            BuildEvent::Problems { unit, errors, warnings, .. } => self.problems(*unit, *errors, *warnings),
            BuildEvent::Artifact(artifact) => self.artifact(artifact),
            BuildEvent::Failed { error, .. } => self.failed(error),
            BuildEvent::WaitingForOthers => {
                self.session.warn("build failed, waiting for other jobs to finish...");
            }
            BuildEvent::Progress { done, total, active } => self.progress(*done, *total, active),
            _ => {}
        }
    }

    /// Tells programs that it is over.
    pub(crate) fn finished(&self, success: bool) {
        if self.format.is_json() {
            self.machine(&MachineMessage::BuildFinished { success });
        }
    }

    fn unit(&self, id: UnitId) -> &'a Unit {
        self.plan.graph.unit(id)
    }

    fn package(&self, id: UnitId) -> String {
        self.unit(id).package.id().to_string()
    }

    fn short_package(&self, id: UnitId) -> String {
        let package = self.unit(id).package.id();
        format!("{}@{}", package.name(), package.version())
    }

    fn status(&self, verb: &'static str, message: String, level: Level) {
        self.session.tell(Event::Status { verb, message, level });
    }

    fn machine(&self, message: &MachineMessage<'_>) {
        self.session.tell(Event::Machine(message.to_line()));
    }

    /// Warnings of other people's packages are theirs: they are shown only when much is asked for.
    fn is_shown(&self, unit: &Unit, diagnostic: &Diagnostic) -> bool {
        unit.is_local || self.session.very_verbose || diagnostic.level == rustc_message::Level::Error
    }

    fn diagnostic(&self, id: UnitId, diagnostic: &Diagnostic, line: &str) {
        let unit = self.unit(id);
        if !self.is_shown(unit, diagnostic) {
            return;
        }
        match self.format {
            MessageFormat::Json { render_diagnostics: false, ansi, .. } => {
                let raw = if ansi { rustc_message::raw(line) } else { rustc_message::without_colors(line) };
                let Some(message) = raw else { return };
                self.machine(&MachineMessage::CompilerMessage {
                    package_id: &unit.package.id().to_spec().to_string(),
                    manifest_path: unit.package.manifest_path(),
                    target: target(unit),
                    message: &message,
                });
            }
            _ => {
                let mut shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if shown.rendered.insert(diagnostic.rendered.clone()) {
                    self.session.tell(Event::Diagnostic(diagnostic.rendered.clone()));
                } else {
                    *shown.duplicates.entry(id).or_default() += 1;
                }
            }
        }
    }

    fn compiler_text(&self, stream: TextStream, line: &str) {
        match (stream, self.format) {
            (TextStream::Out, MessageFormat::Json { .. }) => {
                self.session.tell(Event::Machine(line.to_owned()))
            }
            _ => self.session.tell(Event::Line(line.to_owned())),
        }
    }

    fn problems(&self, id: UnitId, errors: usize, warnings: usize) {
        let unit = self.unit(id);
        let machine = matches!(self.format, MessageFormat::Json { render_diagnostics: false, .. });
        // A failed unit says how many warnings there were in its error.
        if warnings == 0 || errors > 0 || machine || !(unit.is_local || self.session.very_verbose) {
            return;
        }
        let shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let duplicates = shown.duplicates.get(&id).copied().unwrap_or(0);
        let again = match duplicates {
            0 => String::new(),
            n if n == warnings => " (all of them shown above)".to_owned(),
            1 => " (1 shown above)".to_owned(),
            n => format!(" ({n} shown above)"),
        };
        let plural = if warnings == 1 { "" } else { "s" };
        self.session.warn(format!("{} generated {warnings} warning{plural}{again}", what(unit)));
    }

    fn failed(&self, error: &UnitError) {
        if error.is_interruption() {
            return;
        }
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            text.push_str("\n\nCaused by:\n  ");
            text.push_str(&inner.to_string().replace('\n', "\n  "));
            cause = inner.source();
        }
        self.session.tell(Event::Error(text));
    }

    fn progress(&self, done: usize, total: usize, active: &[UnitId]) {
        let names: Vec<String> = active.iter().map(|id| short(self.unit(*id))).collect();
        self.session.tell(Event::Progress { done, total, active: names.join(", ") });
    }

    fn script_executed(&self, id: UnitId, output: &ScriptOutput, out_dir: &std::path::Path) {
        if !self.format.is_json() {
            return;
        }
        self.machine(&MachineMessage::BuildScriptExecuted {
            package_id: &self.unit(id).package.id().to_spec().to_string(),
            linked_libs: &output.library_links,
            linked_paths: &output.library_paths,
            cfgs: &output.cfgs,
            env: &output.env,
            out_dir,
        });
    }

    fn artifact(&self, artifact: &Artifact) {
        let unit = self.unit(artifact.unit);
        if !self.format.is_json() || unit.mode.is_run_custom_build() {
            return;
        }
        let profile = &unit.profile;
        self.machine(&MachineMessage::CompilerArtifact {
            package_id: &unit.package.id().to_spec().to_string(),
            manifest_path: unit.package.manifest_path(),
            target: target(unit),
            profile: MessageProfile {
                opt_level: profile.opt_level.as_str(),
                debuginfo: profile.debuginfo.level().as_str(),
                debug_assertions: profile.debug_assertions,
                overflow_checks: profile.overflow_checks,
                test: unit.mode.is_any_test(),
            },
            features: unit.features.iter().map(|f| f.as_str()).collect(),
            filenames: artifact.files.iter().map(std::path::PathBuf::as_path).collect(),
            executable: artifact.executable.as_deref(),
            fresh: artifact.fresh,
        });
    }
}

fn verb_text(verb: Verb) -> &'static str {
    match verb {
        Verb::Compiling => "Compiling",
        Verb::Checking => "Checking",
        Verb::Documenting => "Documenting",
    }
}

/// `` `foo` (bin "foo" test) ``
fn what(unit: &Unit) -> String {
    let kind = unit.target.kind.description();
    let test = if unit.mode.is_rustc_test() && !matches!(kind, "test" | "bench") { " test" } else { "" };
    let doc = if unit.mode.is_doc() { " doc" } else { "" };
    match kind {
        "lib" | "build-script" => format!("`{}` ({kind}{test}{doc})", unit.package.name()),
        _ => format!("`{}` ({kind} \"{}\"{test}{doc})", unit.package.name(), unit.target.name),
    }
}

/// What progress calls a unit.
fn short(unit: &Unit) -> String {
    let name = unit.package.name();
    match unit.mode {
        CompileMode::RunCustomBuild => format!("{name}(build)"),
        CompileMode::Test | CompileMode::Check { test: true } => format!("{}(test)", unit.target.name),
        CompileMode::Doc => format!("{name}(doc)"),
        _ if unit.target.is_bin() && unit.target.name != name => format!("{}(bin)", unit.target.name),
        _ => name.to_string(),
    }
}

fn target(unit: &Unit) -> MessageTarget<'_> {
    let target = &unit.target;
    let required = &target.required_features;
    MessageTarget {
        kind: target.kind.kind_strs(),
        crate_types: crate_types(&target.kind),
        name: target.name.as_str(),
        src_path: &target.src_path,
        edition: target.edition.as_str(),
        required_features: (!required.is_empty()).then(|| required.iter().map(|f| f.as_str()).collect()),
        doc: target.documented,
        doctest: target.runs_doctests(),
        test: target.tested,
    }
}

fn crate_types(kind: &TargetKind) -> Vec<&str> {
    match kind {
        TargetKind::Lib(types) | TargetKind::ExampleLib(types) => {
            types.iter().map(CrateType::as_str).collect()
        }
        _ => vec!["bin"],
    }
}
