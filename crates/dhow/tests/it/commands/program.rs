//! `run`, exit codes of every command, and what the command line itself says.

use dhow_testkit::{Sandbox, compare};

use crate::support::{cmd, dhow, ok, run};

fn echo() -> Sandbox {
    let sandbox = Sandbox::new();
    let main = r#"
use std::io::Read;
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    println!("{args:?} {input:?} {}", std::env::current_dir().unwrap().display());
    std::process::exit(args.first().and_then(|a| a.parse().ok()).unwrap_or(0));
}
"#;
    sandbox.manifest("app", "").file("src/main.rs", main).file("sub/file", "");
    sandbox
}

#[test]
fn run_passes_arguments_and_the_exit_code() {
    compare(&echo(), dhow(), |c| {
        c.stdout(&["run", "-q"])
            .stdout(&["run", "-q", "--", "a b", "--release", "-p", ""])
            .stdout(&["run", "-q", "7"])
            .stdout(&["run", "-q", "--", "101"])
            .stdout(&["r", "-q", "--bin", "app", "--", "3", "--", "x"])
    });
    let sandbox = echo();
    run(&sandbox, "run -- 7").assert_code(7);
    let piped = cmd(&sandbox, "run -q").stdin("typed").run();
    piped.assert_success().assert_stdout_has("\"typed\"");
}

#[test]
fn run_starts_where_the_user_is() {
    let sandbox = echo();
    let there = cmd(&sandbox, "run -q").cwd(sandbox.path("sub")).run();
    there.assert_success().assert_stdout_has(&format!("{}\n", sandbox.path("sub").display()));
    let manifest = sandbox.path("Cargo.toml");
    let words = format!("run -q --manifest-path {}", manifest.display());
    let away = cmd(&sandbox, &words).cwd(sandbox.root()).run();
    away.assert_success().assert_stdout_has(&format!("{}\n", sandbox.root().display()));
}

#[test]
fn a_program_that_a_signal_ends() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file("src/main.rs", "fn main() { std::process::abort(); }");
    let theirs = sandbox.cargo(["run", "-q"]);
    let ours = run(&sandbox, "run -q");
    assert_eq!((theirs.code, theirs.signal), (ours.code, ours.signal), "{ours}");
}

#[test]
fn which_program_runs() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "default-run = \"two\"\n[features]\nextra = []\n[[bin]]\nname = \"three\"\npath = \"src/3.rs\"\nrequired-features = [\"extra\"]\n")
        .file("src/bin/one.rs", "fn main() { println!(\"one\"); }")
        .file("src/bin/two/main.rs", "fn main() { println!(\"two\"); }")
        .file("src/3.rs", "fn main() { println!(\"three\"); }")
        .file("examples/ex.rs", "fn main() { println!(\"example\"); }");
    compare(&sandbox, dhow(), |c| {
        c.stdout(&["run", "-q"])
            .stdout(&["run", "-q", "--bin", "one"])
            .stdout(&["run", "-q", "--example", "ex"])
            .command(&["run", "-q", "--bin", "three"])
            .stdout(&["run", "-q", "--bin", "three", "-F", "extra"])
            .command(&["run", "--bin", "four"])
            .command(&["run", "--example"])
            .artifacts("target/debug")
    });
    sandbox.manifest("app", "");
    // Two programs and no word which: both are named.
    let output = run(&sandbox, "run").assert_code(101);
    output.assert_stderr_has("one").assert_stderr_has("two");
}

/// What the program finds in its environment.
#[test]
fn the_environment_of_a_program() {
    let sandbox = Sandbox::new();
    let main = r#"
fn main() {
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_BIN_NAME", "OUT_DIR", "CARGO_CRATE_NAME"] {
        println!("{name}={:?}", std::env::var(name).ok());
    }
    let paths = std::env::var("LD_LIBRARY_PATH").unwrap();
    println!("{}", paths.split(':').next().unwrap());
    println!("{}", std::env::var_os("CARGO").is_some());
}
"#;
    sandbox.manifest("app", "").file("src/main.rs", main);
    compare(&sandbox, dhow(), |c| c.stdout(&["run", "-q"]).stdout(&["run", "-q", "--release"]));
}

