//! What operations tell, as lines, as progress, or as JSON on standard output.

use std::path::Path;
use std::sync::atomic::Ordering;

use dhow_ops::{ChangeKind, Event, FetchEvent as Fetch, Level, LockChange, LockRemark};

use crate::failure::{manifest_warning, report_error};
use crate::terminal::{Terminal, Tone, Verbosity};

/// More features are counted, not listed.
const MAX_FEATURES: usize = 30;

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
            Event::LocksUnsupported(path) => self.no_locks(path),
            Event::Warning(message) => self.warn(message),
            Event::Note(message) => self.note(message),
            Event::Remark(message) if self.verbosity() >= Verbosity::Verbose => self.warn(message),
            Event::LockChange(change) => self.lock_change(change),
            Event::Error(message) => self.error(message),
            Event::Failure(error) => report_error(self, error),
            Event::ManifestWarning(warning) => manifest_warning(self, warning),
            Event::Fetch(event) => self.fetch_event(event),
            Event::Features { version, on, off } if self.verbosity() > Verbosity::Quiet => {
                self.features(version.as_deref(), on, off);
            }
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

    fn lock_change(&self, change: &LockChange) {
        let LockChange { kind, package, remark } = change;
        let style = match kind {
            ChangeKind::Added => Tone::Note,
            ChangeKind::Upgraded => Tone::Good,
            ChangeKind::Downgraded => Tone::Warn,
            ChangeKind::Removed => Tone::Bad,
            ChangeKind::Unchanged => Tone::Plain,
        };
        let (tone, text) = match remark {
            None => (Tone::Plain, String::new()),
            Some(LockRemark::RequiresRust(rust)) => (Tone::Bad, format!("requires Rust {rust}")),
            Some(LockRemark::Available { version, requires, in_reach }) => {
                let tone = if *in_reach { Tone::Warn } else { Tone::Plain };
                let requires = requires.as_ref().map(|rust| format!(", requires Rust {rust}"));
                (tone, format!("available: v{version}{}", requires.unwrap_or_default()))
            }
        };
        match text.is_empty() {
            true => self.status_in(style, kind.verb(), package),
            false => self.status_in(
                style,
                kind.verb(),
                format_args!("{package} {}", tone.on(&format!("({text})"))),
            ),
        }
    }

    /// Said once: what is meant is the file system, and each of its files would say the same.
    fn no_locks(&self, path: &Path) {
        if !self.told_no_locks.swap(true, Ordering::Relaxed) {
            self.warn(format_args!(
                "the file system of `{}` has no locks: do not run another command on it at the same time",
                path.display()
            ));
        }
    }

    /// The features of a dependency that was added; where there are many, how many.
    fn features(&self, version: Option<&str>, on: &[String], off: &[String]) {
        let indent = " ".repeat(13);
        let version = version.map(|version| format!(" as of v{version}")).unwrap_or_default();
        self.line(format_args!("{indent}Features{version}:"));
        if on.len() <= MAX_FEATURES {
            on.iter().for_each(|name| self.feature('+', true, name));
        } else {
            self.line(format_args!("{indent}{} activated features", on.len()));
        }
        if on.len() + off.len() <= MAX_FEATURES {
            off.iter().for_each(|name| self.feature('-', false, name));
        } else {
            self.line(format_args!("{indent}{} deactivated features", off.len()));
        }
    }

    fn fetch_event(&self, event: &Fetch) {
        match event {
            Fetch::Blocking { what, .. } => {
                self.status_note("Blocking", format_args!("waiting for file lock on {what}"))
            }
            Fetch::LocksUnsupported { path } => self.no_locks(path),
            Fetch::Updating { registry, .. } => match registry.as_str() {
                "crates-io" => self.status("Updating", "crates.io index"),
                name => self.status("Updating", format_args!("`{name}` index")),
            },
            Fetch::UpdatingGit { url, is_submodule } => {
                let what = if *is_submodule { "submodule" } else { "repository" };
                self.status("Updating", format_args!("git {what} `{url}`"));
            }
            Fetch::SkippingSubmodule { url } => self.status(
                "Skipping",
                format_args!("git submodule `{url}` due to update strategy in .gitmodules"),
            ),
            Fetch::Credential(what) => self.verbose_status("Credential", what),
            Fetch::Warning(message) => self.warn(message),
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
