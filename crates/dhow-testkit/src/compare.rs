//! The same project through the real cargo and through Dhow, and what they made held side by side.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::diff::unified;
use crate::process::Output;
use crate::sandbox::Sandbox;

/// What to run and what to compare; filled in the closure that [`compare`] takes.
///
/// Commands run in the order in which they are named, each in both sandboxes; files are compared after the last.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    commands: Vec<Step>,
    files: Vec<Made>,
    same_home: bool,
    dhow_first: bool,
}

#[derive(Clone, Debug)]
struct Step {
    args: Vec<String>,
    stdout: Stdout,
}

#[derive(Clone, Copy, Debug)]
enum Stdout {
    Ignored,
    Text,
    Json,
}

#[derive(Clone, Debug)]
enum Made {
    File(PathBuf),
    Artifacts(PathBuf),
}

impl Comparison {
    fn step(mut self, args: &[&str], stdout: Stdout) -> Self {
        let args = args.iter().copied().map(String::from).collect();
        self.commands.push(Step { args, stdout });
        self
    }

    /// Runs a command; the exit codes must agree.
    pub fn command(self, args: &[&str]) -> Self {
        self.step(args, Stdout::Ignored)
    }

    /// Runs a command; exit codes and standard outputs must agree (paths of the sandboxes aside).
    pub fn stdout(self, args: &[&str]) -> Self {
        self.step(args, Stdout::Text)
    }

    /// `tree` with these arguments, as text.
    pub fn tree(self, args: &[&str]) -> Self {
        self.step(&[&["tree"], args].concat(), Stdout::Text)
    }

    /// `metadata`, as JSON.
    pub fn metadata(self) -> Self {
        self.metadata_with(&[])
    }

    /// `metadata` with more arguments (`--no-deps`, `--filter-platform ..`), as JSON.
    pub fn metadata_with(self, args: &[&str]) -> Self {
        let metadata = ["metadata", "--format-version", "1"];
        self.step(&[&metadata, args].concat(), Stdout::Json)
    }

    /// `Cargo.lock`, byte for byte; made with `generate-lockfile` when no command is named.
    pub fn lockfile(self) -> Self {
        self.file("Cargo.lock")
    }

    /// A file of the project, byte for byte but for the paths of the sandboxes.
    pub fn file(mut self, path: &str) -> Self {
        self.files.push(Made::File(path.into()));
        self
    }

    /// The names in a profile's directory (`target/debug`), its `deps` and its `examples`: hashes aside, `*` for what
    /// is executable.
    pub fn artifacts(mut self, dir: &str) -> Self {
        self.files.push(Made::Artifacts(dir.into()));
        self
    }

    /// Both use one home (each has its own unless told).
    pub fn same_home(mut self) -> Self {
        self.same_home = true;
        self
    }

    /// Dhow goes first, which matters in one home.
    pub fn dhow_first(mut self) -> Self {
        self.dhow_first = true;
        self
    }
}

/// Runs the project through both tools in copies of `project` and holds the results side by side.
///
/// ```no_run
/// # use dhow_testkit::{Sandbox, compare};
/// # let (project, dhow) = (Sandbox::new(), std::path::Path::new("dhow"));
/// compare(&project, dhow, |c| {
///     c.lockfile().metadata().tree(&["-e", "all"]).command(&["build"]).artifacts("target/debug")
/// });
/// ```
///
/// # Panics
/// When anything differs; the message has every difference.
#[track_caller]
pub fn compare(project: &Sandbox, dhow: impl AsRef<Path>, choose: impl FnOnce(Comparison) -> Comparison) {
    let found = differences(project, dhow, choose);
    assert!(found.is_empty(), "the two tools differ ({}):\n\n{}", found.len(), found.join("\n"));
}

/// The same as [`compare`], giving back the differences: one text for each, none when all is equal.
#[must_use]
pub fn differences(
    project: &Sandbox,
    dhow: impl AsRef<Path>,
    choose: impl FnOnce(Comparison) -> Comparison,
) -> Vec<String> {
    let mut comparison = choose(Comparison::default());
    if comparison.commands.is_empty() {
        comparison = comparison.command(&["generate-lockfile"]);
    }
    let theirs = project.copy();
    let ours = if comparison.same_home { theirs.copy_sharing_home() } else { project.copy() };
    let mut found = Vec::new();
    for step in &comparison.commands {
        let (cargo_output, dhow_output) = if comparison.dhow_first {
            let first = ours.dhow(&dhow, &step.args);
            (theirs.cargo(&step.args), first)
        } else {
            (theirs.cargo(&step.args), ours.dhow(&dhow, &step.args))
        };
        found.extend(step_difference(step, (&theirs, &cargo_output), (&ours, &dhow_output)));
    }
    for made in &comparison.files {
        found.extend(made_difference(made, &theirs, &ours));
    }
    found
}

