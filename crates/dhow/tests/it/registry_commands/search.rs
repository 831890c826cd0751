//! `search`: the output of the real cargo, and what is asked for.

use dhow_testkit::Times;

use super::{Alt, TOKEN_FILES, same, tokens};

#[test]
fn the_output_is_that_of_cargo() {
    let alt = Alt::new();
    for name in ["some", "some-package", "something", "other"] {
        alt.registry.versions(name, &["1.0.0", "1.1.0"]);
    }
    for words in [
        &["search", "--registry", "alt", "some"][..],
        &["search", "--registry", "alt", "some", "thing"],
        &["search", "--registry", "alt"],
        &["search", "--registry", "alt", "--limit", "2", "some"],
        &["search", "--registry", "alt", "--limit", "0", "some"],
        &["search", "--registry", "alt", "--limit", "1000", "o"],
        &["search", "--registry", "alt", "--limit", "x", "o"],
        &["search", "--registry", "alt", "--index", "x", "o"],
        &["search", "--registry", "nobody", "o"],
        &["search", "--index", &alt.server.index_url(), "other"],
        &["search", "--index", "nonsense", "other"],
    ] {
        drop(same(&alt.sandbox, words, |cmd| cmd));
    }
    alt.server.clear_log();
    drop(same(&alt.sandbox, &["search", "--registry", "alt", "a-b c_d", "é"], |cmd| cmd));
    let asked: Vec<_> = alt.server.requests().into_iter().filter(|r| r.path == "/api/v1/crates").collect();
    assert_eq!(asked[0].query, asked[1].query);
    assert!(asked[1].header("user-agent").is_some_and(|agent| agent.starts_with("dhow/")), "{asked:?}");
}

#[test]
fn long_descriptions_are_cut() {
    let alt = Alt::new();
    let long = "é".repeat(300);
    let body = format!(
        "{{\"crates\":[{{\"name\":\"a\",\"max_version\":\"1.0.0\",\"description\":\"{long}\"}},{{\"name\":\"{}\",\"max_version\":\"1.0.0\",\"description\":\"x\\ny\"}},{{\"name\":\"c\",\"max_version\":\"1.0.0\",\"description\":null}}],\"meta\":{{\"total\":500}}}}",
        "b".repeat(60)
    );
    alt.registry.versions("a", &["1.0.0"]);
    alt.server.fault("/api/*", dhow_testkit::Fault::Body(body.into_bytes()), Times::Always);
    drop(same(&alt.sandbox, &["search", "--registry", "alt", "a"], |cmd| cmd));
    drop(same(&alt.sandbox, &["search", "--registry", "alt", "a", "--limit", "100"], |cmd| cmd));
}

#[test]
fn errors_say_what_the_registry_says() {
    let alt = Alt::new();
    let body = br#"{"errors":[{"detail":"not today"},{"detail":"nor tomorrow"}]}"#.to_vec();
    alt.server.fault("/api/*", dhow_testkit::Fault::Body(body), Times::Always);
    let (output, _) = same(&alt.sandbox, &["search", "--registry", "alt", "a"], |cmd| cmd);
    assert!(output.stderr.contains("not today, nor tomorrow"), "{output}");
    alt.server.heal();
    alt.server.fault("/api/*", dhow_testkit::Fault::Body(b"nonsense".to_vec()), Times::Always);
    drop(same(&alt.sandbox, &["search", "--registry", "alt", "a"], |cmd| cmd));
    alt.server.heal();
    alt.server.fail("/api/*", 404, Times::Always);
    drop(same(&alt.sandbox, &["search", "--registry", "alt", "a"], |cmd| cmd));
    alt.server.set_config("{\"dl\":\"{url}/dl\"}");
    let (output, _) = same(&alt.sandbox, &["search", "--registry", "alt", "a"], |cmd| cmd);
    assert!(output.stderr.contains("no web API"), "{output}");
}

#[test]
fn a_closed_registry_wants_a_token() {
    let alt = Alt::new();
    alt.registry.versions("a", &["1.0.0"]);
    alt.server.require_token("sesame");
    drop(same(&alt.sandbox, &["search", "--registry", "alt", "a"], |cmd| cmd));
    let with_token = |cmd: dhow_testkit::Cmd| {
        cmd.env(TOKEN_FILES.0, TOKEN_FILES.1).env("CARGO_REGISTRIES_ALT_TOKEN", "sesame")
    };
    let (output, _) = same(&alt.sandbox, &["search", "--registry", "alt", "a"], with_token);
    assert!(output.stdout.starts_with("a = \"1.0.0\""), "{output}");
    let asked: Vec<_> =
        tokens(&alt.server).into_iter().filter(|(path, _)| path.starts_with("/api")).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|(_, token)| token.as_deref() == Some("sesame")), "{asked:?}");
}
