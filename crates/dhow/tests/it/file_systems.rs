//! File systems that misbehave: without locks, links or real paths, read-only, full, with odd names and clocks.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use dhow_testkit::{Cmd, Mount, OddFs, Output, Sandbox};

use crate::support::{Fixture, bare_fixture, cargo_ok, cmd, compiled, fixture, listing, noise, ok, run};

/// A program with a dependency.
fn program() -> Fixture {
    let f = bare_fixture(|r| {
        r.package("leaf", "1.0.0").lib("pub fn leaf() -> u32 { 7 }").publish();
    });
    f.project
        .manifest("app", "[dependencies]\nleaf = \"1\"\n")
        .file("src/main.rs", "fn main() { println!(\"one {}\", leaf::leaf()); }");
    f
}

fn under(odd: OddFs, sandbox: &Sandbox, words: &str) -> Output {
    odd.under(plain(sandbox, words)).run()
}

/// Not incremental: for that the compiler has locks of its own, and no way without.
fn plain(sandbox: &Sandbox, words: &str) -> Cmd {
    cmd(sandbox, words).env("CARGO_INCREMENTAL", "0")
}

#[track_caller]
fn says(sandbox: &Sandbox, text: &str) {
    assert_eq!(sandbox.cmd(sandbox.path("target/debug/app")).run().assert_success().stdout, text);
}

// Further than the real cargo, which stops at the lock of `Cargo.lock`.
#[test]
fn without_locks_it_says_so_once_and_goes_on() {
    if !OddFs::is_available() {
        return;
    }
    for odd in [OddFs::LocksUnavailable, OddFs::LocksUnsupported] {
        let f = program();
        let output = under(odd, &f.project, "build").assert_success();
        assert_eq!(output.stderr.matches("has no locks").count(), 1, "{output}");
        says(&f.project, "one 7\n");
        assert!(compiled(&under(odd, &f.project, "build").assert_success()).is_empty());
    }
}

#[test]
fn a_signal_does_not_end_the_wait_for_a_lock() {
    if OddFs::is_available() {
        let f = program();
        under(OddFs::LocksInterrupted, &f.project, "build").assert_success();
        says(&f.project, "one 7\n");
    }
}

#[test]
fn without_real_paths_it_works_the_same() {
    if !OddFs::is_available() {
        return;
    }
    let f = program();
    under(OddFs::NoRealPaths, &f.project, "build").assert_success();
    says(&f.project, "one 7\n");
    for words in ["tree --offline", "metadata --format-version 1 --offline", "pkgid"] {
        let (with, without) = (ok(&f.project, words), under(OddFs::NoRealPaths, &f.project, words));
        assert_eq!(with.stdout, without.assert_success().stdout, "{words}");
    }
    assert!(compiled(&plain(&f.project, "build").run()).is_empty());
}

#[test]
fn without_links_artifacts_are_copied() {
    if !OddFs::is_available() {
        return;
    }
    let f = program();
    under(OddFs::NoLinks, &f.project, "build").assert_success();
    says(&f.project, "one 7\n");
    assert!(compiled(&under(OddFs::NoLinks, &f.project, "build").assert_success()).is_empty());
    f.project.file("src/main.rs", "fn main() { println!(\"two {}\", leaf::leaf()); }");
    under(OddFs::NoLinks, &f.project, "build").assert_success();
    says(&f.project, "two 7\n");
    assert!(compiled(&plain(&f.project, "build").run()).is_empty(), "a copy is as good as a link");
}

#[test]
fn a_move_whose_answer_is_lost_has_happened() {
    if OddFs::is_available() {
        let f = program();
        under(OddFs::RenamesLost, &f.project, "fetch").assert_success();
        cargo_ok(&f.project, "build --offline --locked");
    }
}

