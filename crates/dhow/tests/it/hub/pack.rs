//! `hub pack` and `hub unpack`: the same bytes for the same hub, and nothing in place before all of it is verified.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use dhow_testkit::{Random, Registry, Sandbox};

use super::with_hub::{WithHub, fill, replace};
use crate::support::{cmd, listing, ok, run, without_network};

impl WithHub {
    /// Packs the hub.
    fn packed(&self) -> Vec<u8> {
        ok(self.project(), "hub pack hub.tar.zst").assert_stderr_has("Packed");
        fs::read(self.project().path("hub.tar.zst")).expect("reads")
    }

    /// The project as it is elsewhere, with a packed hub and nothing else.
    fn elsewhere(&self, packed: &[u8]) -> Sandbox {
        let there = Sandbox::new();
        for file in ["Cargo.toml", "Cargo.lock", "src/lib.rs"] {
            there.file(file, self.project().read(file));
        }
        there.file("hub.tar.zst", packed);
        there
    }
}

/// What lies in the project besides itself.
fn beside(project: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(project.path(".")).expect("lists");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|name| name.starts_with('.')).collect();
    names.sort();
    names
}

/// All of a hub but locks, notes and records.
fn contents(project: &Sandbox) -> Vec<String> {
    let others = [".dhow", ".global", ".package-cache"];
    let is_content = |path: &String| !others.iter().any(|other| path.starts_with(other));
    listing(&project.path(".cargo")).into_iter().filter(is_content).collect()
}

#[track_caller]
fn unpack(there: &Sandbox, more: &str) {
    without_network(cmd(there, "hub unpack hub.tar.zst --offline").args(more.split_whitespace()))
        .run()
        .assert_success()
        .assert_stderr_has("Unpacked");
    assert_eq!(beside(there), [".cargo"]);
}

/// The real cargo, with the hub as its home and without network.
#[track_caller]
fn cargo_builds(there: &Sandbox) {
    let cargo = there.cargo_cmd(["check", "--offline", "--locked"]).env("CARGO_HOME", there.path(".cargo"));
    without_network(cargo).run().assert_success();
    there.remove("target");
}

#[test]
fn the_same_hub_gives_the_same_bytes() {
    let with = WithHub::new();
    let first = with.packed();
    // Who, when, and what a user has in there makes no difference.
    with.project()
        .file(".cargo/credentials.toml", "[registry]\ntoken = \"secret\"\n")
        .file(".cargo/bin/x", "x");
    for entry in fs::read_dir(with.archive("one-1.0.0").parent().expect("a directory")).expect("lists") {
        let path = entry.expect("an entry").path();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("changes");
        let file = fs::File::options().append(true).open(&path).expect("opens");
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(100_000)).expect("sets");
    }
    assert!(with.packed() == first);
    // Made anew, from another home.
    let again = with.project().copy();
    again.remove(".cargo");
    fs::remove_dir_all(again.cargo_home().join("registry")).expect("removes");
    fs::remove_dir_all(again.cargo_home().join("git")).expect("removes");
    ok(&again, "hub create");
    ok(&again, "hub pack again.tar.zst");
    assert!(fs::read(again.path("again.tar.zst")).expect("reads") == first);
    // What is not whole does not travel.
    replace(&with.archive("one-1.0.0"), |bytes| bytes[20] ^= 1);
    let output = run(with.project(), "hub pack bad.tar.zst").assert_code(101);
    output.assert_stderr_has("one-1.0.0.crate").assert_stderr_has("dhow hub verify --repair");
    assert!(!with.project().exists("bad.tar.zst"));
}

#[test]
fn a_packed_hub_builds_elsewhere() {
    let with = WithHub::new();
    with.project().file(".cargo/credentials.toml", "[registry]\ntoken = \"secret\"\n");
    let packed = with.packed();
    let there = with.elsewhere(&packed);
    unpack(&there, "");
    let substance = |project: &Sandbox| -> Vec<String> {
        let all = listing(&project.path(".cargo")).into_iter();
        all.filter(|path| ["registry/", "git/"].iter().any(|part| path.starts_with(part))).collect()
    };
    assert_eq!(substance(&there), substance(with.project()));
    assert!(!there.exists(".cargo/credentials.toml"));
    without_network(cmd(&there, "hub verify")).run().assert_success();
    cargo_builds(&there);
    without_network(cmd(&there, "check --offline --locked")).run().assert_success();
    // Into a directory where the project is still to come.
    let empty = Sandbox::new();
    empty.file("hub.tar.zst", &packed);
    ok(&empty, "hub unpack hub.tar.zst --into new");
    assert_eq!(empty.read("new/Cargo.lock"), with.project().read("Cargo.lock"));
    assert!(empty.exists("new/.cargo/registry/src"));
    if !Command::new("zstd").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no `zstd`");
        return;
    }
    let by_tar = with.elsewhere(&packed);
    by_tar.cmd("tar").args(["--zstd", "-xf", "hub.tar.zst"]).run().assert_success();
    cargo_builds(&by_tar);
    // Packed by others, in one frame.
    by_tar.cmd("sh").args(["-c", "zstd -dc hub.tar.zst | zstd -q -9 > one.tar.zst"]).run().assert_success();
    by_tar.remove(".cargo");
    ok(&by_tar, "hub unpack one.tar.zst");
    ok(&by_tar, "hub verify");
}

