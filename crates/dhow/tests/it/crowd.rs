//! Many processes on one home at once: nobody waits for what he does not need, nothing is downloaded twice, and Cargo's
//! locks are held as Cargo expects it.

use std::fs::File;
use std::time::{Duration, Instant};

use dhow_testkit::{Cmd, Output, Registry, Running, Sandbox, SparseServer};

use crate::support::{bare_fixture, cargo_ok, cmd, fixture, ok};

/// Looks again until `done`, at most for a minute.
#[track_caller]
fn until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(60), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn lock_of(home: &Sandbox, name: &str) -> File {
    let path = home.cargo_home().join(name);
    File::options().create(true).truncate(false).write(true).open(path).expect("a lock file")
}

const PROJECTS: u64 = 20;
const PACKAGES: u64 = 30;

/// Packages `p0`… and one that is held back.
fn registry() -> Registry {
    let registry = Registry::new();
    for package in 0..PACKAGES {
        let text = format!("pub const N: u64 = {package};");
        registry.package(&format!("p{package}"), "1.0.0").file("src/more.rs", text).publish();
    }
    registry.versions("slow", &["1.0.0"]);
    registry.versions("other", &["1.0.0"]);
    registry
}

/// Projects that share one empty home. Each depends on ten packages that others need, too; one in four on the slow one.
fn projects(server: &SparseServer) -> Vec<Sandbox> {
    let first = Sandbox::new();
    first.use_sparse(server);
    let mut all = vec![first];
    while all.len() < usize::try_from(PROJECTS).expect("few") {
        all.push(all[0].copy_sharing_home());
    }
    for (number, project) in (0_u64..).zip(&all) {
        let names = (0..10).map(|at| format!("p{} = \"1\"\n", (number * 7 + at * 3) % PACKAGES));
        let slow = if number % 4 == 0 { "slow = \"1\"\n" } else { "" };
        project.manifest("app", &format!("[dependencies]\n{slow}{}", names.collect::<String>()));
        project.file("src/lib.rs", "");
    }
    all
}

#[test]
fn twenty_fetch_at_once() {
    let registry = registry();
    let server = registry.serve();
    let projects = projects(&server);
    // Every answer takes its time, so that they are all at it together; one package does not come at all.
    server.delay("/dl/*", Duration::from_millis(30));
    let hold = server.hold("/dl/slow/*");
    let mut running: Vec<Running> = projects.iter().map(|project| cmd(project, "fetch").spawn()).collect();
    until("somebody asks for the slow package", || hold.waiting() > 0);
    // Whoever does not need it is not kept waiting, and all that can be downloaded is.
    for (number, process) in running.iter_mut().enumerate().filter(|(number, _)| number % 4 != 0) {
        let status = process.ended_within(Duration::from_secs(60));
        assert!(
            status.is_some_and(|status| status.success()),
            "project {number} waits for another's download"
        );
    }
    until("the rest is downloaded", || server.count("/dl/p*") == usize::try_from(PACKAGES).expect("few"));
    for process in running.iter_mut().step_by(4) {
        assert!(process.ended_within(Duration::ZERO).is_none(), "nobody has the slow package yet");
    }
    // Cargo's lock is free meanwhile: for us, and for a real cargo that has something else to do.
    let lock = lock_of(&projects[0], ".package-cache");
    until("the lock of the package cache is free", || lock.try_lock().is_ok());
    lock.unlock().expect("unlocks");
    let beside = projects[0].copy_sharing_home();
    beside.manifest("beside", "[dependencies]\nother = \"1\"\np1 = \"1\"\n");
    cargo_ok(&beside, "fetch");
    drop(hold);
    let outputs: Vec<Output> = running.into_iter().map(|process| process.wait().assert_success()).collect();
    for package in 0..PACKAGES {
        assert_eq!(server.count(&format!("/dl/p{package}/*")), 1, "p{package} was downloaded twice");
        let asked =
            server.count(&format!("/index/2/p{package}")) + server.count(&format!("/index/3/p/p{package}"));
        // Each process asks once whether there is news, cargo too.
        assert!(asked <= projects.len() + 1, "the index file of p{package} was asked for {asked} times");
    }
    assert_eq!(server.count("/dl/slow/*"), 1);
    assert!(server.count("/index/config.json") <= projects.len() + 1);
    let downloads: usize = outputs.iter().map(|output| output.stderr.matches("Downloaded ").count()).sum();
    assert_eq!(downloads as u64, PACKAGES + 1);
    // What they left is good: for both tools, without the network.
    for project in &projects {
        ok(project, "fetch --offline --locked");
    }
    cargo_ok(&projects[4], "check --offline --locked");
}