#[test]
fn coarse_clocks_hide_no_change() {
    if !OddFs::is_available() {
        return;
    }
    let f = program();
    under(OddFs::CoarseTimes, &f.project, "build").assert_success();
    // Quick edits of the same length: most of them within one tick of the clock.
    for text in ["two", "six", "ten"] {
        f.project.file("src/main.rs", format!("fn main() {{ println!(\"{text} {{}}\", leaf::leaf()); }}"));
        under(OddFs::CoarseTimes, &f.project, "build").assert_success();
        says(&f.project, &format!("{text} 7\n"));
    }
}

fn set_time(path: &Path, time: SystemTime) {
    File::options().write(true).open(path).and_then(|file| file.set_modified(time)).expect("sets the time");
}

#[test]
fn times_in_the_future_or_always_the_same_hide_no_change() {
    let f = program();
    let main = f.project.path("src/main.rs");
    let future = SystemTime::now() + Duration::from_secs(40 * 365 * 24 * 3600);
    set_time(&main, future);
    ok(&f.project, "build");
    assert!(compiled(&ok(&f.project, "build")).is_empty(), "a time in the future is no reason to build");
    for text in ["two", "six"] {
        f.project.file("src/main.rs", format!("fn main() {{ println!(\"{text} {{}}\", leaf::leaf()); }}"));
        set_time(&main, future);
        ok(&f.project, "build");
        says(&f.project, &format!("{text} 7\n"));
    }
    set_time(&main, SystemTime::UNIX_EPOCH);
    assert!(compiled(&ok(&f.project, "build")).is_empty(), "nor is one of long ago");
}

#[test]
fn a_read_only_home_serves_what_it_has() {
    let f = program();
    ok(&f.project, "fetch");
    let Some(home) = Mount::read_only(&f.project.cargo_home()) else { return };
    let on = |words: &str| cmd(&f.project, words).env("CARGO_HOME", home.path()).run();
    let before = listing(&f.project.cargo_home());
    for words in [
        "tree",
        "metadata --format-version 1",
        "fetch",
        "build --offline",
        "check",
        "generate-lockfile --offline",
    ] {
        on(words).assert_success();
    }
    says(&f.project, "one 7\n");
    assert_eq!(before, listing(&f.project.cargo_home()));
    f.registry.package("more", "1.0.0").publish();
    f.project.manifest("app", "[dependencies]\nleaf = \"1\"\nmore = \"1\"\n");
    let output = on("build");
    assert_eq!(output.code, Some(101), "{output}");
    assert!(output.stderr.contains("read-only") && output.stderr.contains("mounted/registry"), "{output}");
}

#[test]
fn a_read_only_project_is_built_elsewhere_or_where_it_is_fresh() {
    let f = program();
    ok(&f.project, "build");
    let Some(project) = Mount::read_only(&f.project.path("")) else { return };
    let on = |words: &str| cmd(&f.project, words).cwd(project.path());
    let elsewhere = f.project.root().join("elsewhere");
    on("build").env("CARGO_TARGET_DIR", &elsewhere).run().assert_success();
    assert!(elsewhere.join("debug/app").is_file());
    for words in ["tree", "metadata --format-version 1", "fetch"] {
        on(words).run().assert_success();
    }
    // Paths decide what a unit is: only where the project has its own path, it is fresh.
    let output = on("build").run();
    assert_eq!(output.code, Some(101), "{output}");
    assert!(output.stderr.contains("read-only") && output.stderr.contains("mounted/target"), "{output}");
}

#[test]
fn a_read_only_target_directory_is_fine_while_it_is_fresh() {
    let f = program();
    let place =
        |sandbox: &Sandbox, words: &str, at: &Path| cmd(sandbox, words).env("CARGO_TARGET_DIR", at).run();
    let Some(space) = Mount::small(256 * 1024) else { return };
    place(&f.project, "build", space.path()).assert_success();
    space.make_read_only();
    let again = place(&f.project, "build", space.path()).assert_success();
    assert!(compiled(&again).is_empty(), "{again}");
    f.project.file("src/main.rs", "fn main() {}");
    let output = place(&f.project, "build", space.path());
    assert_eq!(output.code, Some(101), "{output}");
    assert!(output.stderr.contains("read-only"), "{output}");
}

