//! Command lines and environments equal to cargo's, for every kind of target, profile and command.

use dhow_plan::{FilterRule, Intent, OnlyTargets, ScriptOutput};
use dhow_resolve::CliFeatures;

use crate::case::{Case, HOST};
use crate::samples::{everything, odd_ones};

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

#[test]
fn odd_workspace() {
    let project = odd_ones();
    Case::new(&["build", "--workspace"], Intent::Build, "dev").workspace().check(&project);
    Case::new(&["build", "--workspace", "--release"], Intent::Build, "release").workspace().check(&project);
    Case::new(&["check", "--workspace", "--all-targets"], Intent::Check { test: false }, "dev")
        .workspace()
        .all_targets()
        .check(&project);
    Case::new(&["test", "--workspace", "--no-run"], Intent::Test, "test")
        .workspace()
        .without_doctests()
        .check(&project);
    Case::new(&["doc", "--workspace"], Intent::Doc { deps: true }, "dev").workspace().check(&project);
}

#[test]
fn odd_workspace_for_a_named_target() {
    let project = odd_ones();
    Case::new(&["build", "--workspace", "--target", HOST], Intent::Build, "dev")
        .workspace()
        .for_target()
        .check(&project);
    Case::new(&["test", "--workspace", "--no-run", "--target", HOST], Intent::Test, "test")
        .workspace()
        .for_target()
        .without_doctests()
        .check(&project);
    Case::new(&["doc", "--workspace", "--target", HOST], Intent::Doc { deps: true }, "dev")
        .workspace()
        .for_target()
        .check(&project);
    let lib = OnlyTargets { lib: true, ..OnlyTargets::default() };
    Case::new(&["test", "--doc", "-p", "clib", "--target", HOST], Intent::Doctest, "test")
        .package("clib")
        .for_target()
        .only(lib)
        .check(&project);
}

#[test]
fn one_package_of_many() {
    let project = odd_ones();
    Case::new(&["build", "-p", "mac"], Intent::Build, "dev").package("mac").check(&project);
    Case::new(&["build", "-p", "reg"], Intent::Build, "dev").package("reg").check(&project);
    Case::new(&["test", "-p", "mac", "--no-run"], Intent::Test, "test")
        .package("mac")
        .without_doctests()
        .check(&project);
    Case::new(&["rustc", "-p", "clib", "--lib", "--", "--cfg", "extra"], Intent::Build, "dev")
        .package("clib")
        .only(OnlyTargets { lib: true, ..OnlyTargets::default() })
        .extra(&["--cfg", "extra"])
        .check(&project);
    Case::new(&["rustc", "-p", "clib", "--lib", "--crate-type", "staticlib"], Intent::Build, "dev")
        .package("clib")
        .only(OnlyTargets { lib: true, ..OnlyTargets::default() })
        .crate_type("staticlib")
        .check(&project);
}

#[test]
fn tests_run_in_the_same_environment() {
    Case::new(&["test"], Intent::Test, "test").check_runs(&everything());
}

#[test]
fn wrappers() {
    // `env` runs the program that it is given, like a wrapper that does nothing.
    let mut case = Case::new(&["check"], Intent::Check { test: false }, "dev");
    case.env = &[("RUSTC_WRAPPER", "/usr/bin/env"), ("RUSTC_WORKSPACE_WRAPPER", "/usr/bin/nice")];
    case.change = &|settings| {
        settings.rustc_wrapper = Some("/usr/bin/env".into());
        settings.rustc_workspace_wrapper = Some("/usr/bin/nice".into());
    };
    case.check(&everything());
}

#[test]
fn a_script_that_configuration_replaces() {
    let project = everything();
    project.write(
        "project/.cargo/config.toml",
        "[target.x86_64-unknown-linux-gnu.some-lib]\nrustc-link-search = [\"native=/conf\"]\nfrom-config = \"1\"\n",
    );
    let mut case = Case::new(&["build"], Intent::Build, "dev");
    case.change = &|settings| {
        let said = ScriptOutput {
            library_paths: vec!["native=/conf".into()],
            metadata: vec![("from-config".into(), "1".into())],
            ..ScriptOutput::default()
        };
        for platform in settings.platforms.values_mut() {
            platform.links_overrides.insert("some-lib".into(), said.clone());
        }
    };
    case.check(&project);
}
