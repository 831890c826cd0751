//! What the real cargo makes of well-formed packages, over HTTP and from the directory.

use dhow_testkit::{Sandbox, toolchain};

use crate::fixture;

#[track_caller]
fn builds_and_runs(sandbox: &Sandbox) {
    let output = sandbox.cargo(["run", "--quiet"]).assert_success();
    assert_eq!(output.stdout, "hello 42\n");
    let lock = sandbox.read("Cargo.lock");
    for (name, version) in [("leaf", "1.0.5"), ("picky", "1.0.0"), ("only-windows", "1.0.0")] {
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+");
        assert!(lock.contains(&entry), "{name} {version} is not in\n{lock}");
    }
}

#[test]
fn over_http() {
    let registry = fixture::registry();
    let server = registry.serve();
    let sandbox = fixture::project();
    sandbox.use_sparse(&server);
    builds_and_runs(&sandbox);
    assert_eq!(server.count("/dl/leaf/1.0.5/download"), 1);
    assert_eq!(server.count("/dl/only-windows/*"), 0);
    assert_eq!(server.count("/index/le/af/leaf"), 1);
}

#[test]
fn from_the_directory() {
    let registry = fixture::registry();
    let sandbox = fixture::project();
    sandbox.use_local(&registry);
    builds_and_runs(&sandbox);
}

#[test]
fn an_alternative_registry_is_a_second_one() {
    let (main, other) = (fixture::registry(), dhow_testkit::Registry::new());
    let (main_server, other_server) = (main.serve(), other.serve());
    other.package("theirs", "1.0.0").publish();
    main.package("mixed", "1.0.0")
        .dep_with("theirs", "1", |d| d.registry(&other_server.index_url()))
        .publish();
    let sandbox = Sandbox::new();
    sandbox
        .use_sparse(&main_server)
        .alt_registry("alt", &other_server)
        .manifest(
            "app",
            "[dependencies]\nmixed = \"1\"\nmine = { package = \"theirs\", version = \"1\", registry = \"alt\" }",
        )
        .file("src/lib.rs", "");
    sandbox.cargo(["fetch"]).assert_success();
    assert_eq!(other_server.count("/dl/*"), 1);
    let source = format!("source = \"{}\"", other_server.index_url());
    assert!(sandbox.read("Cargo.lock").contains(&source));
}

#[test]
fn an_index_that_did_not_change_is_not_sent_again() {
    let registry = fixture::registry();
    let server = registry.serve();
    let sandbox = fixture::project_on("leaf");
    sandbox.use_sparse(&server);
    sandbox.cargo(["generate-lockfile"]).assert_success();
    assert_eq!(server.count_status("/index/le/af/leaf", 200), 1);
    sandbox.cargo(["update"]).assert_success();
    assert_eq!(server.count_status("/index/le/af/leaf", 304), 1);
    registry.package("leaf", "1.2.0").publish();
    sandbox.cargo(["update"]).assert_success();
    assert_eq!(server.count_status("/index/le/af/leaf", 200), 2);
    assert!(sandbox.read("Cargo.lock").contains("version = \"1.2.0\""));
}

#[test]
fn yanking_later_keeps_a_lock_but_not_a_new_choice() {
    let registry = fixture::registry();
    let sandbox = fixture::project_on("leaf");
    sandbox.use_local(&registry);
    sandbox.cargo(["generate-lockfile"]).assert_success();
    registry.set_yanked("leaf", "1.0.5", true);
    sandbox.cargo(["fetch", "--locked"]).assert_success();
    sandbox.remove("Cargo.lock").cargo(["generate-lockfile"]).assert_success();
    assert!(sandbox.read("Cargo.lock").contains("version = \"1.0.0\""));
}

#[test]
fn the_toolchain_is_the_real_one() {
    let sandbox = Sandbox::new();
    let output = sandbox.cargo(["-vV"]).assert_success();
    assert!(output.stdout.starts_with("cargo "), "{output}");
    assert!(toolchain().rustc().is_file());
}
