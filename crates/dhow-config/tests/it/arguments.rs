//! `--config`.

use crate::{Fixture, show};

#[test]
fn arguments_go_before_all_else_and_later_ones_before_earlier() {
    let fixture = Fixture::new()
        .project("a.x = 'file'\nl = ['file']\n")
        .var("CARGO_A_X", "variable")
        .arg("a.x = 'one'")
        .arg("a.x = 'two'")
        .arg("l = ['one']")
        .arg("l = ['two', 'three']");
    let config = fixture.load();
    assert_eq!(show(&config, "a.x"), r#""two""#);
    assert_eq!(show(&config, "l"), r#"["file","one","two","three"]"#);
}

#[test]
fn a_file_can_be_named() {
    let fixture = Fixture::new()
        .file("project/conf/extra.toml", "include = ['more.toml']\nbuild.target-dir = 'out'\n")
        .file("project/conf/more.toml", "net.retry = 9\n")
        .arg("conf/extra.toml")
        .var("CARGO_BUILD_TARGET_DIR", "weaker");
    let config = fixture.load();
    assert_eq!(
        config.target_dir().expect("reads").map(|path| fixture.relative(&path)),
        Some("project/out".to_owned())
    );
    assert_eq!(config.net().expect("reads").retry, 9);
}

#[test]
fn an_argument_can_include() {
    let fixture =
        Fixture::new().file("project/extra.toml", "net.retry = 9\n").arg("include = ['extra.toml']");
    assert_eq!(fixture.load().net().expect("reads").retry, 9);
}

#[test]
fn what_is_neither_file_nor_setting_is_refused() {
    let check = |argument: &str, expect: &str| {
        let fixture = Fixture::new().arg(argument);
        let message = fixture.say(&fixture.try_load().expect_err("refused"));
        assert!(message.contains(expect), "{argument}: {message}");
    };
    check("nowhere.toml", "`--config nowhere.toml` is neither a file nor a setting");
    check("", "expected one dotted key and its value");
    check("a = {b = 1}", "an inline table cannot be given here");
    check("[a]\nb = 1", "expected one dotted key and its value");
    check("a = 1 # why", "a comment cannot be given here");
    check("a = 1.5", "float");
}

#[test]
fn secrets_are_refused() {
    for (argument, key) in [
        ("registry.token = 'x'", "registry.token"),
        ("registries.own.token = 'x'", "registries.own.token"),
        ("registries.own.secret-key = 'x'", "registries.own.secret-key"),
    ] {
        let fixture = Fixture::new().arg(argument);
        let message = fixture.say(&fixture.try_load().expect_err("refused"));
        assert!(message.starts_with(&format!("`{key}` cannot be set by `--config`")), "{message}");
    }
}

#[test]
fn values_of_arguments_are_relative_to_the_current_directory() {
    let fixture = Fixture::new().cwd("project/sub").arg("build.target-dir = 'out'");
    let path = fixture.load().target_dir().expect("reads").expect("set");
    assert_eq!(fixture.relative(&path), "project/sub/out");
}
