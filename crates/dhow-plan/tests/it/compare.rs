//! Command lines and environments equal to cargo's, for every kind of target, profile and command.

use dhow_plan::{
    CompileFilter, CompileKind, CompileTarget, FilterRule, Intent, OnlyTargets, PackageSelection, Request,
    Settings,
};
use dhow_resolve::CliFeatures;

use crate::commands::Line;
use crate::oracle;
use crate::planning::{Ask, Planned};
use crate::project::Project;

const HOST: &str = "x86_64-unknown-linux-gnu";

/// A package with everything: all target kinds, scripts with `links`, macros, lints, profiles.
fn everything() -> Project {
    Project::new(&[
        ("project/Cargo.toml", include_str!("fixtures/everything.toml")),
        ("project/build.rs", include_str!("fixtures/build.rs")),
        ("project/src/lib.rs", "//! ```\n//! assert!(true);\n//! ```\n"),
        ("project/src/main.rs", "fn main() {}"),
        ("project/src/bin/two-words.rs", "fn main() {}"),
        ("project/src/bin/needs.rs", "fn main() {}"),
        ("project/tests/it.rs", "#[test] fn t() {}"),
        ("project/tests/own.rs", "fn main() {}"),
        ("project/examples/shown.rs", "fn main() {}"),
        ("project/examples/plugin.rs", ""),
        ("project/benches/quick.rs", "fn main() {}"),
        ("project/sys/Cargo.toml", include_str!("fixtures/sys.toml")),
        ("project/sys/build.rs", include_str!("fixtures/sys_build.rs")),
        ("project/sys/src/lib.rs", ""),
        ("project/mac/Cargo.toml", include_str!("fixtures/mac.toml")),
        ("project/mac/src/lib.rs", ""),
        ("project/shared/Cargo.toml", include_str!("fixtures/shared.toml")),
        (
            "project/never/Cargo.toml",
            "[package]\nname = \"never\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        ),
        ("project/never/src/lib.rs", ""),
        ("project/shared/src/lib.rs", "#![allow(unexpected_cfgs)]"),
        (
            "outside/Cargo.toml",
            "[package]\nname = \"out-side\"\nversion = \"0.3.0-pre.1\"\nedition = \"2024\"\n",
        ),
        ("outside/src/lib.rs", ""),
    ])
}

struct Case<'a> {
    args: &'a [&'a str],
    request: Request,
    profile: &'a str,
    selection: PackageSelection,
    features: CliFeatures,
    env: &'a [(&'a str, &'a str)],
    change: &'a dyn Fn(&mut Settings),
    no_doctests: bool,
}

impl<'a> Case<'a> {
    fn new(args: &'a [&'a str], intent: Intent, profile: &'a str) -> Self {
        Self {
            args,
            request: Request::new(intent),
            profile,
            selection: PackageSelection::Default,
            features: CliFeatures::default(),
            env: &[],
            change: &|_| {},
            no_doctests: false,
        }
    }

    fn all_targets(mut self) -> Self {
        self.request.filter = CompileFilter::AllTargets;
        self
    }

    fn for_target(mut self) -> Self {
        self.request.kinds = vec![CompileKind::Target(CompileTarget::new(HOST, "/".as_ref()))];
        self
    }

    fn only(mut self, only: OnlyTargets) -> Self {
        self.request.filter = CompileFilter::Only(only);
        self
    }

    /// `--no-run` leaves documentation tests out: they are neither compiled nor collected.
    fn without_doctests(mut self) -> Self {
        self.no_doctests = true;
        self
    }

    fn workspace(mut self) -> Self {
        self.selection = PackageSelection::Workspace { exclude: Vec::new() };
        self
    }

    fn check(&self, project: &Project) {
        let ran = oracle::run(project, self.args, self.env);
        let planned = Planned::new(
            project,
            &Ask {
                request: self.request.clone(),
                selection: self.selection.clone(),
                profile: self.profile,
                features: self.features.clone(),
                change: self.change,
            },
        );
        let plan = planned.plan().expect("plans");
        let mut ours = planned.lines(&plan, &ran.scripts);
        if self.no_doctests {
            ours.retain(|line| !line.args.iter().any(|arg| arg == "--test-run-directory"));
        }
        let ours = shown(&ours);
        let theirs = shown(&ran.lines);
        assert!(!theirs.is_empty(), "cargo {:?} ran nothing", self.args);
        if ours != theirs {
            panic!("cargo {:?} runs other commands:\n{}", self.args, difference(&ours, &theirs));
        }
    }
}

fn shown(lines: &[Line]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(Line::show).collect();
    lines.sort();
    lines
}

