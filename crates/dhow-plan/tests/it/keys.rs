//! Static keys: each thing that decides output makes another key; what decides nothing makes none. The table below
//! is the list in the header of `key.rs`, line by line.

use std::collections::BTreeMap;
use std::path::Path;

use dhow_plan::{
    CompileFilter, CompileKind, CompileMode, CompileTarget, Intent, MessageFormat, PackageSelection, Plan,
    Request, Settings, StaticKey,
};
use dhow_resolve::CliFeatures;

use crate::planning::{Ask, Planned};
use crate::project::Project;

const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[features]\nf = []\n\
                        [dependencies]\nlow = { path = \"low\" }\nreg = \"1\"\n[lints.rust]\nunused = \"warn\"\n";
const LOW: &str =
    "[package]\nname = \"low\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"one\"\n";

fn project() -> Project {
    Project::new(&[
        ("project/Cargo.toml", MANIFEST),
        ("project/src/lib.rs", ""),
        ("project/src/main.rs", "fn main() {}"),
        ("project/build.rs", "fn main() {}"),
        ("project/low/Cargo.toml", LOW),
        ("project/low/src/lib.rs", ""),
        (
            "project/vendor/reg/Cargo.toml",
            "[package]\nname = \"reg\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
        ),
        ("project/vendor/reg/src/lib.rs", ""),
    ])
}

/// The units whose keys are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    /// The library of `low`, which nothing above decides.
    Low,
    Lib,
    Bin,
    Script,
    ScriptRun,
    Reg,
}

const ALL: [Which; 6] = [Which::Low, Which::Lib, Which::Bin, Which::Script, Which::ScriptRun, Which::Reg];

fn keys(plan: &Plan) -> BTreeMap<Which, StaticKey> {
    let which = |id| {
        let unit = plan.graph.unit(id);
        Some(match (unit.package.name().as_str(), unit.mode) {
            ("low", _) => Which::Low,
            ("reg", _) => Which::Reg,
            (_, CompileMode::RunCustomBuild) => Which::ScriptRun,
            (_, CompileMode::Build) if unit.target.is_custom_build() => Which::Script,
            (_, CompileMode::Build) if unit.target.is_lib() => Which::Lib,
            (_, CompileMode::Build) if unit.target.is_bin() => Which::Bin,
            _ => return None,
        })
    };
    plan.graph.ids().filter_map(|id| Some((which(id)?, plan.key(id)))).collect()
}

fn planned(project: &Project, change: &dyn Fn(&mut Settings)) -> Planned {
    Planned::new(
        project,
        &Ask {
            request: Request::new(Intent::Build),
            selection: PackageSelection::Default,
            profile: "dev",
            features: CliFeatures::default(),
            change,
            extra_verbose: false,
        },
    )
}

/// The units whose keys differ after a change.
fn changed(before: &Planned, after: &Planned) -> Vec<Which> {
    let (a, b) = (keys(&before.plan().expect("plans")), keys(&after.plan().expect("plans")));
    assert_eq!(a.len(), ALL.len(), "every unit is there");
    assert_eq!(b.len(), ALL.len(), "every unit is there");
    ALL.into_iter().filter(|which| a[which] != b[which]).collect()
}

fn check_settings(what: &str, change: &dyn Fn(&mut Settings), expected: &[Which]) {
    let project = project();
    let before = planned(&project, &|_| {});
    let mut after = planned(&project, &|_| {});
    change(&mut after.settings);
    assert_eq!(changed(&before, &after), expected, "{what}");
}

fn check_planned(what: &str, change: &dyn Fn(&mut Planned), expected: &[Which]) {
    let project = project();
    let before = planned(&project, &|_| {});
    let mut after = planned(&project, &|_| {});
    change(&mut after);
    assert_eq!(changed(&before, &after), expected, "{what}");
}

/// A change of a file of the project.
fn check_file(what: &str, file: &str, content: &str, expected: &[Which]) {
    let project = project();
    let before = planned(&project, &|_| {});
    project.write(&format!("project/{file}"), content);
    assert_eq!(changed(&before, &planned(&project, &|_| {})), expected, "{what}");
}

fn each_platform(settings: &mut Settings, change: impl Fn(&mut dhow_plan::PlatformSettings)) {
    settings.platforms.values_mut().for_each(change);
}

