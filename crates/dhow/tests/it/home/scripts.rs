//! Build scripts that write where their package is: Cargo lets them, so what they have done is no reason to refuse them.

use std::fs;
use std::path::PathBuf;

use dhow_testkit::{Cmd, GitRepo, Output, Registry, Sandbox};

use super::{Tool, cargo, dhow, sources};
use crate::support::{Fixture, bare_fixture};

const SCRIPT: &str = r#"
    use std::{env, fs, process::Command};
    fn main() {
        println!("cargo::rerun-if-env-changed=SAY");
        let say = env::var("SAY").unwrap_or_default();
        fs::write("src/made.rs", "pub fn made() {}").unwrap();
        fs::write("src/edited.rs", format!("pub fn edited() {{}} // {say}")).unwrap();
        fs::create_dir_all("cache/deep").unwrap();
        fs::write("cache/deep/a", &say).unwrap();
        fs::write(format!("cache/{}", std::process::id()), "").unwrap();
        let _ = fs::remove_file("dropped");
        if say == "fail" {
            std::process::exit(1);
        }
        if say == "kill" {
            let parent = std::os::unix::process::parent_id().to_string();
            Command::new("kill").args(["-9", &parent]).status().unwrap();
        }
    }"#;

const LIB: &str = "pub mod edited; pub mod made;";

fn project() -> Fixture {
    let f = bare_fixture(|r: &Registry| {
        let package = r.package("busy", "1.0.0").lib(LIB).build_script(SCRIPT);
        package.file("src/edited.rs", "").file("src/kept.rs", "").file("dropped", "").publish();
    });
    f.project.manifest("app", "[dependencies]\nbusy = \"1\"\n");
    f.project.file("src/lib.rs", "pub use busy::{edited::edited, made::made};");
    f
}

/// As if in a project of its own.
fn check(sandbox: &Sandbox, tool: Tool, place: &str, say: &str) -> Output {
    let cmd: Cmd = tool(sandbox, &format!("check --target-dir {place}"));
    cmd.env("SAY", say).run()
}

fn names(output: &Output, expected: &[&str]) {
    for line in expected {
        assert!(output.stdout.contains(line) || output.stderr.contains(line), "{line}\n{output}");
    }
}

const BY_THE_SCRIPT: [&str; 4] = [
    "busy-1.0.0/src/made.rs: was added by its build script",
    "busy-1.0.0/src/edited.rs: was changed by its build script",
    "busy-1.0.0/cache/deep/a: was added by its build script",
    "busy-1.0.0/dropped: was removed by its build script",
];

#[test]
fn what_a_script_did_under_dhow_is_accepted_and_named() {
    // Whatever it says the next time, and whoever runs it in between; also if it fails.
    for words in ["dhow one, dhow one", "dhow one, cargo two, dhow three, dhow two", "dhow! fail, dhow one"] {
        let f = project();
        for (at, step) in words.split(", ").enumerate() {
            let (tool, say) = step.split_once(' ').expect("two words");
            let run: Tool = if tool == "cargo" { cargo } else { dhow };
            let output = check(&f.project, run, &format!("t{at}"), say);
            assert_eq!(output.code, Some(if tool == "dhow!" { 101 } else { 0 }), "{words}: {step}\n{output}");
        }
        check(&f.project, dhow, "t1", "another").assert_success();
        names(&dhow(&f.project, "home verify").run().assert_code(101), &BY_THE_SCRIPT);
        let verified = dhow(&f.project, "check --verify-sources --target-dir t1").run().assert_code(101);
        names(&verified, &["src/edited.rs` was changed by its build script", "home verify --repair"]);
        dhow(&f.project, "home verify --repair").run().assert_success();
        dhow(&f.project, "check --verify-sources --target-dir t9").run().assert_success();
        // It is still known who does that.
        names(&dhow(&f.project, "home verify").run().assert_code(101), &BY_THE_SCRIPT[1..]);
        check(&f.project, cargo, "t10", "four").assert_success();
        check(&f.project, dhow, "t11", "five").assert_success();
    }
}

