//! Profiles: the flags of rustc that follow from them equal to those that the real cargo passes.

use std::collections::{BTreeMap, BTreeSet};

use dhow_formats::manifest::{TomlProfile, TomlProfiles};
use dhow_model::SourceId;
use dhow_workspace::{
    DebugInfo, DebugLevel, Edition, PanicStrategy, Profile, ProfileInput, ProfileProblem, ProfileUse,
    Profiles, ResolverVersion, Strip, StripKind,
};

use crate::cargo;
use crate::project::Project;

/// A member `a` with a build script and a procedural macro, a dependency `b` outside the workspace, and `c` that
/// only the build script uses.
fn project(profiles: &str) -> Project {
    let project = Project::new(
        "=== far/b/Cargo.toml\n[package]\nname = \"b\"\nedition = \"2021\"\n=== far/b/src/lib.rs\n\
         === far/c/Cargo.toml\n[package]\nname = \"c\"\nedition = \"2021\"\n=== far/c/src/lib.rs\n\
         === ws/m/Cargo.toml\n[package]\nname = \"m\"\nedition = \"2021\"\n[lib]\nproc-macro = true\n=== ws/m/src/lib.rs\n\
         === ws/src/lib.rs\n=== ws/src/main.rs\nfn main() {}\n=== ws/build.rs\nfn main() {}\n",
    );
    project.write(
        "ws/Cargo.toml",
        &format!(
            "[package]\nname = \"a\"\nedition = \"2021\"\n[workspace]\n[dependencies]\nb = {{ path = \"../far/b\" }}\nm = {{ path = \"m\" }}\n\
             [build-dependencies]\nc = {{ path = \"../far/c\" }}\n{profiles}"
        ),
    );
    project
}

/// `-C` flags by crate, as cargo passes them.
fn flags_of_cargo(project: &Project, args: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let output = cargo::run(&project.path("ws"), &[&["build", "-v", "--offline"], args].concat());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let mut crates = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains("--crate-name")) {
        let words: Vec<_> = line.split_whitespace().collect();
        let after = |flag: &str| words.iter().position(|w| *w == flag).and_then(|at| words.get(at + 1));
        let name = after("--crate-name").expect("a name");
        let kind = if line.contains("--crate-type bin") { "bin" } else { "lib" };
        let flags = words.windows(2).filter(|pair| pair[0] == "-C").map(|pair| pair[1].to_owned());
        // What depends on the graph or on paths is the planner's.
        let other =
            ["metadata=", "extra-filename=", "embed-bitcode", "lto", "linker-plugin-lto", "prefer-dynamic"];
        let flags = flags
            .filter(|flag| !other.iter().any(|prefix| flag.starts_with(prefix)))
            .map(|flag| if flag.starts_with("incremental=") { "incremental".to_owned() } else { flag });
        crates.insert(format!("{name} {kind}"), flags.collect());
    }
    crates
}

/// The same from our profile.
fn flags(profile: &Profile) -> BTreeSet<String> {
    let mut flags = BTreeSet::new();
    let mut add = |flag: String| {
        flags.insert(flag);
    };
    let optimized = profile.opt_level != "0";
    if optimized {
        add(format!("opt-level={}", profile.opt_level));
    }
    if profile.panic == PanicStrategy::Abort {
        add("panic=abort".into());
    }
    if let Some(units) = profile.codegen_units {
        add(format!("codegen-units={units}"));
    }
    // Nothing here is used by both the target and the host.
    let debuginfo =
        if profile.debuginfo.is_deferred() { profile.debuginfo.weaken() } else { profile.debuginfo };
    if debuginfo.is_on() {
        add(format!("debuginfo={}", debuginfo.level().as_str()));
        if let Some(split) = profile.split_debuginfo {
            add(format!("split-debuginfo={split}"));
        }
    }
    let implied = if profile.debug_assertions == optimized {
        add(format!("debug-assertions={}", if optimized { "on" } else { "off" }));
        profile.debug_assertions
    } else {
        !optimized
    };
    if profile.overflow_checks != implied {
        add(format!("overflow-checks={}", if profile.overflow_checks { "on" } else { "off" }));
    }
    if profile.rpath {
        add("rpath".into());
    }
    if profile.incremental {
        add("incremental".into());
    }
    match profile.strip {
        Strip::Resolved(StripKind::Named(name)) => add(format!("strip={name}")),
        Strip::Deferred(_) if !profile.debuginfo.is_on() => add("strip=debuginfo".into()),
        _ => {}
    }
    flags
}

