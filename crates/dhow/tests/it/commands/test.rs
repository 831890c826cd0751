//! `test`, `bench` and `doc`.

use dhow_testkit::{Output, Sandbox, compare};

use crate::support::{bare_fixture, dhow, ok, run, without_hashes};

/// Unit, integration and documentation tests; one is ignored, one compiles only, one must fail to compile.
fn tested() -> Sandbox {
    let sandbox = Sandbox::new();
    let lib = r#"
//! A library.

/// Adds.
///
/// ```
/// assert_eq!(app::add(1, 2), 3);
/// ```
///
/// ```no_run
/// loop {}
/// ```
///
/// ```compile_fail
/// app::nothing();
/// ```
pub fn add(a: u32, b: u32) -> u32 { a + b }

#[cfg(test)]
mod tests {
    #[test]
    fn one() { assert_eq!(super::add(1, 1), 2); }
    #[test]
    fn two() { println!("hidden"); }
    #[test]
    #[ignore]
    fn slow() {}
    #[test]
    #[should_panic(expected = "on purpose")]
    fn panics() { panic!("on purpose"); }
}
"#;
    sandbox
        .manifest("app", "[dev-dependencies]\nhelper = { path = \"helper\" }\n")
        .file("src/lib.rs", lib)
        .file("src/main.rs", "fn main() { println!(\"{}\", app::add(20, 22)); }\n#[test] fn in_main() {}")
        .file("tests/first.rs", concat!(
            "#[test] fn adds() { assert_eq!(app::add(2, 2), helper::four()); }\n",
            "#[test] fn runs() { let o = std::process::Command::new(env!(\"CARGO_BIN_EXE_app\")).output().unwrap(); assert_eq!(o.stdout, b\"42\\n\"); }\n",
            "#[test] fn has_a_place() { std::fs::write(std::path::Path::new(env!(\"CARGO_TARGET_TMPDIR\")).join(\"x\"), \"\").unwrap(); }\n",
            "#[test] fn is_here() { assert!(std::path::Path::new(\"Cargo.toml\").exists()); }\n",
        ))
        .file("tests/second/main.rs", "mod more;\n#[test] fn second() { more::f(); }")
        .file("tests/second/more.rs", "pub fn f() {}")
        .file("examples/ex.rs", "fn main() {}")
        .file("helper/Cargo.toml", "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
        .file("helper/src/lib.rs", "pub fn four() -> u32 { 4 }\n#[test] fn of_the_helper() {}");
    sandbox
}

/// The lines of a test run without times, sorted: threads decide about their order.
fn results(sandbox: &Sandbox, output: &Output) -> Vec<String> {
    let text = sandbox.normalized(&without_hashes(&output.stdout));
    let mut lines: Vec<String> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("all doctests ran in"))
        .map(|line| line.split("; finished in").next().unwrap_or_default())
        .map(without_chance)
        .collect();
    lines.sort_unstable();
    lines
}

/// Thread numbers go, and the marks of quiet tests stand in order.
fn without_chance(line: &str) -> String {
    if line.starts_with("thread '") {
        return line.split(" (").next().unwrap_or_default().into();
    }
    let mut marks: Vec<char> = line.chars().collect();
    if marks.iter().all(|c| ".iF".contains(*c)) {
        marks.sort_unstable();
    }
    marks.into_iter().collect()
}

/// Both tools run the same tests with the same results, and say the same about what they run.
#[track_caller]
fn agree(project: &Sandbox, lines: &[&str]) {
    let (theirs, ours) = (project.copy(), project.copy());
    for words in lines {
        let expected = theirs.cargo(words.split_whitespace());
        let found = run(&ours, words);
        assert_eq!(expected.code, found.code, "{expected}\n\n{found}");
        assert_eq!(results(&theirs, &expected), results(&ours, &found), "{expected}\n\n{found}");
        assert_eq!(running(&theirs, &expected), running(&ours, &found), "{expected}\n\n{found}");
    }
}

/// `Running unittests src/lib.rs (target/debug/deps/app-[HASH])` and the like, in their order.
fn running(sandbox: &Sandbox, output: &Output) -> Vec<String> {
    let text = sandbox.normalized(&without_hashes(&output.stderr));
    let wanted = ["Running ", "Doc-tests ", "Executable "];
    let lines = text.lines().map(str::trim_start);
    lines.filter(|line| wanted.iter().any(|verb| line.starts_with(verb))).map(String::from).collect()
}

