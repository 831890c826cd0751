//! Which packages and targets a request means, and what it says when they are not there.

use dhow_plan::{
    CompileFilter, FilterRule, Intent, OnlyTargets, PackageSelection, PlanError, Request, select_packages,
};
use dhow_resolve::CliFeatures;

use crate::planning::{Ask, Planned};
use crate::project::Project;

fn project() -> Project {
    let member =
        |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    Project::new(&[
        ("project/Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n"),
        (
            "project/one/Cargo.toml",
            &format!(
                "{}[features]\nf = []\n[[bin]]\nname = \"tool\"\nrequired-features = [\"f\"]\n",
                member("one")
            ),
        ),
        ("project/one/src/bin/tool.rs", "fn main() {}"),
        ("project/two/Cargo.toml", &member("two")),
        ("project/two/src/lib.rs", ""),
    ])
}

fn planned(request: Request, selection: PackageSelection) -> Planned {
    let ask = Ask {
        request,
        selection,
        profile: "dev",
        features: CliFeatures::default(),
        change: &|_| {},
        extra_verbose: false,
    };
    Planned::new(&project(), &ask)
}

fn only(only: OnlyTargets) -> Request {
    Request { filter: CompileFilter::Only(only), ..Request::new(Intent::Build) }
}

fn error(request: Request) -> PlanError {
    planned(request, PackageSelection::Default).plan().expect_err("there is no plan")
}

fn named(name: &str) -> FilterRule {
    FilterRule::Names(vec![name.to_owned()])
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let error = error(only(OnlyTargets { bins: named("tol"), ..OnlyTargets::default() }));
    assert!(matches!(error, PlanError::NoSuchTarget { .. }));
    assert_eq!(error.to_string(), "no bin target named `tol` in packages `one`, `two`; available: `tool`");
}

#[test]
fn a_named_target_without_its_features_is_an_error_and_an_unnamed_one_is_skipped() {
    let named = error(only(OnlyTargets { bins: named("tool"), ..OnlyTargets::default() }));
    assert_eq!(
        named.to_string(),
        "target `tool` of package `one` needs the feature `f` (try `--features f`)"
    );
    let plan = planned(Request::new(Intent::Build), PackageSelection::Default).plan().expect("plans");
    assert_eq!(plan.graph.roots.len(), 1);
}

#[test]
fn a_library_is_missing_only_if_nobody_has_one() {
    let lib = || only(OnlyTargets { lib: true, ..OnlyTargets::default() });
    assert!(planned(lib(), PackageSelection::Default).plan().is_ok());
    let one = PackageSelection::Named(vec!["one".to_owned()]);
    let error = planned(lib(), one).plan().expect_err("there is none");
    assert_eq!(error.to_string(), "no library target in package `one`");
}

#[test]
fn extra_arguments_want_one_target() {
    let mut request = Request::new(Intent::Build);
    request.filter = CompileFilter::AllTargets;
    request.extra_args = vec!["--cfg".into(), "x".into()];
    assert!(matches!(error(request), PlanError::ExtraArgsAmbiguous { .. }));
}

#[test]
fn packages_by_name_pattern_and_exclusion() {
    let base = planned(Request::new(Intent::Build), PackageSelection::Default);
    let select = |selection| select_packages(&base.workspace, &base.resolve, &selection);
    let names = |selection| -> Vec<String> {
        let selected = select(selection).expect("selects");
        selected.packages.iter().map(|id| id.name().to_string()).collect()
    };
    assert_eq!(names(PackageSelection::Default), ["one", "two"]);
    assert_eq!(names(PackageSelection::Named(vec!["t*".into()])), ["two"]);
    assert_eq!(names(PackageSelection::Named(vec!["two@1.0.0".into(), "one".into()])), ["one", "two"]);
    assert_eq!(names(PackageSelection::Workspace { exclude: vec!["on?".into()] }), ["two"]);
    let unused = select(PackageSelection::Workspace { exclude: vec!["three".into()] }).expect("selects");
    assert_eq!(unused.unused_excludes, ["three"]);
    assert!(select(PackageSelection::Named(vec!["three".into()])).is_err());
    assert!(select(PackageSelection::Named(vec!["x*".into()])).is_err());
    assert!(select(PackageSelection::Workspace { exclude: vec!["*".into()] }).is_err());
}