const ALL_OF_APP: [Which; 4] = [Which::Lib, Which::Bin, Which::Script, Which::ScriptRun];
const LINKED_OR_RUN: [Which; 4] = ALL_OF_APP;

#[test]
fn the_same_twice() {
    check_settings("nothing", &|_| {}, &[]);
}

#[test]
fn the_compiler() {
    check_planned("rustc -vV", &|p| p.toolchain.verbose_version.push('x'), &ALL);
    let sysroot =
        |p: &mut Planned| p.platforms.values_mut().for_each(|info| info.sysroot = "/elsewhere".into());
    check_planned("sysroot", &sysroot, &ALL);
    check_planned("host", &|p| p.toolchain.host = "other-host".into(), &ALL);
    check_settings("bootstrap", &|s| s.machine.rustc_bootstrap = Some("1".into()), &ALL);
    check_settings("wrapper", &|s| s.rustc_wrapper = Some("/bin/wrap".into()), &ALL);
    check_settings(
        "workspace wrapper",
        &|s| s.rustc_workspace_wrapper = Some("/bin/wrap".into()),
        &ALL_OF_APP,
    );
}

#[test]
fn flags() {
    check_settings("RUSTFLAGS", &|s| each_platform(s, |p| p.rustflags = vec!["-Cx".into()]), &ALL);
    check_settings("RUSTDOCFLAGS", &|s| each_platform(s, |p| p.rustdocflags = vec!["-Cx".into()]), &[]);
    let native = |s: &mut Settings| each_platform(s, |p| p.rustflags = vec!["-Ctarget-cpu=native".into()]);
    let project = project();
    let (mut one, mut other) = (planned(&project, &|_| {}), planned(&project, &|_| {}));
    native(&mut one.settings);
    native(&mut other.settings);
    other.settings.machine.host_cpu = Some([1; 32]);
    assert_eq!(changed(&one, &other), ALL, "another CPU where native means it");
    check_settings(
        "another CPU",
        &|s| s.machine.host_cpu = Some([1; 32]),
        &[Which::Lib, Which::Bin, Which::ScriptRun],
    );
}

#[test]
fn the_machine() {
    check_settings("linker", &|s| each_platform(s, |p| p.linker_hash = Some([1; 32])), &LINKED_OR_RUN);
    check_settings("linker's name", &|s| each_platform(s, |p| p.linker = Some("ld2".into())), &ALL);
    check_settings("libc", &|s| s.machine.libc = Some([1; 32]), &LINKED_OR_RUN);
    let tool = |s: &mut Settings| {
        s.machine.tools.insert("cc".into(), [1; 32]);
    };
    check_settings("tools", &tool, &[Which::Lib, Which::Bin, Which::ScriptRun]);
    check_settings("store", &|s| s.machine.store_root = Some("/store".into()), &ALL);
    check_settings("target specification", &|s| each_platform(s, |p| p.spec_hash = Some([1; 32])), &ALL);
    let env = |s: &mut Settings| {
        s.env.insert("X".into(), "1".into());
    };
    check_settings("[env]", &env, &ALL);
}

#[test]
fn what_decides_nothing() {
    check_settings("jobs", &|s| s.jobs = 77, &[]);
    check_settings("cargo", &|s| s.cargo_exe = "/other/cargo".into(), &[]);
    check_settings("message format", &|s| s.message_format = MessageFormat::Short, &[]);
    check_settings("warnings of dependencies", &|s| s.extra_verbose = true, &[]);
    check_settings("width", &|s| s.diagnostic_width = Some(80), &[]);
}

