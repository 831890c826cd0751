//! What runs again, and what does not.

use dhow_fs::FileTime;

use crate::fake::Fake;

/// `app` links `mid` and with it `low`; `other` stands alone.
fn project() -> Fake {
    let mut fake = Fake::new();
    fake.lib("low", &[]);
    fake.lib("mid", &["low"]);
    fake.lib("other", &[]);
    fake.bin("app", &["mid", "other"]);
    fake
}

#[test]
fn the_second_build_runs_nothing() {
    let fake = project();
    assert_eq!(fake.ran(), ["app", "low", "mid", "other"]);
    let app = dhow_fs::read_to_string(&fake.path("target/debug/app")).unwrap();
    assert_eq!(
        app,
        "pub app\nbody\npub low\nbody\nsaid: \npub mid\nbody\nsaid: \npub other\nbody\nsaid: \nsaid: \n"
    );
    let again = fake.build();
    assert!(again.ran.is_empty(), "{:?}", again.events);
    let outcome = again.result.unwrap();
    assert_eq!((outcome.made, outcome.fresh), (0, 4));
    let artifact = &outcome.artifacts[&fake.id("app")];
    assert_eq!(artifact.executable.as_deref(), Some(fake.path("target/debug/app").as_path()));
    assert!(artifact.fresh);
}

#[test]
fn the_rule_beside_the_program_names_all_local_files() {
    let fake = project();
    fake.ran();
    let rule = dhow_fs::read_to_string(&fake.path("target/debug/app.d")).unwrap();
    let src = |name: &str| fake.path("p/src").join(name).display().to_string();
    let files = ["app", "low", "mid", "other"].map(src).join(" ");
    assert_eq!(rule, format!("{}: {files}\n", fake.path("target/debug/app").display()));
}

#[test]
fn a_touched_file_is_not_a_changed_file() {
    let fake = project();
    fake.ran();
    for name in ["low", "mid", "app"] {
        dhow_fs::set_mtime(&fake.path("p/src").join(name), FileTime { secs: 4_000_000_000, nanos: 0 })
            .unwrap();
    }
    assert!(fake.ran().is_empty());
}

#[test]
fn an_edit_reaches_those_that_depend_on_it_and_no_more() {
    let fake = project();
    fake.ran();
    fake.write("p/src/other", "pub other\nchanged\n");
    assert_eq!(fake.ran(), ["app", "other"]);
    fake.write("p/src/low", "pub lower\nbody\n");
    assert_eq!(fake.ran(), ["app", "low", "mid"]);
    assert!(fake.ran().is_empty());
}

#[test]
fn an_edit_that_changes_no_metadata_stops_at_what_links() {
    let fake = project();
    fake.ran();
    fake.write("p/src/low", "pub low\nanother body\n");
    assert_eq!(fake.ran(), ["app", "low"], "mid was compiled against metadata that has not changed");
    assert!(dhow_fs::read_to_string(&fake.path("target/debug/app")).unwrap().contains("another body"));
}

#[test]
fn an_output_that_is_gone_is_made_again_and_nothing_else() {
    let fake = project();
    fake.ran();
    dhow_fs::remove_file(&fake.path("target/debug/deps/low.out")).unwrap();
    assert_eq!(fake.ran(), ["low"], "the same output: whoever used it stays");
    dhow_fs::remove_file(&fake.path("target/debug/app")).unwrap();
    assert!(fake.ran().is_empty());
    assert!(fake.path("target/debug/app").exists(), "put back without a compiler");
}

#[test]
fn a_variable_that_was_asked_for_counts() {
    let mut fake = project();
    fake.ran();
    fake.env.insert("UNRELATED".into(), "1".into());
    assert!(fake.ran().is_empty());
    fake.env.insert("FAKE_VAR".into(), "1".into());
    assert_eq!(fake.ran(), ["app", "low", "mid", "other"]);
    assert!(fake.ran().is_empty());
}

#[test]
fn another_key_is_another_unit() {
    let mut fake = project();
    fake.ran();
    let id = fake.id("other");
    fake.plan.recipes[id.index()].key.0[31] = 1;
    assert_eq!(fake.ran(), ["app", "other"]);
}

#[test]
fn reasons_are_told() {
    let fake = project();
    fake.ran();
    fake.write("p/src/low", "pub lower\n");
    let built = fake.build();
    let path = fake.path("p/src/low");
    assert!(built.events.contains(&format!("dirty low: the file `{}` has changed", path.display())));
    assert!(built.events.contains(&"dirty mid: a dependency has changed".to_owned()), "{:?}", built.events);
    assert!(built.events.contains(&"fresh other".to_owned()));
}

#[test]
fn warnings_are_told_again() {
    let fake = project();
    fake.write("p/src/mid", "pub mid WARN\n");
    let first = fake.build();
    assert!(first.events.contains(&"new mid: careful".to_owned()), "{:?}", first.events);
    let second = fake.build();
    assert!(second.ran.is_empty());
    assert!(second.events.contains(&"again mid: careful".to_owned()), "{:?}", second.events);
    assert!(second.events.contains(&"problems mid 0 1".to_owned()));
    fake.write("p/src/mid", "pub mid\n");
    fake.ran();
    assert!(!fake.build().events.contains(&"again mid: careful".to_owned()));
}
