//! Downloads: what arrives, what is refused, and what is left behind.

use std::path::Path;
use std::time::Duration;

use dhow_fetch::{Event, FetchError, HttpSettings};
use dhow_fs::FileLock;
use dhow_testkit::{Fault, RawEntry, Times};

use crate::support::{Fixture, download};

/// What is in the home of a fixture after a failed download of `foo`: nothing of it.
fn assert_no_trace(fixture: &Fixture) {
    let left: Vec<_> = fixture.stored().into_iter().filter(|path| path.contains("foo")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn packages_arrive_whole_and_once() {
    let fixture = Fixture::new();
    for number in 0..30 {
        fixture
            .registry
            .package(&format!("package-{number}"), "1.0.0")
            .file("data", "x".repeat(9000))
            .publish();
    }
    let wanted: Vec<_> =
        (0..30).map(|number| fixture.wanted(&format!("package-{number}"), "1.0.0")).collect();
    let ready = fixture.download(&wanted).expect("downloads");
    assert_eq!(ready.len(), 30);
    for (id, path) in &ready {
        assert_eq!(dhow_fs::read(&path.join(".cargo-ok")).expect("is marked"), br#"{"v":1}"#, "{id:?}");
        assert_eq!(dhow_fs::read(&path.join("data")).expect("is there").len(), 9000);
    }
    assert!(!fixture.stored().iter().any(|path| path.contains(".dhow-")), "{:?}", fixture.stored());
    assert_eq!(fixture.saw(|event| matches!(event, Event::Downloaded { .. })), 30);
    assert!(fixture.sandbox.cargo_home().join("registry/CACHEDIR.TAG").is_file());
    fixture.server.clear_log();
    assert_eq!(fixture.download(&wanted).expect("all is there").len(), 30);
    assert_eq!(fixture.server.requests().len(), 0);
}

#[test]
fn a_home_that_cannot_be_written_serves_what_it_has() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    let wanted = [fixture.wanted("foo", "1.0.0")];
    fixture.download(&wanted).expect("downloads");
    let lock = fixture.sandbox.cargo_home().join(".package-cache");
    // Whoever tries to take this lock waits for ever: it is not needed.
    let held = FileLock::lock_exclusive(&lock, &|_| {}).expect("locks");
    assert_eq!(fixture.download(&wanted).expect("is there").len(), 1);
    drop(held);
}

#[test]
fn a_bad_connection_is_tried_again() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").file("data", "x".repeat(100_000)).publish();
    let wanted = [fixture.wanted("foo", "1.0.0")];
    fixture.server.fail("/dl/foo/*", 503, 1);
    fixture.server.truncate("/dl/foo/*", 100, 1);
    fixture.server.drop_connection("/dl/foo/*", 1);
    fixture.download(&wanted).expect("downloads at last");
    assert_eq!(fixture.saw(|event| matches!(event, Event::Retrying { .. })), 3);
}

#[test]
fn a_body_that_is_always_cut_off_is_an_error() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    let wanted = [fixture.wanted("foo", "1.0.0")];
    fixture.server.truncate("/dl/foo/*", 100, Times::Always);
    let error = fixture.download(&wanted).expect_err("fails");
    assert!(matches!(error, FetchError::Network { tries: 4, .. }), "{error:?}");
    assert_no_trace(&fixture);
    fixture.server.heal();
    fixture.server.fail("/dl/foo/*", 404, Times::Always);
    let error = fixture.download(&wanted).expect_err("fails").to_string();
    assert!(error.contains("/dl/foo/1.0.0/download") && error.contains("404"), "{error}");
    assert_no_trace(&fixture);
}

#[test]
fn what_comes_too_slowly_is_given_up() {
    let mut fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    let wanted = [fixture.wanted("foo", "1.0.0")];
    fixture.server.fault("/dl/foo/*", Fault::Drip(Duration::from_millis(20)), Times::Always);
    fixture.http = HttpSettings {
        timeout: Duration::from_millis(300),
        low_speed_limit: 1_000_000,
        ..HttpSettings::default()
    };
    let error = fixture.download(&wanted).expect_err("is too slow").to_string();
    assert!(error.contains("less than 1000000 bytes a second came for 0.3 seconds"), "{error}");
    assert_no_trace(&fixture);
}

#[test]
fn another_archive_than_the_published_is_thrown_away() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").tamper(|bytes| bytes.push(0)).publish();
    let error = fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect_err("fails");
    assert!(matches!(error, FetchError::ChecksumMismatch { .. }), "{error:?}");
    assert!(error.to_string().contains("`foo 1.0.0`"), "{error}");
    assert_no_trace(&fixture);
}

#[test]
fn archives_that_an_attacker_makes_are_refused() {
    let entries = [
        RawEntry::file("../evil", "x"),
        RawEntry::file("foo-1.0.0/../../evil", "x"),
        RawEntry::file("/evil", "x"),
        RawEntry::file("bar-1.0.0/evil", "x"),
        RawEntry::symlink("foo-1.0.0/link", "/etc/passwd"),
        RawEntry::hard_link("foo-1.0.0/link", "foo-1.0.0/Cargo.toml"),
        RawEntry::fifo("foo-1.0.0/pipe"),
        RawEntry::device("foo-1.0.0/device"),
    ];
    for entry in entries {
        let fixture = Fixture::new();
        fixture.registry.package("foo", "1.0.0").entry(entry.clone()).publish();
        let error = fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect_err("is refused");
        assert!(matches!(error, FetchError::BadArchive { .. }), "{entry:?}: {error:?}");
        assert_no_trace(&fixture);
        assert!(!fixture.sandbox.cargo_home().join("registry/src/evil").exists());
    }
}