/// With lock files, those who come later find the index files in the home and ask for nothing.
#[test]
fn a_second_crowd_asks_for_nothing() {
    let registry = registry();
    let server = registry.serve();
    let projects = projects(&server);
    let fetch_all = |words: &str| {
        let running: Vec<Running> = projects.iter().map(|project| cmd(project, words).spawn()).collect();
        running.into_iter().for_each(|process| drop(process.wait().assert_success()));
    };
    fetch_all("fetch");
    server.clear_log();
    fetch_all("fetch --locked");
    assert_eq!(server.requests().len(), 0);
}

/// Whether a process waits for a lock, as the kernel knows it.
fn waits_for_lock(pid: u32) -> bool {
    let locks = std::fs::read_to_string("/proc/locks").expect("the kernel's list of locks");
    locks
        .lines()
        .any(|line| line.contains("->") && line.split_whitespace().any(|word| word == pid.to_string()))
}

/// A library whose dependency has a build script that says that it runs, and then waits for a word.
fn hanging_dependency() -> crate::support::Fixture {
    let script = "fn main() { let dir = std::env::var(\"HANG_DIR\").unwrap(); \
                  std::fs::write(format!(\"{dir}/started\"), \"\").unwrap(); \
                  while !std::path::Path::new(&format!(\"{dir}/go\")).exists() { \
                  std::thread::sleep(std::time::Duration::from_millis(5)); } }";
    let f = fixture(
        |r| {
            r.package("hangs", "1.0.0").build_script(script).publish();
        },
        "[dependencies]\nhangs = \"1\"\n",
    );
    ok(&f.project, "fetch");
    f
}

#[test]
fn a_collection_waits_while_sources_are_compiled() {
    let f = hanging_dependency();
    let build = cmd(&f.project, "build").env("HANG_DIR", f.project.path("")).spawn();
    until("the build script runs", || f.project.exists("started"));
    let lock = lock_of(&f.project, ".package-cache-mutate");
    assert!(lock.try_lock().is_err(), "sources are compiled, and could be removed");
    assert!(lock.try_lock_shared().is_ok(), "others may read, too");
    lock.unlock().expect("unlocks");
    // The real cargo's own collection of everything.
    let words = ["clean", "gc", "-Zgc", "--max-download-age", "0 days"];
    let collection = f.project.cargo_cmd(words).env("RUSTC_BOOTSTRAP", "1");
    let collecting = collection.spawn();
    until("cargo waits", || waits_for_lock(collecting.pid()));
    f.project.file("go", "");
    build.wait().assert_success();
    let output = collecting.wait().assert_success();
    assert!(output.stderr.contains("Blocking"), "{output}");
    assert!(lock.try_lock().is_ok(), "the lock is given back");
}

/// Every command that reads sources waits for a collection to end.
#[test]
fn readers_wait_for_a_collection() {
    let f = bare_fixture(|r| {
        r.versions("dep", &["1.0.0"]);
    });
    f.project.manifest("app", "[dependencies]\ndep = \"1\"\n").file("src/lib.rs", "");
    ok(&f.project, "fetch");
    for words in ["fetch", "metadata --format-version 1", "tree", "check", "doc", "test --no-run"] {
        let lock = lock_of(&f.project, ".package-cache-mutate");
        lock.lock().expect("a lock");
        let running = cmd(&f.project, words).spawn();
        until(&format!("`{words}` waits"), || waits_for_lock(running.pid()));
        lock.unlock().expect("unlocks");
        let output: Output = running.wait().assert_success();
        assert!(
            output.stderr.contains("Blocking waiting for file lock on package cache"),
            "{words}: {output}"
        );
    }
}

/// A home on a file system without locks: said once, and all goes on.
#[test]
fn without_locks_work_goes_on() {
    let strace = Cmd::new("/usr/bin/strace", "/").arg("-V");
    if !std::path::Path::new("/usr/bin/strace").exists() || !strace.run().success() {
        eprintln!("skipped: there is no strace to take the locks away");
        return;
    }
    let f = fixture(|r| r.versions("dep", &["1.0.0"]), "[dependencies]\ndep = \"1\"\n");
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let project = f.project.copy();
        let inject = format!("inject=flock:error={error}");
        let args = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", &inject];
        // rustc locks its incremental data, and cannot do without.
        let strace = project.cmd("/usr/bin/strace").env("CARGO_INCREMENTAL", "0").args(args);
        let output = strace.arg(crate::support::dhow()).arg("check").run();
        if output.stderr.contains("PTRACE") {
            eprintln!("skipped: processes may not be traced here");
            return;
        }
        let output = output.assert_success();
        let said = output.stderr.matches("has no locks").count();
        assert_eq!(said, 1, "{error}: {output}");
    }
}
