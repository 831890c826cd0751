//! Tokens: who is asked, how often, and to whom they are sent.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use dhow_fetch::{Event, FetchError};
use dhow_model::SourceId;
use dhow_testkit::{Registry, SparseServer, Times};

use crate::support::Fixture;

const TOKEN: &str = "sesame";

/// A registry that wants a token, with one package.
fn closed() -> Fixture {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    fixture.server.require_token(TOKEN);
    fixture
}

/// The tokens that came with each request.
fn tokens(server: &SparseServer) -> Vec<(String, Option<String>)> {
    let shown = |value: Option<&str>| value.map(str::to_owned);
    server.requests().iter().map(|r| (r.path.clone(), shown(r.header("authorization")))).collect()
}

fn with_token(server: &SparseServer) -> usize {
    tokens(server).iter().filter(|(_, token)| token.is_some()).count()
}

/// A provider that notes what it is asked in `asked` and answers with `answer`; its words.
fn provider(fixture: &Fixture, answer: &str) -> Vec<String> {
    let asked = fixture.sandbox.path("asked");
    let text = format!(
        "#!/bin/sh\necho '{{\"v\":[2,1]}}'\nread line\necho \"$1 $line\" >> {}\ncat <<'END'\n{answer}\nEND\n",
        asked.display()
    );
    vec![script(fixture, "provider", &text).display().to_string(), "more".to_owned()]
}

fn script(fixture: &Fixture, name: &str, text: &str) -> PathBuf {
    fixture.sandbox.file(name, text);
    let path = fixture.sandbox.path(name);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("makes it executable");
    path
}

fn asked(fixture: &Fixture) -> Vec<String> {
    let text = dhow_fs::read_to_string_optional(&fixture.sandbox.path("asked")).expect("reads");
    text.unwrap_or_default().lines().map(String::from).collect()
}

fn get(cache: &str) -> String {
    format!("{{\"Ok\":{{\"kind\":\"get\",\"token\":\"{TOKEN}\",{cache},\"operation_independent\":true}}}}")
}

#[test]
fn a_token_is_sent_where_it_is_wanted() {
    let mut fixture = closed();
    let error = fixture.load("foo").expect_err("no token").to_string();
    assert!(error.contains("dhow login --registry mirror"), "{error}");
    assert!(error.contains("CARGO_REGISTRIES_MIRROR_TOKEN"), "{error}");
    fixture.token = Some(TOKEN.to_owned());
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect("downloads");
    fixture.token = Some("wrong".to_owned());
    let error = fixture.load("foo").expect_err("wrong token");
    assert!(error.to_string().contains("does not accept the token"), "{error}");
    assert!(!format!("{error} {error:?}").contains("wrong"), "{error:?}");
}

#[test]
fn no_token_is_sent_where_none_is_wanted() {
    let mut fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    fixture.providers = vec![provider(&fixture, &get("\"cache\":\"session\""))];
    fixture.token = Some(TOKEN.to_owned());
    fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect("downloads");
    assert_eq!(with_token(&fixture.server), 0, "{:?}", tokens(&fixture.server));
    assert!(asked(&fixture).is_empty(), "nobody is asked in vain");
}

#[test]
fn a_provider_is_asked_once_for_many_packages() {
    let mut fixture = closed();
    let names: Vec<String> = (0..30).map(|number| format!("package-{number}")).collect();
    names.iter().for_each(|name| fixture.registry.versions(name, &["1.0.0"]));
    fixture.providers = vec![provider(&fixture, &get("\"cache\":\"session\""))];
    let registry = fixture.registries().registry(SourceId::crates_io()).expect("opens");
    let interned: Vec<_> = names.iter().map(Into::into).collect();
    let loaded = registry.load_many(&interned, &|event| fixture.log(event));
    assert!(loaded.iter().all(Result::is_ok));
    let asked = asked(&fixture);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let url = fixture.actual().url().to_string();
    assert!(asked[0].starts_with("--cargo-plugin {\"v\":1,\"registry\":{\"index-url\":"), "{asked:?}");
    for part in [
        &url,
        "\"name\":\"mirror\"",
        "www-authenticate: Cargo login_url",
        "\"kind\":\"get\",\"operation\":\"read\",\"args\":[\"more\"]",
    ] {
        assert!(asked[0].contains(part), "{part}: {asked:?}");
    }
    assert_eq!(fixture.saw(|event| matches!(event, Event::Credential(_))), 1);
    assert_eq!(fixture.server.count_status("*", 401), 1, "only to learn that a token is wanted");
    fixture.server.clear_log();
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    assert_eq!(fixture.server.count_status("*", 401), 0, "the home knows that");
}