#[test]
fn an_archive_that_is_cut_off_but_vouched_for_is_refused() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").reshape(|bytes| bytes.truncate(bytes.len() / 2)).publish();
    let error = fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect_err("is refused");
    assert!(matches!(error, FetchError::BadArchive { .. }), "{error:?}");
    assert_no_trace(&fixture);
}

#[test]
fn half_made_sources_are_made_again() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    let wanted = [fixture.wanted("foo", "1.0.0")];
    let ready = fixture.download(&wanted).expect("downloads");
    let sources = &ready[0].1;
    for marker in [&b""[..], b"ok"] {
        dhow_fs::write(&sources.join(".cargo-ok"), marker).expect("writes");
        dhow_fs::write(&sources.join("stray"), b"").expect("writes");
        fixture.server.clear_log();
        fixture.download(&wanted).expect("unpacks again");
        assert!(!sources.join("stray").exists() && sources.join("src/lib.rs").exists());
        assert_eq!(fixture.server.count("/dl/*"), 0, "the archive was there");
    }
}

#[test]
fn a_spoiled_archive_is_downloaded_again() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    let wanted = [fixture.wanted("foo", "1.0.0")];
    fixture.download(&wanted).expect("downloads");
    let home = fixture.home().registry_of(fixture.actual());
    dhow_fs::write(&home.archive(wanted[0].id), b"spoiled").expect("writes");
    dhow_fs::remove_dir_all(&home.sources(wanted[0].id)).expect("removes");
    assert_eq!(fixture.download(&wanted).expect("downloads").len(), 1);
    assert_eq!(fixture.server.count("/dl/*"), 2);
    assert!(home.has_sources(wanted[0].id).expect("looks"));
}

#[test]
fn what_killed_processes_left_is_removed() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0", "2.0.0", "3.0.0"]);
    let wanted =
        [fixture.wanted("foo", "1.0.0"), fixture.wanted("foo", "2.0.0"), fixture.wanted("foo", "3.0.0")];
    let home = fixture.home().registry_of(fixture.actual());
    for package in &wanted {
        dhow_fs::create_dir_all(&home.sources_part(package.id)).expect("makes");
        dhow_fs::create_dir_all(home.cache()).expect("makes");
        dhow_fs::write(&home.archive_part(package.id), &[7; 5000]).expect("writes");
    }
    fixture.download(&wanted[..2]).expect("downloads");
    assert!(!fixture.stored().iter().any(|path| path.contains(".dhow-")), "{:?}", fixture.stored());
    assert!(!home.sources(wanted[2].id).exists());
}

#[test]
fn two_commands_share_the_work() {
    let fixture = Fixture::new();
    for number in 0..12 {
        fixture.registry.package(&format!("package-{number}"), "1.0.0").publish();
    }
    let wanted: Vec<_> =
        (0..12).map(|number| fixture.wanted(&format!("package-{number}"), "1.0.0")).collect();
    fixture.server.delay("/dl/*", Duration::from_millis(5));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(fixture.download(&wanted).expect("downloads").len(), 12));
        }
    });
    assert_eq!(fixture.server.count("/dl/*"), 12, "each is downloaded once");
    assert!(!fixture.stored().iter().any(|path| path.contains(".dhow-")), "{:?}", fixture.stored());
}

#[test]
fn offline_what_is_missing_is_named() {
    let mut fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    fixture.registry.versions("bar", &["1.0.0"]);
    let wanted = [fixture.wanted("foo", "1.0.0"), fixture.wanted("bar", "1.0.0")];
    fixture.download(&wanted[..1]).expect("downloads");
    fixture.offline = true;
    let error = fixture.download(&wanted).expect_err("bar is missing").to_string();
    assert!(
        error.contains("`bar 1.0.0`") && !error.contains("foo") && error.contains("--offline"),
        "{error}"
    );
}

#[test]
fn large_archives_go_over_the_disk() {
    let fixture = Fixture::new();
    let mut state = 1_u64;
    let noise = (0..20_000_000_u32).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    });
    let noise: Vec<u8> = noise.collect();
    fixture.registry.package("foo", "1.0.0").file("noise", &noise).publish();
    let wanted = [fixture.wanted("foo", "1.0.0")];
    fixture.server.truncate("/dl/foo/*", 12_000_000, 1);
    let ready = fixture.download(&wanted).expect("downloads");
    assert_eq!(dhow_fs::read(&ready[0].1.join("noise")).expect("reads"), noise);
    dhow_fs::remove_dir_all(&ready[0].1).expect("removes");
    fixture.download(&wanted).expect("unpacks the archive that is there");
    assert_eq!(fixture.server.count("/dl/*"), 2);
}

#[test]
fn a_checksum_that_nobody_wrote_down_is_asked_of_the_index() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").tamper(|bytes| bytes.push(0)).publish();
    let mut wanted = fixture.wanted("foo", "1.0.0");
    wanted.checksum = None;
    let error = download(&fixture.registries(), &[wanted], |_| {}).expect_err("fails");
    assert!(matches!(error, FetchError::ChecksumMismatch { .. }), "{error:?}");
    assert!(!Path::new(&fixture.home().registry_of(fixture.actual()).archive(wanted.id)).exists());
}