#[test]
fn every_kind_of_test() {
    agree(&tested(), &["test", "test --no-fail-fast"]);
    let sandbox = tested();
    let output = ok(&sandbox, "test");
    let passed: Vec<&str> = output.stdout.lines().filter(|l| l.starts_with("test result: ok")).collect();
    // Library, program, two integration tests, documentation.
    assert_eq!(passed.len(), 5, "{output}");
}

#[test]
fn filters_and_arguments_of_the_test_program() {
    agree(
        &tested(),
        &[
            "test add",
            "test -- one two",
            "test --lib -- --ignored",
            "test --lib tests::one -- --exact",
            "test --test first",
            "test --test * -- --list",
            "test --doc",
            "test --bins",
            "test -q --lib",
            "test --lib -- --nocapture --test-threads=1",
        ],
    );
}

#[test]
fn tests_can_be_built_without_running() {
    agree(&tested(), &["test --no-run", "test --lib --no-run --release"]);
    compare(&tested(), dhow(), |c| {
        c.command(&["test", "--no-run"])
            .artifacts("target/debug")
            .command(&["test", "--no-run", "--all-targets"])
            .command(&["test", "--doc", "--no-run"])
    });
}

#[test]
fn other_packages_of_the_workspace() {
    let sandbox = tested();
    let manifest = sandbox.read("Cargo.toml") + "[workspace]\nmembers = [\"helper\"]\n";
    sandbox.file("Cargo.toml", manifest);
    agree(
        &sandbox,
        &[
            "test",
            "test -p helper",
            "test --workspace",
            "test --workspace --exclude app",
            "test -p helper -p app --lib",
        ],
    );
}

#[test]
fn failing_tests() {
    let sandbox = tested();
    sandbox
        .file("tests/a_failing.rs", "#[test] fn fails() { assert_eq!(1 + 1, 3, \"arithmetic\"); }")
        .file("tests/z_last.rs", "#[test] fn last() {}");
    agree(&sandbox, &["test --tests", "test --no-fail-fast --tests", "test --test z_last"]);
    let output = run(&sandbox, "test").assert_code(101);
    output.assert_stdout_has("arithmetic").assert_stderr_has("--test a_failing");
}

#[test]
fn a_harness_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox
        .manifest(
            "app",
            concat!(
                "[[test]]\nname = \"own\"\nharness = false\n[[bench]]\nname = \"speed\"\nharness = false\n",
                "[lib]\ntest = false\ndoctest = false\n",
            ),
        )
        .file("src/lib.rs", "/// ```\n/// panic!();\n/// ```\npub fn f() {}\n#[test] fn not_run() { panic!() }")
        .file("tests/own.rs", "fn main() { println!(\"own {:?}\", std::env::args().skip(1).collect::<Vec<_>>()); }")
        .file("benches/speed.rs", "fn main() { println!(\"speed {:?} {}\", std::env::args().skip(1).collect::<Vec<_>>(), cfg!(debug_assertions)); }");
    agree(
        &sandbox,
        &["test", "test -- a b", "bench", "bench speed -- x", "bench --no-run", "test --benches"],
    );
    compare(&sandbox, dhow(), |c| c.command(&["bench", "--no-run"]).artifacts("target/release"));
}

/// Documentation of a package and, unless told, of what it uses.
#[test]
fn documentation() {
    let f = bare_fixture(|r| r.versions("dep", &["1.0.0"]));
    f.project
        .manifest("app", "[dependencies]\ndep = \"1\"\n")
        .file("src/lib.rs", "//! See [`hello`].\n\n/// Says hello.\npub fn hello() {}\n")
        .file("src/bin/tool.rs", "//! A tool.\nfn main() {}");
    compare(&f.project, dhow(), |c| {
        c.command(&["doc", "--no-deps", "--bins", "--document-private-items"])
            .artifacts("target/doc")
            .artifacts("target/doc/tool")
            .command(&["doc"])
            .artifacts("target/doc")
            .artifacts("target/doc/dep")
            .artifacts("target/doc/app")
    });
    ok(&f.project, "doc").assert_stderr_has("Documenting").assert_stderr_has("Generated");
    let second = ok(&f.project, "doc");
    assert!(!second.stderr.contains("Documenting"), "{second}");
    assert!(f.project.read("target/doc/app/fn.hello.html").contains("Says hello."));
}