#[test]
fn the_package() {
    check_file(
        "a description",
        "low/Cargo.toml",
        &LOW.replace("one", "two"),
        &[Which::Low, Which::Lib, Which::Bin],
    );
    check_file(
        "an edition",
        "low/Cargo.toml",
        &LOW.replace("2021", "2018"),
        &[Which::Low, Which::Lib, Which::Bin],
    );
    let version = LOW.replace("version = \"1.0.0\"", "version = \"1.0.1\"");
    check_file("a version", "low/Cargo.toml", &version, &[Which::Low, Which::Lib, Which::Bin]);
    let features = format!("{LOW}[features]\nnew = []\n");
    check_file("declared features", "low/Cargo.toml", &features, &[Which::Low, Which::Lib, Which::Bin]);
    let lib = format!("{LOW}[lib]\nname = \"other\"\n");
    check_file("a target's name", "low/Cargo.toml", &lib, &[Which::Low, Which::Lib, Which::Bin]);
    let types = format!("{LOW}[lib]\ncrate-type = [\"rlib\", \"staticlib\"]\n");
    check_file("crate types", "low/Cargo.toml", &types, &[Which::Low, Which::Lib, Which::Bin]);
    let above = [Which::Lib, Which::Bin, Which::Reg];
    check_file("a checksum", "vendor/reg/checksum", &"ab".repeat(32), &above);
    let lints = MANIFEST.replace("unused = \"warn\"", "unused = \"deny\"");
    check_file("lints", "Cargo.toml", &lints, &ALL_OF_APP);
    let lints = format!("{MANIFEST}unexpected_cfgs = {{ level = \"warn\", check-cfg = [\"cfg(x)\"] }}\n");
    check_file("check-cfg", "Cargo.toml", &lints, &ALL_OF_APP);
    let renamed = MANIFEST.replace("low = {", "down = { package = \"low\",");
    check_file("a dependency's name", "Cargo.toml", &renamed, &[Which::Lib, Which::Bin]);
}

#[test]
fn the_commit_of_a_git_package() {
    let project = project();
    let manifest = MANIFEST.replace("reg = \"1\"", "reg = { git = \"https://example.com/r\" }");
    project.write("project/Cargo.toml", &manifest);
    let at = |commit: &str| {
        project.write("project/vendor/reg/commit", commit);
        planned(&project, &|_| {})
    };
    let (one, two) =
        (at("0000000000000000000000000000000000000001"), at("0000000000000000000000000000000000000002"));
    assert_eq!(changed(&one, &two), [Which::Lib, Which::Bin, Which::Reg]);
}

#[test]
fn the_profile() {
    for (setting, units) in [
        ("opt-level = 2", &ALL[..]),
        (
            "lto = \"thin\"",
            &[Which::Low, Which::Lib, Which::Bin, Which::Script, Which::ScriptRun, Which::Reg],
        ),
        ("codegen-units = 3", &ALL),
        ("debug = 1", &ALL),
        ("split-debuginfo = \"packed\"", &ALL),
        ("debug-assertions = false", &ALL),
        ("overflow-checks = false", &ALL),
        ("rpath = true", &ALL),
        ("incremental = false", &[]),
        ("strip = \"symbols\"", &ALL),
        ("panic = \"abort\"", &[Which::Low, Which::Lib, Which::Bin, Which::Reg]),
    ] {
        let project = project();
        let before = planned(&project, &|_| {});
        project.write("project/Cargo.toml", &format!("{MANIFEST}[profile.dev]\n{setting}\n"));
        let after = planned(&project, &|_| {});
        let found = changed(&before, &after);
        for which in units {
            // What runs while building has settings of its own; its runs see only some.
            let own = matches!(which, Which::Script | Which::ScriptRun);
            assert!(own || found.contains(which), "{setting} must reach {which:?}, reached {found:?}");
        }
        assert!(!found.is_empty(), "{setting} reaches something");
    }
}

#[test]
fn features_and_modes() {
    let project = project();
    let before = planned(&project, &|_| {});
    let with = |features: CliFeatures, filter: CompileFilter, intent: Intent| {
        let mut request = Request::new(intent);
        request.filter = filter;
        Planned::new(
            &project,
            &Ask {
                request,
                selection: PackageSelection::Default,
                profile: "dev",
                features,
                change: &|_| {},
                extra_verbose: false,
            },
        )
    };
    let feature = CliFeatures::parse(["f"], false, true).expect("parses");
    let after = with(feature, CompileFilter::Default, Intent::Build);
    assert_eq!(changed(&before, &after), ALL_OF_APP, "a feature");

    let check = with(CliFeatures::default(), CompileFilter::Default, Intent::Check { test: false });
    let (built, checked) = (before.plan().expect("plans"), check.plan().expect("plans"));
    let low = |plan: &Plan| {
        let mut ids = plan.graph.ids();
        ids.find(|id| plan.graph.unit(*id).package.name() == "low").map(|id| plan.key(id)).expect("is there")
    };
    assert_ne!(low(&built), low(&checked), "a check is no build");
}

