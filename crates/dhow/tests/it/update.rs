//! `update`, and what every command tells of changes to `Cargo.lock`: beside the real cargo.

mod git;
mod random;

use dhow_testkit::{Output, Registry, Sandbox};

use crate::support::{Fixture, cargo_ok, dhow, fixture, ok, run};

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
        if !their_output.success() {
            // How much each has learnt of the index before it failed is its own affair, and shows in what comes next.
            break;
        }
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

fn fill(r: &Registry) {
    r.versions("leaf", &["1.0.0", "1.0.1", "1.1.0", "2.0.0"]);
    r.package("leaf", "1.2.0").yanked(true).publish();
    r.versions("leaf", &["1.3.0-beta.1"]);
    r.package("mid", "1.0.0").dep("leaf", "1").publish();
    r.package("far", "1.0.0").dep("leaf", "=1.0.0").publish();
}

/// A lock with `leaf` 1.1.0, below `mid` and by itself.
fn locked() -> Fixture {
    let f = fixture(fill, "[dependencies]\nmid = \"1\"\nleaf = \"1\"\n");
    cargo_ok(&f.project, "generate-lockfile");
    f
}

#[track_caller]
fn agree(f: &Fixture, words: &str) {
    let commands = vec![words.split_whitespace().map(String::from).collect()];
    compare_steps(&f.project, &Steps { title: String::new(), commands, alt_url: "none".to_owned() });
}

#[test]
fn precisely_one_version() {
    let f = locked();
    for words in [
        "update leaf --precise 1.0.1",
        "update leaf --precise 1.1.0",
        "update mid --precise 1.0.0",
        // Yanked: allowed, with a warning.
        "update leaf --precise 1.2.0",
        // Not what is required, or not there.
        "update leaf --precise 2.0.0",
        "update leaf --precise 1.3.0-beta.1",
        "update leaf --precise 9.0.0",
        "update leaf --precise v1.0.1",
        "update leaf --precise 1.0",
        // Members have no other version.
        "update app --precise 0.2.0",
        "update --precise 1.0.1",
        "update leaf --precise 1.0.1 --recursive",
        "update leaf mid --precise 1.0.0",
        "update -p leaf --precise 1.0.1",
        "update leaf -p mid",
        "update leaf --precise 1.0.1 --locked",
        "update leaf --precise 1.0.1 --locked --dry-run",
    ] {
        agree(&f, words);
    }
    f.project.remove("Cargo.lock");
    agree(&f, "update leaf --precise 1.0.1");
}

#[test]
fn what_a_version_stands_in_the_way_of_is_told() {
    let f = locked();
    run(&f.project, "update leaf --precise 2.0.0").assert_code(101).assert_stderr_has("2.0.0");
    run(&f.project, "update leaf --precise v1.0.1").assert_code(101).assert_stderr_has("--precise 1.0.1");
}

#[test]
fn other_ways_to_say_it() {
    let f = locked();
    f.registry.versions("leaf", &["1.4.0"]);
    for words in [
        "update leaf --aggressive",
        "update mid --aggressive",
        "update mid",
        "update -w",
        "update --workspace leaf",
        "update -n",
        "update -v",
        "update -vv",
        "update -q",
        "update --breaking",
        "update +nightly",
        "update -p",
        "update leaf@1.1.0",
        "update leaf@1",
        "update leaf@3",
        "update registry+https://github.com/rust-lang/crates.io-index#leaf@1.1.0",
        "update --offline",
        "update --frozen",
    ] {
        agree(&f, words);
    }
}

#[test]
fn packages_that_are_not_there_or_are_several() {
    let f = fixture(
        |r| {
            fill(r);
            r.package("new", "1.0.0").dep("leaf", "2").publish();
        },
        "[dependencies]\nmid = \"1\"\nnew = \"1\"\n",
    );
    ok(&f.project, "generate-lockfile");
    let before = f.project.read("Cargo.lock");
    run(&f.project, "update leef").assert_code(101).assert_stderr_has("did you mean `leaf`?");
    let output = run(&f.project, "update leaf").assert_code(101);
    assert!(output.stderr.contains("leaf@1.1.0") && output.stderr.contains("leaf@2.0.0"), "{output}");
    run(&f.project, "update +stable").assert_code(101).assert_stderr_has("dhow +stable update");
    run(&f.project, "update -p").assert_code(101).assert_stderr_has("app");
    assert_eq!(f.project.read("Cargo.lock"), before);
    for words in ["update leef", "update leaf", "update leaf@2"] {
        agree(&f, words);
    }
}

/// Other commands tell in the same words what they did to the lock file.
#[test]
fn every_command_tells_what_it_changed() {
    let f = locked();
    f.registry.versions("leaf", &["1.5.0"]);
    f.project.manifest(
        "app",
        "[dependencies]\nmid = \"1\"\nleaf = \"1.0.1\"\nfar = \"1\"\nlate = { path = \"late\" }\n",
    );
    f.project
        .file("late/Cargo.toml", "[package]\nname = \"late\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    f.project.file("late/src/lib.rs", "");
    for words in ["fetch", "metadata --format-version 1", "tree", "check", "generate-lockfile", "update -w"] {
        agree(&f, words);
    }
    f.project.manifest("app", "[dependencies]\nmid = \"1\"\nlate = { path = \"late\" }\n");
    for words in ["fetch", "tree", "generate-lockfile", "update -w", "update"] {
        agree(&f, words);
    }
}

/// A dry run writes nothing, also where there is no lock file yet. Stricter than the real cargo, which writes one then.
#[test]
fn a_dry_run_writes_nothing() {
    let f = locked();
    f.project.remove("Cargo.lock");
    ok(&f.project, "update --dry-run").assert_stderr_has("dry run");
    assert!(!f.project.exists("Cargo.lock"));
}