/// What is left of a package in the home.
fn traces(home: &Path, package: &str) -> Vec<String> {
    let mut found = listing(home);
    found.retain(|path| path.contains(package) && !path.starts_with("registry/index"));
    found
}

#[test]
fn a_full_home_is_named_and_works_again_when_there_is_space() {
    let Some(space) = Mount::small(16 * 1024) else { return };
    let f = bare_fixture(|r| {
        let small = r.package("many", "1.0.0");
        (0..40).fold(small, |p, n| p.file(&format!("data/{n}"), noise(n, 20_000))).publish();
        // Larger than what is held in memory: written as it comes.
        r.package("large", "1.0.0").file("data", noise(7, 9_000_000)).publish();
    });
    let config = fs::read(f.project.cargo_home().join("config.toml")).expect("the configuration");
    fs::write(space.path().join("config.toml"), config).expect("a configuration");
    let on = |words: &str| cmd(&f.project, words).env("CARGO_HOME", space.path()).run();
    for (package, free_kib) in [("many", 100), ("many", 400), ("many", 900), ("large", 4000)] {
        f.project.manifest("app", &format!("[dependencies]\n{package} = \"1\"\n")).file("src/lib.rs", "");
        on("generate-lockfile").assert_success();
        let filler = space.fill_but(free_kib);
        let output = on("fetch");
        assert_eq!(output.code, Some(101), "{package} in {free_kib} KiB: {output}");
        assert!(output.stderr.contains("no space is left"), "{output}");
        let path = space.path().to_string_lossy().into_owned();
        assert!(output.stderr.contains(&path), "{output}");
        assert_eq!(traces(space.path(), package), [""; 0], "{package} in {free_kib} KiB");
        fs::remove_file(filler).expect("space again");
        if (package, free_kib) != ("many", 900) {
            continue;
        }
        on("fetch").assert_success();
        let cargo = f.project.cargo_cmd(["fetch", "--offline", "--locked"]);
        cargo.env("CARGO_HOME", space.path()).run().assert_success();
        fs::remove_dir_all(space.path().join("registry/src")).expect("sources");
        fs::remove_dir_all(space.path().join("registry/cache")).expect("archives");
    }
}

