//! Names of commands that are not built in: aliases, external subcommands, and Dhow under Cargo's name.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use dhow_testkit::{Cmd, Sandbox, compare};

use crate::support::{cmd, dhow, ok, run};

fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file(
        "src/main.rs",
        "fn main() { println!(\"{} {:?}\", cfg!(debug_assertions), std::env::args().skip(1).collect::<Vec<_>>()); }",
    );
    sandbox
}

#[test]
fn aliases() {
    let sandbox = project();
    sandbox.file(
        ".cargo/config.toml",
        concat!(
            "[alias]\nhi = [\"run\", \"-q\", \"--\", \"hi there\"]\nrr = \"run -q --release\"\n",
            "twice = \"rr -- x\"\nbuild = \"run\"\nloop = \"loop\"\n",
        ),
    );
    compare(&sandbox, dhow(), |c| {
        c.stdout(&["hi"])
            .stdout(&["hi", "and", "more"])
            .stdout(&["rr"])
            .stdout(&["rr", "--", "a"])
            .stdout(&["twice", "y"])
            // A built-in name cannot be taken.
            .stdout(&["build"])
            .command(&["loop"])
            .command(&["b"])
            .command(&["c"])
            .command(&["t", "-q"])
            .stdout(&["r", "-q"])
    });
    let from_env = cmd(&sandbox, "brief").env("CARGO_ALIAS_BRIEF", "run -q -- env").run();
    from_env.assert_success().assert_stdout_has("true [\"env\"]");
}

/// Puts a script into a directory of its own and that directory on the PATH.
fn with_script(sandbox: &Sandbox, cmd: Cmd, name: &str, text: &str) -> Cmd {
    let dir = sandbox.root().join("scripts");
    let path = dir.join(name);
    fs::create_dir_all(&dir).expect("a directory");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
    let rustc = dhow_testkit::toolchain().bin().display().to_string();
    cmd.env("PATH", format!("{}:{rustc}:/usr/bin:/bin", dir.display()))
}

#[test]
fn an_external_subcommand() {
    let sandbox = project();
    let external = |words: &str| {
        let text = "echo \"$# $1 $2 $3\"; echo \"$CARGO\"; exit 9";
        with_script(&sandbox, cmd(&sandbox, words), "cargo-hello", text).run()
    };
    let output = external("hello a --b").assert_code(9);
    let program = fs::canonicalize(dhow()).expect("the program");
    assert_eq!(output.stdout, format!("3 hello a --b\n{}\n", program.display()));
    external("--list").assert_success().assert_stdout_has("hello");
    // One that calls back.
    let back = with_script(
        &sandbox,
        cmd(&sandbox, "back"),
        "cargo-back",
        "shift; exec \"$CARGO\" run -q -- back \"$@\"",
    );
    back.run().assert_success().assert_stdout_has("true [\"back\"]");
    // The home's own directory of programs counts, too.
    let home_bin = sandbox.cargo_home().join("bin");
    fs::create_dir_all(&home_bin).expect("a directory");
    symlink("/bin/true", home_bin.join("cargo-at-home")).expect("a link");
    run(&sandbox, "at-home").assert_success();
}

#[test]
fn a_subcommand_that_nobody_has() {
    let sandbox = project();
    let output = run(&sandbox, "biuld").assert_code(101);
    output.assert_stderr_has("biuld").assert_stderr_has("build");
}

#[test]
fn under_cargos_name() {
    let sandbox = project();
    let link = sandbox.root().join("cargo");
    symlink(fs::canonicalize(dhow()).expect("the program"), &link).expect("a link");
    let through = |words: &str| sandbox.cmd(&link).args(words.split_whitespace()).run().assert_success();
    through("run -q -- x").assert_stdout_has("true [\"x\"]");
    let version = through("--version").stdout;
    let mut words = version.split_whitespace();
    // Tools read this line to know which Cargo they have.
    assert_eq!(words.next(), Some("cargo"), "{version}");
    assert_eq!(words.next().map(|v| v.split('.').count()), Some(3), "{version}");
    through("metadata --format-version 1 --no-deps").assert_stdout_has("\"app\"");
}

/// What rustup's proxy does for `cargo +toolchain`: the choice reaches everything that is started.
#[test]
fn a_toolchain_on_the_command_line_is_passed_on() {
    let sandbox = project();
    sandbox.file("src/main.rs", "fn main() { println!(\"{:?}\", std::env::var(\"RUSTUP_TOOLCHAIN\")); }");
    run(&sandbox, "+some-toolchain run -q").assert_success().assert_stdout_has("Ok(\"some-toolchain\")");
}

#[test]
fn configuration_of_the_command_line() {
    let sandbox = project();
    // Paths in such a file start above its directory, as with `.cargo/config.toml`.
    sandbox.file("conf/more.toml", "[build]\ntarget-dir = \"from-file\"\n");
    ok(&sandbox, "build --config build.target-dir=\"from-value\"");
    assert!(sandbox.exists("from-value/debug/app"));
    ok(&sandbox, "build --config conf/more.toml");
    assert!(sandbox.exists("from-file/debug/app"));
    let env = cmd(&sandbox, "build").env("CARGO_BUILD_TARGET_DIR", "from-env").run();
    env.assert_success();
    assert!(sandbox.exists("from-env/debug/app"));
    ok(&sandbox, "build --target-dir from-flag --config conf/more.toml");
    assert!(sandbox.exists("from-flag/debug/app"));
    assert!(!sandbox.exists("target"));
}
