//! SIGKILL at moments that look random: the old programs or the new ones are there, whole, and what is remembered is
//! what is there.

use std::time::{Duration, Instant};

use dhow_testkit::{Cmd, Sandbox};

use super::{cargo, registry};
use crate::support::{Random, cmd, names_in, ok};

/// How long a command takes that nobody disturbs.
fn span(command: &Cmd) -> Duration {
    let started = Instant::now();
    command.run().assert_success();
    started.elapsed()
}

fn strike(command: &Cmd, random: &mut Random, span: Duration) -> bool {
    let micros = u64::try_from(span.as_micros()).expect("a short time");
    let output = command.killed_at(Duration::from_micros(random.below(micros)));
    assert!(output.signal == Some(9) || output.success(), "{output}");
    output.signal == Some(9)
}

/// Every program runs and says what it is; none is there that nobody remembers, and none is remembered that is gone.
#[track_caller]
fn whole(sandbox: &Sandbox, versions: &[&str]) {
    let list = ok(sandbox, "install --list").stdout;
    let mut remembered: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    remembered.sort_unstable();
    let bin = sandbox.cargo_home().join("bin");
    assert_eq!(names_in(&bin), remembered, "{list}");
    for version in versions {
        let listed = list.contains(&format!("tool v{version}:"));
        let tool = bin.join("tool");
        let says = tool.exists().then(|| sandbox.cmd(&tool).run().assert_success().stdout);
        assert_eq!(says == Some(format!("tool {version}\n")), listed, "{list}");
    }
}

#[test]
fn installing() {
    let f = registry();
    // Built beforehand, so that the kills meet what comes after the build.
    let install = |version: &str| {
        cmd(&f.project, &format!("install tool@{version} --force --offline --target-dir built-{version}"))
    };
    ok(&f.project, "install tool@1.0.0 --target-dir built-1.0.0");
    ok(&f.project, "install tool@1.1.0 --target-dir built-1.1.0");
    let span = span(&install("1.0.0")) * 12 / 10;
    let mut random = Random::new(20_261);
    let (mut met, mut tried) = (0, 0);
    while met < 24 {
        let version = if tried % 2 == 0 { "1.1.0" } else { "1.0.0" };
        met += u32::from(strike(&install(version), &mut random, span));
        // Cargo sees whole programs and files that it can read, whatever it was.
        cargo(&f.project, "install --list").run().assert_success();
        whole(&f.project, &["1.0.0", "1.1.0"]);
        tried += 1;
        assert!(tried < 100, "only {met} of {tried} met it alive");
    }
    eprintln!("{met} of {tried} kills met it alive, over {span:?}");
    install("1.1.0").run().assert_success();
    assert_eq!(names_in(&f.project.cargo_home().join("bin")), ["more", "tool"]);
    cargo(&f.project, "uninstall tool").run().assert_success();
}

#[test]
fn uninstalling() {
    let f = registry();
    ok(&f.project, "install tool@1.0.0");
    let whole_home = f.project;
    let span = span(&cmd(&whole_home.copy(), "uninstall tool"));
    let mut random = Random::new(20_262);
    let mut met = 0;
    for _ in 0..16 {
        let sandbox = whole_home.copy();
        met += u32::from(strike(&cmd(&sandbox, "uninstall tool"), &mut random, span));
        whole(&sandbox, &["1.0.0"]);
        let left = names_in(&sandbox.cargo_home().join("bin"));
        assert!(left.is_empty() || left == ["extra", "tool"], "{left:?}");
    }
    eprintln!("{met} of 16 kills met it alive, over {span:?}");
}
