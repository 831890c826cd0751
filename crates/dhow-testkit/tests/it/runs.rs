//! Programs in a sandbox: what they see, and how they are stopped.

use std::time::Duration;

use dhow_testkit::Sandbox;

#[test]
fn the_environment_is_what_the_sandbox_says() {
    let sandbox = Sandbox::new().with_env("EXTRA", "1");
    let output = sandbox.cmd("/usr/bin/env").run().assert_success();
    let mut names: Vec<_> = output.stdout.lines().filter_map(|l| l.split_once('=')).map(|(n, _)| n).collect();
    names.sort_unstable();
    assert_eq!(names, ["CARGO_HOME", "EXTRA", "HOME", "LC_ALL", "PATH", "TERM", "TMPDIR"]);
    assert!(output.stdout.contains(&format!("HOME={}\n", sandbox.home().display())));
}

#[test]
fn standard_input_and_exit_codes_are_passed() {
    let sandbox = Sandbox::new();
    let shell = |script: &str| sandbox.cmd("/bin/sh").args(["-c", script]);
    let output = shell("cat; exit 7").stdin("line\n").run().assert_code(7);
    assert_eq!(output.stdout, "line\n");
    shell("echo gone >&2").run().assert_success().assert_stderr_has("gone");
}

#[test]
fn a_kill_meets_the_process_and_not_its_children() {
    let sandbox = Sandbox::new();
    let script = "(sleep 0.3; echo lived > child) & sleep 100";
    let output = sandbox.cmd("/bin/sh").args(["-c", script]).killed_at(Duration::from_millis(50));
    assert_eq!((output.code, output.signal), (None, Some(9)));
    for _ in 0..500 {
        if sandbox.exists("child") {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the child died with its parent");
}

#[test]
fn a_quick_program_keeps_its_code() {
    let sandbox = Sandbox::new();
    let output = sandbox.cmd("/bin/true").killed_at(Duration::from_secs(60));
    output.assert_success();
}

#[test]
#[should_panic(expected = "ran longer than")]
fn a_program_that_does_not_end_is_stopped() {
    let sandbox = Sandbox::new();
    let endless = sandbox.cmd("/bin/sh").args(["-c", "sleep 100"]);
    drop(endless.timeout(Duration::from_millis(50)).run());
}

#[test]
fn a_copy_has_the_same_files_and_its_own_home() {
    let sandbox = Sandbox::new().with_env("EXTRA", "1");
    sandbox.file("src/lib.rs", "").config("[term]\nquiet = true");
    std::os::unix::fs::symlink("lib.rs", sandbox.path("src/link.rs")).unwrap();
    let copy = sandbox.copy();
    assert!(copy.exists("src/link.rs") && copy.home() != sandbox.home());
    let config = std::fs::read_to_string(copy.cargo_home().join("config.toml")).unwrap();
    assert_eq!(config, "[term]\nquiet = true\n");
    assert_eq!(sandbox.copy_sharing_home().home(), sandbox.home());
    let text = format!("{} {}", copy.path("a").display(), copy.cargo_home().display());
    assert_eq!(copy.normalized(&text), "[ROOT]/a [CARGO_HOME]");
}
