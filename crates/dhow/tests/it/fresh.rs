//! What is built again, and what is not: by content, with every reason that there is.

use std::fs;
use std::time::{Duration, SystemTime};

use dhow_testkit::{Output, Sandbox};

use crate::support::{bare_fixture, cmd, compiled, fixture, names_in, ok, run, with_status};

/// `leaf` <- `mid` <- `top` (a program), and `aside` that nobody needs.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file(
        "Cargo.toml",
        "[workspace]\nmembers = [\"leaf\", \"mid\", \"top\", \"aside\"]\nresolver = \"2\"\n",
    );
    for (name, dep, file, text) in [
        ("leaf", "", "lib.rs", "pub fn word() -> &'static str { \"leaf\" }"),
        ("mid", "leaf", "lib.rs", "pub fn words() -> String { format!(\"mid {}\", leaf::word()) }"),
        ("top", "mid", "main.rs", "fn main() { println!(\"top {}\", mid::words()); }"),
        ("aside", "", "lib.rs", ""),
    ] {
        let dep = if dep.is_empty() { String::new() } else { format!("{dep} = {{ path = \"../{dep}\" }}\n") };
        sandbox
            .file(
                format!("{name}/Cargo.toml"),
                format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{dep}"),
            )
            .file(format!("{name}/src/{file}"), text);
    }
    sandbox
}

/// What `build --workspace` compiles.
#[track_caller]
fn built(sandbox: &Sandbox) -> Vec<String> {
    compiled(&ok(sandbox, "build --workspace"))
}

/// Gives a file another time and leaves its content.
fn touch(sandbox: &Sandbox, path: &str, when: SystemTime) {
    let file = fs::File::options().append(true).open(sandbox.path(path));
    file.and_then(|file| file.set_modified(when)).expect("set a time");
}

#[test]
fn a_second_build_runs_nothing() {
    let sandbox = workspace();
    assert_eq!(built(&sandbox), ["aside", "leaf", "mid", "top"]);
    let second = ok(&sandbox, "build --workspace").assert_stderr_has("Finished");
    assert!(compiled(&second).is_empty(), "{second}");
    let third = ok(&sandbox, "build --workspace -v").assert_stderr_has("Fresh");
    assert_eq!(with_status(&third, "Fresh"), ["aside", "leaf", "mid", "top"]);
    assert!(!third.stderr.contains("Running"), "{third}");
}

#[test]
fn an_edit_rebuilds_what_depends_on_it() {
    let sandbox = workspace();
    built(&sandbox);
    sandbox.file("leaf/src/lib.rs", "pub fn word() -> &'static str { \"changed leaf\" }");
    assert_eq!(built(&sandbox), ["leaf", "mid", "top"]);
    ok(&sandbox, "run -q -p top").assert_stdout_has("top mid changed leaf");
    sandbox.file("top/src/main.rs", "fn main() { println!(\"upper {}\", mid::words()); }");
    assert_eq!(built(&sandbox), ["top"]);
    sandbox.file("aside/src/lib.rs", "pub fn more() {}");
    assert_eq!(built(&sandbox), ["aside"]);
    assert!(built(&sandbox).is_empty());
}

#[test]
fn an_edit_of_the_same_length_at_the_same_time() {
    let sandbox = workspace();
    built(&sandbox);
    // Straight after the build, same size: only a careful look sees it.
    sandbox.file("leaf/src/lib.rs", "pub fn word() -> &'static str { \"LEAF\" }");
    ok(&sandbox, "run -q -p top").assert_stdout_has("top mid LEAF");
}

// Stricter than the real cargo, which goes by time here: it builds again.
#[test]
fn another_time_stamp_is_no_edit() {
    let sandbox = workspace();
    built(&sandbox);
    for when in [
        SystemTime::now() + Duration::from_secs(3600),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000),
        SystemTime::now(),
    ] {
        touch(&sandbox, "leaf/src/lib.rs", when);
        assert!(built(&sandbox).is_empty(), "{when:?}");
    }
}

// Stricter than the real cargo: an older time stamp does not hide an edit.
#[test]
fn an_edit_with_an_old_time_stamp() {
    let sandbox = workspace();
    built(&sandbox);
    sandbox.file("leaf/src/lib.rs", "pub fn word() -> &'static str { \"restored\" }");
    touch(&sandbox, "leaf/src/lib.rs", SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000));
    assert_eq!(built(&sandbox), ["leaf", "mid", "top"]);
}

// Stricter than the real cargo, which builds three packages again.
#[test]
fn an_edit_that_is_taken_back_is_none() {
    let sandbox = workspace();
    built(&sandbox);
    let text = sandbox.read("leaf/src/lib.rs");
    sandbox.file("leaf/src/lib.rs", "broken").file("leaf/src/lib.rs", text);
    assert!(built(&sandbox).is_empty());
}

