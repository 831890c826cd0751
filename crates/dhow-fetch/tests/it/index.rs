//! The sparse index: revalidation, what is absent, retries, offline, guesses.

use dhow_fetch::{Event, FetchError, Freshness};
use dhow_model::SourceId;
use dhow_testkit::Times;

use crate::support::{Fixture, dependency, query};

#[test]
fn a_file_is_asked_for_again_only_if_it_changed() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0", "1.1.0"]);
    assert_eq!(fixture.versions("foo"), ["1.0.0", "1.1.0"]);
    assert_eq!(fixture.server.count_status("/index/3/f/foo", 200), 1);
    assert_eq!(fixture.versions("foo"), ["1.0.0", "1.1.0"]);
    assert_eq!(fixture.server.count_status("/index/3/f/foo", 304), 1, "the home knows the file's ETag");
    fixture.registry.versions("foo", &["2.0.0"]);
    assert_eq!(fixture.versions("foo"), ["1.0.0", "1.1.0", "2.0.0"]);
    assert_eq!(fixture.server.count_status("/index/3/f/foo", 200), 2);
    assert_eq!(fixture.saw(|event| matches!(event, Event::Updating { .. })), 3, "once per command");
}

#[test]
fn summaries_name_the_source_that_was_asked_for() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").dep("bar", "1").publish();
    let summaries = fixture.load("foo").expect("loads");
    assert!(summaries[0].id().source().is_crates_io());
    assert!(summaries[0].dependencies()[0].source().is_crates_io());
}

#[test]
fn a_lock_file_needs_no_news() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    fixture.server.clear_log();
    fixture.registry.versions("foo", &["1.1.0"]);
    let registries = fixture.registries();
    registries.set_freshness(Freshness::Cached);
    let registry = registries.registry(SourceId::crates_io()).expect("opens");
    assert_eq!(query(&registry, &dependency("foo", "1")), ["1.0.0"]);
    registry.prefetch(&[dependency("bar", "1")]);
    registry.wait(&|_| {});
    assert_eq!(fixture.server.requests().len(), 0);
    registry.request(["bar".into(), "foo".into()]);
    registry.wait(&|_| {});
    assert_eq!(fixture.server.count("/index/*"), 1, "only what is not in the home");
    registries.set_freshness(Freshness::Revalidated);
    assert_eq!(query(&registry, &dependency("foo", "1")), ["1.0.0", "1.1.0"]);
}

#[test]
fn what_is_absent_is_no_error() {
    for status in [404, 410, 451] {
        let fixture = Fixture::new();
        fixture.registry.versions("foo", &["1.0.0"]);
        assert_eq!(fixture.versions("foo"), ["1.0.0"]);
        fixture.server.fail("/index/3/f/foo", status, Times::Always);
        assert!(fixture.versions("foo").is_empty(), "{status}");
        fixture.server.heal();
        fixture.server.clear_log();
        assert_eq!(fixture.versions("foo"), ["1.0.0"]);
        assert_eq!(fixture.server.count_status("/index/3/f/foo", 200), 1, "the home forgot the file");
    }
}

#[test]
fn a_server_that_recovers_is_asked_again() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    fixture.server.fail("/index/3/f/foo", 500, 2);
    fixture.server.drop_connection("/index/3/f/foo", 1);
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    assert_eq!(fixture.saw(|event| matches!(event, Event::Retrying { .. })), 3);
    fixture.server.fail("/index/3/b/bar", 429, 1);
    assert!(fixture.versions("bar").is_empty());
}

#[test]
fn a_server_that_does_not_recover_is_an_error_that_names_it() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    fixture.server.fail("/index/3/f/foo", 500, Times::Always);
    let error = fixture.load("foo").expect_err("fails");
    assert!(matches!(error, FetchError::Status { status: 500, tries: 4, .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("{}/index/3/f/foo", fixture.server.url())), "{error}");
    assert_eq!(fixture.server.count("/index/3/f/foo"), 4);
    fixture.server.heal();
    fixture.server.truncate("/index/3/f/foo", 10, Times::Always);
    let error = fixture.load("foo").expect_err("fails");
    assert!(matches!(error, FetchError::Network { tries: 4, .. }), "{error:?}");
    fixture.server.heal();
    fixture.server.fail("/index/3/f/foo", 403, Times::Always);
    let error = fixture.load("foo").expect_err("fails");
    assert!(matches!(error, FetchError::Status { status: 403, tries: 1, .. }), "{error:?}");
}

#[test]
fn offline_the_home_is_all_there_is() {
    let mut fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    fixture.server.clear_log();
    fixture.offline = true;
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    let error = fixture.load("bar").expect_err("is unknown").to_string();
    assert!(error.contains("`bar`") && error.contains("--offline"), "{error}");
    assert_eq!(fixture.server.requests().len(), 0);
}

#[test]
fn offline_downloaded_versions_come_first() {
    let mut fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0", "1.1.0", "2.0.0"]);
    fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect("downloads");
    fixture.offline = true;
    let registry = fixture.registries().registry(SourceId::crates_io()).expect("opens");
    assert_eq!(query(&registry, &dependency("foo", "1")), ["1.0.0"]);
    assert_eq!(query(&registry, &dependency("foo", "2")), ["2.0.0"], "none is downloaded, so all count");
}

#[test]
fn many_are_asked_for_at_a_time() {
    let fixture = Fixture::new();
    let names: Vec<String> = (0..40).map(|number| format!("package-{number}")).collect();
    for name in &names {
        fixture.registry.versions(name, &["1.0.0"]);
    }
    fixture.server.delay("/index/pa/*", std::time::Duration::from_millis(20));
    let registry = fixture.registries().registry(SourceId::crates_io()).expect("opens");
    let interned: Vec<_> = names.iter().map(Into::into).collect();
    let loaded = registry.load_many(&interned, &|_| {});
    assert!(loaded.iter().all(|summaries| summaries.as_ref().is_ok_and(|summaries| summaries.len() == 1)));
    assert!(fixture.server.peak_in_flight() >= 8, "{}", fixture.server.peak_in_flight());
    assert_eq!(fixture.server.count("/index/config.json"), 1);
}

#[test]
fn what_a_resolver_will_need_is_guessed() {
    let fixture = Fixture::new();
    fixture.registry.package("top", "1.0.0").dep("middle", "1").publish();
    fixture.registry.package("middle", "1.0.0").dep("bottom", "1").dev_dep("not-needed", "1").publish();
    fixture.registry.versions("bottom", &["1.0.0"]);
    let registry = fixture.registries().registry(SourceId::crates_io()).expect("opens");
    registry.prefetch(&[dependency("top", "1")]);
    while fixture.server.count("/index/bo/tt/bottom") == 0 {
        registry.wait(&|_| {});
    }
    assert_eq!(fixture.server.count("/index/no/t-/not-needed"), 0);
    assert_eq!(query(&registry, &dependency("bottom", "1")), ["1.0.0"]);
    assert_eq!(fixture.server.count("/index/bo/tt/bottom"), 1);
}