#[track_caller]
fn check(toml: &str, name: &str) {
    let project = project(toml);
    let args = ["--profile", name];
    let workspace = project.load("ws/Cargo.toml").expect("loads");
    let input = ProfileInput { manifest: workspace.toml_profiles(), config: None, incremental: None };
    let profiles = Profiles::new(name, input).expect("profiles");
    let package = |path: &str| {
        let source = SourceId::for_path(&project.path(path)).expect("a path");
        dhow_model::PackageId::new(
            path.rsplit('/').next().unwrap_or(path).replace("ws", "a"),
            semver(),
            source,
        )
    };
    let of = |path: &str, for_host: bool| {
        let is_member = path.starts_with("ws");
        let usage = ProfileUse { is_member, for_host, always_unwind: for_host };
        flags(&profiles.profile_for(package(path), usage))
    };
    let ours = BTreeMap::from([
        ("a lib".to_owned(), of("ws", false)),
        ("a bin".to_owned(), of("ws", false)),
        ("b lib".to_owned(), of("far/b", false)),
        ("build_script_build bin".to_owned(), of("ws", true)),
        ("c lib".to_owned(), of("far/c", true)),
        ("m lib".to_owned(), of("ws/m", true)),
    ]);
    assert_eq!(flags_of_cargo(&project, &args), ours, "cargo (left) and we (right)");
    let dir = project.path(&format!("ws/target/{}", profiles.dir_name()));
    assert!(dir.is_dir(), "{} is where cargo builds", dir.display());
}

fn semver() -> semver::Version {
    semver::Version::new(0, 0, 0)
}

#[test]
fn built_in_profiles() {
    check("", "dev");
    check("", "release");
    check("", "test");
    check("", "bench");
}

#[test]
fn settings_reach_rustc() {
    check(
        "[profile.dev]\nopt-level = \"s\"\ndebug = \"line-tables-only\"\ndebug-assertions = false\noverflow-checks = true\n\
         incremental = false\npanic = \"abort\"\ncodegen-units = 3\nrpath = true\nstrip = \"symbols\"\nsplit-debuginfo = \"packed\"\n",
        "dev",
    );
    check("[profile.dev]\ndebug = false\noverflow-checks = false\nstrip = false\n", "dev");
    check(
        "[profile.release]\ndebug = 1\ndebug-assertions = true\nstrip = true\nincremental = true\nlto = \"off\"\n",
        "release",
    );
    check("[profile.release]\nopt-level = 0\nstrip = \"none\"\noverflow-checks = true\n", "release");
}

#[test]
fn overrides_reach_some() {
    check(
        "[profile.dev]\nopt-level = 1\nstrip = \"symbols\"\n[profile.dev.package.b]\nopt-level = 3\ndebug = false\n\
         [profile.dev.package.\"*\"]\nopt-level = 2\ncodegen-units = 5\n[profile.dev.build-override]\nopt-level = 1\ndebug = 2\n",
        "dev",
    );
    check(
        "[profile.dev.package.a]\nopt-level = 2\n[profile.dev.package.c]\ndebug = 1\n[profile.dev.package.m]\nopt-level = 3\n",
        "dev",
    );
    check(
        "[profile.release.build-override]\nopt-level = 3\ncodegen-units = 7\ndebug-assertions = true\n",
        "release",
    );
}

