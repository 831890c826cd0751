//! One home for both tools, and no network: what one of them has fetched serves the other, which downloads and unpacks
//! nothing again.

use std::collections::BTreeMap;
use std::path::Path;

use dhow_testkit::{Cmd, Registry, Sandbox};

use crate::registries::fill;
use crate::support::{
    bare_fixture, cmd, compiled, fixture, identities, names_in, packages_in, run, without_network,
};

fn program(project: &Sandbox) {
    project
        .manifest("app", "[dependencies]\nhub = \"1\"\n")
        .file("src/main.rs", "fn main() { println!(\"{}\", hub::say()); }");
}

/// Archives and unpacked sources as they lie in the home.
fn fetched(home: &Path) -> BTreeMap<String, (u64, i128, u64)> {
    let mut all = identities(&home.join("registry"));
    all.retain(|path, _| path.starts_with("src/") || path.starts_with("cache/"));
    all
}

fn cargo(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cargo_cmd(words.split_whitespace())
}

type Tool = fn(&Sandbox, &str) -> Cmd;

/// `first` fetches, `second` builds in a second checkout with the same home, and touches nothing of it.
#[track_caller]
fn serves(first: Tool, second: Tool, first_words: &str) {
    let f = bare_fixture(fill);
    program(&f.project);
    first(&f.project, first_words).run().assert_success();
    let home = f.project.cargo_home();
    let before = fetched(&home);
    assert!(before.keys().any(|path| path.ends_with("/hub-1.0.0/.cargo-ok")), "{before:?}");
    f.server.clear_log();
    let clone = f.project.copy_sharing_home();
    clone.remove("target");
    for words in ["build --offline --locked", "build --locked"] {
        without_network(second(&clone, words)).run().assert_success();
    }
    without_network(second(&clone, "run -q --frozen")).run().assert_success().assert_stdout_has("hello 42");
    assert_eq!(fetched(&home), before, "the second tool wrote to the first one's home");
    assert!(f.server.requests().is_empty(), "{:?}", f.server.requests());
}

#[test]
fn what_dhow_fetched_serves_cargo() {
    serves(cmd, cargo, "fetch");
}

#[test]
fn what_dhow_built_serves_cargo() {
    serves(cmd, cargo, "build");
}

#[test]
fn what_cargo_fetched_serves_dhow() {
    serves(cargo, cmd, "fetch");
}

#[test]
fn what_cargo_built_serves_dhow() {
    serves(cargo, cmd, "build");
}

#[test]
fn a_local_registry_serves_both() {
    let registry = Registry::new();
    fill(&registry);
    for (first, second) in [(cmd as Tool, cargo as Tool), (cargo, cmd)] {
        let project = Sandbox::new();
        project.use_local(&registry);
        program(&project);
        first(&project, "fetch").run().assert_success();
        let before = fetched(&project.cargo_home());
        assert!(before.keys().any(|path| path.contains("/hub-1.0.0/src/lib.rs")), "{before:?}");
        let built = second(&project, "run -q --offline --locked").run();
        built.assert_success().assert_stdout_has("hello 42");
        assert_eq!(fetched(&project.cargo_home()), before);
    }
}

/// The whole home is the same, whoever made it: names of directories, and what was unpacked, byte for byte.
#[test]
fn both_fill_a_home_alike() {
    let f = bare_fixture(fill);
    program(&f.project);
    let [theirs, ours] = [cargo as Tool, cmd].map(|tool| {
        let project = f.project.copy();
        tool(&project, "fetch").run().assert_success();
        project
    });
    let files = |sandbox: &Sandbox| {
        let registry = sandbox.cargo_home().join("registry");
        let paths = identities(&registry).into_keys();
        let kept = paths.filter(|path| !path.ends_with('/') && !path.contains(".global-cache"));
        kept.map(|path| (path.clone(), std::fs::read(registry.join(path)).expect("a file")))
            .collect::<BTreeMap<_, _>>()
    };
    let (theirs, ours) = (files(&theirs), files(&ours));
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>(), "the files of the home");
    for (path, bytes) in &theirs {
        assert!(ours[path] == *bytes, "{path} differs");
    }
}

/// What one tool has of the index, the other has checked, not sent again.
#[test]
fn the_index_is_revalidated_not_sent_again() {
    for (first, second) in [(cmd as Tool, cargo as Tool), (cargo, cmd), (cmd, cmd)] {
        let f = bare_fixture(fill);
        program(&f.project);
        first(&f.project, "fetch").run().assert_success();
        f.server.clear_log();
        second(&f.project, "generate-lockfile").run().assert_success();
        let packages = f.server.count("/index/*/*");
        assert!(packages >= 4, "{:?}", f.server.requests());
        assert_eq!(f.server.count_status("/index/*/*", 304), packages);
        assert_eq!(f.server.count("/dl/*"), 0);
    }
}

