//! Builds that fail, and what they leave.

use dhow_build::BuildError;

use crate::fake::Fake;

#[test]
fn a_failed_unit_is_told_and_tried_again() {
    let mut fake = Fake::new();
    fake.lib("low", &[]);
    fake.bin("app", &["low"]);
    fake.ran();
    fake.write("p/src/low", "ERROR WARN\n");
    let built = fake.build();
    let Err(BuildError::Failed { failures }) = built.result else { panic!("{:?}", built.events) };
    assert_eq!(failures.len(), 1);
    let told =
        "failed low: could not compile `p` (lib) due to 1 previous error; 1 warning emitted".to_owned();
    assert!(built.events.contains(&told), "{:?}", built.events);
    assert_eq!(fake.build().ran, ["low"], "a failed unit is not fresh");
    fake.write("p/src/low", "pub low\nbody\n");
    assert_eq!(fake.ran(), ["low"], "as before the failure, so the program still fits");
}

#[test]
fn keep_going_makes_what_does_not_need_what_failed() {
    let mut fake = Fake::new();
    fake.jobs = 1;
    for name in ["a", "b", "c"] {
        fake.lib(name, &[]);
    }
    fake.lib("needs_a", &["a"]);
    fake.lib("needs_b", &["b"]);
    fake.write("p/src/a", "ERROR\n");
    fake.write("p/src/c", "ERROR\n");
    let built = fake.build();
    assert_eq!(built.ran, ["a"]);
    fake.keep_going = true;
    let built = fake.build();
    assert_eq!(built.ran.len(), 4, "{:?}", built.ran);
    assert!(!built.ran.contains(&"needs_a".to_owned()));
    let Err(error @ BuildError::Failed { .. }) = built.result else { panic!("it fails") };
    assert_eq!(error.to_string(), "2 units could not be built");
}

#[test]
fn a_compiler_that_forgets_its_output_is_an_error() {
    let mut fake = Fake::new();
    let id = fake.lib("low", &[]);
    fake.plan.recipes[id.index()].outputs[0].file_name = "never-written".into();
    let error = fake.build().result.unwrap_err().to_string();
    assert!(error.contains("never-written") && error.contains("missing"), "{error}");
}

#[test]
fn a_compiler_that_is_not_there_is_named() {
    let mut fake = Fake::new();
    let id = fake.lib("low", &[]);
    fake.plan.recipes[id.index()].program = dhow_plan::Program::Tool("/no/such/rustc".into());
    let error = fake.build().result.unwrap_err().to_string();
    assert!(error.contains("/no/such/rustc") && error.contains("help:"), "{error}");
}