#[test]
fn profiles_inherit() {
    let three = "[profile.one]\ninherits = \"two\"\nopt-level = 2\n[profile.two]\ninherits = \"release\"\ndebug = 1\nopt-level = 1\n\
                 [profile.two.package.b]\nopt-level = 3\n[profile.release]\nstrip = \"symbols\"\n";
    check(three, "one");
    check(three, "two");
    check("[profile.test]\nopt-level = 1\n[profile.mine]\ninherits = \"test\"\ndebug = 0\n", "mine");
}

fn parse(text: &str) -> TomlProfiles {
    let text = format!("[workspace]\n{text}");
    dhow_formats::manifest::parse(&text).expect("parses").toml.profile.expect("profiles")
}

fn profiles(manifest: &str, config: &str, name: &str) -> Result<Profiles, ProfileProblem> {
    let manifest = parse(manifest);
    let config: BTreeMap<String, TomlProfile> =
        parse(config).0.into_iter().map(|(name, profile)| (name.to_string(), profile)).collect();
    Profiles::new(
        name,
        ProfileInput { manifest: Some(&manifest), config: Some(&config), incremental: Some(false) },
    )
}

#[test]
fn configuration_lies_on_top() {
    let profiles = profiles(
        "[profile.dev]\nopt-level = 1\ndebug = 1\n[profile.dev.package.b]\nopt-level = 2\n",
        "[profile.dev]\nopt-level = 3\n[profile.dev.package.b]\nopt-level = 0\n[profile.own]\ninherits = \"other\"\n\
         [profile.other]\ninherits = \"dev\"\nrpath = true\n[profile.unused]\n",
        "own",
    )
    .expect("profiles");
    let usage = ProfileUse { is_member: false, for_host: false, always_unwind: false };
    let id = |name: &str| dhow_model::PackageId::new(name, semver(), SourceId::crates_io());
    let profile = |name| profiles.profile_for(id(name), usage);
    assert_eq!(profile("x").opt_level, "3");
    assert_eq!(profile("b").opt_level, "0");
    assert_eq!(profile("x").debuginfo, DebugInfo::Resolved(DebugLevel::Limited));
    assert!(profile("x").rpath && !profile("x").incremental);
    assert_eq!(profile("x").name, "own");
}

#[test]
fn profiles_that_are_not_there() {
    let fails = |manifest: &str, name: &str| {
        profiles(&format!("[profile.dev]\n{manifest}"), "[profile.dev]\n", name)
            .expect_err("must fail")
            .to_string()
    };
    assert!(fails("", "gone").contains("`gone` is not defined"));
    assert!(fails("[profile.x]\n", "x").contains("inherits"));
    assert!(fails("[profile.x]\ninherits = \"y\"\n", "x").contains("`y`, which is not defined"));
    assert!(fails("[profile.x]\ninherits = \"y\"\n[profile.y]\ninherits = \"x\"\n", "x").contains("circle"));
}

#[test]
fn overrides_are_checked_against_packages() {
    let id = |name: &str| dhow_model::PackageId::new(name, semver(), SourceId::crates_io());
    let twice = profiles(
        "[profile.dev.package.b]\n[profile.dev.package.\"b@0.0.0\"]\n[profile.dev.package.gone]\n",
        "[profile.dev]\n",
        "dev",
    );
    let twice = twice.expect("profiles");
    assert!(matches!(twice.check_overrides(&[id("b")]), Err(ProfileProblem::Ambiguous { .. })));
    assert_eq!(twice.check_overrides(&[id("gone")]).expect("unambiguous"), ["b", "b@0.0.0"]);
}

#[test]
fn editions_choose_resolvers() {
    let chosen = Edition::ALL.map(Edition::default_resolver);
    assert_eq!(chosen, [ResolverVersion::V1, ResolverVersion::V1, ResolverVersion::V2, ResolverVersion::V3]);
}
