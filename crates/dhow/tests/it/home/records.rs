//! Records of last use: the same rows as Cargo's, and never a reason to fail.

use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;

use super::{T, at, cargo, depend, dhow, fill, last_use, rows};
use crate::support::bare_fixture;

#[test]
fn records_are_those_of_cargo() {
    let f = bare_fixture(fill);
    depend(&f.project, &["one", "three"]);
    let (theirs, ours) = (f.project.copy(), f.project.copy());
    for words in [
        "generate-lockfile",
        "fetch",
        "metadata --format-version 1",
        "tree",
        "build",
        "check --offline",
        "pkgid one",
        "locate-project",
        "clean",
    ] {
        for (sandbox, tool) in [(&theirs, cargo as super::Tool), (&ours, dhow)] {
            let _missing = std::fs::remove_file(last_use(sandbox));
            at(tool(sandbox, words), T).run().assert_success();
        }
        assert_eq!(rows(&ours), rows(&theirs), "{words}");
    }
    // Unpacked again from the archive; renewed only if the record is older than five minutes.
    for sandbox in [&theirs, &ours] {
        std::fs::remove_dir_all(super::sources(sandbox, "one-1.0.0")).expect("removes");
    }
    for now in [T, T + 300, T + 301, T + 900] {
        for (sandbox, tool) in [(&theirs, cargo as super::Tool), (&ours, dhow)] {
            at(tool(sandbox, "check --offline"), now).run().assert_success();
        }
        assert_eq!(rows(&ours), rows(&theirs), "{now}");
        assert_eq!(rows(&ours).len(), 9);
    }
}

#[test]
fn a_local_registry_has_records_too() {
    let registry = dhow_testkit::Registry::new();
    fill(&registry);
    let project = dhow_testkit::Sandbox::new();
    project.use_local(&registry);
    depend(&project, &["one"]);
    let all = [cargo as super::Tool, dhow].map(|tool| {
        let sandbox = project.copy();
        at(tool(&sandbox, "check"), T).run().assert_success();
        rows(&sandbox)
    });
    assert_eq!(all[0], all[1]);
}

/// Cargo also knows how large a working tree is that it has just made; that is filled in when it is needed.
#[test]
fn repositories_have_records_too() {
    let Some(project) = super::verify::with_git() else { return };
    let all = [cargo as super::Tool, dhow].map(|tool| {
        let sandbox = project.copy();
        at(tool(&sandbox, "fetch"), T).run().assert_success();
        std::fs::remove_file(last_use(&sandbox)).expect("removes");
        at(tool(&sandbox, "check --offline"), T).run().assert_success();
        rows(&sandbox)
    });
    assert_eq!(all[0], all[1]);
    assert!(all[0].iter().any(|row| row.starts_with("checkout")), "{:?}", all[0]);
}

/// Damaged, locked, read-only: a build goes on, and says so only to who wants to know.
#[test]
fn records_that_cannot_be_kept_fail_nothing() {
    let f = bare_fixture(fill);
    depend(&f.project, &["one"]);
    at(dhow(&f.project, "fetch"), T).run().assert_success();
    let path = last_use(&f.project);
    let quiet = |now| {
        let output = at(dhow(&f.project, "check"), now).run().assert_success();
        assert!(!output.stderr.contains("warning"), "{}", output.stderr);
    };
    let loud = |now| {
        let output = at(dhow(&f.project, "check -v"), now).run().assert_success();
        output.assert_stderr_has("the records of last use in");
    };
    let db = Connection::open(&path).expect("opens");
    db.execute_batch("BEGIN EXCLUSIVE").expect("locks");
    quiet(T + 1000);
    loud(T + 1000);
    drop(db);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).expect("changes");
    quiet(T + 2000);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changes");
    std::fs::write(&path, "this is no database, whatever its name says".repeat(100)).expect("writes");
    quiet(T + 3000);
    loud(T + 3000);
    dhow(&f.project, "home verify").run().assert_code(101).assert_stdout_has(".global-cache: is damaged");
    dhow(&f.project, "home verify --repair").run().assert_success();
    quiet(T + 4000);
    assert!(rows(&f.project).iter().any(|row| row.contains("one-1.0.0")), "{:?}", rows(&f.project));
}
