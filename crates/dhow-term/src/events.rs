//! What operations tell, as lines, as progress, or as JSON on standard output.

use dhow_ops::{Event, FetchEvent as Fetch, Level};

use crate::failure::manifest_warning;
use crate::terminal::{Terminal, Verbosity};

impl Terminal {
    /// Shows an event.
    pub fn event(&self, event: &Event) {
        match event {
            Event::Status { verb, message, level } if self.verbosity() >= verbosity(*level) => {
                self.status(verb, message);
            }
            Event::Blocking(what) => {
                self.status_note("Blocking", format_args!("waiting for file lock on {what}"));
            }
            Event::Warning(message) => self.warn(message),
            Event::Remark(message) if self.verbosity() >= Verbosity::Verbose => self.warn(message),
            Event::Error(message) => self.error(message),
            Event::ManifestWarning(warning) => manifest_warning(self, warning),
            Event::Fetch(event) => self.fetch_event(event),
            Event::Diagnostic(rendered) => self.diagnostic(rendered),
            Event::Line(line) => self.line(line),
            // Who closed standard output does not want to read it.
            Event::Machine(line) => drop(self.print(format_args!("{line}\n"))),
            Event::ProgressEnds => self.clear_progress(),
            Event::Progress { done, total, active } => {
                self.progress("Building", *done, *total, active.clone())
            }
            _ => {}
        }
    }

    fn fetch_event(&self, event: &Fetch) {
        match event {
            Fetch::Blocking { what, .. } => {
                self.status_note("Blocking", format_args!("waiting for file lock on {what}"))
            }
            Fetch::LocksUnsupported { path } => self.warn(format_args!(
                "the file system of `{}` has no locks: do not run another command on it at the same time",
                path.display()
            )),
            Fetch::Updating { registry, .. } => match registry.as_str() {
                "crates-io" => self.status("Updating", "crates.io index"),
                name => self.status("Updating", format_args!("`{name}` index")),
            },
            Fetch::IndexProgress { done, total } => self.progress("Updating", *done, *total, String::new()),
            Fetch::DownloadStarted { packages } => {
                self.status("Downloading", "crates ...");
                self.begin_downloads(*packages);
            }
            Fetch::DownloadFinished { .. } => self.clear_progress(),
            Fetch::Downloaded { id, registry, .. } => {
                self.count_download(id.name().as_str());
                let from = registry.as_ref().map(|r| format!(" (registry `{r}`)")).unwrap_or_default();
                self.status("Downloaded", format_args!("{} v{}{from}", id.name(), id.version()));
            }
            Fetch::Retrying { url, reason, tries_left } => {
                self.warn(format_args!("`{url}`: {reason}; trying again ({tries_left} more tries)"))
            }
            _ => {}
        }
    }
}

/// From which verbosity on a level is shown.
fn verbosity(level: Level) -> Verbosity {
    match level {
        Level::Normal => Verbosity::Normal,
        Level::Verbose => Verbosity::Verbose,
        Level::VeryVerbose => Verbosity::VeryVerbose,
    }
}