#[test]
fn a_module_and_an_included_file_count() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "")
        .file(
            "src/main.rs",
            "mod inner;\nfn main() { println!(\"{} {}\", inner::X, include_str!(\"../data.txt\")); }",
        )
        .file("src/inner.rs", "pub const X: u32 = 1;")
        .file("data.txt", "data")
        .file("unused.txt", "");
    ok(&sandbox, "run").assert_stdout_has("1 data");
    sandbox.file("src/inner.rs", "pub const X: u32 = 22;");
    ok(&sandbox, "run").assert_stdout_has("22 data");
    sandbox.file("data.txt", "more data");
    ok(&sandbox, "run").assert_stdout_has("22 more data");
    sandbox.file("unused.txt", "x");
    assert!(compiled(&ok(&sandbox, "build")).is_empty());
    sandbox.remove("src/inner.rs");
    run(&sandbox, "build").assert_code(101).assert_stderr_has("inner");
    sandbox.file("src/inner/mod.rs", "pub const X: u32 = 333;");
    ok(&sandbox, "run").assert_stdout_has("333 more data");
}

#[test]
fn a_path_package_outside_the_workspace() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "[dependencies]\naway = { path = \"away\" }\n[workspace]\nexclude = [\"away\"]\n")
        .file("src/main.rs", "fn main() { println!(\"{}\", away::N); }")
        .file("away/Cargo.toml", "[package]\nname = \"away\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
        .file("away/src/lib.rs", "pub const N: u32 = 1;");
    ok(&sandbox, "run").assert_stdout_has("1\n");
    sandbox.file("away/src/lib.rs", "pub const N: u32 = 2222;");
    let output = ok(&sandbox, "run").assert_stdout_has("2222\n");
    assert_eq!(compiled(&output), ["app", "away"]);
}

fn with_variable(sandbox: &Sandbox, words: &str, value: Option<&str>) -> Output {
    let cmd = cmd(sandbox, words);
    match value {
        Some(value) => cmd.env("APP_MODE", value).run(),
        None => cmd.run(),
    }
}

#[test]
fn variables_that_the_code_reads() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "")
        .file("src/main.rs", "fn main() { println!(\"{:?}\", option_env!(\"APP_MODE\")); }");
    for (value, said) in
        [(None, "None"), (Some("a"), "Some(\"a\")"), (Some("b"), "Some(\"b\")"), (None, "None")]
    {
        let output = with_variable(&sandbox, "run", value).assert_success().assert_stdout_has(said);
        assert_eq!(compiled(&output), ["app"]);
        let again = with_variable(&sandbox, "run", value).assert_success().assert_stdout_has(said);
        assert!(compiled(&again).is_empty(), "{again}");
    }
    let other = cmd(&sandbox, "build").env("ANOTHER", "1").run().assert_success();
    assert!(compiled(&other).is_empty(), "{other}");
}

#[test]
fn artifacts_that_were_deleted_come_back() {
    let sandbox = workspace();
    built(&sandbox);
    sandbox.remove("target/debug/top");
    built(&sandbox);
    assert!(sandbox.exists("target/debug/top"));
    for name in names_in(&sandbox.path("target/debug/deps")) {
        if name.starts_with("libmid-") {
            sandbox.remove(format!("target/debug/deps/{name}"));
        }
    }
    sandbox.file("top/src/main.rs", "fn main() { println!(\"over {}\", mid::words()); }");
    ok(&sandbox, "run -q -p top").assert_stdout_has("over mid leaf");
    sandbox.remove("target/debug/deps");
    ok(&sandbox, "run -q -p top").assert_stdout_has("over mid leaf");
    sandbox.remove("target/debug/.fingerprint");
    assert_eq!(built(&sandbox), ["aside", "leaf", "mid", "top"]);
}

#[test]
fn a_target_directory_can_be_moved() {
    let sandbox = workspace();
    built(&sandbox);
    fs::rename(sandbox.path("target"), sandbox.path("moved")).expect("move the target directory");
    let output = ok(&sandbox, "build --workspace --target-dir moved");
    assert!(compiled(&output).is_empty(), "{output}");
}

#[test]
fn warnings_are_said_again() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file("src/lib.rs", "fn never_used() {}\n");
    for words in ["check", "check", "build", "build"] {
        ok(&sandbox, words)
            .assert_stderr_has("never_used")
            .assert_stderr_has("`app` (lib) generated 1 warning");
    }
    let second = ok(&sandbox, "build");
    assert!(compiled(&second).is_empty(), "{second}");
    // And in the other form, too.
    let json = ok(&sandbox, "build --message-format json");
    assert!(json.stdout.contains("\"reason\":\"compiler-message\""), "{json}");
    sandbox.file("src/lib.rs", "");
    let third = ok(&sandbox, "check");
    assert!(!third.stderr.contains("warning"), "{third}");
}

