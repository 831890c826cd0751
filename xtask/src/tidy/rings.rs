//! Modules inside a crate form no rings: of two neighbours at most one uses the other.
//! A module and those inside it count as one, and the crate root may name everybody.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{self, CodePath};
use super::manifests::Member;
use super::problem::Problem;
use super::repo::Repo;

/// A module by its names from the crate root.
type ModulePath = Vec<String>;

/// One file as a module.
struct Module {
    file: String,
    paths: Vec<CodePath>,
}

/// Everything a crate's modules say about each other.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<ModulePath, Module>,
    /// Names that a module passes on from one inside it: `pub use inner::Name`.
    passed_on: BTreeMap<ModulePath, ModulePath>,
}

/// Where one module first mentions another.
type Edges = BTreeMap<ModulePath, BTreeMap<ModulePath, (String, usize)>>;

/// Checks every member.
pub(crate) fn check(repo: &Repo, members: &[Member]) -> Vec<Problem> {
    members.iter().flat_map(|member| check_crate(repo, &format!("{}/src/", member.directory))).collect()
}

fn check_crate(repo: &Repo, source: &str) -> Vec<Problem> {
    let (mut found, mut problems) = (Crate::default(), Vec::new());
    for (file, text) in repo.rust_files() {
        let Some(inside) = file.strip_prefix(source) else {
            continue;
        };
        if is_test_file(inside) {
            continue;
        }
        match code::parse(text) {
            Ok(code) => found.add(module_path(inside), Module { file: file.to_owned(), paths: code.paths }),
            Err(message) => problems.push(Problem::in_file(file, message)),
        }
    }
    found.note_what_is_passed_on();
    problems.extend(rings(&found.edges()));
    problems
}

/// A file of tests that its parent includes with `#[cfg(test)] mod`.
pub(super) fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

fn module_path(inside: &str) -> ModulePath {
    let mut parts: Vec<String> = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let last = parts.last().map(String::as_str);
    if matches!(last, Some("mod")) || parts.len() == 1 && matches!(last, Some("lib" | "main")) {
        parts.pop();
    }
    parts
}

impl Crate {
    fn add(&mut self, path: ModulePath, module: Module) {
        // `lib.rs` and `main.rs` are both the root.
        match self.modules.entry(path) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(module);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                entry.get_mut().paths.extend(module.paths);
            }
        }
    }

    fn note_what_is_passed_on(&mut self) {
        for (at, module) in &self.modules {
            for path in module.paths.iter().filter(|path| path.imported) {
                let names = match path.segments.first().map(String::as_str) {
                    Some("self") => &path.segments[1..],
                    Some("crate") if at.is_empty() => &path.segments[1..],
                    _ => &path.segments[..],
                };
                let Some((first, last)) = names.first().zip(names.last()) else {
                    continue;
                };
                if names.len() > 1 && self.modules.contains_key(&join(at, first)) {
                    let target = at.iter().chain(names).cloned().collect();
                    self.passed_on.insert(join(at, last), target);
                }
            }
        }
    }

    fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (from, module) in self.modules.iter().filter(|(from, _)| !from.is_empty()) {
            for path in &module.paths {
                let Some(absolute) = absolute(from, &path.segments) else {
                    continue;
                };
                let to = self.resolve(absolute);
                let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                // One inside the other is no edge.
                if common < from.len() && common < to.len() {
                    let place = (module.file.clone(), path.line);
                    let outgoing = edges.entry(from[..=common].to_vec()).or_default();
                    outgoing.entry(to[..=common].to_vec()).or_insert(place);
                }
            }
        }
        edges
    }

    /// The module that holds what `absolute` names, through the names that modules pass on.
    fn resolve(&self, mut absolute: ModulePath) -> ModulePath {
        // Each step goes one module deeper, so names cannot lead in circles for longer than this.
        for _ in 0..self.modules.len() + 1 {
            let depth = (0..=absolute.len())
                .rev()
                .find(|depth| self.modules.contains_key(&absolute[..*depth]))
                .unwrap_or(0);
            let next = absolute.get(..depth + 1).and_then(|name| self.passed_on.get(name));
            match next {
                Some(target) if !target.starts_with(&absolute[..=depth]) => {
                    absolute = target.iter().chain(&absolute[depth + 1..]).cloned().collect();
                }
                _ => {
                    absolute.truncate(depth);
                    return absolute;
                }
            }
        }
        Vec::new()
    }
}

/// `path` from the crate root, if it begins with `crate`, `self` or `super`.
fn absolute(from: &ModulePath, path: &[String]) -> Option<ModulePath> {
    let mut base: &[String] = from;
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate") => (base, rest) = (&[], &path[1..]),
        Some("self") => rest = &path[1..],
        Some("super") => {
            while rest.first().is_some_and(|segment| segment == "super") {
                base = base.split_last()?.1;
                rest = &rest[1..];
            }
        }
        _ => return None,
    }
    Some(base.iter().chain(rest).cloned().collect())
}

