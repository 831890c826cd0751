//! What is wrong with registries and their configuration: both tools refuse it, and Dhow says what it is.

use dhow_testkit::{Output, Registry, Sandbox};

use super::{EACH, Kind, Tool, cargo, fill, program, serve};
use crate::support::cmd;

fn project(config: &str, dependency: &str) -> Sandbox {
    let project = Sandbox::new().with_env("CARGO_NET_RETRY", "0");
    project.config(config);
    program(&project, dependency);
    project
}

/// Both fail; what Dhow says.
#[track_caller]
fn both_fail(project: &Sandbox, words: &str) -> Output {
    let theirs = project.copy();
    cargo(&theirs, words).run().assert_code(101);
    cmd(project, words).run().assert_code(101)
}

#[test]
fn names_that_nobody_defined() {
    let nowhere = project("", "{ version = \"1\", registry = \"nowhere\" }");
    both_fail(&nowhere, "fetch").assert_stderr_has("nowhere");
    let replaced = project("[source.crates-io]\nreplace-with = \"nobody\"\n", "\"1\"");
    both_fail(&replaced, "fetch").assert_stderr_has("nobody");
    let no_place = project("[source.crates-io]\nreplace-with = \"x\"\n[source.x]\n", "\"1\"");
    both_fail(&no_place, "fetch").assert_stderr_has("source.x");
    let two =
        "[source.crates-io]\nreplace-with = \"x\"\n[source.x]\ndirectory = \"a\"\nlocal-registry = \"b\"\n";
    both_fail(&project(two, "\"1\""), "fetch").assert_stderr_has("local-registry");
}

#[test]
fn circles() {
    let circle = |last: &str| {
        let config = format!(
            "[source.crates-io]\nreplace-with = \"a\"\n\
             [source.a]\nregistry = \"sparse+http://127.0.0.1:1/a/\"\nreplace-with = \"b\"\n\
             [source.b]\nregistry = \"sparse+http://127.0.0.1:1/b/\"\nreplace-with = \"{last}\"\n"
        );
        project(&config, "\"1\"")
    };
    both_fail(&circle("crates-io"), "fetch").assert_stderr_has("crates-io → a → b → crates-io");
    // In a circle that it only comes to, the real cargo runs for ever.
    cmd(&circle("a"), "fetch").run().assert_code(101).assert_stderr_has("a → b → a");
}

/// The lock vouches for another archive than the one that stands in now.
#[test]
fn a_replacement_with_other_content_is_refused() {
    for kind in EACH {
        let registry = Registry::new();
        fill(&registry);
        let project = Sandbox::new();
        project.use_local(&registry);
        program(&project, "\"1\"");
        cmd(&project, "fetch").run().assert_success();
        let other = Registry::new();
        fill(&other);
        other.package("winonly", "2.0.0").lib("pub fn changed() {}").publish();
        let served = serve(&other, kind);
        let away = Sandbox::new();
        away.replace_crates_io(&served.source);
        program(&away, "\"1\"");
        away.file("Cargo.lock", project.read("Cargo.lock"));
        eprintln!("{kind:?}");
        both_fail(&away, "fetch").assert_stderr_has("winonly");
        both_fail(&away, "fetch --locked").assert_stderr_has("winonly");
    }
}

#[test]
fn git_indexes_that_are_none() {
    let registry = Registry::new();
    fill(&registry);
    let of = |url: &str| {
        let config = format!("[registries.alt]\nindex = \"{url}\"\n");
        project(&config, "{ version = \"1\", registry = \"alt\" }")
    };
    let missing = of("file:///nowhere/index");
    both_fail(&missing, "generate-lockfile").assert_stderr_has("/nowhere/index");
    let nobody_listens = of("http://127.0.0.1:1/index");
    both_fail(&nobody_listens, "generate-lockfile").assert_stderr_has("127.0.0.1:1");
    let empty = dhow_testkit::GitRepo::new();
    both_fail(&of(&empty.url()), "generate-lockfile").assert_stderr_has(&empty.url());
    let index = registry.git_index(&registry.file_dl());
    index.config_json("{");
    both_fail(&of(&index.repo().url()), "fetch").assert_stderr_has("config.json");
    index.config_json("{\"dl\":\"file:///nowhere/{crate}\"}");
    both_fail(&of(&index.repo().url()), "fetch").assert_stderr_has("/nowhere/");
    index.repo().remove("config.json").commit("no configuration");
    both_fail(&of(&index.repo().url()), "fetch").assert_stderr_has("config.json");
    // Nothing is downloaded for a lock file.
    for tool in [cmd as Tool, cargo] {
        tool(&of(&index.repo().url()), "generate-lockfile").run().assert_success();
    }
    index.repo().remove("3/h/hub").file("3/h/hub/x", "").commit("a directory in the place of a file");
    both_fail(&of(&index.repo().url()), "generate-lockfile").assert_stderr_has("3/h/hub");
}

#[test]
fn places_that_are_no_registries() {
    let local =
        "[source.crates-io]\nreplace-with = \"x\"\n[source.x]\nlocal-registry = \"/nowhere/registry\"\n";
    both_fail(&project(local, "\"1\""), "fetch").assert_stderr_has("/nowhere/registry");
    let directory = "[source.crates-io]\nreplace-with = \"x\"\n[source.x]\ndirectory = \"/nowhere/vendor\"\n";
    both_fail(&project(directory, "\"1\""), "fetch").assert_stderr_has("/nowhere/vendor");
    let no_slash =
        "[source.crates-io]\nreplace-with = \"x\"\n[source.x]\nregistry = \"sparse+http://127.0.0.1:1/x\"\n";
    both_fail(&project(no_slash, "\"1\""), "fetch").assert_stderr_has("slash");
    let password = "[registries.alt]\nindex = \"https://user:secret@127.0.0.1:1/\"\n";
    let output = both_fail(&project(password, "{ version = \"1\", registry = \"alt\" }"), "fetch");
    assert!(!output.stderr.contains("secret"), "{output}");
    let protocol = "[registries.crates-io]\nprotocol = \"gopher\"\n";
    both_fail(&project(protocol, "\"1\""), "fetch").assert_stderr_has("gopher");
}

/// A file that `dl` names is verified like any other download.
#[test]
fn downloads_from_files_are_verified() {
    for kind in [Kind::GitFile, Kind::GitHttp] {
        let registry = Registry::new();
        fill(&registry);
        registry.package("leaf", "1.2.0").tamper(|bytes| bytes[20] ^= 1).publish();
        let served = serve(&registry, kind);
        let config = format!("[source.crates-io]\nreplace-with = \"x\"\n[source.x]\n{}\n", served.source);
        both_fail(&project(&config, "\"1\""), "fetch").assert_stderr_has("leaf");
    }
}