#[test]
fn an_error_is_said_again_and_healed() {
    let sandbox = workspace();
    built(&sandbox);
    sandbox.file("mid/src/lib.rs", "pub fn words() -> u32 { \"no\" }");
    for _ in 0..2 {
        run(&sandbox, "build --workspace")
            .assert_code(101)
            .assert_stderr_has("E0308")
            .assert_stderr_has("could not compile `mid`");
    }
    sandbox.file("mid/src/lib.rs", "pub fn words() -> String { String::from(\"healed\") }");
    assert_eq!(built(&sandbox), ["mid", "top"]);
    ok(&sandbox, "run -q -p top").assert_stdout_has("top healed");
}

#[test]
fn features_go_there_and_back() {
    let f = fixture(
        |r| {
            r.package("dep", "1.0.0").feature("loud", &[]).publish();
        },
        "[features]\nextra = [\"dep/loud\"]\n[dependencies]\ndep = \"1\"\n",
    );
    let features = |words: &str| compiled(&ok(&f.project, words));
    assert_eq!(features("build"), ["app", "dep"]);
    assert_eq!(features("build -F extra"), ["app", "dep"]);
    // Both are kept beside each other.
    assert!(features("build").is_empty());
    assert!(features("build --features extra").is_empty());
    assert_eq!(features("build --release"), ["app", "dep"]);
    assert!(features("build").is_empty());
}

#[test]
fn profiles_and_flags_count() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "")
        .file("src/main.rs", "fn main() { println!(\"{}\", cfg!(debug_assertions)); }");
    ok(&sandbox, "run").assert_stdout_has("true");
    sandbox.manifest("app", "[profile.dev]\ndebug-assertions = false\n");
    let output = ok(&sandbox, "run").assert_stdout_has("false");
    assert_eq!(compiled(&output), ["app"]);
    let flags = cmd(&sandbox, "build").env("RUSTFLAGS", "--cfg x").run();
    assert_eq!(compiled(&flags.assert_success()), ["app"]);
    sandbox.manifest("app", "description = \"new\"\n[profile.dev]\ndebug-assertions = false\n");
    ok(&sandbox, "run").assert_stdout_has("false");
    sandbox.file("src/main.rs", "fn main() { println!(\"{}\", env!(\"CARGO_PKG_DESCRIPTION\")); }");
    ok(&sandbox, "run").assert_stdout_has("new");
    sandbox.manifest("app", "description = \"newer\"\n[profile.dev]\ndebug-assertions = false\n");
    ok(&sandbox, "run").assert_stdout_has("newer");
}

#[test]
fn check_build_and_test_do_not_disturb_each_other() {
    let sandbox = workspace();
    for words in ["check --workspace", "build --workspace", "test --workspace --no-run"] {
        ok(&sandbox, words);
    }
    for words in ["check --workspace", "build --workspace", "test --workspace --no-run"] {
        let output = ok(&sandbox, words);
        assert!(compiled(&output).is_empty(), "{output}");
        assert!(with_status(&output, "Checking").is_empty(), "{output}");
    }
}

#[test]
fn a_new_version_of_a_dependency() {
    let f = bare_fixture(|r| {
        r.package("dep", "1.0.0").lib("pub const N: u32 = 100;").publish();
        r.package("dep", "1.0.1").lib("pub const N: u32 = 101;").publish();
    });
    let program = "fn main() { println!(\"{}\", dep::N); }";
    f.project.manifest("app", "[dependencies]\ndep = \"=1.0.0\"\n").file("src/main.rs", program);
    ok(&f.project, "run").assert_stdout_has("100");
    f.project.manifest("app", "[dependencies]\ndep = \"=1.0.1\"\n");
    ok(&f.project, "run").assert_stdout_has("101");
    f.project.manifest("app", "[dependencies]\ndep = \"=1.0.0\"\n");
    let back = ok(&f.project, "run").assert_stdout_has("100");
    assert!(!compiled(&back).contains(&"dep".to_owned()), "{back}");
}

#[test]
fn a_target_that_came_or_went() {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", "").file("src/lib.rs", "");
    ok(&sandbox, "build");
    sandbox.file("src/bin/extra.rs", "fn main() { println!(\"extra\"); }");
    ok(&sandbox, "run").assert_stdout_has("extra");
    sandbox.remove("src/bin/extra.rs");
    assert!(compiled(&ok(&sandbox, "build")).is_empty());
    run(&sandbox, "run").assert_code(101);
}