fn key_of_reg(project: &Project, request: Request, selected: &[&str]) -> StaticKey {
    let selection = PackageSelection::Named(selected.iter().map(|&name| name.to_owned()).collect());
    let ask = Ask {
        request,
        selection,
        profile: "dev",
        features: CliFeatures::default(),
        change: &|_| {},
        extra_verbose: false,
    };
    keys(&Planned::new(project, &ask).plan().expect("plans"))[&Which::Reg]
}

#[test]
fn an_immutable_package_that_is_asked_for_is_another_unit() {
    let project = project();
    let below = key_of_reg(&project, Request::new(Intent::Build), &["app"]);
    let asked_for = key_of_reg(&project, Request::new(Intent::Build), &["app", "reg"]);
    assert_ne!(below, asked_for, "it may look at CARGO_PRIMARY_PACKAGE");
}

#[test]
fn a_named_target_is_another_platform() {
    let project = project();
    let host = key_of_reg(&project, Request::new(Intent::Build), &["app"]);
    let mut request = Request::new(Intent::Build);
    let triple = CompileTarget::new("x86_64-unknown-linux-gnu", Path::new("/"));
    request.kinds = vec![CompileKind::Target(triple)];
    assert_ne!(host, key_of_reg(&project, request, &["app"]), "with and without a name");
}

#[test]
fn another_selection_of_members_changes_nothing() {
    let project = Project::new(&[
        ("project/Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n"),
        (
            "project/a/Cargo.toml",
            "[package]\nname = \"a\"\nedition = \"2021\"\n[dependencies]\nb = { path = \"../b\" }\n",
        ),
        ("project/a/src/lib.rs", ""),
        ("project/b/Cargo.toml", "[package]\nname = \"b\"\nedition = \"2021\"\n"),
        ("project/b/src/lib.rs", ""),
    ]);
    let key_of_b = |package: &str| {
        let ask = Ask {
            request: Request::new(Intent::Build),
            selection: PackageSelection::Named(vec![package.to_owned()]),
            profile: "dev",
            features: CliFeatures::default(),
            change: &|_| {},
            extra_verbose: false,
        };
        let plan = Planned::new(&project, &ask).plan().expect("plans");
        let id = plan.graph.ids().find(|id| plan.graph.unit(*id).package.name() == "b").expect("is there");
        (plan.graph.unit(id).is_primary, plan.key(id), plan.recipe(id).file_hash.clone())
    };
    let (alone, below) = (key_of_b("b"), key_of_b("a"));
    assert!(alone.0 && !below.0);
    assert_eq!((alone.1, alone.2), (below.1, below.2));
}

#[test]
fn units_of_one_plan_have_different_keys_and_names() {
    let project = project();
    let plan = planned(&project, &|_| {}).plan().expect("plans");
    let mut keys: Vec<_> = plan.recipes.iter().map(|r| (r.key, r.file_hash.clone())).collect();
    let all = keys.len();
    keys.sort();
    keys.dedup_by(|a, b| a.0 == b.0 || a.1 == b.1);
    assert_eq!(keys.len(), all);
}

#[test]
fn names_survive_a_move_and_other_flags_leave_the_crate_its_identity() {
    let (one, other) = (project(), project());
    let names = |project: &Project, change: &dyn Fn(&mut Settings)| -> Vec<(String, String)> {
        let mut planned = planned(project, &|_| {});
        change(&mut planned.settings);
        let plan = planned.plan().expect("plans");
        plan.recipes.iter().map(|r| (r.metadata.clone(), r.file_hash.clone())).collect()
    };
    assert_eq!(names(&one, &|_| {}), names(&other, &|_| {}), "another directory, the same names");
    let flags = |s: &mut Settings| each_platform(s, |p| p.rustflags = vec!["-Cprofile-generate".into()]);
    for (plain, flagged) in names(&one, &|_| {}).into_iter().zip(names(&one, &flags)) {
        assert_eq!(plain.0, flagged.0, "-C metadata does not follow RUSTFLAGS");
        assert_ne!(plain.1, flagged.1, "file names do");
    }
}
