//! Servers that fail, and no network at all.

use std::time::Duration;

use dhow_testkit::{Cmd, Fault, Registry, Sandbox, Times};

use super::{nothing_half_made, refused};
use crate::support::{Fixture, cmd, fixture, listing, ok, packages_in, without_network};

fn project() -> Fixture {
    fixture(|r| r.versions("leaf", &["1.0.0"]), "[dependencies]\nleaf = \"1\"\n")
}

/// With little patience.
fn fetch(f: &Fixture) -> Cmd {
    cmd(&f.project, "fetch").env("__CARGO_TEST_FIXED_RETRY_SLEEP_MS", "1")
}

#[test]
fn errors_that_pass_are_tried_again() {
    let f = project();
    f.server.fail("/index/config.json", 500, 1).fail("/index/le/af/leaf", 500, 2).fail("/dl/leaf/*", 503, 1);
    fetch(&f).run().assert_success();
    assert_eq!(f.server.count_status("/index/le/af/leaf", 500), 2);
    assert_eq!(f.server.count_status("/index/le/af/leaf", 200), 1);
    assert_eq!(f.server.count_status("/dl/leaf/*", 200), 1);
    nothing_half_made(&f.project);
}

#[test]
fn connections_that_break_are_tried_again() {
    let f = project();
    f.server.drop_connection("/index/le/af/leaf", 1).truncate("/dl/leaf/*", 10, 1);
    fetch(&f).run().assert_success();
    assert_eq!(f.server.count("/dl/leaf/*"), 2);
    nothing_half_made(&f.project);
}

#[test]
fn errors_without_end_are_reported() {
    for (pattern, fault, said) in [
        ("/index/le/af/leaf", Fault::Status(500), "500"),
        ("/index/config.json", Fault::Status(503), "503"),
        ("/dl/leaf/*", Fault::Status(500), "500"),
        ("/dl/leaf/*", Fault::Status(403), "403"),
        ("/dl/leaf/*", Fault::Truncate(10), "leaf"),
        ("/dl/leaf/*", Fault::Drop, "leaf"),
        ("/index/config.json", Fault::Body(b"no json".to_vec()), "leaf"),
    ] {
        let f = project();
        f.server.fault(pattern, fault.clone(), Times::Always);
        let output = fetch(&f).env("CARGO_NET_RETRY", "1").run().assert_code(101);
        assert!(output.stderr.contains(said), "{pattern} {fault:?}: {output}");
        assert!(packages_in(&f.project.cargo_home()).is_empty(), "{output}");
        nothing_half_made(&f.project);
        let met = f.server.count(pattern);
        let tries = match fault {
            Fault::Status(500 | 503) | Fault::Truncate(_) => 2..=2,
            Fault::Drop => 1..=2,
            _ => 1..=1,
        };
        assert!(tries.contains(&met), "{pattern} {fault:?}: tried {met} times");
        f.server.heal();
        ok(&f.project, "fetch");
    }
}

#[test]
fn a_server_that_is_slow_is_waited_for() {
    let f = project();
    f.server.delay("*", Duration::from_millis(150));
    ok(&f.project, "fetch");
}

#[test]
fn a_package_that_the_server_denies() {
    let f = project();
    f.server.fail("/index/le/af/leaf", 404, Times::Always);
    drop(refused(&f.project, "fetch", &["leaf"]));
    f.server.heal();
    f.server.fail("/index/le/af/leaf", 451, Times::Always);
    drop(refused(&f.project, "fetch", &["leaf"]));
}

#[test]
fn nobody_listens() {
    let f = project();
    let before = listing(&f.project.path(""));
    let output = without_network(fetch(&f)).run().assert_code(101);
    // It says whom it could not reach.
    let server = f.server.url().trim_start_matches("http://");
    assert!(output.stderr.contains(server) || output.stderr.contains("127.0.0.1"), "{output}");
    assert_eq!(listing(&f.project.path("")), before);
    nothing_half_made(&f.project);
}

#[test]
fn offline_with_an_empty_home() {
    let f = project();
    for words in
        ["check --offline", "fetch --offline", "metadata --format-version 1 --offline", "tree --offline"]
    {
        drop(refused(&f.project, words, &["leaf", "offline"]));
    }
    assert!(f.server.requests().is_empty());
    assert!(!f.project.exists("Cargo.lock") && !f.project.exists("target"));
    ok(&f.project, "generate-lockfile");
    f.server.clear_log();
    drop(refused(&f.project, "check --frozen", &["leaf"]));
    let said = cmd(&f.project, "check").env("CARGO_NET_OFFLINE", "true").run().assert_code(101);
    assert!(said.stderr.contains("leaf"), "{said}");
    assert!(f.server.requests().is_empty());
}

#[test]
fn a_local_registry_that_is_not_there() {
    let registry = Registry::new();
    registry.versions("leaf", &["1.0.0"]);
    let sandbox = Sandbox::new();
    sandbox.use_local(&registry).manifest("app", "[dependencies]\nleaf = \"1\"\n").file("src/lib.rs", "");
    ok(&sandbox, "generate-lockfile");
    std::fs::remove_file(registry.crate_file("leaf", "1.0.0")).expect("the archive was there");
    drop(refused(&sandbox, "fetch", &["leaf"]));
    let gone = registry.path().display().to_string();
    drop(registry);
    drop(refused(&sandbox, "fetch", &[&gone]));
}
