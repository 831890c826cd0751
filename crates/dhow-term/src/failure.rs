//! Errors and warnings for a person: a manifest shows the line that is meant, all else says what led to it.

use std::error::Error as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use dhow_ops::{Error, Location, ManifestWarning};

use crate::terminal::Terminal;

/// Prints an error with everything that led to it.
pub fn report_error(terminal: &Terminal, error: &Error) {
    // Each unit that failed was told when it did.
    if matches!(error, Error::Build(build) if build.was_told()) {
        return;
    }
    if let Error::Workspace(manifest) = error
        && let Some(location) = manifest.location()
        && let Some(text) =
            snippet(Level::ERROR, manifest.problem().to_string().trim_end(), location, manifest.help())
    {
        terminal.line(text);
        return;
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    let mut last = text.clone();
    while let Some(inner) = cause {
        let message = inner.to_string();
        // Some errors quote their cause already: once is enough.
        if !last.contains(&message) {
            text.push_str("\n\nCaused by:\n");
            text.push_str(&indented(&message));
        }
        last = message;
        cause = inner.source();
    }
    if let Error::Workspace(manifest) = error
        && let Some(help) = manifest.help()
    {
        text.push_str("\n\nhelp: ");
        text.push_str(&help);
    }
    terminal.error(text);
}

/// Prints a warning about a manifest.
pub(crate) fn manifest_warning(terminal: &Terminal, warning: &ManifestWarning) {
    if terminal.verbosity() == crate::Verbosity::Quiet {
        return;
    }
    match snippet(Level::WARNING, &warning.message, &warning.location, None) {
        Some(text) => terminal.line(text),
        None => terminal.warn(format_args!("{}: {}", warning.location, warning.message)),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The message over the line of the file that it is about; nothing if the line is not known.
fn snippet(level: Level<'_>, message: &str, location: &Location, help: Option<String>) -> Option<String> {
    let source = location.text.as_deref()?;
    let span = location.span.clone()?;
    let path = location.path.display().to_string();
    let shown = Snippet::source(source).path(&path).annotation(AnnotationKind::Primary.span(span));
    let mut groups: Vec<Group<'_>> = vec![level.primary_title(message).element(shown)];
    if let Some(help) = &help {
        groups.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
    }
    Some(Renderer::styled().render(&groups).to_string())
}