fn step_difference(step: &Step, theirs: (&Sandbox, &Output), ours: (&Sandbox, &Output)) -> Option<String> {
    let (their_sandbox, their_output) = theirs;
    let (our_sandbox, our_output) = ours;
    let title = format!("`{}`", step.args.join(" "));
    if their_output.code != our_output.code || our_output.code.is_none() {
        return Some(format!("{title}: exit codes differ\n{their_output}\n\n{our_output}\n"));
    }
    let shown = |sandbox: &Sandbox, text: &str| match step.stdout {
        Stdout::Ignored => String::new(),
        Stdout::Text => sandbox.normalized(text),
        Stdout::Json => pretty_json(&sandbox.normalized(text)),
    };
    text_difference(
        &title,
        &shown(their_sandbox, &their_output.stdout),
        &shown(our_sandbox, &our_output.stdout),
    )
}

fn made_difference(made: &Made, theirs: &Sandbox, ours: &Sandbox) -> Option<String> {
    let (title, read): (_, fn(&Sandbox, &Path) -> Option<String>) = match made {
        Made::File(path) => (path, text_of),
        Made::Artifacts(path) => (path, artifacts_of),
    };
    let name = title.display().to_string();
    match (read(theirs, title), read(ours, title)) {
        (Some(theirs), Some(ours)) => text_difference(&name, &theirs, &ours),
        (None, Some(_)) => Some(format!("{name}: only Dhow made it\n")),
        (Some(_), None) => Some(format!("{name}: only cargo made it\n")),
        (None, None) => Some(format!("{name}: nobody made it, so nothing was compared\n")),
    }
}

fn text_difference(title: &str, theirs: &str, ours: &str) -> Option<String> {
    let diff = unified(("cargo", theirs), ("dhow", ours));
    (!diff.is_empty()).then(|| format!("{title} differs\n{diff}"))
}

fn text_of(sandbox: &Sandbox, path: &Path) -> Option<String> {
    let text = fs::read(sandbox.path(path)).ok()?;
    Some(sandbox.normalized(&String::from_utf8_lossy(&text)))
}

fn artifacts_of(sandbox: &Sandbox, dir: &Path) -> Option<String> {
    let mut names = names_in(&sandbox.path(dir), "")?;
    for sub in ["deps", "examples"] {
        names.extend(names_in(&sandbox.path(dir.join(sub)), &format!("{sub}/")).unwrap_or_default());
    }
    names.sort_unstable();
    Some(names.join("\n") + "\n")
}

fn names_in(dir: &Path, prefix: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).ok()? {
        let entry = entry.expect("an entry of the target directory");
        let name = without_hash(&entry.file_name().to_string_lossy());
        let metadata = entry.metadata().expect("a file of the target directory");
        // The compiler's leftovers of one codegen unit, whose names are chance; and what a tool remembers of compilers,
        // which is its own affair.
        if name.ends_with(".rcgu.o") || name == ".rustc_info.json" {
            continue;
        }
        let mark = match metadata.permissions().mode() & 0o111 {
            _ if metadata.is_dir() => "/",
            0 => "",
            _ => "*",
        };
        names.push(format!("{prefix}{name}{mark}"));
    }
    Some(names)
}

/// `libfoo-0123456789abcdef.rlib` as `libfoo-[HASH].rlib`.
fn without_hash(name: &str) -> String {
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    let dot = if name.contains('.') { "." } else { "" };
    match stem.rsplit_once('-') {
        Some((base, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            format!("{base}-[HASH]{dot}{extension}")
        }
        _ => name.to_owned(),
    }
}

/// JSON with its keys in order, over many lines; other text as it is.
fn pretty_json(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    value.sort_all_objects();
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_do_not_count() {
        for (name, expected) in [
            ("libfoo-0123456789abcdef.rlib", "libfoo-[HASH].rlib"),
            ("foo-bar-0123456789abcdef", "foo-bar-[HASH]"),
            ("foo-bar.d", "foo-bar.d"),
            (".cargo-lock", ".cargo-lock"),
        ] {
            assert_eq!(without_hash(name), expected);
        }
    }

    #[test]
    fn the_order_of_keys_does_not_count() {
        assert_eq!(pretty_json("{\"b\":[1],\"a\":2}"), pretty_json("{\"a\":2,\"b\":[1]}"));
        assert_ne!(pretty_json("[1,2]"), pretty_json("[2,1]"));
    }
}
