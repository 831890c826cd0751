//! SIGKILL while programs come and go: afterwards the old ones or the new ones are there, all of them and whole, and
//! what is remembered is what is there.
//!
//! Stricter than the real cargo, which after a kill may leave new programs that it takes for old ones or for nobody's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirEntryExt;
use std::time::{Duration, Instant};

use dhow_testkit::{Cmd, Random, Running, Sandbox};

use super::{cargo, says};
use crate::support::{Fixture, bare_fixture, cmd, names_in, ok};

const VERSIONS: [&str; 2] = ["1.0.0", "2.0.0"];

/// A package with many programs, of which the next version has some others.
fn many() -> Fixture {
    bare_fixture(|r| {
        for (major, version) in VERSIONS.iter().enumerate() {
            let mut package = r.package("many", version);
            for n in major..major + 6 {
                package = package.file(&format!("src/bin/p{n}.rs"), says(version));
            }
            package.publish();
        }
    })
}

/// The names in the directory of programs, with the inode of each.
fn present(sandbox: &Sandbox) -> BTreeMap<OsString, u64> {
    let entries = fs::read_dir(sandbox.cargo_home().join("bin")).into_iter().flatten();
    // What vanishes meanwhile is not there.
    entries.filter_map(|entry| entry.ok()).map(|entry| (entry.file_name(), entry.ino())).collect()
}

/// Waits until something happens in the directory of programs; false if the command ends before.
fn begins(running: &mut Running, sandbox: &Sandbox, before: &BTreeMap<OsString, u64>) -> bool {
    while present(sandbox) == *before {
        if running.ended_within(Duration::ZERO).is_some() {
            return false;
        }
    }
    true
}

/// How long the programs of `command` need from the first change to the end.
fn span(sandbox: &Sandbox, command: &Cmd) -> Duration {
    let before = present(sandbox);
    let mut running = command.spawn();
    assert!(begins(&mut running, sandbox, &before), "nothing changed");
    let started = Instant::now();
    running.wait().assert_success();
    started.elapsed()
}

/// Kills `command` at some moment of `span` after the first change; tells whether that met it alive. If not, the machine
/// was busier when the span was taken, and it becomes shorter.
fn strike(sandbox: &Sandbox, command: &Cmd, random: &mut Random, span: &mut Duration) -> bool {
    let before = present(sandbox);
    let mut running = command.spawn();
    let begun = begins(&mut running, sandbox, &before);
    let started = Instant::now();
    if begun {
        let micros = random.below(u64::try_from(span.as_micros()).expect("a short time"));
        while started.elapsed() < Duration::from_micros(micros) {
            std::hint::spin_loop();
        }
        running.kill();
    }
    let output = running.wait();
    assert!(output.signal == Some(9) || output.success(), "{output}");
    let met = output.signal == Some(9);
    if begun && !met {
        *span = started.elapsed().min(*span);
    }
    met
}

/// What is listed, which must be what is there; every program says its version.
#[track_caller]
fn whole(sandbox: &Sandbox) -> String {
    let list = ok(sandbox, "install --list").stdout;
    let remembered: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let bin = sandbox.cargo_home().join("bin");
    assert_eq!(names_in(&bin), remembered, "{list}");
    let version = list.lines().next().and_then(|line| line.strip_prefix("many v")?.strip_suffix(':'));
    for name in names_in(&bin) {
        let says = sandbox.cmd(bin.join(&name)).run().assert_success().stdout;
        assert_eq!(Some(says.trim()), version, "{name}: {list}");
    }
    list
}

#[test]
fn installing() {
    let f = many();
    // Built beforehand: what counts comes after.
    let install = |version: &str| {
        cmd(&f.project, &format!("install many@{version} --debug --force --offline --target-dir {version}"))
    };
    for version in VERSIONS {
        ok(&f.project, &format!("install many@{version} --debug --force --target-dir {version}"));
    }
    let mut span = span(&f.project, &install(VERSIONS[0])) * 11 / 10;
    let mut random = Random::new(20_261);
    let (mut met, mut tried, mut outcomes) = (0, 0, BTreeMap::new());
    while met < 30 {
        met += u32::from(strike(&f.project, &install(VERSIONS[tried % 2]), &mut random, &mut span));
        // Cargo sees files that it can read, whatever it was.
        if tried % 4 == 0 {
            cargo(&f.project, "install --list").run().assert_success();
        }
        *outcomes.entry(whole(&f.project)).or_insert(0) += 1;
        tried += 1;
        assert!(tried < 120, "only {met} of {tried} met it alive");
    }
    eprintln!("{met} of {tried} kills met it alive, over {span:?}: {:?}", outcomes.values());
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    install(VERSIONS[1]).run().assert_success();
    cargo(&f.project, "uninstall many").run().assert_success();
    assert_eq!(whole(&f.project), "");
}

#[test]
fn uninstalling() {
    let f = many();
    ok(&f.project, "install many@1.0.0 --debug");
    let other = f.project.copy();
    let mut span = span(&other, &cmd(&other, "uninstall many"));
    let mut random = Random::new(20_262);
    let mut met = 0;
    for _ in 0..20 {
        let sandbox = f.project.copy();
        met += u32::from(strike(&sandbox, &cmd(&sandbox, "uninstall many"), &mut random, &mut span));
        let list = whole(&sandbox);
        assert!(matches!(list.lines().count(), 0 | 7), "{list}");
    }
    eprintln!("{met} of 20 kills met it alive, over {span:?}");
}
