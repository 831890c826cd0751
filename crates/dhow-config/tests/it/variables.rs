//! Environment variables: those that stand for keys, and those with names of their own.

use dhow_config::{FlagKind, Jobs};

use crate::{Fixture, show};

#[test]
fn variables_go_before_files() {
    let fixture = Fixture::new().project("build.jobs = 2\nnet.retry = 5\nhttp.debug = true\n");
    assert_eq!(fixture.load().build().expect("reads").jobs.expect("set").value, Jobs::Count(2));
    let fixture = fixture
        .var("CARGO_BUILD_JOBS", "default")
        .var("CARGO_NET_RETRY", "7")
        .var("CARGO_HTTP_DEBUG", "false")
        .var("CARGO_TERM_PROGRESS_WHEN", "never")
        .var("CARGO_CARGO_NEW_VCS", "none");
    let config = fixture.load();
    assert_eq!(config.build().expect("reads").jobs.expect("set").value, Jobs::Default);
    assert_eq!(config.net().expect("reads").retry, 7);
    assert!(!config.http().expect("reads").debug);
    assert_eq!(config.term().expect("reads").progress.when, dhow_config::When::Never);
    assert_eq!(config.new_package_vcs().expect("reads").expect("set").value, "none");
    let reads = config.env().reads();
    assert!(reads.names.contains("CARGO_NET_RETRY") && reads.names.contains("CARGO_NET_OFFLINE"));
}

#[test]
fn variables_add_to_lists_and_replace_programs() {
    let fixture = Fixture::new()
        .project("build.rustflags = ['--cfg=file']\ntarget.t.runner = ['a', 'b']\n")
        .arg("build.rustflags = ['--cfg=cli']")
        .var("CARGO_BUILD_RUSTFLAGS", "--cfg=v1  --cfg=v2")
        .var("CARGO_TARGET_T_RUNNER", "./run it");
    let config = fixture.load();
    let flags = config.rustflags(FlagKind::Rustc, "x", &[]).expect("reads");
    assert_eq!(flags, ["--cfg=file", "--cfg=v1", "--cfg=v2", "--cfg=cli"]);
    let runner = config.target("t", &[]).expect("reads").runner.expect("set");
    assert_eq!(
        (fixture.relative(&runner.program).as_str(), runner.args.as_slice()),
        ("project/./run", &["it".to_owned()][..])
    );
}

