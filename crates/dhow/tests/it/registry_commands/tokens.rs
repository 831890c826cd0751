//! Whole commands on a registry that wants tokens: each tool with what the other keeps, and to whom tokens go.

use dhow_testkit::{Cmd, Registry, Sandbox};

use super::{Alt, TOKEN_FILES, tokens};
use crate::support::cmd;

fn closed() -> Alt {
    let alt = Alt::new();
    alt.registry.versions("foo", &["1.0.0"]);
    alt.server.require_token("sesame");
    alt.sandbox
        .manifest("app", "[dependencies]\nfoo = { version = \"1\", registry = \"alt\" }\n")
        .file("src/lib.rs", "");
    alt
}

fn with_files(cmd: Cmd) -> Cmd {
    cmd.env(TOKEN_FILES.0, TOKEN_FILES.1)
}

#[test]
fn each_tool_uses_what_the_other_keeps() {
    for dhow_logs_in in [true, false] {
        let alt = closed();
        let (first, second) = (["login", "--registry", "alt"], ["fetch"]);
        let (login, fetch) = match dhow_logs_in {
            true => (cmd(&alt.sandbox, &first.join(" ")), alt.sandbox.cargo_cmd(second)),
            false => (alt.sandbox.cargo_cmd(first), cmd(&alt.sandbox, &second.join(" "))),
        };
        drop(with_files(login).stdin("sesame\n").run().assert_success());
        drop(with_files(fetch).run().assert_success());
        assert_eq!(alt.server.count_status("/dl/foo/*", 200), 1);
        drop(cmd(&alt.sandbox, "check --offline").run().assert_success());
    }
}

#[test]
fn tokens_in_files_have_to_be_allowed() {
    let alt = closed();
    let output =
        cmd(&alt.sandbox, "fetch").env("CARGO_REGISTRIES_ALT_TOKEN", "sesame").run().assert_code(101);
    assert!(output.stderr.contains("global-credential-providers"), "{output}");
    let theirs = alt.sandbox.cargo_cmd(["fetch"]).env("CARGO_REGISTRIES_ALT_TOKEN", "sesame").run();
    theirs.assert_code(101);
    assert!(tokens(&alt.server).iter().all(|(_, token)| token.is_none()));
    let output = with_files(cmd(&alt.sandbox, "fetch")).run().assert_code(101);
    assert!(output.stderr.contains("dhow login --registry alt"), "{output}");
    let wrong = with_files(cmd(&alt.sandbox, "fetch")).env("CARGO_REGISTRIES_ALT_TOKEN", "hush").run();
    let wrong = wrong.assert_code(101);
    assert!(wrong.stderr.contains("does not accept the token") && !wrong.stderr.contains("hush"), "{wrong}");
}

#[test]
fn a_token_that_has_no_effect_is_said_so() {
    let alt = closed();
    let provider = "cargo:token-from-stdout printf sesame";
    let fetch = cmd(&alt.sandbox, "fetch -v")
        .env("CARGO_REGISTRIES_ALT_CREDENTIAL_PROVIDER", provider)
        .env("CARGO_REGISTRIES_ALT_TOKEN", "hush");
    let output = fetch.run().assert_success();
    assert!(output.stderr.contains("is ignored"), "{output}");
    assert!(output.stderr.contains("Credential cargo:token-from-stdout printf sesame get alt"), "{output}");
    assert!(!output.stderr.contains("hush"), "{output}");
}

/// crates.io is replaced: neither its own token nor that of a registry with the name of the replacement goes there.
#[test]
fn what_is_replaced_keeps_its_token() {
    let alt = closed();
    let other = Registry::new();
    other.versions("foo", &["1.0.0"]);
    let other = other.serve();
    let sandbox = Sandbox::new();
    sandbox.use_sparse(&other).manifest("app", "[dependencies]\nfoo = \"1\"\n").file("src/lib.rs", "");
    other.require_token("theirs");
    // The source is called `fixture`, and so is a registry somewhere else.
    sandbox.alt_registry("fixture", &alt.server);
    let fetch = with_files(cmd(&sandbox, "fetch"))
        .env("CARGO_REGISTRY_TOKEN", "crates-io-token")
        .env("CARGO_REGISTRIES_FIXTURE_TOKEN", "sesame");
    fetch.run().assert_code(101);
    assert!(tokens(&other).iter().all(|(_, token)| token.is_none()), "{:?}", tokens(&other));
    let named = with_files(cmd(&sandbox, "fetch"))
        .env("CARGO_REGISTRIES_MIRROR_INDEX", other.index_url())
        .env("CARGO_REGISTRIES_MIRROR_TOKEN", "theirs");
    drop(named.run().assert_success());
    assert!(alt.server.requests().is_empty());
}

/// `x.git/` is another registry than `x/`, whoever names it first.
#[test]
fn a_registry_that_looks_alike_gets_no_token() {
    let alt = closed();
    let alike = alt.server.index_url().replace("/index/", "/index.git/");
    alt.registry.package("foo", "1.1.0").dep_with("evil", "1", |dep| dep.registry(&alike)).publish();
    let fetch = with_files(cmd(&alt.sandbox, "fetch")).env("CARGO_REGISTRIES_ALT_TOKEN", "sesame");
    drop(fetch.run());
    let seen = tokens(&alt.server);
    assert!(seen.iter().any(|(path, _)| path.starts_with("/index.git/")), "{seen:?}");
    let sent = seen.iter().filter(|(path, _)| path.starts_with("/index.git/"));
    assert!(sent.into_iter().all(|(_, token)| token.is_none()), "{seen:?}");
}
