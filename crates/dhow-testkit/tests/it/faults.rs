//! What the real cargo does with a server that fails, and with packages that are broken on purpose.

use std::time::{Duration, Instant};

use dhow_testkit::{Output, PackageBuilder, RawEntry, Registry, Times};

use crate::fixture;

#[test]
fn ordered_errors_are_retried() {
    let registry = fixture::registry();
    let server = registry.serve();
    server.fail("/index/le/af/leaf", 500, 2).fail("/dl/leaf/*", 503, 1);
    let sandbox = fixture::project_on("leaf");
    sandbox.use_sparse(&server);
    let fetch = sandbox.cargo_cmd(["fetch"]).env("__CARGO_TEST_FIXED_RETRY_SLEEP_MS", "1");
    fetch.run().assert_success();
    assert_eq!(server.count_status("/index/le/af/leaf", 500), 2);
    assert_eq!(server.count_status("/index/le/af/leaf", 200), 1);
    assert_eq!(server.count_status("/dl/leaf/*", 503), 1);
    assert_eq!(server.count_status("/dl/leaf/*", 200), 1);
}

#[test]
fn a_dropped_connection_is_seen_as_such() {
    let registry = fixture::registry();
    let server = registry.serve();
    server.drop_connection("/dl/leaf/*", Times::Always);
    let sandbox = fixture::project_on("leaf");
    sandbox.use_sparse(&server);
    sandbox.cargo(["fetch"]).assert_failure().assert_stderr_has("Empty reply");
    assert!(server.count_status("/dl/leaf/*", 0) >= 1);
}

#[test]
fn errors_without_end_are_reported_until_they_heal() {
    let registry = fixture::registry();
    let server = registry.serve();
    server.fail("/index/*/leaf", 503, Times::Always);
    let sandbox = fixture::project_on("leaf");
    sandbox.use_sparse(&server);
    let fetch = sandbox.cargo_cmd(["fetch"]).env("__CARGO_TEST_FIXED_RETRY_SLEEP_MS", "1");
    fetch.run().assert_failure().assert_stderr_has("503");
    server.heal();
    fetch.run().assert_success();
}

#[test]
fn a_body_that_breaks_off_is_asked_for_again() {
    let registry = fixture::registry();
    let server = registry.serve();
    server.truncate("/dl/leaf/*", 10, 1);
    let sandbox = fixture::project_on("leaf");
    sandbox.use_sparse(&server);
    let fetch = sandbox.cargo_cmd(["fetch"]).env("__CARGO_TEST_FIXED_RETRY_SLEEP_MS", "1");
    fetch.run().assert_success();
    assert_eq!(server.count("/dl/leaf/*"), 2);
}

#[test]
fn delays_and_holds_keep_a_client_waiting() {
    let registry = fixture::registry();
    let server = registry.serve();
    server.delay("/index/config.json", Duration::from_millis(200));
    let sandbox = fixture::project_on("leaf");
    sandbox.use_sparse(&server);
    let started = Instant::now();
    let hold = server.hold("/dl/*");
    let running = sandbox.cargo_cmd(["fetch"]).spawn();
    while hold.waiting() == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "no download was asked for");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(started.elapsed() >= Duration::from_millis(200));
    drop(hold);
    running.wait().assert_success();
}

#[test]
fn a_token_is_asked_for() {
    let registry = Registry::new();
    registry.package("secret", "1.0.0").publish();
    let server = registry.serve();
    server.require_token("open sesame");
    let sandbox = dhow_testkit::Sandbox::new();
    sandbox
        .alt_registry("alt", &server)
        .config("[registry]\nglobal-credential-providers = [\"cargo:token\"]")
        .manifest("app", "[dependencies]\nsecret = { version = \"1\", registry = \"alt\" }")
        .file("src/lib.rs", "");
    sandbox.cargo(["fetch"]).assert_failure().assert_stderr_has("token");
    let fetch = sandbox.cargo_cmd(["fetch"]);
    fetch.env("CARGO_REGISTRIES_ALT_TOKEN", "open sesame").run().assert_success();
}

/// Publishes one package, broken as told, and lets cargo fetch it.
fn fetch_of(break_it: impl FnOnce(PackageBuilder) -> PackageBuilder) -> Output {
    let registry = Registry::new();
    break_it(registry.package("broken", "1.0.0")).publish();
    let sandbox = fixture::project_on("broken");
    sandbox.use_local(&registry);
    let output = sandbox.cargo(["fetch"]);
    assert!(!sandbox.root().join("evil").exists());
    output
}

#[test]
fn a_package_that_is_not_broken_is_taken() {
    fetch_of(|p| p).assert_success();
    let long = format!("broken-1.0.0/{}/file.txt", "long".repeat(40));
    fetch_of(|p| p.entry(RawEntry::file(&long, "x"))).assert_success();
}

#[test]
fn a_wrong_checksum_is_refused() {
    fetch_of(|p| p.checksum(&"0".repeat(64))).assert_failure().assert_stderr_has("checksum");
    fetch_of(|p| p.tamper(|bytes| bytes[20] ^= 1)).assert_failure().assert_stderr_has("checksum");
}

#[test]
fn a_truncated_archive_is_refused() {
    let output = fetch_of(|p| p.reshape(|bytes| bytes.truncate(bytes.len() / 2)));
    output.assert_failure().assert_stderr_has("unpack");
    fetch_of(|p| p.crate_bytes(b"not gzip".to_vec())).assert_failure();
}

#[test]
fn an_entry_that_leaves_its_directory_is_refused() {
    for path in ["../evil", "other-1.0.0/evil", "/evil"] {
        fetch_of(|p| p.entry(RawEntry::file(path, "x"))).assert_failure();
    }
    // Cargo passes over this one without a word; `fetch_of` sees that nothing was written.
    let climbing = RawEntry::file("broken-1.0.0/../../../../../../../../evil", "x");
    fetch_of(|p| p.entry(climbing)).assert_success();
    let claims_more = RawEntry::file("broken-1.0.0/big", "x").claims_size(1 << 40);
    fetch_of(|p| p.entry(claims_more)).assert_failure();
}

#[test]
fn lines_of_any_kind_stand_in_the_index() {
    let registry = Registry::new();
    registry.package("broken", "1.0.0").index_line("{ not json").publish();
    registry.raw_index_line("broken", "");
    let sandbox = fixture::project_on("broken");
    sandbox.use_local(&registry);
    sandbox.cargo(["generate-lockfile"]).assert_failure();
    registry.package("broken", "1.0.1").publish();
    sandbox.cargo(["generate-lockfile"]).assert_success();
    registry.remove("broken", "1.0.1");
    sandbox.remove("Cargo.lock").cargo(["generate-lockfile"]).assert_failure();
}
