//! Whose token a registry gets, and which providers are asked for it.

use dhow_config::RegistryCredentials;
use dhow_model::SourceId;

use crate::Fixture;

const ALT: &str = "sparse+https://example.com/alt/";

fn of(fixture: &Fixture, url: &str) -> RegistryCredentials {
    fixture.load().credentials(SourceId::for_registry(url).expect("a registry")).expect("reads")
}

fn token(fixture: &Fixture, url: &str) -> Option<String> {
    of(fixture, url).token.map(|token| token.value.expose().to_owned())
}

#[test]
fn a_token_belongs_to_a_url() {
    let both = "[registries.alt]\nindex = 'sparse+https://example.com/alt/'\ntoken = 'one'\n[registries.two]\nindex = 'sparse+https://example.com/two/'\n";
    let fixture = Fixture::new()
        .home(both)
        .file("home/credentials.toml", "[registries.two]\ntoken = 'two'\n[registry]\ntoken = 'three'\n");
    assert_eq!(token(&fixture, ALT).as_deref(), Some("one"));
    assert_eq!(token(&fixture, "sparse+https://example.com/two").as_deref(), Some("two"));
    for other in [
        "https://example.com/alt/",
        "sparse+http://example.com/alt/",
        "sparse+https://example.com/alt.git/",
        "sparse+https://example.com/Alt/",
        "sparse+https://example.com:444/alt/",
        "sparse+https://user@example.com/alt/",
        "sparse+https://example.com/alt/two/",
        "sparse+https://example.com/alt/?x",
        "sparse+https://index.crates.io/",
    ] {
        assert_eq!(token(&fixture, other), None, "{other}");
    }
    assert_eq!(token(&fixture, dhow_model::CRATES_IO_INDEX).as_deref(), Some("three"));
}

#[test]
fn variables_name_a_registry_before_files_do() {
    let fixture = Fixture::new()
        .home("[registries.alt]\nindex = 'sparse+https://example.com/alt/'\ntoken = 'file'\n")
        .var("CARGO_REGISTRIES_OTHER_INDEX", ALT)
        .var("CARGO_REGISTRIES_OTHER_TOKEN", "variable");
    assert_eq!(token(&fixture, ALT).as_deref(), Some("variable"));
    assert_eq!(of(&fixture, ALT).name.as_deref(), Some("other"));
    let moved = Fixture::new()
        .home("[registries.alt]\nindex = 'sparse+https://example.com/alt/'\ntoken = 'file'\n")
        .var("CARGO_REGISTRIES_ALT_TOKEN", "stronger");
    assert_eq!(token(&moved, ALT).as_deref(), Some("stronger"));
}

#[test]
fn two_names_are_one_too_many() {
    let fixture = Fixture::new()
        .home("[registries.b]\nindex = 'sparse+https://example.com/alt/'\n[registries.a]\nindex = 'sparse+https://example.com/alt/'\n");
    let error =
        fixture.load().credentials(SourceId::for_registry(ALT).expect("parses")).expect_err("two names");
    assert!(error.to_string().contains("`a`, `b`"), "{error}");
}

#[test]
fn providers_are_asked_last_first_and_a_registrys_own_alone() {
    let global = "[registry]\nglobal-credential-providers = ['cargo:token', 'bin/one x', 'short']\n[credential-alias]\nshort = ['two', 'y z']\n";
    let fixture = Fixture::new().home(global);
    let found = of(&fixture, ALT);
    let one = fixture.path("bin/one").display().to_string();
    assert_eq!(found.providers, [vec!["two", "y z"], vec![one.as_str(), "x"], vec!["cargo:token"]]);
    assert!(found.is_configured);
    let own = "[registries.alt]\nindex = 'sparse+https://example.com/alt/'\ntoken = 'hush'\ncredential-provider = 'short'\n";
    let found = of(&Fixture::new().home(&format!("{global}{own}")), ALT);
    assert_eq!(found.providers, [["two", "y z"]]);
    let [warning] = found.warnings.as_slice() else { panic!("one warning: {:?}", found.warnings) };
    assert!(warning.contains("is ignored: its `credential-provider` is `two`"), "{warning}");
    assert!(!format!("{found:?}").contains("hush"));
    let none = of(&Fixture::new(), ALT);
    assert_eq!(none.providers, [["cargo:token"]]);
    assert!(!none.is_configured && none.warnings.is_empty());
}

#[test]
fn what_has_no_effect_is_said() {
    let registry = "[registries.alt]\nindex = 'sparse+https://example.com/alt/'\ntoken = 't'\n";
    let fixture = Fixture::new().home(&format!(
        "{registry}[registry]\nglobal-credential-providers = ['prog', 'cargo:wincred']\n[credential-alias]\n'cargo:wincred' = 'x'\n"
    ));
    let found = of(&fixture, ALT);
    assert_eq!(found.providers, [["cargo:wincred"], ["prog"]]);
    assert!(found.warnings[0].contains("built-in"), "{:?}", found.warnings);
    assert!(found.warnings[1].contains("global-credential-providers"), "{:?}", found.warnings);
    let variable =
        Fixture::new().home(registry).var("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:token prog");
    let found = of(&variable, ALT);
    assert_eq!(found.providers, [["prog"], ["cargo:token"]]);
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
}

#[test]
fn a_broken_file_of_tokens_is_not_quoted() {
    let fixture = Fixture::new().file("home/credentials.toml", "[registry]\ntoken = \"hush\nx = 1\n");
    let error = fixture.load().credentials(SourceId::crates_io()).expect_err("is broken");
    let mut text = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.extend([inner.to_string(), format!("{inner:?}")]);
        cause = inner.source();
    }
    assert!(!text.contains("hush") && text.contains("credentials.toml"), "{text}");
}
