//! Collection: the same choices as Cargo's, neither collects what the other has just used, and killing does no harm.

use std::fs::File;
use std::time::Duration;

use dhow_testkit::{Cmd, Sandbox};

use super::{DAY, T, archive, at, cargo, depend, dhow, fill, only_dir, rows, sources};
use crate::support::{Fixture, bare_fixture, listing};

/// `cargo clean gc`, which is not stable.
fn cargo_gc(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    sandbox.cargo_cmd(["clean", "gc", "-Zgc"]).args(args).env("RUSTC_BOOTSTRAP", "1")
}

fn dhow_gc(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    dhow(sandbox, "home gc").args(args)
}

/// Packages used one day after the other: `one`, `two`, then `three` and `four`. The archive of `two` and all of
/// `four` are unknown to the records, and they know what is not there.
fn aged() -> Fixture {
    let f = bare_fixture(fill);
    for (day, name) in [(0, "one"), (1, "two"), (2, "three")] {
        depend(&f.project, &[name]);
        at(cargo(&f.project, "fetch"), T + day * DAY).run().assert_success();
    }
    let db = rusqlite::Connection::open(super::last_use(&f.project)).expect("opens");
    db.execute_batch(
        "DELETE FROM registry_crate WHERE name = 'two-1.0.0.crate';
         DELETE FROM registry_src WHERE name = 'four-1.0.0';
         DELETE FROM registry_crate WHERE name = 'four-1.0.0.crate';
         UPDATE registry_src SET size = NULL WHERE name = 'three-1.0.0';
         INSERT INTO registry_src SELECT id, 'gone-1.0.0', 7, 1 FROM registry_index;
         INSERT INTO git_db (name, timestamp) VALUES ('gone-0123456789abcdef', 1);",
    )
    .expect("changes");
    f
}

#[test]
fn both_collect_the_same() {
    let f = aged();
    let now = T + 3 * DAY;
    let orphan = f.project.cargo_home().join("registry/src/orphan-0123456789abcdef/x-1.0.0");
    std::fs::create_dir_all(&orphan).expect("makes");
    std::fs::write(orphan.join("lib.rs"), "").expect("writes");
    for args in [
        &["--max-src-age", "36 hours"][..],
        &["--max-crate-age", "36 hours"],
        &["--max-download-age", "60 hours"],
        &["--max-index-age", "12 hours"],
        &["--max-src-size", "12kB"],
        &["--max-crate-size", "1kB"],
        &["--max-download-size", "11 kB"],
        &["--max-download-size", "0"],
        &["--max-git-size", "0"],
        &["--max-src-age", "60 hours", "--max-src-size", "10 kib"],
        &["--max-src-age", "0 seconds", "--dry-run"],
        &[],
    ] {
        let (theirs, ours) = (f.project.copy(), f.project.copy());
        at(cargo_gc(&theirs, args), now).run().assert_success();
        at(dhow_gc(&ours, args), now).run().assert_success();
        let [theirs, ours] = [&theirs, &ours].map(|s| (listing(&s.cargo_home().join("registry")), rows(s)));
        assert_eq!(ours.0, theirs.0, "{args:?}");
        assert_eq!(ours.1, theirs.1, "{args:?}");
    }
}

#[test]
fn neither_collects_what_the_other_has_just_used() {
    for (user, gc) in [(dhow as super::Tool, cargo_gc as fn(&Sandbox, &[&str]) -> Cmd), (cargo, dhow_gc)] {
        let f = bare_fixture(fill);
        for name in ["one", "two"] {
            depend(&f.project, &[name]);
            at(user(&f.project, "fetch"), T).run().assert_success();
        }
        // A month later only `two` is used again.
        let later = T + 30 * DAY;
        at(user(&f.project, "check --offline"), later).run().assert_success();
        at(gc(&f.project, &["--max-download-age", "2 days"]), later + DAY).run().assert_success();
        assert!(sources(&f.project, "two-1.0.0").exists() && archive(&f.project, "two-1.0.0").exists());
        assert!(!sources(&f.project, "one-1.0.0").exists() && !archive(&f.project, "one-1.0.0").exists());
        f.project.remove("target");
        for tool in [cargo as super::Tool, dhow] {
            at(tool(&f.project, "check --offline --locked"), later + DAY).run().assert_success();
        }
    }
}