/// What a Cargo added passes. What it changed cannot be told from what somebody else did, nor can what a Dhow did that was
/// killed before it could note it: there is a way out.
#[test]
fn what_nobody_saw_is_refused_only_if_it_was_published() {
    for (tool, say) in [(cargo as Tool, "x"), (dhow, "kill")] {
        let f = project();
        let code = check(&f.project, tool, "t0", say).code;
        assert_eq!(code == Some(0), say == "x");
        let output = check(&f.project, dhow, "t1", "y").assert_code(101);
        names(
            &output,
            &[
                "busy-1.0.0/src/edited.rs` was changed\n",
                "busy-1.0.0/dropped` is missing",
                "its build script may have done that; `dhow home verify --repair`",
            ],
        );
        assert!(!output.stderr.contains("was added"), "{output}");
        let dir = sources(&f.project, "busy-1.0.0");
        fs::write(dir.join("src/edited.rs"), "").expect("writes");
        fs::write(dir.join("dropped"), "").expect("writes");
        // Now only what was added is left; it is not taken for the script's work that was seen.
        check(&f.project, dhow, "t2", "y").assert_success();
        let output = dhow(&f.project, "home verify").run().assert_code(101);
        names(&output, &["src/made.rs: was added\n", "src/edited.rs: was changed by its build script\n"]);
        dhow(&f.project, "home verify --repair").run().assert_success();
        dhow(&f.project, "home verify").run().assert_success();
        check(&f.project, dhow, "t3", "z").assert_success();
        check(&f.project, dhow, "t4", "z").assert_success();
    }
}

/// Who edits a file that no script wrote is noticed as before.
#[test]
fn a_script_excuses_only_what_it_did() {
    let f = project();
    check(&f.project, dhow, "t0", "x").assert_success();
    fs::write(sources(&f.project, "busy-1.0.0").join("src/kept.rs"), "pub fn evil() {}").expect("writes");
    let output = check(&f.project, dhow, "t1", "x").assert_code(101);
    names(&output, &["busy-1.0.0/src/kept.rs` was changed\n"]);
    assert!(!output.stderr.contains("src/edited.rs"), "{output}");
}

#[test]
fn working_trees_of_repositories_are_treated_alike() {
    if !std::process::Command::new("git").arg("--version").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no `git`");
        return;
    }
    let repo = GitRepo::new();
    repo.file("Cargo.toml", "[package]\nname = \"busy\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    repo.file("src/lib.rs", LIB).file("src/edited.rs", "").file("src/kept.rs", "");
    repo.file("dropped", "").file("build.rs", SCRIPT);
    repo.file("quiet/Cargo.toml", "[package]\nname = \"quiet\"\nversion = \"1.0.0\"\n");
    repo.file("quiet/src/lib.rs", "").commit("first");
    let project = |git: &GitRepo| {
        let sandbox = Sandbox::new();
        let url = git.url();
        sandbox.manifest(
            "app",
            &format!("[dependencies]\nbusy = {{ git = \"{url}\" }}\nquiet = {{ git = \"{url}\" }}\n"),
        );
        sandbox.file("src/lib.rs", "pub use busy::{edited::edited, made::made};");
        sandbox
    };
    let sandbox = project(&repo);
    check(&sandbox, dhow, "t0", "x").assert_success();
    check(&sandbox, dhow, "t1", "y").assert_success();
    check(&sandbox, cargo, "t2", "z").assert_success();
    check(&sandbox, dhow, "t3", "x").assert_success();
    let output = dhow(&sandbox, "home verify").run().assert_code(101);
    names(
        &output,
        &[
            "/src/made.rs: was added by its build script",
            "/src/edited.rs: was changed by its build script",
            "/dropped: was removed by its build script",
        ],
    );
    let verified = dhow(&sandbox, "check --verify-sources --target-dir t1").run().assert_code(101);
    names(&verified, &["/src/edited.rs` was changed by its build script"]);
    dhow(&sandbox, "home verify --repair").run().assert_success();
    check(&sandbox, dhow, "t4", "x").assert_success();
    let tree: PathBuf = super::only_dir(&super::only_dir(&sandbox.cargo_home().join("git/checkouts")));
    fs::write(tree.join("quiet/src/lib.rs"), "pub fn evil() {}").expect("writes");
    let output = check(&sandbox, dhow, "t5", "x").assert_code(101);
    names(&output, &["quiet/src/lib.rs` was changed\n", "a build script may have done that"]);

    for (tool, say) in [(cargo as Tool, "x"), (dhow, "kill")] {
        let sandbox = project(&repo);
        check(&sandbox, tool, "t0", say);
        let output = check(&sandbox, dhow, "t1", "y").assert_code(101);
        names(&output, &["/src/edited.rs` was changed\n", "`dhow home verify --repair`"]);
        assert!(!output.stderr.contains("was added"), "{output}");
        dhow(&sandbox, "home verify --repair").run().assert_success();
        check(&sandbox, dhow, "t2", "y").assert_success();
        check(&sandbox, dhow, "t3", "y").assert_success();
    }
}