#[test]
fn a_hub_is_replaced_and_what_is_the_users_stays() {
    let with = WithHub::new();
    let there = with.elsewhere(&with.packed());
    unpack(&there, "");
    there
        .file(".cargo/bin/mine", "x")
        .file(".cargo/registry/stale", "")
        .file(".cargo/config.toml", "# mine\n");
    std::os::unix::fs::symlink("bin", there.path(".cargo/link")).expect("links");
    let before = contents(&there);
    let refused = run(&there, "hub unpack hub.tar.zst").assert_code(101);
    refused.assert_stderr_has("config.toml").assert_stderr_has("--keep-config");
    assert!(contents(&there) == before);
    assert_eq!(beside(&there), [".cargo"]);
    unpack(&there, "--keep-config");
    assert_eq!(there.read(".cargo/config.toml"), "# mine\n");
    assert!(
        there.exists(".cargo/bin/mine")
            && there.exists(".cargo/link")
            && !there.exists(".cargo/registry/stale")
    );
    unpack(&there, "--replace-config");
    assert_eq!(there.read(".cargo/config.toml"), with.project().read(".cargo/config.toml"));
    assert!(there.exists(".cargo/bin/mine"));
    ok(&there, "hub verify");
    unpack(&there, "");
    // Comments make no other lock file, other packages do.
    there.file("Cargo.lock", format!("# mine\n{}", there.read("Cargo.lock")));
    unpack(&there, "");
    there.file("Cargo.lock", there.read("Cargo.lock").replace("1.0.0", "1.0.1"));
    run(&there, "hub unpack hub.tar.zst").assert_code(101).assert_stderr_has("another `Cargo.lock`");
}

#[test]
fn what_is_cut_off_or_changed_is_refused_and_leaves_nothing() {
    let with = WithHub::new();
    let packed = with.packed();
    let there = with.elsewhere(&packed);
    let mut random = Random::new(7);
    for round in 0..16 {
        let at = usize::try_from(random.below(packed.len() as u64)).expect("a place");
        let mut bytes = packed.clone();
        if round % 2 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << (round % 8);
        }
        there.file("hub.tar.zst", &bytes);
        let output = run(&there, "hub unpack hub.tar.zst");
        if output.success() {
            // A bit that means nothing: how large a frame may be.
            assert_eq!(round % 2, 1, "cut at {at}");
            ok(&there, "hub verify");
            there.remove(".cargo");
            continue;
        }
        output.assert_code(101).assert_stderr_has("hub.tar.zst");
        assert!(beside(&there).is_empty(), "{:?}", beside(&there));
    }
    there.file("hub.tar.zst", "no archive");
    run(&there, "hub unpack hub.tar.zst").assert_code(101).assert_stderr_has("is no packed hub");
    run(&there, "hub unpack missing.tar.zst").assert_code(101).assert_stderr_has("missing.tar.zst");
    assert!(beside(&there).is_empty());
}

/// SIGKILL at moments that look random: the old hub is in place or the new one, and the next command works.
#[test]
fn a_kill_leaves_the_old_hub_or_the_new_one() {
    let with = WithHub::new();
    let there = with.elsewhere(&with.packed());
    let unpack_cmd = || without_network(cmd(&there, "hub unpack hub.tar.zst --offline"));
    let start = Instant::now();
    unpack(&there, "");
    let span = start.elapsed();
    let new = contents(&there);
    let mut random = Random::new(11);
    let (mut old_left, mut new_left) = (0, 0);
    for _ in 0..16 {
        there.file(".cargo/registry/stale", "");
        let at = random.below(u64::try_from(span.as_micros()).expect("short") * 5 / 4);
        let output = unpack_cmd().killed_at(Duration::from_micros(at));
        assert!(output.signal == Some(9) || output.success(), "{output}");
        let mut expected = new.clone();
        if there.exists(".cargo/registry/stale") {
            old_left += 1;
            expected.push("registry/stale".to_owned());
            expected.sort();
        } else {
            new_left += 1;
        }
        let found = contents(&there);
        let only = |some: &[String], others: &[String]| -> Vec<String> {
            some.iter().filter(|path| !others.contains(path)).cloned().collect()
        };
        assert!(found == expected, "-{:?} +{:?}", only(&expected, &found), only(&found, &expected));
        ok(&there, "hub verify");
    }
    eprintln!("the old one {old_left} times, the new one {new_left} times");
    unpack(&there, "");
}

/// Its index is a repository in the hub, too.
#[test]
fn a_registry_with_a_git_index_travels() {
    let registry = Registry::new();
    fill(&registry);
    let index = registry.git_index(&registry.file_dl());
    let project = Sandbox::new();
    let url = index.repo().url();
    let config = format!("[registries.alt]\nindex = \"{url}\"\n");
    project.file(".cargo/config.toml", &config);
    let dependencies = "[dependencies]\none = { version = \"=1.0.0\", registry = \"alt\" }\n";
    project.manifest("app", dependencies).file("src/lib.rs", "");
    ok(&project, "generate-lockfile");
    ok(&project, "hub create");
    ok(&project, "hub verify");
    ok(&project, "hub pack hub.tar.zst");
    let there = Sandbox::new();
    for file in ["Cargo.toml", "Cargo.lock", "src/lib.rs"] {
        there.file(file, project.read(file));
    }
    there.file("hub.tar.zst", fs::read(project.path("hub.tar.zst")).expect("reads"));
    unpack(&there, "");
    ok(&there, "hub verify");
    fs::remove_dir_all(index.repo().path()).expect("removes");
    cargo_builds(&there);
    without_network(cmd(&there, "check --offline --locked")).run().assert_success();
}
