//! Libraries of others: each stands in ARCHITECTURE.md with its reason, and in no crate that it is kept from.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::manifests::{Kind, Member};
use super::problem::Problem;
use super::repo::Repo;
use super::table::{self, ARCHITECTURE, Row};

/// `only in` empty: wherever it is needed.
const COLUMNS: [&str; 3] = ["dependency", "only in", "why"];

/// Checks manifests against the table and the table against manifests.
pub(crate) fn check(repo: &Repo, members: &[Member]) -> Vec<Problem> {
    let rows = match table::rows(repo, &COLUMNS) {
        Ok(rows) => rows,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    for member in members {
        for dependency in member.dependencies() {
            if members.iter().any(|member| member.name == dependency.name) {
                continue;
            }
            used.insert(dependency.name.to_owned());
            let mut problem = |message| problems.push(Problem::in_file(&member.manifest_path(), message));
            if !dependency.inherited {
                problem(format!("`{}` should take its version from the workspace", dependency.name));
            }
            match rows.iter().find(|row| row.cells[0] == dependency.name) {
                None => problem(format!("`{}` has no reason in {ARCHITECTURE}", dependency.name)),
                Some(row) if dependency.kind == Kind::Shipped && !admits(row, &member.name) => {
                    problem(format!("`{}` is kept from this crate by {ARCHITECTURE}", dependency.name));
                }
                Some(_) => {}
            }
        }
    }
    problems.extend(rows.iter().flat_map(|row| check_row(row, &used)));
    problems.extend(check_shared(repo, members, &used));
    problems
}

fn admits(row: &Row, member: &str) -> bool {
    row.names(1).next().is_none() || row.names(1).any(|name| name == member)
}

fn check_row(row: &Row, used: &BTreeSet<String>) -> Vec<Problem> {
    let name = &row.cells[0];
    let mut problems = Vec::new();
    let mut problem = |message| problems.push(Problem::at(ARCHITECTURE, row.line, message));
    if !used.contains(name) {
        problem(format!("nothing uses `{name}`"));
    }
    if row.cells[2].is_empty() {
        problem(format!("`{name}` needs a reason"));
    }
    problems
}

/// Every version that the workspace shares is somebody's.
fn check_shared(repo: &Repo, members: &[Member], used: &BTreeSet<String>) -> Vec<Problem> {
    let root: Table = match repo.get("Cargo.toml").unwrap_or_default().parse() {
        Ok(root) => root,
        Err(error) => return vec![Problem::in_file("Cargo.toml", format!("{error}"))],
    };
    let shared = root.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let shared = shared.and_then(Value::as_table).into_iter().flat_map(Table::keys);
    shared
        .filter(|name| !used.contains(*name))
        .filter(|name| !members.iter().any(|member| member.name == **name))
        .map(|name| Problem::in_file("Cargo.toml", format!("no member depends on `{name}`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::manifests::members;
    use crate::tidy::problem::expect;

    const TABLE: &str = "\
| dependency | only in | why |
|---|---|---|
| `serde` | `formats` | bytes and structs |
| `semver` | — | versions |
";
    const ROOT: &str = "[workspace.dependencies]\nserde = '1'\nsemver = '1'\n";
    const FORMATS: &str =
        "[package]\nname = 'formats'\n[dependencies]\nserde.workspace = true\nsemver.workspace = true";

    fn check_with(table: &str, root: &str, other: &str) -> Vec<Problem> {
        let other = format!("[package]\nname = 'other'\n{other}");
        let repo = Repo::from([
            ("ARCHITECTURE.md", table),
            ("Cargo.toml", root),
            ("crates/formats/Cargo.toml", FORMATS),
            ("crates/other/Cargo.toml", other.as_str()),
        ]);
        check(&repo, &members(&repo).0)
    }

    #[test]
    fn what_stands_in_the_table_passes() {
        expect(&check_with(TABLE, ROOT, "[dependencies]\nsemver.workspace = true"), &[]);
        expect(&check_with(TABLE, ROOT, "[dev-dependencies]\nserde.workspace = true"), &[]);
    }

    #[test]
    fn a_dependency_without_a_reason_fails() {
        let other = "[dependencies]\nrand.workspace = true";
        expect(&check_with(TABLE, ROOT, other), &["`rand` has no reason"]);
        let table = TABLE.replace("versions", "");
        expect(&check_with(&table, ROOT, ""), &["`semver` needs a reason"]);
    }

    #[test]
    fn a_dependency_outside_its_crates_fails() {
        let other = "[dependencies]\nserde.workspace = true";
        expect(&check_with(TABLE, ROOT, other), &["other/Cargo.toml: `serde` is kept from"]);
    }

    #[test]
    fn a_version_of_its_own_fails() {
        expect(&check_with(TABLE, ROOT, "[dependencies]\nsemver = '1'"), &["from the workspace"]);
    }

    #[test]
    fn what_nobody_uses_fails() {
        let table = format!("{TABLE}| `rand` | — | dice |\n");
        expect(&check_with(&table, ROOT, ""), &["nothing uses `rand`"]);
        let root = format!("{ROOT}rand = '1'\n");
        expect(&check_with(TABLE, &root, ""), &["no member depends on `rand`"]);
    }
}
