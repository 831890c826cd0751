//! Bad input: what is said of it, and where it is said to be.

use dhow_config::ConfigError;

use crate::Fixture;

fn load(fixture: &Fixture) -> String {
    match fixture.try_load() {
        Err(error) => fixture.say(&error),
        Ok(_) => panic!("this must not load"),
    }
}

/// A configuration that loads, and the message when `ask` reads it.
fn check<T>(text: &str, ask: impl Fn(&dhow_config::Config) -> Result<T, ConfigError>, expect: &str) {
    let fixture = Fixture::new().project(text);
    match ask(&fixture.load()) {
        Err(error) => assert_eq!(fixture.say(&error), expect),
        Ok(_) => panic!("`{text}` must be refused"),
    }
}

#[test]
fn broken_files_are_named_with_line_and_text() {
    let message = load(&Fixture::new().project("[build]\njobs = = 3\n"));
    assert!(
        message.starts_with("`project/.cargo/config.toml` is not a valid configuration file: line 2"),
        "{message}"
    );
    assert!(message.contains("2 | jobs = = 3"), "{message}");
    let message = load(&Fixture::new().home("x = 1.5\n"));
    assert!(message.starts_with("`home/config.toml`") && message.contains("float"), "{message}");
}

#[test]
fn files_that_are_not_text_or_not_files() {
    let fixture = Fixture::new();
    dhow_fs::create_dir_all(&fixture.path("project/.cargo/config.toml")).expect("makes");
    assert_eq!(load(&fixture), "cannot read the configuration file `project/.cargo/config.toml`");
    let fixture = Fixture::new();
    dhow_fs::create_dir_all(&fixture.path("project/.cargo")).expect("makes");
    dhow_fs::write_atomic(&fixture.path("project/.cargo/config.toml"), b"a = '\xff'\n").expect("writes");
    assert_eq!(load(&fixture), "cannot read the configuration file `project/.cargo/config.toml`");
}

#[test]
fn kinds_that_do_not_merge() {
    let fixture = Fixture::new().home("build.rustflags = 'x'\n").project("[build]\nrustflags = ['y']\n");
    assert_eq!(
        load(&fixture),
        "`build.rustflags` is a list in project/.cargo/config.toml:2, but a string in home/config.toml:1: \
         they cannot be merged"
    );
}

#[test]
fn includes() {
    let file = "project/.cargo/config.toml";
    let must =
        format!("`include` in {file}:1 must be a list of paths, or of tables with `path` and `optional`");
    let check = |text: &str, expect: &str| assert_eq!(load(&Fixture::new().project(text)), expect);
    check("include = 'a.toml'\n", &format!("{must}: it is a string"));
    check("include = [1]\n", &format!("{must}: it has an integer in it"));
    check("include = ['a']\n", &format!("{must}: `a` does not end in `.toml`"));
    check("include = [{ optional = true }]\n", &format!("{must}: it has a table without `path`"));
    check(
        "include = ['a.toml']\n",
        "`project/.cargo/a.toml`, which project/.cargo/config.toml:1 includes, does not exist \
         (write `{ path = \"…\", optional = true }` if it need not)",
    );
    let circle = Fixture::new()
        .project("include = ['a.toml']\n")
        .file("project/.cargo/a.toml", "include = ['config.toml']\n");
    assert_eq!(
        load(&circle),
        "`project/.cargo/config.toml` includes itself (by way of project/.cargo/a.toml:1)"
    );
}

#[test]
fn wrong_kinds_name_key_file_and_line() {
    let at = "project/.cargo/config.toml";
    check(
        "[build]\njobs = true\n",
        |c| c.build(),
        &format!("`build.jobs` must be a number or \"default\", but is a boolean in {at}:2"),
    );
    check(
        "[build]\njobs = 0\n",
        |c| c.build(),
        &format!("`build.jobs` is not valid in {at}:2: there must be at least one"),
    );
    check("build = 1\n", |c| c.build(), &format!("`build` must be a table, but is an integer in {at}:1"));
    check("build = 1\n", |c| c.tools(), &format!("`build` must be a table, but is an integer in {at}:1"));
    check(
        "build.rustc = 1\n",
        |c| c.build(),
        &format!("`build.rustc` must be a string, but is an integer in {at}:1"),
    );
    check(
        "net.retry = -1\n",
        |c| c.net(),
        &format!("`net.retry` is not valid in {at}:1: -1 is out of range"),
    );
    check(
        "net.offline = 'yes'\n",
        |c| c.net(),
        &format!("`net.offline` must be `true` or `false`, but is a string in {at}:1"),
    );
    check(
        "term.color = 'blue'\n",
        |c| c.term(),
        &format!("`term.color` is not valid in {at}:1: `blue` is none of `auto`, `always`, `never`"),
    );
    check(
        "term.progress.when = 'always'\n",
        |c| c.term(),
        &format!(
            "`term.progress.when` is not valid in {at}:1: with `always`, `term.progress.width` must be set too"
        ),
    );
    check(
        "[http]\nssl-version = 'ssl3'\n",
        |c| c.http(),
        &format!(
            "`http.ssl-version` is not valid in {at}:2: `ssl3` is none of `default`, `tlsv1.0`, `tlsv1.1`, `tlsv1.2`, `tlsv1.3`"
        ),
    );
    check(
        "[profile.dev]\ndebug = 1\n[profile.dev.package.x]\nopt-level = true\n",
        |c| c.profile("dev"),
        &format!(
            "`profile.dev.package.x.opt-level` is not valid in {at}:4: invalid type: boolean `true`, expected an optimization level"
        ),
    );
    check(
        "build.target-dir = ''\n",
        |c| c.target_dir(),
        &format!("`build.target-dir` is not valid in {at}:1: it cannot be an empty path"),
    );
    check(
        "env.CARGO_HOME = 'x'\n",
        |c| c.env_table(),
        &format!("`env.CARGO_HOME` is not valid in {at}:1: it cannot be set here: set it in the environment"),
    );
}

#[test]
fn variables_with_wrong_values() {
    let fixture = Fixture::new().var("CARGO_NET_OFFLINE", "1");
    let error = fixture.load().net().expect_err("not a boolean");
    assert_eq!(
        fixture.say(&error),
        "`net.offline` must be `true` or `false`, but is `1` in environment variable `CARGO_NET_OFFLINE`"
    );
    let fixture = Fixture::new().var("CARGO_TARGET_DIR", "");
    let error = fixture.load().target_dir().expect_err("empty");
    assert_eq!(
        fixture.say(&error),
        "environment variable `CARGO_TARGET_DIR` is not valid: the target directory cannot be an empty path"
    );
}

#[test]
fn no_home() {
    let fixture = Fixture { vars: Vec::new(), ..Fixture::new() };
    assert_eq!(load(&fixture), "no home directory is known: set `CARGO_HOME`, or `HOME`");
}
