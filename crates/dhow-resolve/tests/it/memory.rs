//! Tables of packages in memory: how the resolver asks, and how it fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::task::Poll;

use dhow_model::{Dependency, FeatureMap, FeatureValue, InternedString, PackageId, SourceId, Summary};
use dhow_resolve::{
    CliFeatures, Member, Provider, ProviderError, Releases, Resolve, ResolveError, ResolveRequest, Resolver,
    VersionPreferences,
};

/// `name version: dep req, dep req`, one package a line.
struct Table {
    packages: BTreeMap<InternedString, Vec<Summary>>,
    /// Answers given so far; others are pending when they are first asked for.
    ready: BTreeSet<InternedString>,
    asked: BTreeSet<InternedString>,
    /// Answers that fail.
    broken: Option<InternedString>,
}

fn package(line: &str, source: SourceId) -> Summary {
    let (head, deps) = line.split_once(':').expect("a colon");
    let (name, version) = head.trim().split_once(' ').expect("a version");
    let dep = |text: &str| {
        let (name, req) = text.trim().split_once(' ').expect("a requirement");
        Dependency::new(name, SourceId::crates_io()).with_req(req.parse().expect("a requirement"))
    };
    let deps = deps.split(';').filter(|text| !text.trim().is_empty()).map(dep).collect();
    let id = PackageId::new(name, version.parse().expect("a version"), source);
    Summary::new(id, deps, FeatureMap::new())
}

impl Table {
    fn new(lines: &str) -> Self {
        let mut packages: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let summary = package(line, SourceId::crates_io());
            packages.entry(summary.id().name()).or_default().push(summary);
        }
        Self { packages, ready: BTreeSet::new(), asked: BTreeSet::new(), broken: None }
    }
}

impl Provider for Table {
    fn query(&mut self, dep: &Dependency) -> Poll<Result<Arc<dyn Releases>, ProviderError>> {
        let name = dep.package_name();
        if !self.ready.contains(&name) {
            self.asked.insert(name);
            return Poll::Pending;
        }
        if self.broken == Some(name) {
            return Poll::Ready(Err("the server is down".into()));
        }
        Poll::Ready(Ok(Arc::new(self.packages.get(&name).cloned().unwrap_or_default())))
    }
}

/// Resolves for a root with these dependencies; what was fetched in each round.
fn resolve(root: &str, table: &mut Table) -> (Result<Resolve, ResolveError>, Vec<Vec<String>>) {
    let source = SourceId::parse("path+file:///root").expect("a source");
    let members = [Member { summary: package(root, source), features: CliFeatures::all(), dev_deps: true }];
    let prefs = VersionPreferences::default();
    let mut resolver = Resolver::new(ResolveRequest {
        members: &members,
        previous: None,
        keep: &|_| true,
        precise: &[],
        patches: &[],
        replacements: &[],
        prefs: &prefs,
        lowest_rust_version: None,
    });
    let mut rounds = Vec::new();
    loop {
        if let Poll::Ready(result) = resolver.run(table) {
            return (result, rounds);
        }
        let asked = std::mem::take(&mut table.asked);
        assert!(!asked.is_empty(), "waits for nothing");
        rounds.push(asked.iter().map(ToString::to_string).collect());
        table.ready.extend(asked);
    }
}

fn chosen(result: Result<Resolve, ResolveError>) -> Vec<String> {
    let resolve = result.unwrap_or_else(|error| panic!("no solution: {error}"));
    let others = resolve.iter().filter(|id| !id.source().is_path());
    others.map(|id| format!("{} {}", id.name(), id.version())).collect()
}

#[test]
fn everything_in_sight_is_asked_for_at_once() {
    let mut table =
        Table::new("a 1.0.0: c 1; d 1\nb 1.0.0: d 1; e 1\nc 1.0.0: f 1\nd 1.0.0:\ne 1.0.0: f 1\nf 1.0.0:");
    let (result, rounds) = resolve("root 1.0.0: a 1; b 1", &mut table);
    assert_eq!(chosen(result).len(), 6);
    assert_eq!(rounds, [vec!["a", "b"], vec!["c", "d", "e"], vec!["f"]]);
}