/// Once a day, when the network may be used, if nobody else uses the home.
#[test]
fn what_is_unused_goes_by_itself() {
    let f = bare_fixture(fill);
    for name in ["one", "two"] {
        depend(&f.project, &[name]);
        at(dhow(&f.project, "fetch"), T).run().assert_success();
    }
    let one = sources(&f.project, "one-1.0.0");
    let by_itself = |words: &str, now: u64| {
        let cmd = at(dhow(&f.project, words), now).env_remove("CARGO_CACHE_AUTO_CLEAN_FREQUENCY");
        cmd.run().assert_success();
    };
    let later = T + 40 * DAY;
    by_itself("fetch --offline", later);
    by_itself("tree", later);
    at(dhow(&f.project, "check"), later).run().assert_success();
    assert!(one.exists());
    let reader = File::open(f.project.cargo_home().join(".package-cache-mutate")).expect("opens");
    reader.lock_shared().expect("locks");
    by_itself("check", later);
    assert!(one.exists(), "somebody reads");
    drop(reader);
    by_itself("check", later);
    assert!(!one.exists() && archive(&f.project, "one-1.0.0").exists());
    assert!(sources(&f.project, "two-1.0.0").exists());
    assert!(rows(&f.project).contains(&format!("gc [Integer({later})]")), "{:?}", rows(&f.project));
    // Not again on that day.
    let zero = only_dir(&f.project.cargo_home().join("registry/src")).join("zero-1.0.0");
    std::fs::create_dir(&zero).expect("makes");
    let db = rusqlite::Connection::open(super::last_use(&f.project)).expect("opens");
    db.execute_batch("INSERT INTO registry_src SELECT id, 'zero-1.0.0', 7, 1 FROM registry_index")
        .expect("writes");
    drop(db);
    by_itself("fetch", later + DAY);
    assert!(zero.exists());
    by_itself("fetch", later + DAY + 1);
    assert!(!zero.exists());
}

/// As for a real Cargo, so that it is safe beside us.
#[test]
fn collection_waits_for_readers_and_for_who_adds() {
    let f = bare_fixture(fill);
    depend(&f.project, &["one"]);
    at(dhow(&f.project, "fetch"), T).run().assert_success();
    for name in [".package-cache-mutate", ".package-cache"] {
        let lock = File::create(f.project.cargo_home().join(name)).expect("makes");
        match name {
            ".package-cache" => lock.lock().expect("locks"),
            _ => lock.lock_shared().expect("locks"),
        }
        let mut running = at(dhow_gc(&f.project, &["--max-src-age", "1 day"]), T).spawn();
        assert!(running.ended_within(Duration::from_millis(300)).is_none(), "{name}");
        drop(lock);
        running.wait().assert_success().assert_stderr_has("Blocking");
    }
    assert!(sources(&f.project, "one-1.0.0").exists());
}

#[test]
fn a_killed_collection_leaves_nothing_half_removed() {
    let f = bare_fixture(|r| {
        for n in 0..12 {
            let mut package = r.package(&format!("p{n}"), "1.0.0");
            for file in 0..40 {
                package = package.file(&format!("data/{file}"), "x");
            }
            package.publish();
        }
    });
    let names: Vec<String> = (0..12).map(|n| format!("p{n}")).collect();
    depend(&f.project, &names.iter().map(String::as_str).collect::<Vec<_>>());
    at(dhow(&f.project, "fetch"), T).run().assert_success();
    for delay in 0..12 {
        let gc = at(dhow_gc(&f.project, &["--max-src-age", "1 day"]), T + 2 * DAY);
        gc.killed_at(Duration::from_millis(3 + delay));
        for package in
            std::fs::read_dir(only_dir(&f.project.cargo_home().join("registry/src"))).expect("lists")
        {
            let path = package.expect("an entry").path();
            let is_ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".dhow-"));
            let files = listing(&path).len();
            assert!(is_ours || files >= 43, "{}: {files}", path.display());
        }
        at(dhow(&f.project, "fetch --offline"), T).run().assert_success();
    }
    at(dhow_gc(&f.project, &["--max-src-age", "1 day"]), T + 2 * DAY).run().assert_success();
    assert_eq!(listing(&only_dir(&f.project.cargo_home().join("registry/src"))), Vec::<String>::new());
    assert_eq!(listing(&only_dir(&f.project.cargo_home().join(".dhow/sources"))), Vec::<String>::new());
    at(dhow(&f.project, "fetch --offline"), T).run().assert_success();
    dhow(&f.project, "home verify").run().assert_success();
}
