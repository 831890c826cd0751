//! How values of one key from several places become one.

use std::collections::btree_map::Entry;
use std::mem;

use dhow_formats::config::{Data, Table, Value};

use crate::error::ConfigError;
use crate::key::{replaces, spell};

/// Puts `weaker` under `table`: what is in both stays as it is, lists are joined with the weaker elements first.
pub(crate) fn merge_under(table: &mut Table, weaker: Table) -> Result<(), ConfigError> {
    merge(table, weaker, &mut Vec::new(), false)
}

/// Puts `stronger` over `table`: what is in both is replaced, lists are joined with the stronger elements last.
pub(crate) fn merge_over(table: &mut Table, stronger: Table) -> Result<(), ConfigError> {
    merge(table, stronger, &mut Vec::new(), true)
}

fn merge(table: &mut Table, incoming: Table, path: &mut Vec<String>, wins: bool) -> Result<(), ConfigError> {
    for (key, value) in incoming {
        match table.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(value);
            }
            Entry::Occupied(mut entry) => {
                path.push(entry.key().clone());
                merge_value(entry.get_mut(), value, path, wins)?;
                path.pop();
            }
        }
    }
    Ok(())
}

fn merge_value(
    present: &mut Value,
    mut incoming: Value,
    path: &mut Vec<String>,
    wins: bool,
) -> Result<(), ConfigError> {
    match (&mut present.data, &mut incoming.data) {
        (Data::Table(table), Data::Table(other)) => merge(table, mem::take(other), path, wins),
        (Data::List(_), Data::List(_)) if replaces(path) => {
            if wins {
                *present = incoming;
            }
            Ok(())
        }
        (Data::List(list), Data::List(other)) => {
            if wins {
                list.append(other);
            } else {
                other.append(list);
                mem::swap(list, other);
            }
            Ok(())
        }
        (Data::Table(_) | Data::List(_), _) | (_, Data::Table(_) | Data::List(_)) => {
            let (stronger, weaker) = if wins { (&incoming, &*present) } else { (&*present, &incoming) };
            Err(ConfigError::Merge {
                key: spell(path),
                stronger_kind: stronger.kind(),
                stronger: stronger.definition.clone(),
                weaker_kind: weaker.kind(),
                weaker: weaker.definition.clone(),
            })
        }
        _ => {
            if wins {
                *present = incoming;
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use dhow_formats::config::{Origin, parse};

    use super::*;

    fn table(file: &str, text: &str) -> Table {
        parse(text, &Origin::File(Path::new(file).into())).expect("parses")
    }

    /// The values without their places, as text that tests can compare.
    fn show(value: &Value) -> String {
        match &value.data {
            Data::Integer(number) => number.to_string(),
            Data::Boolean(truth) => truth.to_string(),
            Data::String(text) => text.clone(),
            Data::List(list) => format!("[{}]", list.iter().map(show).collect::<Vec<_>>().join(" ")),
            Data::Table(table) => show_table(table),
        }
    }

    fn show_table(table: &Table) -> String {
        let entries: Vec<String> =
            table.iter().map(|(key, value)| format!("{key}={}", show(value))).collect();
        format!("{{{}}}", entries.join(" "))
    }

    fn check(near: &str, far: &str, expect: &str) {
        let mut under = table("near", near);
        merge_under(&mut under, table("far", far)).expect("merges");
        assert_eq!(show_table(&under), expect);
        let mut over = table("far", far);
        merge_over(&mut over, table("near", near)).expect("merges");
        assert_eq!(show_table(&over), expect, "the same from the other side");
    }

    #[test]
    fn near_values_win_and_tables_join() {
        check("a = 1", "a = 2\nb = 3", "{a=1 b=3}");
        check("t.a = 1", "t.a = 2\nt.b = 3", "{t={a=1 b=3}}");
        check("a = 'x'", "a = 2", "{a=x}");
    }

    #[test]
    fn lists_join_with_the_near_ones_last() {
        check("build.rustflags = ['n']", "build.rustflags = ['f', 'g']", "{build={rustflags=[f g n]}}");
    }

    #[test]
    fn programs_are_replaced() {
        check("target.x.runner = ['n']", "target.x.runner = ['f', 'g']", "{target={x={runner=[n]}}}");
        check("doc.browser = ['n']", "doc.browser = ['f']", "{doc={browser=[n]}}");
    }

    #[test]
    fn what_cannot_be_merged_names_both_places() {
        let mut near = table("near", "a.b = 1");
        let error = merge_under(&mut near, table("far", "\na.b = ['x']")).expect_err("different kinds");
        assert_eq!(
            error.to_string(),
            "`a.b` is an integer in near:1, but a list in far:2: they cannot be merged"
        );
        assert!(merge_over(&mut table("n", "a = 1"), table("f", "a = {}")).is_err());
    }
}
