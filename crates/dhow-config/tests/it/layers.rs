//! Which files are read, in which order, and how they become one.

use dhow_config::Definition;

use crate::{Fixture, show};

#[test]
fn near_files_go_before_far_ones_and_home_comes_last() {
    let fixture = Fixture::new()
        .home("a.x = 'home'\na.h = 'home'\nlist = ['home']\n")
        .file(".cargo/config.toml", "a.x = 'above'\na.a = 'above'\nlist = ['above']\n")
        .project("a.x = 'project'\nlist = ['project']\n")
        .cwd("project/deep/down");
    let config = fixture.load();
    assert_eq!(show(&config, "a.x"), r#""project""#);
    assert_eq!(show(&config, "a.a"), r#""above""#);
    assert_eq!(show(&config, "a.h"), r#""home""#);
    assert_eq!(show(&config, "list"), r#"["home","above","project"]"#);
}

#[test]
fn a_home_above_the_project_is_read_once() {
    let fixture =
        Fixture::new().project("list = ['p']\n").file(".cargo/config.toml", "list = ['h']\n").cwd("project");
    let home = fixture.path(".cargo");
    let fixture = Fixture {
        vars: vec![("CARGO_HOME".to_owned(), home.to_str().expect("UTF-8").to_owned())],
        ..fixture
    };
    assert_eq!(show(&fixture.load(), "list"), r#"["h","p"]"#);
}

#[test]
fn files_that_are_not_there_are_remembered_too() {
    let fixture = Fixture::new().project("a = 1\n");
    let files: Vec<(String, bool)> =
        fixture.load().files().iter().map(|file| (fixture.relative(&file.path), file.present)).collect();
    let has =
        |path: &str, present: bool| assert!(files.contains(&(path.to_owned(), present)), "{path}: {files:?}");
    has("project/.cargo/config", false);
    has("project/.cargo/config.toml", true);
    has(".cargo/config", false);
    has(".cargo/config.toml", false);
    has("home/config.toml", false);
}

#[test]
fn the_name_without_extension_goes_first() {
    let fixture = Fixture::new().file("project/.cargo/config", "a = 'old'\n");
    let config = fixture.load();
    assert_eq!(show(&config, "a"), r#""old""#);
    let old = "`project/.cargo/config` is an old name: rename it to `project/.cargo/config.toml`";
    assert_eq!(fixture.warnings(&config), [old]);

    let fixture = fixture.project("a = 'new'\nb = 'new'\n");
    let config = fixture.load();
    assert_eq!(show(&config, "a"), r#""old""#);
    assert_eq!(show(&config, "b"), "nothing");
    let both = "both `project/.cargo/config` and `project/.cargo/config.toml` exist: only the first is read";
    assert_eq!(fixture.warnings(&config), [both]);
}

#[cfg(unix)]
#[test]
fn a_link_between_the_two_names_is_no_mistake() {
    let fixture = Fixture::new().project("a = 1\n");
    dhow_fs::symlink("config.toml".as_ref(), &fixture.path("project/.cargo/config")).expect("links");
    let config = fixture.load();
    assert_eq!(show(&config, "a"), "1");
    assert_eq!(fixture.warnings(&config), [""; 0]);
}

#[test]
fn included_files_lie_under_the_file_that_includes_them() {
    let fixture = Fixture::new()
        .project("include = ['one.toml', { path = 'sub/two.toml' }, { path = 'no.toml', optional = true }]\na.own = 'own'\nl = ['own']\n")
        .file("project/.cargo/one.toml", "a.own = 1\na.one = 1\na.both = 1\nl = ['one']\n")
        .file("project/.cargo/sub/two.toml", "include = ['../three.toml']\na.both = 2\nl = ['two']\n")
        .file("project/.cargo/three.toml", "a.both = 3\na.three = 3\nl = ['three']\n");
    let config = fixture.load();
    assert_eq!(show(&config, "a"), r#"{"both":2,"one":1,"own":"own","three":3}"#);
    assert_eq!(show(&config, "l"), r#"["one","three","two","own"]"#);
    assert_eq!(show(&config, "include"), "nothing");
    let absent = fixture.path("project/.cargo/no.toml");
    assert!(config.files().iter().any(|file| file.path == absent && !file.present));
}

#[test]
fn every_value_knows_where_it_was_written() {
    let fixture = Fixture::new().home("\n\nnet.retry = 1\n").project("[term]\n\nquiet = true\n");
    let config = fixture.load();
    let place = |key: &str| fixture.strip(&config.get(key).expect("a value").definition.to_string());
    assert_eq!(place("net.retry"), "home/config.toml:3");
    assert_eq!(place("term.quiet"), "project/.cargo/config.toml:3");
    assert_eq!(place("term"), "project/.cargo/config.toml:1");
    let root = config.get("term.quiet").expect("a value").definition.root(config.cwd()).to_owned();
    assert_eq!(root, fixture.path("project"));
    assert!(matches!(&config.get("net").expect("a value").definition, Definition::File { .. }));
}