#[test]
fn how_long_a_token_is_kept_is_for_the_provider_to_say() {
    for (cache, times) in [
        ("\"cache\":\"session\"", 1),
        ("\"cache\":\"expires\",\"expiration\":99999999999", 1),
        ("\"cache\":\"expires\",\"expiration\":1", 2),
        ("\"cache\":\"never\"", 2),
        ("\"cache\":\"odd\"", 2),
    ] {
        let mut fixture = closed();
        fixture.providers = vec![provider(&fixture, &get(cache))];
        assert_eq!(fixture.versions("foo"), ["1.0.0"]);
        assert_eq!(asked(&fixture).len(), times, "{cache}");
    }
}

#[test]
fn providers_are_asked_until_one_has_a_token() {
    let mut fixture = closed();
    let none = provider(&fixture, "{\"Err\":{\"kind\":\"not-found\"}}");
    let token = script(
        &fixture,
        "print",
        "#!/bin/sh\necho \"$*|$CARGO_REGISTRY_INDEX_URL|$CARGO_REGISTRY_NAME_OPT\" >&2\necho sesame\n",
    );
    let words =
        ["cargo:token-from-stdout", &token.display().to_string(), "{index_url}"].map(String::from).to_vec();
    fixture.providers =
        vec![vec!["cargo:wincred".to_owned()], none.clone(), vec!["cargo:token".to_owned()], words];
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    assert_eq!(asked(&fixture).len(), 1);
    fixture.providers = vec![vec!["cargo:wincred".to_owned()]];
    let error = fixture.load("foo").expect_err("nobody").to_string();
    assert!(error.contains("no credential provider is there"), "{error}");
    fixture.providers = vec![none];
    let error = fixture.load("foo").expect_err("nobody").to_string();
    assert!(error.contains("there is none"), "{error}");
}

#[test]
fn a_provider_that_fails_is_named_and_ends_the_search() {
    let mut fixture = closed();
    fixture.token = Some(TOKEN.to_owned());
    for (answer, said) in [
        ("{\"Err\":{\"kind\":\"other\",\"message\":\"outer\",\"caused-by\":[\"inner\"]}}", "outer: inner"),
        ("{\"Err\":{\"kind\":\"operation-not-supported\"}}", "cannot do that"),
        ("{\"Ok\":{\"kind\":\"login\"}}", "did not answer what it was asked"),
        ("nonsense", "its answer cannot be understood"),
        (
            "{\"Ok\":{\"kind\":\"get\",\"token\":\"se\\u0001same\",\"cache\":\"session\",\"operation_independent\":true}}",
            "printable",
        ),
    ] {
        fixture.providers = vec![provider(&fixture, answer), vec!["cargo:token".to_owned()]];
        let error = fixture.load("foo").expect_err("fails").to_string();
        assert!(error.contains(said), "{answer}: {error}");
    }
    for (text, said) in [
        ("#!/bin/sh\nexit 0\n", "its greeting cannot be understood"),
        ("#!/bin/sh\necho '{\"v\":[7]}'\nread line\n", "it speaks versions [7]"),
        (
            "#!/bin/sh\necho '{\"v\":[1]}'\nread line\necho '{\"Err\":{\"kind\":\"not-found\"}}'\nexit 3\n",
            "it failed (exit status: 3)",
        ),
    ] {
        fixture.providers = vec![vec![script(&fixture, "provider", text).display().to_string()]];
        let error = fixture.load("foo").expect_err("fails").to_string();
        assert!(error.contains(said) && error.contains("provider"), "{text}: {error}");
    }
    fixture.providers = vec![vec!["/nowhere/at/all".to_owned()]];
    let error = fixture.load("foo").expect_err("fails").to_string();
    assert!(error.contains("/nowhere/at/all"), "{error}");
}

