//! What every file owes its reader: a header, a length for one sitting, no traces of somebody's machine.

use super::manifests::Member;
use super::problem::Problem;
use super::repo::Repo;

/// The longest a source file may be, in lines.
const LONGEST: usize = 500;

/// Beginnings of paths that exist on one machine only. In pieces, or this file would be a case of it.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];

/// Files that must be there, for anyone who clones.
const REQUIRED: [&str; 9] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "examples/async_example/Cargo.lock",
    "examples/async_example/.cargo/config.toml",
];

/// Checks every file by itself, and the set of them.
pub(crate) fn check(repo: &Repo, members: &[Member]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in repo.rust_files() {
        problems.extend(check_header(path, text));
        problems.extend(check_length(path, text));
    }
    for (path, text) in repo.files() {
        problems.extend(check_machine_paths(path, text));
    }
    problems.extend(check_required(repo));
    for member in members {
        problems.extend(check_tests_layout(repo, member));
        problems.extend(check_lints(member));
    }
    problems
}

fn check_header(path: &str, text: &str) -> Option<Problem> {
    (!text.starts_with("//! ")).then(|| Problem::at(path, 1, "should open with `//!`: what it does"))
}

fn check_length(path: &str, text: &str) -> Option<Problem> {
    let is_source = path.contains("/src/") && !path.ends_with("/tests.rs");
    let lines = text.lines().count();
    (is_source && lines > LONGEST)
        .then(|| Problem::in_file(path, format!("has {lines} lines; {LONGEST} are the most")))
}

fn check_machine_paths(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for machine_path in MACHINE_PATHS {
            let begins_one = line.match_indices(machine_path).any(|(at, _)| {
                // `a/home/b` is no such path: it must begin here.
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_-.}>)*~".contains(c))
            });
            if begins_one {
                let message = format!("`{machine_path}` is a path of one machine");
                problems.push(Problem::at(path, index + 1, message));
            }
        }
    }
    problems
}

fn check_required(repo: &Repo) -> Vec<Problem> {
    let missing = REQUIRED.iter().filter(|path| repo.get(path).is_none());
    let mut problems: Vec<_> = missing.map(|path| Problem::in_file(path, "is missing")).collect();
    for (path, text) in repo.files().filter(|(path, _)| path.ends_with(".gitignore")) {
        if let Some(index) = text.lines().position(|line| line.trim().ends_with("Cargo.lock")) {
            problems.push(Problem::at(path, index + 1, "Cargo.lock belongs to what is committed"));
        }
    }
    problems
}

/// Linking is what costs: one binary of integration tests per crate.
fn check_tests_layout(repo: &Repo, member: &Member) -> Vec<Problem> {
    let prefix = format!("{}/tests/", member.directory);
    let mut problems = Vec::new();
    let mut has_tests = false;
    for (path, _) in repo.rust_files() {
        let Some(inside) = path.strip_prefix(&prefix) else {
            continue;
        };
        has_tests = true;
        if !inside.contains('/') {
            problems.push(Problem::in_file(path, "belongs into tests/it/: one binary per crate"));
        }
    }
    let discovered = member.manifest.get("package").and_then(|package| package.get("autotests"));
    if has_tests && discovered.and_then(toml::Value::as_bool) != Some(false) {
        let message = "has tests/ and should say `autotests = false`";
        problems.push(Problem::in_file(&member.manifest_path(), message));
    }
    problems
}

fn check_lints(member: &Member) -> Option<Problem> {
    let lints = member.manifest.get("lints").and_then(|lints| lints.get("workspace"));
    (lints.and_then(toml::Value::as_bool) != Some(true))
        .then(|| Problem::in_file(&member.manifest_path(), "should take its lints from the workspace"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::manifests::members;
    use crate::tidy::problem::expect;

    #[test]
    fn a_file_without_a_header_fails() {
        assert_eq!(check_header("a.rs", "//! Says what.\n"), None);
        assert!(check_header("a.rs", "\n//! Says what.\n").is_some());
        assert!(check_header("a.rs", "use a::b;\n").is_some());
        assert!(check_header("a.rs", "").is_some());
    }

    #[test]
    fn a_long_source_fails_and_a_long_test_passes() {
        let (longest, too_long) = ("x\n".repeat(LONGEST), "x\n".repeat(LONGEST + 1));
        assert_eq!(check_length("crates/a/src/b.rs", &longest), None);
        assert!(check_length("crates/a/src/b.rs", &too_long).is_some());
        assert_eq!(check_length("crates/a/tests/it/b.rs", &too_long), None);
    }

    #[test]
    fn a_machine_path_fails_where_it_begins() {
        let check = |line: &str, count: usize| {
            assert_eq!(check_machine_paths("a", line).len(), count, "{line}");
        };
        check(concat!("see /ho", "me/me/x"), 1);
        check(concat!("\"/ro", "ot/x\" and /wo", "rk/y"), 2);
        check(concat!("file:///Us", "ers/x"), 1);
        check("crates/home/x and $CARGO_HOME/work/x and a/root/b", 0);
        check(concat!("crates/dhow-fs/ho", "me/x {dir}/ho", "me/x ~/wo", "rk/x"), 0);
    }

    #[test]
    fn what_a_clone_needs_must_be_there() {
        let repo = Repo::from([("README.md", ""), (".gitignore", "/target\nCargo.lock\n")]);
        let problems = check_required(&repo);
        assert_eq!(problems.len(), REQUIRED.len());
        assert!(problems.iter().any(|problem| problem.to_string().starts_with(".gitignore:2")));
    }

    #[test]
    fn tests_are_one_binary_and_lints_are_shared() {
        let good = "[package]\nname = 'a'\nautotests = false\n[lints]\nworkspace = true";
        let bad = "[package]\nname = 'b'";
        let repo = Repo::from([
            ("crates/a/Cargo.toml", good),
            ("crates/a/tests/it/main.rs", ""),
            ("crates/b/Cargo.toml", bad),
            ("crates/b/tests/b.rs", ""),
        ]);
        let (members, _) = members(&repo);
        expect(&check_tests_layout(&repo, &members[0]), &[]);
        assert_eq!(check_lints(&members[0]), None);
        expect(&check_tests_layout(&repo, &members[1]), &["tests/it/", "autotests = false"]);
        assert!(check_lints(&members[1]).is_some());
    }
}