#[test]
fn a_full_index_or_project_leaves_nothing_half_made() {
    let Some(space) = Mount::small(1024) else { return };
    let f = fixture(|r| r.versions("leaf", &["1.0.0", "1.0.1"]), "[dependencies]\nleaf = \"1\"");
    let config = fs::read(f.project.cargo_home().join("config.toml")).expect("the configuration");
    // The index is only a copy: a home without space for it still answers.
    fs::create_dir(space.path().join("home")).expect("a home");
    fs::write(space.path().join("home/config.toml"), config).expect("a configuration");
    let filler = space.fill_but(0);
    let on = |words: &str| cmd(&f.project, words).env("CARGO_HOME", space.path().join("home")).run();
    on("generate-lockfile").assert_success();
    fs::remove_file(filler).expect("space again");
    on("generate-lockfile").assert_success();
    on("generate-lockfile --offline").assert_success();
    // The lock file is written whole or not at all.
    let project = space.path().join("project");
    fs::create_dir_all(project.join("src")).expect("a project");
    let old = f.project.read("Cargo.lock");
    let padded = format!("{old}{}", "# padding\n".repeat(10_000));
    for (name, text) in [
        ("Cargo.toml", f.project.read("Cargo.toml")),
        ("src/lib.rs", String::new()),
        ("Cargo.lock", padded.clone()),
    ] {
        fs::write(project.join(name), text).expect("a file of the project");
    }
    let filler = space.fill_but(0);
    let output = cmd(&f.project, "generate-lockfile").cwd(&project).run();
    if !output.success() {
        assert!(output.stderr.contains("no space is left") && output.stderr.contains("project"), "{output}");
        assert_eq!(fs::read_to_string(project.join("Cargo.lock")).expect("the lock file"), padded);
    }
    let names: Vec<_> =
        fs::read_dir(&project).expect("lists").map(|e| e.expect("an entry").file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    fs::remove_file(filler).expect("space again");
    cmd(&f.project, "generate-lockfile").cwd(&project).run().assert_success();
}

#[test]
fn a_full_target_directory_works_again_when_there_is_space() {
    let Some(space) = Mount::small(64 * 1024) else { return };
    let f = program();
    ok(&f.project, "fetch");
    let on = |words: &str| cmd(&f.project, words).env("CARGO_TARGET_DIR", space.path().join("target")).run();
    for free_kib in [0, 8, 200, 1000, 3000] {
        let filler = space.fill_but(free_kib);
        let output = on("build");
        assert!(output.code == Some(101) || output.success(), "{free_kib} KiB: {output}");
        fs::remove_file(filler).expect("space again");
        on("build").assert_success();
        let app = space.path().join("target/debug/app");
        assert_eq!(f.project.cmd(app).run().assert_success().stdout, "one 7\n", "{free_kib} KiB");
        fs::remove_dir_all(space.path().join("target")).expect("a clean start");
    }
}

#[test]
fn a_home_in_a_container_image_is_completed() {
    let f = program();
    ok(&f.project, "fetch");
    let src = f.project.cargo_home().join("registry/src");
    let dir = fs::read_dir(src).expect("lists").next().expect("a registry").expect("its directory").path();
    // As a killed command leaves it, in a layer that is only read.
    fs::write(dir.join("leaf-1.0.0/.cargo-ok"), "").expect("unmarks");
    let Some(home) = Mount::overlay(&f.project.cargo_home()) else { return };
    cmd(&f.project, "build").env("CARGO_HOME", home.path()).run().assert_success();
    says(&f.project, "one 7\n");
}

#[test]
fn names_that_are_not_text_are_taken_as_far_as_cargo_does() {
    let f = program();
    let odd = OsStr::from_bytes(b"odd \xff\xfe name");
    let home = f.project.root().join(odd);
    fs::create_dir(&home).expect("a home");
    fs::copy(f.project.cargo_home().join("config.toml"), home.join("config.toml"))
        .expect("the configuration");
    let project = f.project.root().join("projects").join(odd);
    fs::create_dir_all(project.join("src")).expect("a project");
    for name in ["Cargo.toml", "src/main.rs"] {
        fs::copy(f.project.path(name), project.join(name)).expect("a file of the project");
    }
    for words in ["fetch", "build", "tree", "metadata --format-version 1"] {
        let words: Vec<_> = words.split(' ').collect();
        let in_home = |cmd: Cmd| cmd.env("CARGO_HOME", &home).run();
        let in_project = |cmd: Cmd| cmd.cwd(&project).run();
        for (what, place) in [("home", &in_home as &dyn Fn(_) -> Output), ("project", &in_project)] {
            let theirs = place(f.project.cargo_cmd(&words));
            let ours = place(f.project.cmd(crate::support::dhow()).args(&words));
            assert_eq!(ours.code, theirs.code, "{words:?}, {what}: {ours}\n{theirs}");
        }
    }
}

#[test]
fn paths_that_are_too_long_are_an_error_with_the_path() {
    let f = program();
    let mut home = f.project.root().to_path_buf();
    while home.as_os_str().len() < 3900 {
        home.push("d".repeat(150));
    }
    let output = cmd(&f.project, "fetch").env("CARGO_HOME", &home).run();
    let theirs = f.project.cargo_cmd(["fetch"]).env("CARGO_HOME", &home).run();
    assert_eq!(output.code, theirs.code, "{output}\n{theirs}");
    let name = "n".repeat(300);
    let output = run(&f.project, &format!("build --target-dir {name}"));
    assert_eq!(output.code, Some(101), "{output}");
    assert!(output.stderr.contains(&name), "{output}");
}
