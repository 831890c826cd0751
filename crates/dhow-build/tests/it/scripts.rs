//! Build scripts: what they say, when they run again, and whom that reaches.

use crate::fake::Fake;

fn project(script: &str) -> Fake {
    let mut fake = Fake::new();
    fake.script("build", script);
    fake.lib_with_script("low", "build");
    fake.bin("app", &["low"]);
    fake
}

#[test]
fn what_a_script_says_reaches_its_package() {
    let fake = project("echo 'cargo::rustc-env=SAID=hello'; echo 'cargo::warning=careful'; echo noise >&2");
    let first = fake.build();
    assert!(first.result.is_ok(), "{:?}", first.events);
    assert!(dhow_fs::read_to_string(&fake.path("target/debug/app")).unwrap().contains("said: hello"));
    let place = fake.path("target/debug/build/p-build");
    assert!(dhow_fs::read_to_string(&place.join("output")).unwrap().starts_with("cargo::rustc-env"));
    assert_eq!(dhow_fs::read_to_string(&place.join("stderr")).unwrap(), "noise\n");
    let out = dhow_fs::read_to_string(&place.join("root-output")).unwrap();
    assert_eq!(out, place.join("out").display().to_string());
    assert!(
        first.events.contains(&"script build warns: careful false false".to_owned()),
        "{:?}",
        first.events
    );
    let second = fake.build();
    assert!(second.ran.is_empty());
    assert!(
        second.events.contains(&"script build warns: careful true false".to_owned()),
        "{:?}",
        second.events
    );
    assert_eq!(
        second.result.unwrap().scripts[&fake.id("build")].env,
        [("SAID".to_owned(), "hello".to_owned())]
    );
}

#[test]
fn a_declared_file_counts_and_no_other() {
    let fake = project("echo cargo::rerun-if-changed=watched; echo cargo::rustc-env=SAID=$(cat watched)");
    fake.write("p/watched", "1");
    fake.ran();
    fake.write("p/unwatched", "1");
    assert!(fake.ran().is_empty());
    fake.write("p/watched", "2");
    assert_eq!(fake.ran(), ["app", "build", "low"]);
    assert!(dhow_fs::read_to_string(&fake.path("target/debug/app")).unwrap().contains("said: 2"));
}

#[test]
fn a_script_that_says_the_same_again_changes_nothing_above() {
    let fake = project(
        "echo cargo::rerun-if-changed=watched; echo cargo::rustc-env=SAID=same; echo x > \"$OUT_DIR/f\"",
    );
    fake.write("p/watched", "1");
    fake.ran();
    fake.write("p/watched", "2");
    assert_eq!(fake.ran(), ["build"]);
}

#[test]
fn what_a_script_leaves_in_its_directory_counts() {
    let fake = project("echo cargo::rerun-if-changed=watched; cp watched \"$OUT_DIR/f\"");
    fake.write("p/watched", "1");
    fake.ran();
    fake.write("p/watched", "2");
    assert_eq!(fake.ran(), ["app", "build", "low"]);
}

#[test]
fn a_watched_directory_counts_with_what_is_in_it() {
    let fake = project("echo cargo::rerun-if-changed=dir");
    dhow_fs::create_dir_all(&fake.path("p/dir/deep")).unwrap();
    fake.ran();
    fake.write("p/dir/deep/new", "1");
    assert_eq!(fake.ran(), ["build"]);
    assert!(fake.ran().is_empty());
}

#[test]
fn a_watched_file_that_is_missing_means_always() {
    let fake = project("echo cargo::rerun-if-changed=missing");
    fake.ran();
    assert_eq!(fake.ran(), ["build"]);
    assert_eq!(fake.ran(), ["build"]);
}

#[test]
fn a_declared_variable_counts_and_no_other() {
    let mut fake = project("echo cargo::rerun-if-env-changed=WATCHED; echo cargo::rustc-env=SAID=$WATCHED");
    fake.ran();
    fake.env.insert("OTHER".into(), "1".into());
    fake.write("p/unwatched", "1");
    assert!(fake.ran().is_empty());
    fake.env.insert("WATCHED".into(), "1".into());
    assert_eq!(fake.ran(), ["app", "build", "low"]);
}

#[test]
fn a_script_that_declares_nothing_watches_its_package() {
    let fake = project("echo cargo::rustc-env=SAID=same");
    fake.ran();
    assert!(fake.ran().is_empty());
    fake.write("p/anything", "1");
    assert_eq!(fake.ran(), ["build"]);
}

#[test]
fn what_an_earlier_run_has_started_is_waited_for() {
    let fake = project(
        "echo cargo::rerun-if-changed=watched; test $(cat watched) = 1 || test -e \"$OUT_DIR/late\" || exit 1
        (sleep 1; touch \"$OUT_DIR/late\") >/dev/null 2>&1 &",
    );
    fake.write("p/watched", "1");
    fake.ran();
    fake.write("p/watched", "2");
    assert_eq!(fake.ran()[..2], ["app", "build"]);
}

#[test]
fn failures_of_scripts_say_why() {
    let error = |script: &str| {
        let built = project(script).build();
        let error = built.result.unwrap_err();
        let mut text = error.to_string();
        if let dhow_build::BuildError::Failed { failures } = &error {
            let source = std::error::Error::source(&failures[0].1);
            text.extend(source.map(|source| format!("\n{source}")));
        }
        (text, built.events)
    };
    let (text, events) = error("echo cargo::warning=hint; echo out; echo err >&2; exit 3");
    assert!(text.contains("exit status: 3") && text.contains("--- stderr\nerr"), "{text}");
    assert!(events.contains(&"script build warns: hint false true".to_owned()), "{events:?}");
    let (text, _) = error("echo cargo::error=no libfoo");
    assert!(text.contains("no libfoo"), "{text}");
    let (text, _) = error("echo cargo::nonsense=1");
    assert!(text.contains("cargo::nonsense=1"), "{text}");
    let (text, _) = error("echo cargo::rustc-env=RUSTC_BOOTSTRAP=1");
    assert!(text.contains("RUSTC_BOOTSTRAP"), "{text}");
}

#[test]
fn output_given_by_configuration_is_taken_and_nothing_runs() {
    let mut fake = project("exit 1");
    let said = dhow_plan::ScriptOutput { env: vec![("SAID".into(), "given".into())], ..Default::default() };
    fake.plan.overridden_scripts.insert(fake.id("build"), std::sync::Arc::new(said));
    assert_eq!(fake.ran(), ["app", "low"]);
    assert!(dhow_fs::read_to_string(&fake.path("target/debug/app")).unwrap().contains("said: given"));
    assert!(fake.ran().is_empty());
}
