//! Commands find the hub by themselves, and ask the home only for what it lacks.

use std::fs;

use super::{both_run, hidden, holds, plain, project};
use crate::support::{cmd, ok, run, without_network};

#[test]
fn every_command_reads_from_it_wherever_it_is_started() {
    let f = project();
    ok(&f.project, "hub create");
    let home = f.project.cargo_home();
    fs::remove_dir_all(home.join("registry")).expect("the home had packages");
    for words in ["check", "build --offline", "test", "tree", "fetch", "pkgid", "doc"] {
        hidden(&f.project, words).run().assert_success();
    }
    let metadata = hidden(&f.project, "metadata --format-version 1").run().assert_success();
    assert!(metadata.stdout.contains("/project/.cargo/registry/src/"), "{metadata}");
    let theirs = plain(&f.project, "metadata --format-version 1").run().assert_success();
    let paths = |text: &str| text.matches("/project/.cargo/registry/src/").count();
    assert_eq!(paths(&metadata.stdout), paths(&theirs.stdout));
    let manifest = f.project.path("Cargo.toml");
    let elsewhere = hidden(&f.project, "build --manifest-path").arg(&manifest).cwd(f.project.root());
    elsewhere.run().assert_success();
    // The home is what it was.
    assert!(!f.project.root().join("nowhere/.cargo").exists());
    let stat = ok(&f.project, "home stat --format json").stdout;
    assert!(!stat.contains("leaf"), "{stat}");
}

#[test]
fn it_can_be_switched_off() {
    let f = project();
    ok(&f.project, "hub create");
    fs::remove_dir_all(f.project.cargo_home().join("registry")).expect("the home had packages");
    let off = without_network(cmd(&f.project, "build --no-hub")).run().assert_failure();
    assert!(!off.stderr.contains("hub"), "{off}");
    without_network(cmd(&f.project, "build").env("DHOW_HUB", "0")).run().assert_failure();
    without_network(cmd(&f.project, "build").env("DHOW_HUB", "1")).run().assert_success();
    let output = ok(&f.project, "metadata --format-version 1 --no-hub");
    assert!(!output.stdout.contains("/project/.cargo/registry"), "{output}");
}

#[test]
fn builds_bring_what_a_new_lock_file_needs() {
    let f = project();
    ok(&f.project, "update leaf --precise 1.0.0");
    ok(&f.project, "hub create");
    ok(&f.project, "update leaf");
    let refused = run(&f.project, "build --offline").assert_failure();
    refused.assert_stderr_has("dhow hub update");
    ok(&f.project, "build");
    assert!(holds(&f.project, "leaf-1.1.0.crate"));
    assert!(holds(&f.project, "leaf-1.0.0.crate"), "nothing is removed");
    both_run(&f.project, "from the hub");
    // A dependency more.
    f.registry.versions("more", &["0.1.0"]);
    ok(&f.project, "add more");
    ok(&f.project, "build");
    assert!(holds(&f.project, "more-0.1.0.crate"));
    both_run(&f.project, "from the hub");
    ok(&f.project, "hub update").assert_stderr_has("removed");
    assert!(!holds(&f.project, "leaf-1.0.0.crate"));
}

#[test]
fn what_can_be_made_again_is() {
    let f = project();
    ok(&f.project, "hub create");
    f.project.remove(".cargo/registry/src").remove(".cargo/.dhow");
    hidden(&f.project, "build --locked").run().assert_success();
    f.project.remove(".cargo/registry/src").remove("target");
    plain(&f.project, "build").run().assert_success();
    hidden(&f.project, "hub update --locked --offline").run().assert_success();
}

/// A source that somebody changed is not compiled, in a hub as little as elsewhere.
#[test]
fn changed_sources_are_refused() {
    let f = project();
    ok(&f.project, "hub create");
    let dir = f.project.path(".cargo/registry/src");
    let name = crate::support::listing(&dir).into_iter().find(|path| path.ends_with("top-1.0.0/src/text"));
    let path = dir.join(name.expect("a file"));
    fs::remove_file(&path).expect("a file");
    fs::write(path, "another").expect("writes");
    run(&f.project, "build").assert_failure().assert_stderr_has("was changed");
}

/// Several commands at once make again what is missing, while another tidies up.
#[test]
fn commands_work_beside_each_other() {
    let f = project();
    ok(&f.project, "hub create");
    for _ in 0..3 {
        f.project.remove(".cargo/registry/src").remove(".cargo/.dhow");
        let start =
            |words: &str, target: &str| hidden(&f.project, words).env("CARGO_TARGET_DIR", target).spawn();
        let running = [
            start("check", "target/a"),
            start("hub update --offline", "target/b"),
            start("check", "target/c"),
            start("hub prune --offline", "target/d"),
        ];
        for command in running {
            command.wait().assert_success();
        }
    }
    both_run(&f.project, "from the hub");
}