#[test]
fn a_build_downloads_only_what_it_compiles() {
    let f = bare_fixture(fill);
    program(&f.project);
    cmd(&f.project, "build").run().assert_success();
    assert_eq!(f.server.count("/dl/winonly/*"), 0);
    for name in ["leaf", "native", "macros", "hub"] {
        assert_eq!(f.server.count(&format!("/dl/{name}/*")), 1, "{name}");
    }
    cmd(&f.project, "fetch").run().assert_success();
    assert_eq!(f.server.count("/dl/winonly/*"), 1);
    assert_eq!(f.server.count("/dl/*"), 5);
    let f = bare_fixture(fill);
    program(&f.project);
    cmd(&f.project, "fetch --target x86_64-unknown-linux-gnu").run().assert_success();
    assert_eq!((f.server.count("/dl/winonly/*"), f.server.count("/dl/*")), (0, 4));
}

/// Archives are enough: sources that were removed are unpacked again without network.
#[test]
fn sources_come_back_from_the_archives() {
    let f = bare_fixture(fill);
    program(&f.project);
    cmd(&f.project, "fetch").run().assert_success();
    let home = f.project.cargo_home();
    let before = packages_in(&home);
    std::fs::remove_dir_all(home.join("registry/src")).expect("the sources were there");
    without_network(cmd(&f.project, "fetch --offline")).run().assert_success();
    assert_eq!(packages_in(&home), before);
}

#[test]
fn offline_takes_what_is_there() {
    let f = fixture(fill, "[dependencies]\nleaf = \"=1.0.0\"\n");
    cmd(&f.project, "fetch").run().assert_success();
    f.project.remove("Cargo.lock").manifest("app", "[dependencies]\nleaf = \"1\"\n");
    without_network(cmd(&f.project, "check --offline")).run().assert_success();
    let lock = f.project.read("Cargo.lock");
    // The newer version is known, but not here.
    assert!(lock.contains("version = \"1.0.0\""), "{lock}");
}

/// One target directory: each builds after the other, and each finds its own work fresh again.
#[test]
fn both_in_one_target_directory() {
    let f = bare_fixture(fill);
    program(&f.project);
    let everything = ["app", "hub", "leaf", "macros", "native"];
    assert_eq!(compiled(&run(&f.project, "build").assert_success()), everything);
    cargo(&f.project, "run -q").run().assert_success().assert_stdout_has("hello 42");
    assert!(compiled(&run(&f.project, "build").assert_success()).is_empty());
    let again = cargo(&f.project, "build").run().assert_success();
    assert!(compiled(&again).is_empty(), "{again}");
    let program = f.project.cmd(f.project.path("target/debug/app"));
    program.run().assert_success().assert_stdout_has("hello 42");
}

/// A directory source as `vendor` leaves it, with nothing in the home.
#[test]
fn vendored_sources_serve_both() {
    let f = bare_fixture(fill);
    program(&f.project);
    cargo(&f.project, "fetch").run().assert_success();
    let lock = f.project.read("Cargo.lock");
    let sources = f.project.cargo_home().join("registry/src");
    let away = Sandbox::new();
    for path in identities(&sources).into_keys().filter(|path| !path.ends_with('/')) {
        let (_, inner) = path.split_once('/').expect("a directory for the registry");
        let text = std::fs::read(sources.join(&path)).expect("an unpacked file");
        away.file(format!("vendor/{inner}"), text);
    }
    for package in names_in(&away.path("vendor")) {
        let (name, _) = package.rsplit_once('-').expect("a name and a version");
        let (_, block) = lock.split_once(&format!("name = \"{name}\"\n")).expect("a locked package");
        let (_, sum) = block.split_once("checksum = \"").expect("its checksum");
        let sum = sum.split('"').next().expect("a quoted text");
        let json = format!("{{\"files\":{{}},\"package\":\"{sum}\"}}");
        away.file(format!("vendor/{package}/.cargo-checksum.json"), json);
    }
    program(&away);
    let config = "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\ndirectory = \"vendor\"\n";
    away.file("Cargo.lock", &lock).file(".cargo/config.toml", config);
    for tool in [cmd as Tool, cargo] {
        let output = without_network(tool(&away, "run -q --locked")).run();
        output.assert_success().assert_stdout_has("hello 42");
        assert!(packages_in(&away.cargo_home()).is_empty());
        away.remove("target");
    }
}