#[test]
fn the_kind_of_a_variable_follows_its_looks() {
    let fixture = Fixture::new()
        .var("CARGO_A", "true")
        .var("CARGO_B", "12")
        .var("CARGO_C", "text")
        .var("CARGO_D_E_F", "x")
        .project("l = ['a']\n")
        .var("CARGO_L", "b c");
    let config = fixture.load();
    assert_eq!(show(&config, "a"), "true");
    assert_eq!(show(&config, "b"), "12");
    assert_eq!(show(&config, "c"), r#""text""#);
    assert_eq!(show(&config, "d.e-f"), r#""x""#);
    assert_eq!(show(&config, "l"), r#"["a","b","c"]"#);
}

#[test]
fn tools_and_their_wrappers() {
    let fixture = Fixture::new()
        .project("[build]\nrustc = 'bin/rustc'\nrustdoc = 'mydoc'\nrustc-wrapper = 'wrap'\nrustc-workspace-wrapper = '/w'\n");
    let tools = fixture.load().tools().expect("reads");
    assert_eq!(fixture.relative(&tools.rustc), "project/bin/rustc");
    assert_eq!(tools.rustdoc.to_str(), Some("mydoc"));
    assert_eq!(tools.rustc_wrapper.expect("set").to_str(), Some("wrap"));
    assert_eq!(tools.rustc_workspace_wrapper.expect("set").to_str(), Some("/w"));
    assert!(!tools.rustc_is_default);

    let fixture = fixture
        .var("RUSTC", "sub/rustc")
        .var("CARGO_BUILD_RUSTC", "never")
        .var("CARGO_BUILD_RUSTDOC", "docs")
        .var("RUSTC_WRAPPER", "")
        .cwd("project/deep");
    let tools = fixture.load().tools().expect("reads");
    assert_eq!(fixture.relative(&tools.rustc), "project/deep/sub/rustc");
    assert_eq!(tools.rustdoc.to_str(), Some("docs"));
    assert_eq!(tools.rustc_wrapper, None);

    assert!(Fixture::new().load().tools().expect("reads").rustc_is_default);
}

#[test]
fn incremental_and_cached_facts() {
    let incremental = |fixture: Fixture| fixture.load().incremental().expect("reads");
    assert_eq!(incremental(Fixture::new()), None);
    assert_eq!(incremental(Fixture::new().project("build.incremental = false\n")), Some(false));
    assert_eq!(
        incremental(Fixture::new().project("build.incremental = false\n").var("CARGO_INCREMENTAL", "1")),
        Some(true)
    );
    assert_eq!(incremental(Fixture::new().var("CARGO_INCREMENTAL", "true")), Some(false));
    assert_eq!(incremental(Fixture::new().var("CARGO_BUILD_INCREMENTAL", "true")), Some(true));
    assert!(Fixture::new().load().cache_rustc_info());
    assert!(!Fixture::new().var("CARGO_CACHE_RUSTC_INFO", "0").load().cache_rustc_info());
}

#[test]
fn target_and_build_directories() {
    let target =
        |fixture: &Fixture| fixture.load().target_dir().expect("reads").map(|path| fixture.relative(&path));
    let fixture = Fixture::new().cwd("project/sub");
    assert_eq!(target(&fixture), None);
    let fixture = fixture
        .project("build.target-dir = 'file'\nbuild.build-dir = '{workspace-root}/b/{workspace-path-hash}'\n");
    assert_eq!(target(&fixture), Some("project/file".to_owned()));
    let build = fixture.load().build_dir("/ws".as_ref(), || "ab/cd".to_owned()).expect("reads");
    assert_eq!(build.expect("set").to_str(), Some("/ws/b/ab/cd"));
    let fixture =
        fixture.var("CARGO_BUILD_TARGET_DIR", "config").var("CARGO_BUILD_BUILD_DIR", "{cargo-cache-home}/b");
    assert_eq!(target(&fixture), Some("project/sub/config".to_owned()));
    let build = fixture.load().build_dir("/ws".as_ref(), || panic!("not needed")).expect("reads");
    assert_eq!(fixture.relative(&build.expect("set")), "home/b");
    let fixture = fixture.var("CARGO_TARGET_DIR", "own");
    assert_eq!(target(&fixture), Some("project/sub/own".to_owned()));

    for (text, expect) in [
        ("{workspace}", "`{workspace}` is no variable"),
        ("a{b", "a `{` that does not begin a variable"),
        ("a}b", "a `}` that does not end a variable"),
    ] {
        let fixture = Fixture::new().var("CARGO_BUILD_BUILD_DIR", text);
        let error = fixture.load().build_dir("/ws".as_ref(), String::new).expect_err("refused");
        assert!(error.to_string().contains(expect), "{error}");
    }
}

#[test]
fn flags_come_from_the_first_place_that_has_some() {
    let flags = |fixture: &Fixture, kind| fixture.load().rustflags(kind, "t-1", &[]).expect("reads");
    let rustc = |fixture: &Fixture| flags(fixture, FlagKind::Rustc).join(" ");
    let fixture = Fixture::new().project("build.rustflags = 'b1 b2'\nbuild.rustdocflags = ['d']\n");
    assert_eq!(rustc(&fixture), "b1 b2");
    assert_eq!(flags(&fixture, FlagKind::Rustdoc), ["d"]);
    let fixture = fixture.file(".cargo/config.toml", "[target.t-1]\nrustflags = ['t']\n");
    assert_eq!(rustc(&fixture), "t");
    let fixture = fixture.var("CARGO_TARGET_T_1_RUSTFLAGS", "v");
    assert_eq!(rustc(&fixture), "t v");
    let fixture = fixture.var("RUSTFLAGS", "  r1   r2 ");
    assert_eq!(rustc(&fixture), "r1 r2");
    let fixture = fixture.var("CARGO_ENCODED_RUSTFLAGS", "e 1\x1fe2");
    assert_eq!(flags(&fixture, FlagKind::Rustc), ["e 1", "e2"]);
    assert_eq!(flags(&fixture, FlagKind::Rustdoc), ["d"]);
    let empty = Fixture::new().project("build.rustflags = 'b'\n").var("RUSTFLAGS", "");
    assert_eq!(rustc(&empty), "");
}

#[test]
fn profiles_take_variables() {
    let fixture = Fixture::new()
        .project("[profile.dev]\nopt-level = 1\ndebug = 'none'\n")
        .var("CARGO_PROFILE_DEV_OPT_LEVEL", "s")
        .var("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", "3")
        .var("CARGO_PROFILE_DEV_CODEGEN_UNITS", "8")
        .var("CARGO_PROFILE_DEV_STRIP", "true")
        .var("CARGO_PROFILE_OWN_INHERITS", "release");
    let config = fixture.load();
    let dev = config.profile("dev").expect("reads").expect("set").profile;
    assert_eq!(dev.opt_level.expect("set").0, "s");
    assert_eq!(dev.codegen_units, Some(8));
    assert_eq!(dev.build_override.expect("set").opt_level.expect("set").0, "3");
    assert_eq!(dev.strip, Some(cargo_util_schemas::manifest::StringOrBool::Bool(true)));
    assert_eq!(
        config.profile("own").expect("reads").expect("set").profile.inherits.as_deref(),
        Some("release")
    );
    assert!(config.profile("release").expect("reads").is_none());
    assert_eq!(config.profile_names().expect("reads"), ["dev"]);
}

#[test]
fn misspelt_variables_are_told() {
    let fixture = Fixture::new().var("cargo_net_retry", "7").var("CARGO_BUILD-JOBS", "3");
    let config = fixture.load();
    assert_eq!(config.net().expect("reads").retry, 3);
    drop(config.build().expect("reads"));
    assert_eq!(
        fixture.warnings(&config),
        [
            "environment variable `cargo_net_retry` has no effect: the name is `CARGO_NET_RETRY`",
            "environment variable `CARGO_BUILD-JOBS` has no effect: the name is `CARGO_BUILD_JOBS`",
        ]
    );
}

#[test]
fn proxies_and_certificates() {
    let fixture = Fixture::new();
    assert_eq!(fixture.load().proxies(), dhow_config::Proxies::default());
    let fixture = fixture
        .var("HTTP_PROXY", "ignored")
        .var("ALL_PROXY", "all")
        .var("HTTPS_PROXY", "s")
        .var("NO_PROXY", "localhost")
        .var("SSL_CERT_FILE", "certs.pem")
        .var("CARGO_HTTP_CAINFO", "ca/own.pem")
        .var("CARGO_HTTP_PROXY", "http://own:1");
    let config = fixture.load();
    let proxies = config.proxies();
    assert_eq!(proxies.http.expect("set").value, "all");
    assert_eq!(proxies.https.expect("set").value, "s");
    assert_eq!(proxies.no_proxy.expect("set").value, "localhost");
    assert_eq!(
        config.trust_store().file.map(|path| fixture.relative(&path)),
        Some("project/certs.pem".to_owned())
    );
    let http = config.http().expect("reads");
    assert_eq!(fixture.relative(&http.cainfo.expect("set").value), "project/ca/own.pem");
    assert_eq!(http.proxy.expect("set").value, "http://own:1");
    assert_eq!((http.timeout_secs, http.low_speed_limit, http.multiplexing), (30, 10, true));
    assert_eq!(Fixture::new().var("HTTP_TIMEOUT", "5").load().http().expect("reads").timeout_secs, 5);
}
