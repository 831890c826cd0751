//! What is run, how often, and which ends of it are right.

use crate::Random;
use crate::process::Output;

/// Who runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Dhow,
    Cargo,
}

/// The program that is installed and removed again.
pub(super) const PROGRAM: &str = "tool";

/// Commands of both tools, and how often they are chosen.
const COMMANDS: &[(&str, u64)] = &[
    ("fetch", 14),
    ("build", 6),
    ("check", 4),
    ("metadata --format-version=1", 4),
    ("tree", 4),
    ("update", 4),
    ("generate-lockfile", 2),
    ("add --dry-run p3", 2),
    ("clean", 2),
    ("install --force tool", 1),
    ("uninstall tool", 1),
];

/// Commands of Dhow alone.
const OURS: &[(&str, u64)] =
    &[("home verify", 2), ("home stat", 2), ("home gc --max-src-age=0seconds --max-git-co-age=0seconds", 2)];

pub(super) type Words = Vec<&'static str>;

pub(super) fn choose(tool: Tool, random: &mut Random) -> Words {
    let ours = if tool == Tool::Dhow { OURS } else { &[] };
    let all = || COMMANDS.iter().chain(ours);
    let mut at = random.below(all().map(|(_, weight)| weight).sum());
    let chosen = all().find(|(_, weight)| {
        let found = at < *weight;
        at = at.saturating_sub(*weight);
        found
    });
    chosen.map(|(words, _)| words.split(' ').collect()).unwrap_or_default()
}

/// What a real cargo leaves for a while, or when it is killed: it writes into the place itself.
const LEFT_BY_CARGO: &[&str] = &[
    "is not complete: it has no",
    "is a damaged copy of an index file",
    "is not a registry's `config.json`",
    "is a damaged repository",
    "has no commit: its repository is damaged",
    ".crate: ",
];

/// How Cargo and Dhow say that there is nothing to remove.
const NOT_INSTALLED: &[&str] = &["did not match any packages", "`tool` is not installed"];

/// Whether a command that nobody killed ended as it should. `mixed`: real cargos use the home as well.
pub(super) fn is_right(words: &[&str], output: &Output, mixed: bool) -> bool {
    match words {
        ["home", "verify"] => output.success() || (output.code == Some(101) && left_by_killed(output, mixed)),
        // It may not be there, or not yet, or no more.
        ["uninstall", _] => output.success() || NOT_INSTALLED.iter().any(|it| output.stderr.contains(it)),
        _ => output.success(),
    }
}

/// Whether all that is wrong with the home comes from killed commands.
pub(super) fn left_by_killed(output: &Output, mixed: bool) -> bool {
    let known = |line: &str| {
        line.ends_with("was left half-made by a process that was killed")
            || (mixed && LEFT_BY_CARGO.iter().any(|what| line.contains(what)))
    };
    !output.stdout.is_empty() && output.stdout.lines().all(known)
}

/// A collection removes sources that nobody holds a lock on. Cargo takes the lock when it starts to compile, after it has
/// looked whether the sources are there, so one that is in between does not find them; it does when it is run again.
pub(super) fn is_run_again(tool: Tool, words: &[&str], round: &[&Words]) -> bool {
    let collects = |words: &&Words| words.starts_with(&["home", "gc"]);
    tool == Tool::Cargo && matches!(words[0], "build" | "check" | "install") && round.iter().any(collects)
}
