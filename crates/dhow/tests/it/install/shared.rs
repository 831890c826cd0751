//! One place for both tools: each lists, upgrades and removes what the other installed, also at the same time.

use std::fs::File;
use std::time::Duration;

use super::{Tool, cargo, registry, state};
use crate::support::{cmd, names_in, ok};

const STEPS: [&str; 9] = [
    "install tool@1.0.0",
    "install tool@1.0.0",
    "install uses --debug",
    "install tool",
    "install uses",
    "install other --force",
    "install tool --force --features f1",
    "uninstall other",
    "uninstall tool@1.1.0 --bin more",
];

/// The steps by both in turn, in one place.
#[track_caller]
fn in_turn(tools: [Tool; 2]) {
    let f = registry();
    let alone = f.project.copy();
    for (step, tool) in STEPS.iter().zip(tools.iter().cycle()) {
        let expected = cargo(&alone, step).run();
        let output = tool(&f.project, step).run();
        assert_eq!(output.code, expected.code, "{step}\n{expected}\n{output}");
        let (home, home_alone) = (f.project.cargo_home(), alone.cargo_home());
        assert_eq!(state(&f.project, &home), state(&alone, &home_alone), "{step}\n{output}");
        let ignored = |text: &str| text.contains("Ignored");
        assert_eq!(ignored(&output.stderr), ignored(&expected.stderr), "{step}\n{output}");
    }
    let list = |tool: Tool| tool(&f.project, "install --list").run().assert_success().stdout;
    assert_eq!(list(cmd), list(cargo));
}

#[test]
fn dhow_then_cargo() {
    in_turn([cmd, cargo]);
}

#[test]
fn cargo_then_dhow() {
    in_turn([cargo, cmd]);
}

/// Whoever changes what is installed holds Cargo's locks meanwhile.
#[test]
fn they_wait_for_each_other() {
    let f = registry();
    ok(&f.project, "install --list");
    let path = f.project.cargo_home().join(".crates.toml");
    let held = File::open(&path).expect("the file is there");
    held.lock().expect("a lock");
    let mut waiting = ["install --list", "uninstall tool"].map(|words| cmd(&f.project, words).spawn());
    for running in &mut waiting {
        assert!(running.ended_within(Duration::from_millis(400)).is_none(), "it did not wait");
    }
    drop(held);
    for (running, code) in waiting.into_iter().zip([0, 101]) {
        let output = running.wait().assert_code(code);
        output.assert_stderr_has("waiting for file lock on crate metadata");
    }
}

#[test]
fn all_at_once() {
    let f = registry();
    let packages = ["uses", "locked", "outgrown", "future@1.0.0", "other", "gated --features f1"];
    let running: Vec<_> = packages
        .iter()
        .enumerate()
        .map(|(i, package)| {
            let tool: Tool = if i % 2 == 0 { cmd } else { cargo };
            tool(&f.project, &format!("install {package}")).spawn()
        })
        .collect();
    for running in running {
        running.wait().assert_success();
    }
    let programs = ["future", "gated", "locked", "other", "outgrown", "tool", "uses"];
    assert_eq!(names_in(&f.project.cargo_home().join("bin")), programs);
    let list = ok(&f.project, "install --list").stdout;
    for program in programs {
        assert!(list.contains(&format!("    {program}\n")), "{list}");
    }
    assert_eq!(cargo(&f.project, "install --list").run().assert_success().stdout, list);
}