#[test]
fn a_redirect_to_another_server_takes_no_token_along() {
    let mut fixture = closed();
    fixture.token = Some(TOKEN.to_owned());
    let other = Registry::new();
    other.versions("foo", &["1.0.0"]);
    let other = other.serve();
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    let wanted = fixture.wanted("foo", "1.0.0");
    fixture.server.redirect("/index/3/f/foo", other.url(), Times::Always);
    drop(fixture.load("foo"));
    assert_eq!(other.count("/index/3/f/foo"), 1, "the redirect is followed");
    fixture.server.redirect("/dl/*", other.url(), Times::Always);
    drop(fixture.download(&[wanted]));
    fixture.server.redirect("/index/config.json", other.url(), Times::Always);
    drop(fixture.load("foo"));
    let seen = tokens(&other);
    assert!(seen.iter().any(|(path, _)| path.starts_with("/dl/")), "{seen:?}");
    assert!(seen.iter().any(|(path, _)| path.ends_with("config.json")), "{seen:?}");
    assert!(seen.iter().all(|(_, token)| token.is_none()), "{seen:?}");
}

#[test]
fn a_redirect_back_takes_no_token_along_either() {
    let mut fixture = closed();
    fixture.token = Some(TOKEN.to_owned());
    assert_eq!(fixture.versions("foo"), ["1.0.0"]);
    let other = Registry::new().serve();
    fixture.server.clear_log();
    fixture.server.redirect("/index/3/f/foo", other.url(), 1);
    other.redirect("*", fixture.server.url(), Times::Always);
    drop(fixture.load("foo"));
    let seen: Vec<_> =
        tokens(&fixture.server).into_iter().filter(|(path, _)| path.ends_with("foo")).collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen[1].1.is_none(), "{seen:?}");
}

#[test]
fn archives_elsewhere_get_the_token_only_if_the_registry_is_closed() {
    let elsewhere = Registry::new();
    elsewhere.versions("foo", &["1.0.0"]);
    let elsewhere = elsewhere.serve();
    for (auth, expect) in [("false", None), ("true", Some(TOKEN.to_owned()))] {
        let mut fixture = Fixture::new();
        fixture.registry.versions("foo", &["1.0.0"]);
        fixture.token = Some(TOKEN.to_owned());
        fixture.server.set_config(&format!("{{\"dl\":\"{}/dl\",\"auth-required\":{auth}}}", elsewhere.url()));
        elsewhere.clear_log();
        fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect("downloads");
        assert_eq!(tokens(&elsewhere), [("/dl/foo/1.0.0/download".to_owned(), expect)]);
    }
}

#[test]
fn a_source_without_a_name_has_no_token() {
    let mut fixture = closed();
    fixture.token = Some(TOKEN.to_owned());
    let registry = fixture.registries().registry(fixture.actual()).expect("opens");
    let error = registry.load_many(&["foo".into()], &|_| {}).pop().expect("one").expect_err("no provider");
    assert!(matches!(error, FetchError::Auth(_)), "{error:?}");
    assert_eq!(with_token(&fixture.server), 0);
}

#[test]
fn names_and_passwords_in_urls_are_not_shown() {
    let fixture = Fixture::new();
    fixture.registry.versions("foo", &["1.0.0"]);
    let dl = fixture.server.url().replace("http://", "http://user:hush@");
    fixture.server.set_config(&format!("{{\"dl\":\"{dl}/dl\"}}"));
    fixture.server.fail("/dl/*", 500, Times::Always);
    let error = fixture.download(&[fixture.wanted("foo", "1.0.0")]).expect_err("fails");
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    assert_eq!(fixture.saw(|event| format!("{event:?}").contains("hush")), 0);
}
