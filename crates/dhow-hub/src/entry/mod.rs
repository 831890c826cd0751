//! What a developer would use of a package first: programs, and what its library offers at its root.

mod attributes;
mod library;
mod scan;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;

use dhow_formats::hub_report::EntryPoint;
use dhow_model::Cfg;
use dhow_workspace::Package;

use attributes::Conditions;
use library::{Found, Library};

/// So many are shown of one package.
const SHOWN: usize = 12;

/// Some of them, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPoints {
    /// The most important ones, the most important first.
    pub first: Vec<EntryPoint>,
    /// How many there are in all.
    pub total: usize,
}

/// The entry points of a package with these features, for a platform where these conditions hold (or for any).
/// Files that are missing or no Rust have none.
pub fn entry_points(package: &Package, features: &[String], cfgs: Option<&[Cfg]>) -> EntryPoints {
    let read = |path: &Path| dhow_fs::read_to_string(path).ok();
    let all_features: Vec<String> = package.summary().features().keys().map(ToString::to_string).collect();
    let conditions = Conditions { features, all_features: &all_features, cfgs };
    let mut found: Vec<EntryPoint> = package
        .binaries()
        .map(|program| EntryPoint { kind: "program".to_owned(), path: program.name.to_string() })
        .collect();
    if let Some(library) = package.library() {
        found.extend(of_library(&library.src_path, library.crate_name().as_str(), &conditions, &read));
    }
    let total = found.len();
    found.truncate(SHOWN);
    EntryPoints { first: found, total }
}

/// What a library offers, the most important first: what its own documentation names most often in code, then macros,
/// functions, types, modules and constants, each in the order of the source.
fn of_library(
    root: &Path,
    name: &str,
    conditions: &Conditions<'_>,
    read: &dyn Fn(&Path) -> Option<String>,
) -> Vec<EntryPoint> {
    let mut library = Library::new(root, conditions, read);
    let mut items = library.items();
    let docs = library.docs();
    let mentions = mentions(&docs);
    items.sort_by_key(|item| {
        let count = mentions.get(item.name.as_str()).copied().unwrap_or_default();
        (std::cmp::Reverse(count), rank(item.kind))
    });
    items.into_iter().map(|item| entry_point(name, item)).collect()
}

fn entry_point(library: &str, item: Found) -> EntryPoint {
    let mark = if item.kind == "macro" { "!" } else { "" };
    EntryPoint { kind: item.kind.to_owned(), path: format!("{library}::{}{mark}", item.name) }
}

fn rank(kind: &str) -> usize {
    const ORDER: [&str; 11] = [
        "derive",
        "attribute",
        "macro",
        "function",
        "struct",
        "enum",
        "trait",
        "type",
        "item",
        "module",
        "constant",
    ];
    ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len())
}

/// How often each name is used in code of a text: as the whole of a piece, in a path, called as a macro, or in capitals.
fn mentions(docs: &str) -> HashMap<&str, usize> {
    let mut found = HashMap::new();
    for code in docs.split('`').skip(1).step_by(2) {
        let whole = code.trim_end_matches("()").trim_end_matches('!');
        let mut rest = code;
        while let Some(start) = rest.find(is_of_name) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c| !is_of_name(c)).unwrap_or(from.len());
            let (name, after) = from.split_at(end);
            let is_used = before.ends_with("::")
                || after.starts_with("::")
                || after.starts_with('!')
                || name.starts_with(char::is_uppercase)
                || name == whole;
            if is_used {
                *found.entry(name).or_default() += 1;
            }
            rest = after;
        }
    }
    found
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
