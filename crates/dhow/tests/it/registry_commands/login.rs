//! `login` and `logout`: `credentials.toml` byte for byte.

use super::{Alt, TOKEN_FILES, credentials, same};

const OTHER_CONTENT: &str = "# a remark\n[zz]\nb = 1\na = '''two\nlines'''\nc = \"it's\"\n[zz.sub]\n[registry]\nx = \"y\"\ntoken = 'old'\n[[zz.list]]\nd = [1, 2]\n";

#[test]
fn a_token_is_kept_as_cargo_keeps_it() {
    let alt = Alt::new();
    for (stdin, words) in [
        ("abc\n", &["login", "--registry", "alt"][..]),
        ("cargo login abc", &["login", "--registry", "alt"]),
        ("  tab\tand \"quotes' \\ \n", &["login", "--registry", "alt"]),
        ("one line\nanother\n", &["login", "--registry", "alt"]),
        ("", &["login", "--registry", "alt"]),
        ("\n", &["login", "--registry", "alt"]),
        ("a\u{1}b", &["login", "--registry", "alt"]),
        ("ü", &["login", "--registry", "alt"]),
        ("abc", &["login", "--registry", "nobody"]),
        ("", &["login", "--registry", "alt", "typed"]),
        ("abc", &["login", "--registry", "alt", "--", "more"]),
        ("", &["logout", "--registry", "alt"]),
        ("", &["logout", "--registry", "nobody"]),
        ("", &["logout"]),
    ] {
        drop(same(&alt.sandbox, words, |cmd| cmd.stdin(stdin)));
    }
}

#[test]
fn other_content_stays() {
    for name in ["credentials.toml", "credentials"] {
        let alt = Alt::new();
        alt.home_file(name, OTHER_CONTENT);
        let (_, after) = same(&alt.sandbox, &["login", "--registry", "alt"], |cmd| cmd.stdin("abc"));
        let file = credentials(&after).into_iter().flatten().next().expect("a file");
        assert_eq!(file.0, 0o600);
        assert!(file.1.contains("[registries.alt]\ntoken = \"abc\"") && file.1.contains("old"), "{}", file.1);
        drop(same(&after, &["logout", "--registry", "alt"], |cmd| cmd));
        drop(same(&after, &["logout"], |cmd| cmd));
        drop(same(&after, &["login", "--registry", "alt"], |cmd| cmd.stdin("new")));
    }
    let alt = Alt::new();
    alt.home_file("credentials", "token = \"very old\"\n");
    drop(same(&alt.sandbox, &["login", "--registry", "alt"], |cmd| cmd.stdin("abc")));
    drop(same(&alt.sandbox, &["logout"], |cmd| cmd));
}

#[test]
fn what_a_file_of_tokens_says_is_not_shown() {
    let alt = Alt::new();
    alt.home_file("credentials.toml", "[registries.alt]\ntoken = \"hush\nx\n");
    for words in [&["login", "--registry", "alt"][..], &["logout", "--registry", "alt"]] {
        let output =
            alt.sandbox.cmd(crate::support::dhow()).args(words).stdin("hush2").run().assert_code(101);
        assert!(!output.stderr.contains("hush"), "{output}");
        assert!(output.stderr.contains("credentials.toml"), "{output}");
    }
}

#[test]
fn the_registry_that_is_meant_by_default() {
    let alt = Alt::new();
    let default = |cmd: dhow_testkit::Cmd| cmd.stdin("abc").env("CARGO_REGISTRY_DEFAULT", "alt");
    let (_, after) = same(&alt.sandbox, &["login"], default);
    drop(same(&after, &["logout"], default));
    drop(same(&after, &["logout"], |cmd| default(cmd).env("CARGO_REGISTRIES_ALT_TOKEN", "variable")));
    alt.sandbox.config("[source.crates-io]\nreplace-with = \"alt\"\n");
    let (output, _) = same(&alt.sandbox, &["login"], |cmd| cmd.stdin("abc"));
    assert!(output.stderr.contains("--registry alt"), "{output}");
    drop(same(&alt.sandbox, &["login", "--registry", "alt"], |cmd| cmd.stdin("abc")));
}

#[test]
fn a_closed_registry_says_where_its_tokens_are() {
    let alt = Alt::new();
    alt.server.require_token("sesame");
    drop(same(&alt.sandbox, &["login", "--registry", "alt"], |cmd| cmd.stdin("sesame")));
    let (output, after) = same(&alt.sandbox, &["login", "--registry", "alt"], |cmd| {
        cmd.env(TOKEN_FILES.0, TOKEN_FILES.1).stdin("")
    });
    let place = format!("{}/login", alt.server.url());
    assert!(output.stderr.contains(&format!("please paste the token found on {place} below")), "{output}");
    assert_eq!(credentials(&after), [None, None]);
    let wrong = |cmd: dhow_testkit::Cmd| {
        cmd.env(TOKEN_FILES.0, TOKEN_FILES.1).env("CARGO_REGISTRIES_ALT_TOKEN", "wrong").stdin("sesame")
    };
    drop(same(&alt.sandbox, &["login", "--registry", "alt"], wrong));
}

#[test]
fn programs_are_asked_as_cargo_asks_them() {
    let alt = Alt::new();
    let asked = alt.sandbox.root().join("asked");
    let text = format!(
        "#!/bin/sh\necho '{{\"v\":[1]}}'\nread line\necho \"$* $line\" >> {}\ncase $line in *logout*) kind=logout;; *) kind=login;; esac\necho \"{{\\\"Ok\\\":{{\\\"kind\\\":\\\"$kind\\\"}}}}\"\n",
        asked.display()
    );
    alt.sandbox.file("provider", text);
    let program = alt.sandbox.path("provider");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, executable).expect("makes it executable");
    let provider = format!("{} first", program.display());
    for words in [&["login", "--registry", "alt", "--", "more"][..], &["logout", "--registry", "alt"]] {
        let refine = |cmd: dhow_testkit::Cmd| {
            cmd.stdin("abc\n").env("CARGO_REGISTRIES_ALT_CREDENTIAL_PROVIDER", &provider)
        };
        drop(same(&alt.sandbox, words, refine));
    }
    let asked = std::fs::read_to_string(&asked).expect("somebody was asked");
    let lines: Vec<&str> = asked.lines().collect();
    assert_eq!(lines.len(), 4, "{asked}");
    assert_eq!(lines[0], lines[1], "login");
    assert_eq!(lines[2], lines[3], "logout");
    assert!(lines[0].contains("\"token\":\"abc\"") && lines[0].contains("[\"first\",\"more\"]"), "{asked}");
}
