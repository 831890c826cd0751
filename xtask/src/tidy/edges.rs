//! The edges between crates: what manifests say against the table in ARCHITECTURE.md.

use std::collections::BTreeMap;

use super::manifests::{Kind, Member};
use super::problem::Problem;
use super::repo::Repo;
use super::table::{self, ARCHITECTURE};

const COLUMNS: [&str; 3] = ["layer", "crate", "may use"];

/// What tests may use, whatever else their crate may.
const TESTKIT: &str = "dhow-testkit";

/// A crate's place: `dev` stands above all numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Number(u32),
    Dev,
}

#[derive(Debug)]
struct Room {
    line: usize,
    layer: Layer,
    may_use: Vec<String>,
}

/// Checks the table itself, then each manifest against it.
pub(crate) fn check(repo: &Repo, members: &[Member]) -> Vec<Problem> {
    let rooms = match rooms(repo) {
        Ok(rooms) => rooms,
        Err(problem) => return vec![problem],
    };
    let mut problems = check_table(&rooms, members);
    for member in members {
        match rooms.get(&member.name) {
            Some(room) => problems.extend(check_member(member, room, members)),
            None => problems.push(Problem::in_file(
                &member.manifest_path(),
                format!("`{}` has no row in the table of {ARCHITECTURE}", member.name),
            )),
        }
    }
    problems
}

fn rooms(repo: &Repo) -> Result<BTreeMap<String, Room>, Problem> {
    let mut rooms = BTreeMap::new();
    for row in table::rows(repo, &COLUMNS)? {
        let layer =
            match row.cells[0].as_str() {
                "dev" => Layer::Dev,
                number => Layer::Number(number.parse().map_err(|_| {
                    Problem::at(ARCHITECTURE, row.line, format!("`{number}` is not a layer"))
                })?),
            };
        let may_use = row.names(2).map(str::to_owned).collect();
        let room = Room { line: row.line, layer, may_use };
        if rooms.insert(row.cells[1].clone(), room).is_some() {
            let message = format!("`{}` has two rows", row.cells[1]);
            return Err(Problem::at(ARCHITECTURE, row.line, message));
        }
    }
    Ok(rooms)
}

fn check_table(rooms: &BTreeMap<String, Room>, members: &[Member]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, room) in rooms {
        let mut problem = |message| problems.push(Problem::at(ARCHITECTURE, room.line, message));
        if !members.iter().any(|member| member.name == *name) {
            problem(format!("there is no crate `{name}`"));
        }
        for used in &room.may_use {
            match rooms.get(used) {
                None => problem(format!("`{name}` may use `{used}`, which has no row")),
                Some(other) if other.layer >= room.layer && room.layer != Layer::Dev => {
                    problem(format!("`{name}` may use `{used}`, which is not on a lower layer"));
                }
                Some(_) => {}
            }
        }
    }
    problems
}

fn check_member(member: &Member, room: &Room, members: &[Member]) -> Vec<Problem> {
    let ours = |name: &str| members.iter().any(|member| member.name == name);
    let mut problems = Vec::new();
    for dependency in member.dependencies() {
        let allowed = room.may_use.iter().any(|name| name == dependency.name)
            || dependency.kind == Kind::Dev && dependency.name == TESTKIT;
        if ours(dependency.name) && !allowed {
            problems.push(Problem::in_file(
                &member.manifest_path(),
                format!("the edge to `{}` is not in the table of {ARCHITECTURE}", dependency.name),
            ));
        }
    }
    let folder = member.directory.rsplit('/').next().unwrap_or_default();
    if folder != member.name {
        let message = format!("the folder should be named `{}` like its package", member.name);
        problems.push(Problem::in_file(&member.manifest_path(), message));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::manifests::members;
    use crate::tidy::problem::expect;

    const TABLE: &str = "\
| layer | crate | may use |
|---|---|---|
| 0 | `low` | — |
| 1 | `high` | `low` |
| dev | `dhow-testkit` | `high` |
";
    const LOW: &str = "[package]\nname = 'low'\n[dev-dependencies]\ndhow-testkit = {}";
    const HIGH: &str = "[package]\nname = 'high'\n[dependencies]\nlow = {}";
    const KIT: &str = "[package]\nname = 'dhow-testkit'\n[dependencies]\nhigh = {}";

    fn check_with(table: &str, low: &str, high: &str) -> Vec<Problem> {
        let repo = Repo::from([
            ("ARCHITECTURE.md", table),
            ("crates/low/Cargo.toml", low),
            ("crates/high/Cargo.toml", high),
            ("crates/dhow-testkit/Cargo.toml", KIT),
        ]);
        check(&repo, &members(&repo).0)
    }

    #[test]
    fn listed_edges_pass() {
        expect(&check_with(TABLE, LOW, HIGH), &[]);
    }

    #[test]
    fn an_edge_that_is_not_listed_fails() {
        let low = "[package]\nname = 'low'\n[dependencies]\nhigh = {}";
        expect(&check_with(TABLE, low, HIGH), &["the edge to `high` is not in the table"]);
        let high = HIGH.replace("[dependencies]", "[dependencies]\ndhow-testkit = {}");
        expect(&check_with(TABLE, LOW, &high), &["the edge to `dhow-testkit`"]);
        let target = "[package]\nname = 'low'\n[target.'cfg(unix)'.dependencies]\nhigh = {}";
        expect(&check_with(TABLE, target, HIGH), &["the edge to `high` is not in the table"]);
    }

    #[test]
    fn a_table_that_points_up_fails() {
        let table = TABLE.replace("| `low` | — |", "| `low` | `high` |");
        expect(&check_with(&table, LOW, HIGH), &["`high`, which is not on a lower layer"]);
        let table = TABLE.replace("| 1 |", "| 0 |");
        expect(&check_with(&table, LOW, HIGH), &["`low`, which is not on a lower layer"]);
    }

    #[test]
    fn table_and_crates_name_each_other() {
        let more = format!("{TABLE}| 2 | `gone` | — |\n");
        expect(&check_with(&more, LOW, HIGH), &["there is no crate `gone`"]);
        let less = TABLE.replace("| 1 | `high` | `low` |\n", "");
        expect(&check_with(&less, LOW, HIGH), &["may use `high`, which has no row", "`high` has no row"]);
        expect(&check_with(&format!("{TABLE}| x | `y` | — |\n"), LOW, HIGH), &["not a layer"]);
        expect(&check_with(&format!("{TABLE}| 3 | `low` | — |\n"), LOW, HIGH), &["two rows"]);
        expect(&check_with("", LOW, HIGH), &["has no table"]);
    }

    #[test]
    fn a_folder_has_the_name_of_its_package() {
        let low = LOW.replace("'low'", "'high'");
        let problems = check_with(TABLE, &low, HIGH);
        assert!(problems.iter().any(|problem| problem.to_string().contains("the folder should")));
    }
}