#[test]
fn where_the_search_goes_another_way_more_is_asked_for() {
    let mut table = Table::new(
        "a 1.1.0: c =1.1.0\na 1.0.0: d 1\nb 1.0.0: c =1.0.0\nc 1.0.0:\nc 1.1.0:\nd 1.0.0: e 1\ne 1.0.0:",
    );
    let (result, rounds) = resolve("root 1.0.0: a 1; b 1", &mut table);
    assert_eq!(chosen(result), ["a 1.0.0", "b 1.0.0", "c 1.0.0", "d 1.0.0", "e 1.0.0"]);
    assert_eq!(rounds.last(), Some(&vec!["e".to_owned()]));
}

#[test]
fn an_answer_that_fails_is_told_with_its_cause() {
    let mut table = Table::new("broken 1.0.0:");
    table.broken = Some("broken".into());
    let (result, _) = resolve("root 1.0.0: broken 1", &mut table);
    let error = result.expect_err("it is broken");
    assert!(error.to_string().contains("cannot look up `broken`"), "{error}");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert_eq!(cause, "the server is down");
}

#[test]
fn a_conflict_is_told_with_both_paths() {
    let mut table = Table::new("a 1.0.0: c =1.0.0\nb 1.0.0: c =1.1.0\nc 1.0.0:\nc 1.1.0:\nc 2.0.0:");
    let (result, _) = resolve("root 1.0.0: a 1; b 1", &mut table);
    assert_eq!(
        result.expect_err("a conflict").to_string(),
        "no version of `c` that satisfies `=1.1.0` goes with the other packages\n  required by b v1.0.0\n  \
         required by root v1.0.0 (/root)\n  1.1.0: 1.0.0 is needed by others: a v1.0.0 (`=1.0.0`) <- root v1.0.0 \
         (/root) (`^1`)"
    );
}

/// Many packages with many versions, of which only the oldest go together: a search that does not learn from its
/// conflicts would try them all.
#[test]
fn deep_backtracking_ends_soon() {
    let mut lines = String::new();
    for package in 0..16 {
        for version in 0..16 {
            let next = if package == 15 { "bad =1.0.0".to_owned() } else { format!("p{} 1", package + 1) };
            let pin = if version == 0 { String::new() } else { format!("; pin =1.{version}.0") };
            writeln!(lines, "p{package} 1.{version}.0: {next}{pin}").expect("writes");
        }
    }
    for version in 0..40 {
        writeln!(lines, "pin 1.{version}.0:").expect("writes");
    }
    lines += "bad 1.0.0: pin =1.35.0\n";
    let mut table = Table::new(&lines);
    let (result, _) = resolve("root 1.0.0: p0 1", &mut table);
    let chosen = chosen(result);
    assert!(chosen.contains(&"p15 1.0.0".to_owned()) && chosen.contains(&"pin 1.35.0".to_owned()));
    let mut table = Table::new(&lines.replace("bad 1.0.0: pin =1.35.0", "bad 1.0.0: pin =9.9.9"));
    let (result, _) = resolve("root 1.0.0: p0 1", &mut table);
    let error = result.expect_err("no such pin").to_string();
    assert!(error.contains("`pin`") && error.contains("required by bad v1.0.0"), "{error}");
}

#[test]
fn a_feature_that_turns_itself_on_is_told() {
    let mut table = Table::new("a 1.0.0:");
    let id = PackageId::new("a", "1.0.0".parse().expect("a version"), SourceId::crates_io());
    let features = FeatureMap::from([
        ("default".into(), vec![FeatureValue::parse("x")]),
        ("x".into(), vec![FeatureValue::parse("x")]),
    ]);
    table.packages.insert("a".into(), vec![Summary::new(id, Vec::new(), features)]);
    let (result, _) = resolve("root 1.0.0: a 1", &mut table);
    assert_eq!(
        result.expect_err("a circle").to_string(),
        "feature `x` of package `a` turns itself on; remove it from its own list"
    );
}