#[test]
fn a_runner_from_the_config() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "")
        .file("src/main.rs", "fn main() { println!(\"direct\"); }")
        .file("src/lib.rs", "#[test] fn t() {}")
        .config("[target.x86_64-unknown-linux-gnu]\nrunner = [\"echo\", \"through\"]");
    let output = ok(&sandbox, "run -q -- more").assert_stdout_has("through ");
    assert!(output.stdout.trim_end().ends_with("app more"), "{output}");
    ok(&sandbox, "test -q --lib").assert_stdout_has("through ");
}

#[test]
fn exit_codes() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "[features]\nf = []\n").file("src/lib.rs", "");
    compare(&sandbox, dhow(), |c| {
        c.command(&[])
            .command(&["help"])
            .command(&["build", "--help"])
            .command(&["-h"])
            .command(&["--list"])
            .command(&["no-such-command"])
            .command(&["build", "--no-such-flag"])
            .command(&["build", "extra"])
            .command(&["build", "--message-format", "nonsense"])
            .command(&["build", "--color", "nonsense"])
            .command(&["build", "-p", "nobody"])
            .command(&["build", "--bin", "nobody"])
            .command(&["build", "--test", "nobody"])
            .command(&["build", "--target", "no-such-triple"])
            .command(&["build", "--profile", "nobody"])
            .command(&["build", "-j", "0"])
            .command(&["build", "-F", "no-such-feature"])
            .command(&["build", "--manifest-path", "nowhere/Cargo.toml"])
            .command(&["build", "--config", "not toml"])
            .command(&["run"])
            .command(&["metadata", "--format-version", "2"])
            .command(&["check", "--quiet", "--verbose"])
            .command(&["clean", "-p", "nobody"])
            .command(&["build", "-q"])
            .command(&["-C", "nowhere", "build"])
    });
}

#[test]
fn code_that_does_not_compile() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file("src/lib.rs", "pub fn f() -> u32 { \"x\" }");
    for words in ["build", "check", "test --lib"] {
        run(&sandbox, words)
            .assert_code(101)
            .assert_stderr_has("src/lib.rs")
            .assert_stderr_has("E0308")
            .assert_stderr_has("could not compile `app`");
    }
    sandbox.file("src/lib.rs", "pub fn f( {}");
    run(&sandbox, "doc").assert_code(101).assert_stderr_has("src/lib.rs");
}

#[test]
fn the_version_is_said_the_same_everywhere() {
    let sandbox = Sandbox::new();
    let version = ok(&sandbox, "version").stdout;
    assert_eq!(ok(&sandbox, "--version").stdout, version);
    assert_eq!(ok(&sandbox, "-V").stdout, version);
    let number = version.split_whitespace().nth(1).unwrap_or_default();
    assert!(number.split('.').count() >= 3, "{version}");
    for words in ["-vV", "version --verbose"] {
        ok(&sandbox, words)
            .assert_stdout_has(&version)
            .assert_stdout_has("release: ")
            .assert_stdout_has("host: ");
    }
}

#[test]
fn help_names_the_commands() {
    let sandbox = Sandbox::new();
    let help = ok(&sandbox, "--help");
    for command in ["build", "check", "run", "test", "doc", "clean"] {
        assert!(help.stdout.contains(command), "{command}: {help}");
    }
    let list = ok(&sandbox, "--list");
    for command in [
        "bench",
        "build",
        "check",
        "clean",
        "doc",
        "fetch",
        "generate-lockfile",
        "locate-project",
        "metadata",
        "pkgid",
        "run",
        "test",
        "tree",
        "version",
    ] {
        let found = list.stdout.lines().any(|l| l.split_whitespace().next() == Some(command));
        assert!(found, "{command}: {list}");
    }
    ok(&sandbox, "build --help").assert_stdout_has("--release");
}

#[test]
fn quiet_verbose_and_color() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file("src/main.rs", "fn main() {}");
    ok(&sandbox, "build -v").assert_stderr_has("Running `");
    assert_eq!(ok(&sandbox, "build -q").stderr, "");
    let colored = ok(&sandbox, "build --color always");
    assert!(colored.stderr.contains('\u{1b}'), "{colored}");
    for plain in [ok(&sandbox, "build"), ok(&sandbox, "build --color never")] {
        assert!(!plain.stderr.contains('\u{1b}'), "{plain}");
    }
    let forced = cmd(&sandbox, "build").env("CARGO_TERM_COLOR", "always").run();
    assert!(forced.stderr.contains('\u{1b}'), "{forced}");
    let silent = cmd(&sandbox, "build").env("CARGO_TERM_QUIET", "true").run();
    assert_eq!(silent.assert_success().stderr, "");
}
