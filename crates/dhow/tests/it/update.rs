//! `update`, and what every command tells of changes to `Cargo.lock`: beside the real cargo.

mod random;

use dhow_testkit::{Output, Sandbox};

use crate::support::dhow;

/// Commands to be run one after another by both tools, each in a copy of the project.
struct Steps {
    title: String,
    commands: Vec<Vec<String>>,
    /// The URL of the registry `alt`: cargo shows that if a package of another registry named it first.
    alt_url: String,
}

/// Exit codes, lock files and what is told of changes must be the same after each command. Whether the lock file was
/// changed by any.
#[track_caller]
fn compare_steps(project: &Sandbox, steps: &Steps) -> bool {
    let (theirs, ours) = (project.copy(), project.copy());
    let mut changed = false;
    for words in &steps.commands {
        let lock = |sandbox: &Sandbox| sandbox.exists("Cargo.lock").then(|| sandbox.read("Cargo.lock"));
        let before = lock(&ours);
        let their_output = theirs.cargo(words);
        let our_output = ours.dhow(dhow(), words);
        let what = || format!("{}: {}\n{their_output}\n\n{our_output}\n", steps.title, words.join(" "));
        assert_eq!(their_output.code, our_output.code, "exit codes differ: {}", what());
        let (their_lock, our_lock) = (lock(&theirs), lock(&ours));
        assert!(
            their_lock == our_lock,
            "lock files differ: {}\ncargo's:\n{}\nours:\n{}",
            what(),
            their_lock.as_deref().unwrap_or("none"),
            our_lock.as_deref().unwrap_or("none")
        );
        changed |= our_lock != before;
        if their_output.success() {
            let ((our_indexes, said), (their_indexes, expected)) =
                (told(&ours, &our_output, steps), told(&theirs, &their_output, steps));
            // Cargo's search may look at more on its way than is needed in the end.
            let indexes_agree = our_indexes.iter().all(|line| their_indexes.contains(line));
            assert!(
                said == expected && indexes_agree && our_indexes.is_empty() == their_indexes.is_empty(),
                "told differently: {}\ncargo:\n{}\ndhow:\n{}",
                what(),
                expected.join("\n"),
                said.join("\n")
            );
        }
    }
    changed
}

/// The lines about indexes, and those about the lock file, without the name of the program.
fn told(sandbox: &Sandbox, output: &Output, steps: &Steps) -> (Vec<String>, Vec<String>) {
    const VERBS: [&str; 6] = ["Updating", "Locking", "Adding", "Removing", "Downgrading", "Unchanged"];
    let is_told = |line: &&str| {
        let verb = line.split_whitespace().next().unwrap_or_default();
        VERBS.contains(&verb) || line.starts_with("note: ") || line.starts_with("warning: ")
    };
    let text = sandbox.normalized(&output.stderr);
    let text = text.replace("`cargo tree", "`dhow tree").replace(&steps.alt_url, "alt");
    let lines = text.lines().filter(is_told).map(String::from);
    lines.partition(|line| line.ends_with(" index"))
}
