//! The other tables: sources, registries, environment, aliases, patches.

use cargo_util_schemas::manifest::TomlDependency;
use dhow_config::{Protocol, TlsVersion};
use dhow_model::{SourceId, SourceKind};

use crate::Fixture;

#[test]
fn crates_io_can_be_replaced_through_several_names() {
    let fixture = Fixture::new().project(
        "[source.crates-io]\nreplace-with = 'mirror'\n[source.mirror]\nregistry = 'sparse+https://example.com/'\n\
         replace-with = 'vendored'\n[source.vendored]\ndirectory = 'vendor'\n",
    );
    let config = fixture.load();
    let sources = config.sources().expect("reads");
    let found = config.replacement(&sources, SourceId::crates_io()).expect("resolves").expect("replaced");
    assert_eq!(found.name, "vendored");
    assert_eq!(*found.source.kind(), SourceKind::Directory);
    let path = found.source.url().to_file_path().expect("a path");
    assert_eq!(fixture.relative(&path), "project/vendor");
    let other = SourceId::for_registry("sparse+https://other.example/").expect("parses");
    assert_eq!(config.replacement(&sources, other).expect("resolves"), None);
}

#[test]
fn a_registry_can_stand_in_for_a_source() {
    let fixture = Fixture::new().project(
        "[source.crates-io]\nreplace-with = 'own'\n[registries.own]\nindex = 'sparse+https://example.com/i/'\n",
    );
    let config = fixture.load();
    let sources = config.sources().expect("reads");
    let found = config.replacement(&sources, SourceId::crates_io()).expect("resolves").expect("replaced");
    assert_eq!(found.source, config.registry_source("own").expect("known"));
    assert_eq!(*found.source.kind(), SourceKind::SparseRegistry);
}

#[test]
fn nothing_is_replaced_where_nothing_is_said() {
    let config = Fixture::new().load();
    let sources = config.sources().expect("reads");
    assert_eq!(config.replacement(&sources, SourceId::crates_io()).expect("resolves"), None);
}

#[test]
fn sources_that_make_no_sense() {
    let check = |text: &str, expect: &str| {
        let fixture = Fixture::new().project(text);
        let config = fixture.load();
        let error = match config.sources() {
            Err(error) => error,
            Ok(sources) => config.replacement(&sources, SourceId::crates_io()).expect_err("refused"),
        };
        let message = fixture.say(&error);
        assert!(message.contains(expect), "{message}");
    };
    let at = "project/.cargo/config.toml";
    check("[source.x]\n", &format!("`source.x` is not valid in {at}:1: it does not say where it is"));
    check("[source.x]\ndirectory = 'a'\ngit = 'b'\n", "it has both `directory` and `git`: only one can be");
    check(
        "[source.x]\nregistry = 'nothing'\n",
        &format!("`source.x.registry` is not valid in {at}:2: `nothing` is not a URL"),
    );
    check(
        "[source.crates-io]\nreplace-with = 'gone'\n",
        &format!(
            "source `crates-io` is replaced by `gone` in {at}:2, but there is no source or registry of that name"
        ),
    );
    check(
        "[source.crates-io]\nreplace-with = 'a'\n[source.a]\ndirectory = 'x'\nreplace-with = 'crates-io'\n",
        &format!("sources replace each other in a circle: crates-io → a → crates-io (begun in {at}:2)"),
    );
    check(
        "[source.a]\ndirectory = 'x'\n[source.b]\ndirectory = 'x'\n",
        &format!("source `b` in {at}:3 is the same as source `a`: define it once"),
    );
    check("registry.index = 'https://example.com'\n", "it is not read any more");
}

#[test]
fn registries_and_their_tokens() {
    let fixture = Fixture::new()
        .project("[registries.own]\nindex = 'sparse+https://example.com/'\n[registries.crates-io]\nprotocol = 'git'\n")
        .file("home/credentials.toml", "[registries.own]\ntoken = 'from-file'\n[registry]\ntoken = 'main'\n")
        .var("CARGO_REGISTRIES_THIRD_ONE_INDEX", "https://third.example/");
    let config = fixture.load();
    assert_eq!(config.registry_names().expect("reads"), ["crates-io", "own", "third-one"]);
    let own = config.registry("own").expect("reads");
    assert_eq!(own.token.expect("set").value.expose(), "from-file");
    assert_eq!(own.index.expect("set").value, "sparse+https://example.com/");
    assert_eq!(config.registry("crates-io").expect("reads").token.expect("set").value.expose(), "main");
    assert_eq!(config.crates_io_protocol().expect("reads"), Protocol::Git);
    assert_eq!(config.registry_source("third-one").expect("known").url().as_str(), "https://third.example/");
    assert!(config.registry_source("crates-io").expect("known").is_crates_io());
    let tried = fixture.path("home/credentials.toml");
    assert!(config.files().iter().any(|file| file.path == tried && file.present));
    assert!(!format!("{:?}", config.registry("own")).contains("from-file"));

    let fixture = fixture.var("CARGO_REGISTRIES_OWN_TOKEN", "from-variable");
    assert_eq!(
        fixture.load().registry("own").expect("reads").token.expect("set").value.expose(),
        "from-variable"
    );
    let error = fixture.load().registry_source("gone").expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "no registry `gone` is configured (there are: crates-io, own, third-one): add `[registries.gone]` with an `index`"
    );
    assert!(fixture.load().registry_source("a/b").is_err());
}

