//! What a build tells, in words and in JSON: units become packages and targets again.

use std::collections::HashSet;
use std::sync::Mutex;

use dhow_build::{
    Event as BuildEvent, JsonDiagnostics, TextStream, UnitError, Verb, json_finished, json_line,
};
use dhow_formats::rustc_message::{self, Diagnostic};
use dhow_plan::{CompileMode, Plan, Unit, UnitId};

use crate::event::{Event, Level};
use crate::options::MessageFormat;
use crate::session::Session;

/// Translates the events of one build.
pub(crate) struct Reporter<'a> {
    session: &'a Session<'a>,
    plan: &'a Plan,
    /// Whether programs listen, and what they are told of diagnostics.
    json: Option<JsonDiagnostics>,
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
        let json = match format {
            MessageFormat::Human | MessageFormat::Short => None,
            MessageFormat::Json { render_diagnostics: true, .. } => Some(JsonDiagnostics::Rendered),
            MessageFormat::Json { ansi: true, .. } => Some(JsonDiagnostics::Ansi),
            MessageFormat::Json { .. } => Some(JsonDiagnostics::Plain),
        };
        Self { session, plan, json, shown: Mutex::default() }
    }

    /// Tells one event: to programs, if they listen, and to people.
    pub(crate) fn tell(&self, event: &BuildEvent<'_>) {
        if let Some(diagnostics) = self.json
            && self.is_for_programs(event)
            && let Some(line) = json_line(self.plan, event, diagnostics)
        {
            self.session.tell(Event::Machine(line));
        }
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
            BuildEvent::Diagnostic { unit, diagnostic, .. } => self.diagnostic(*unit, diagnostic),
            BuildEvent::CompilerText { stream, line, .. } => self.compiler_text(*stream, line),
            BuildEvent::ScriptText { unit, line, .. } if self.session.very_verbose => {
                self.session.tell(Event::Line(format!("[{}] {line}", self.short_package(*unit))));
            }
            BuildEvent::ScriptWarning { unit, text, failed, .. }
                if *failed || self.unit(*unit).is_local || self.session.very_verbose =>
            {
                self.session.warn(format!("{}: {text}", self.short_package(*unit)));
            }
            BuildEvent::Problems { unit, errors, warnings, .. } => self.problems(*unit, *errors, *warnings),
            BuildEvent::Failed { error, .. } => self.failed(error),
            BuildEvent::WaitingForOthers => {
                self.session.warn("build failed, waiting for other jobs to finish...");
            }
            BuildEvent::Progress { done, total, active } => self.progress(*done, *total, active),
            _ => {}
        }
    }

    /// Tells that it is over.
    pub(crate) fn finished(&self, success: bool) {
        self.session.tell(Event::ProgressEnds);
        if self.json.is_some() {
            self.session.tell(Event::Machine(json_finished(success)));
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

    /// Programs are not told of warnings that people are not shown.
    fn is_for_programs(&self, event: &BuildEvent<'_>) -> bool {
        match event {
            BuildEvent::Diagnostic { unit, diagnostic, .. } => self.is_shown(self.unit(*unit), diagnostic),
            _ => true,
        }
    }

    /// Warnings of other people's packages are theirs: they are shown only when much is asked for.
    fn is_shown(&self, unit: &Unit, diagnostic: &Diagnostic) -> bool {
        unit.is_local || self.session.very_verbose || diagnostic.level == rustc_message::Level::Error
    }

    fn diagnostic(&self, id: UnitId, diagnostic: &Diagnostic) {
        if !self.is_shown(self.unit(id), diagnostic) || self.programs_render() {
            return;
        }
        let mut shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if shown.rendered.insert(diagnostic.rendered.clone()) {
            self.session.tell(Event::Diagnostic(diagnostic.rendered.clone()));
        } else {
            *shown.duplicates.entry(id).or_default() += 1;
        }
    }

    /// Whether diagnostics go to programs only.
    fn programs_render(&self) -> bool {
        self.json.is_some_and(|diagnostics| diagnostics != JsonDiagnostics::Rendered)
    }

    fn compiler_text(&self, stream: TextStream, line: &str) {
        match (stream, self.json) {
            (TextStream::Out, Some(_)) => self.session.tell(Event::Machine(line.to_owned())),
            _ => self.session.tell(Event::Line(line.to_owned())),
        }
    }

    fn problems(&self, id: UnitId, errors: usize, warnings: usize) {
        let unit = self.unit(id);
        // A failed unit says how many warnings there were in its error.
        if warnings == 0
            || errors > 0
            || self.programs_render()
            || !(unit.is_local || self.session.very_verbose)
        {
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
