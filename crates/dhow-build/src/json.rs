//! Events as the lines that `--message-format json` prints.

use std::path::Path;

use dhow_formats::machine_message::{MachineMessage, MessageProfile, MessageTarget};
use dhow_formats::rustc_message;
use dhow_plan::{Plan, Unit};

use crate::event::Event;

/// How diagnostics stand in the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonDiagnostics {
    /// `json`, `json-diagnostic-short`: their rendering has no colours.
    Plain,
    /// `json-diagnostic-rendered-ansi`: as the compiler wrote them.
    Ansi,
    /// `json-render-diagnostics`: not at all, they are shown to people instead.
    Rendered,
}

/// The line for an event, without its end; `None` if there is none.
pub fn json_line(plan: &Plan, event: &Event<'_>, diagnostics: JsonDiagnostics) -> Option<String> {
    match event {
        Event::Diagnostic { unit, line, .. } => {
            let message = match diagnostics {
                JsonDiagnostics::Plain => rustc_message::without_colors(line)?,
                JsonDiagnostics::Ansi => rustc_message::raw(line)?,
                JsonDiagnostics::Rendered => return None,
            };
            let unit = plan.graph.unit(*unit);
            let message = MachineMessage::CompilerMessage {
                package_id: &package_id(unit),
                manifest_path: unit.package.manifest_path(),
                target: target(unit),
                message: &message,
            };
            Some(message.to_line())
        }
        Event::Artifact(artifact) => {
            let unit = plan.graph.unit(artifact.unit);
            let message = MachineMessage::CompilerArtifact {
                package_id: &package_id(unit),
                manifest_path: unit.package.manifest_path(),
                target: target(unit),
                profile: profile(unit),
                features: unit.features.iter().map(|feature| feature.as_str()).collect(),
                filenames: artifact.files.iter().map(|file| file.as_path()).collect(),
                executable: artifact.executable.as_deref(),
                fresh: artifact.fresh,
            };
            Some(message.to_line())
        }
        Event::ScriptExecuted { unit, output, out_dir, .. } => {
            let message = MachineMessage::BuildScriptExecuted {
                package_id: &package_id(plan.graph.unit(*unit)),
                linked_libs: &output.library_links,
                linked_paths: &output.library_paths,
                cfgs: &output.cfgs,
                env: &output.env,
                out_dir,
            };
            Some(message.to_line())
        }
        _ => None,
    }
}

/// The last line of a build.
pub fn json_finished(success: bool) -> String {
    MachineMessage::BuildFinished { success }.to_line()
}

fn package_id(unit: &Unit) -> String {
    unit.package.id().to_spec().to_string()
}

fn target(unit: &Unit) -> MessageTarget<'_> {
    let target = &unit.target;
    let required = &target.required_features;
    let src_path: &Path = &target.src_path;
    MessageTarget {
        kind: target.kind_strs(),
        crate_types: target.crate_type_strs(),
        name: target.name.as_str(),
        src_path,
        edition: target.edition.as_str(),
        required_features: (!required.is_empty())
            .then(|| required.iter().map(|name| name.as_str()).collect()),
        doc: target.documented,
        doctest: target.runs_doctests(),
        test: target.tested,
    }
}

fn profile(unit: &Unit) -> MessageProfile<'_> {
    let profile = &unit.profile;
    MessageProfile {
        opt_level: profile.opt_level.as_str(),
        debuginfo: profile.debuginfo.level().as_str(),
        debug_assertions: profile.debug_assertions,
        overflow_checks: profile.overflow_checks,
        test: unit.mode.is_any_test(),
    }
}