#[test]
fn an_old_credentials_file_holds_one_token() {
    let fixture = Fixture::new().file("home/credentials", "token = 'old'\n");
    let config = fixture.load();
    assert_eq!(config.registry("crates-io").expect("reads").token.expect("set").value.expose(), "old");
}

#[test]
fn relative_file_urls_start_where_they_are_written() {
    let fixture = Fixture::new().project("registries.own.index = 'file:index'\n");
    let url = fixture.load().registry_source("own").expect("known").url().to_file_path().expect("a path");
    assert_eq!(fixture.relative(&url), "project/index");
    let fixture = Fixture::new().project("registries.own.index = 'https://me:secret@example.com'\n");
    assert!(fixture.load().registry_source("own").is_err());
}

#[test]
fn the_environment_of_children() {
    let fixture = Fixture::new()
        .project("[env]\nA = 'a'\nB = { value = 'b', force = true }\nC = { value = 'sub/c', relative = true }\nD = 'd'\n")
        .var("A", "set")
        .var("B", "set")
        .cwd("project/sub");
    let config = fixture.load();
    let entries = config.env_for_children().expect("reads");
    let entries: Vec<(&str, String)> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), fixture.strip(entry.value.to_str().expect("UTF-8"))))
        .collect();
    let expect = [("B", "b"), ("C", "project/sub/c"), ("D", "d")];
    assert_eq!(entries, expect.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(config.env_table().expect("reads").len(), 4);
}

#[test]
fn aliases() {
    let fixture = Fixture::new()
        .project("[alias]\na = 'run  --release'\nb = ['run', '--', 'a b']\n")
        .var("CARGO_ALIAS_C_D", "check --all");
    let config = fixture.load();
    let alias = |name: &str| config.alias(name).expect("reads").map(|words| words.value);
    assert_eq!(alias("a").expect("set"), ["run", "--release"]);
    assert_eq!(alias("b").expect("set"), ["run", "--", "a b"]);
    assert_eq!(alias("c-d").expect("set"), ["check", "--all"]);
    assert_eq!(alias("none"), None);
    assert_eq!(config.alias_names().expect("reads"), ["a", "b"]);
}

#[test]
fn patches_and_path_overrides() {
    let fixture = Fixture::new().project(
        "paths = ['../over']\n[patch.crates-io]\nfoo = { path = 'foo' }\nbar = { git = 'https://example.com/bar', zzz = 1 }\n",
    );
    let config = fixture.load();
    let patch = config.patch().expect("reads");
    assert_eq!(patch.len(), 1);
    assert_eq!(patch[0].source, "crates-io");
    let (name, foo) = &patch[0].dependencies[1];
    assert_eq!(name, "foo");
    let TomlDependency::Detailed(foo) = &foo.value else { panic!("a table") };
    assert_eq!(foo.path.as_deref().map(|path| fixture.strip(path)), Some("project/foo".to_owned()));
    let paths = config.path_overrides().expect("reads");
    assert_eq!(fixture.relative(&paths[0].value), "project/../over");
    let warning = "`patch.crates-io.bar.zzz` in project/.cargo/config.toml:4 is not a configuration key";
    assert_eq!(fixture.warnings(&config), [warning]);
}

#[test]
fn unknown_keys_are_told_once_with_a_suggestion() {
    let fixture =
        Fixture::new().project("[build]\njbos = 3\n[profile.dev]\nopt-levle = 1\n[http]\nqqq = 1\n");
    let config = fixture.load();
    for _ in 0..2 {
        drop((
            config.build().expect("reads"),
            config.http().expect("reads"),
            config.profile("dev").expect("reads"),
        ));
    }
    let at = "project/.cargo/config.toml";
    assert_eq!(
        fixture.warnings(&config),
        [
            format!("`build.jbos` in {at}:2 is not a configuration key (did you mean `build.jobs`?)"),
            format!("`http.qqq` in {at}:6 is not a configuration key"),
            format!("`profile.dev.opt-levle` in {at}:4 is not a configuration key"),
        ]
    );
}

#[test]
fn versions_of_tls() {
    let versions = |text: &str| {
        let http = Fixture::new().project(text).load().http().expect("reads");
        (http.ssl_min, http.ssl_max)
    };
    assert_eq!(versions(""), (None, None));
    assert_eq!(versions("http.ssl-version = 'tlsv1.2'\n"), (Some(TlsVersion::V1_2), None));
    assert_eq!(
        versions("http.ssl-version.min = 'tlsv1.1'\nhttp.ssl-version.max = 'tlsv1.3'\n"),
        (Some(TlsVersion::V1_1), Some(TlsVersion::V1_3))
    );
}