fn join(module: &ModulePath, name: &str) -> ModulePath {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// One problem for each shortest way from a module back to itself, short ones first. A ring that shares
/// an edge with one that is told already is left for when that one is gone.
fn rings(edges: &Edges) -> Vec<Problem> {
    let mut found: Vec<_> = edges.keys().filter_map(|start| shortest_ring(edges, start)).collect();
    found.sort_by_key(Vec::len);
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for ring in found {
        let steps: Vec<_> = ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)).collect();
        if !steps.iter().any(|step| told.contains(step)) {
            problems.push(describe(edges, &steps));
            told.extend(steps);
        }
    }
    problems
}

fn shortest_ring<'a>(edges: &'a Edges, start: &'a ModulePath) -> Option<Vec<&'a ModulePath>> {
    let mut reached_from: BTreeMap<&ModulePath, &ModulePath> = BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for next in edges.get(module).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut ring = vec![module];
                while let Some(previous) = ring.last().and_then(|last| reached_from.get(last)) {
                    ring.push(previous);
                }
                ring.reverse();
                return Some(ring);
            }
            if next != start && !reached_from.contains_key(next) {
                reached_from.insert(next, module);
                queue.push_back(next);
            }
        }
    }
    None
}

fn describe(edges: &Edges, steps: &[(&ModulePath, &ModulePath)]) -> Problem {
    let place = |(from, to): &(&ModulePath, &ModulePath)| edges[*from][*to].clone();
    let told = |step: &(&ModulePath, &ModulePath)| {
        let ((file, line), (from, to)) = (place(step), step);
        format!("`{}` uses `{}` ({file}:{line})", from.join("::"), to.join("::"))
    };
    let (file, line) = place(&steps[0]);
    let told: Vec<String> = steps.iter().map(told).collect();
    Problem::at(&file, line, format!("modules form a ring: {}", told.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problem::expect;

    fn check_files<const N: usize>(files: [(&str, &str); N], parts: &[&str]) {
        expect(&check_crate(&Repo::from(files), "c/src/"), parts);
    }

    #[test]
    fn edges_in_one_direction_pass() {
        check_files(
            [
                ("c/src/lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
                ("c/src/a.rs", "use crate::b::B;"),
                ("c/src/b.rs", "pub struct B; fn f() { self::g() }"),
            ],
            &[],
        );
    }

    #[test]
    fn two_that_use_each_other_fail() {
        check_files(
            [("c/src/a.rs", "\nuse crate::b::B;"), ("c/src/b.rs", "fn f() { crate::a::f() }")],
            &["c/src/a.rs:2: modules form a ring: `a` uses `b` (c/src/a.rs:2), `b` uses `a`"],
        );
        check_files(
            [("c/src/a.rs", "use super::{x, b};"), ("c/src/b.rs", "use super::a::f;")],
            &["`a` uses `b`"],
        );
    }

    #[test]
    fn a_ring_of_three_is_told_once() {
        check_files(
            [
                ("c/src/a.rs", "use crate::b::B;"),
                ("c/src/b.rs", "use crate::d::D;"),
                ("c/src/d.rs", "use crate::a::A;"),
                ("c/src/e.rs", "use crate::a::A; use crate::d::D;"),
            ],
            &["`a` uses `b` (c/src/a.rs:1), `b` uses `d` (c/src/b.rs:1), `d` uses `a`"],
        );
    }

    #[test]
    fn of_two_rings_with_a_common_edge_the_shorter_is_told() {
        check_files(
            [
                ("c/src/a.rs", "use crate::b::B;"),
                ("c/src/b.rs", "use crate::d::D;"),
                ("c/src/d.rs", "use crate::a::A; use crate::b::B;"),
            ],
            &["`b` uses `d` (c/src/b.rs:1), `d` uses `b` (c/src/d.rs:1)"],
        );
    }

    #[test]
    fn names_passed_on_by_the_root_lead_to_their_module() {
        check_files(
            [
                ("c/src/lib.rs", "mod a; mod b; pub use a::A; pub use b::inner::B;"),
                ("c/src/a.rs", "use crate::B;"),
                ("c/src/b/mod.rs", "mod inner;"),
                ("c/src/b/inner.rs", "use crate::A;"),
            ],
            &["`a` uses `b` (c/src/a.rs:1), `b` uses `a` (c/src/b/inner.rs:1)"],
        );
    }

    #[test]
    fn modules_inside_a_module_are_neighbours_too() {
        check_files(
            [
                ("c/src/a.rs", "mod x; mod y; use self::x::X;"),
                ("c/src/a/x.rs", "use super::y::Y; use crate::a::Z;"),
                ("c/src/a/y.rs", "use super::super::a::x::X;"),
            ],
            &["`a::x` uses `a::y` (c/src/a/x.rs:1), `a::y` uses `a::x` (c/src/a/y.rs:1)"],
        );
    }

    #[test]
    fn tests_may_look_around() {
        check_files(
            [
                ("c/src/a.rs", "use crate::b::B;"),
                ("c/src/b.rs", "#[cfg(test)] mod tests { use crate::a::A; }"),
                ("c/src/b/tests.rs", "use crate::a::A;"),
            ],
            &[],
        );
    }

    #[test]
    fn what_is_no_rust_is_told() {
        check_files([("c/src/a.rs", "fn f( {")], &["c/src/a.rs: is not Rust"]);
    }
}