/// Commands that only one side has, line by line.
fn difference(ours: &[String], theirs: &[String]) -> String {
    let only = |a: &[String], b: &[String]| -> Vec<String> {
        let mut rest = b.to_vec();
        let missing = |line: &&String| match rest.iter().position(|r| r == *line) {
            Some(at) => {
                rest.remove(at);
                false
            }
            None => true,
        };
        a.iter().filter(missing).cloned().collect()
    };
    let (mine, cargos) = (only(ours, theirs), only(theirs, ours));
    let mut text = format!("{} commands only here, {} only in cargo\n", mine.len(), cargos.len());
    for line in &mine {
        // The most similar command of the other side, and only the lines that differ.
        let common = |other: &&String| other.lines().filter(|l| line.lines().any(|m| m == *l)).count();
        match cargos.iter().max_by_key(common) {
            Some(other) => {
                text += &format!("--- {}\n", line.lines().take(4).collect::<Vec<_>>().join(" "));
                for l in line.lines().filter(|l| !other.lines().any(|o| o == *l)) {
                    text += &format!("  + dhow  {l}\n");
                }
                for l in other.lines().filter(|l| !line.lines().any(|o| o == *l)) {
                    text += &format!("  - cargo {l}\n");
                }
                if line.lines().count() == other.lines().count() && line != other {
                    text += &format!(
                        "  dhow:  {}\n  cargo: {}\n",
                        line.replace('\n', " "),
                        other.replace('\n', " ")
                    );
                }
            }
            None => text += &format!("+++ only dhow {line}\n"),
        }
    }
    if mine.len() < cargos.len() {
        for line in &cargos {
            text += &format!("cargo has: {}\n", line.lines().take(8).collect::<Vec<_>>().join(" "));
        }
    }
    text
}

#[test]
fn build() {
    Case::new(&["build"], Intent::Build, "dev").check(&everything());
}

#[test]
fn build_release() {
    Case::new(&["build", "--release"], Intent::Build, "release").check(&everything());
}

#[test]
fn build_for_a_named_target() {
    Case::new(&["build", "--target", HOST], Intent::Build, "dev").for_target().check(&everything());
    Case::new(&["build", "--target", HOST, "--release"], Intent::Build, "release")
        .for_target()
        .check(&everything());
}

#[test]
fn build_all_targets() {
    Case::new(&["build", "--all-targets"], Intent::Build, "dev").all_targets().check(&everything());
}

#[test]
fn build_with_features() {
    let mut case = Case::new(&["build", "--features", "needed"], Intent::Build, "dev");
    case.features = CliFeatures::parse(["needed"], false, true).expect("parses");
    case.check(&everything());
    let mut case = Case::new(&["build", "--no-default-features"], Intent::Build, "dev");
    case.features = CliFeatures::parse([], false, false).expect("parses");
    case.check(&everything());
}

#[test]
fn build_with_custom_profiles() {
    Case::new(&["build", "--profile", "fat"], Intent::Build, "fat").check(&everything());
    Case::new(&["build", "--profile", "thin"], Intent::Build, "thin").check(&everything());
    Case::new(&["build", "--profile", "off"], Intent::Build, "off").check(&everything());
    Case::new(&["build", "--profile", "aborts"], Intent::Build, "aborts").check(&everything());
}

#[test]
fn check() {
    Case::new(&["check"], Intent::Check { test: false }, "dev").check(&everything());
    Case::new(&["check", "--all-targets"], Intent::Check { test: false }, "dev")
        .all_targets()
        .check(&everything());
    Case::new(&["check", "--profile", "test"], Intent::Check { test: true }, "test").check(&everything());
}

#[test]
fn test() {
    Case::new(&["test", "--no-run"], Intent::Test, "test").without_doctests().check(&everything());
    Case::new(&["test", "--no-run", "--release"], Intent::Test, "release")
        .without_doctests()
        .check(&everything());
}

#[test]
fn test_of_an_aborting_profile() {
    Case::new(&["test", "--no-run", "--profile", "aborts"], Intent::Test, "aborts")
        .without_doctests()
        .check(&everything());
}

#[test]
fn test_documentation() {
    let lib = OnlyTargets { lib: true, ..OnlyTargets::default() };
    Case::new(&["test", "--doc"], Intent::Doctest, "test").only(lib).check(&everything());
}

#[test]
fn one_test() {
    let only = OnlyTargets { tests: FilterRule::Names(vec!["it".into()]), ..OnlyTargets::default() };
    Case::new(&["test", "--no-run", "--test", "it"], Intent::Test, "test").only(only).check(&everything());
}

#[test]
fn some_programs() {
    let only = OnlyTargets { bins: FilterRule::Names(vec!["two*".into()]), ..OnlyTargets::default() };
    Case::new(&["build", "--bin", "two*"], Intent::Build, "dev").only(only).check(&everything());
}

#[test]
fn bench() {
    Case::new(&["bench", "--no-run"], Intent::Bench, "bench").check(&everything());
}

#[test]
fn doc() {
    Case::new(&["doc"], Intent::Doc { deps: true }, "dev").check(&everything());
    Case::new(&["doc", "--no-deps"], Intent::Doc { deps: false }, "dev").check(&everything());
}

#[test]
fn the_whole_workspace() {
    Case::new(&["build", "--workspace"], Intent::Build, "dev").workspace().check(&everything());
    Case::new(&["test", "--workspace", "--no-run"], Intent::Test, "test")
        .workspace()
        .without_doctests()
        .check(&everything());
}

#[test]
fn flags_and_linker() {
    let mut case = Case::new(&["build"], Intent::Build, "dev");
    case.env = &[
        ("RUSTFLAGS", "--cfg mine -C target-cpu=x86-64-v2"),
        ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "cc"),
    ];
    case.change = &|settings| {
        for platform in settings.platforms.values_mut() {
            platform.rustflags = ["--cfg", "mine", "-C", "target-cpu=x86-64-v2"].map(String::from).to_vec();
            platform.linker = Some("cc".into());
        }
    };
    case.check(&everything());
}
