//! SIGKILL at moments that look random, in every stage: the next run works, the real cargo too, and nothing half-made
//! is ever used. More than fifty kills that met a running process, over all tests here.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use dhow_testkit::{Cmd, Random, Registry, Sandbox, toolchain};

use crate::support::{Fixture, bare_fixture, cargo_ok, cmd, identities, noise, ok};

/// Kills `command` at some moment of `span`; if that was too late, tells how long it took.
fn strike(command: &Cmd, random: &mut Random, span: Duration) -> Option<Duration> {
    let micros = u64::try_from(span.as_micros()).expect("a short time");
    let at = Duration::from_micros(random.below(micros));
    let started = Instant::now();
    let output = command.killed_at(at);
    assert!(output.signal == Some(9) || output.success(), "killed at {at:?}: {output}");
    (output.signal != Some(9)).then(|| started.elapsed())
}

/// Kills `wanted` times, in rounds of `round`: `prepare` makes a round's project, `check` looks at what is left.
struct Strikes {
    title: &'static str,
    seed: u64,
    wanted: u32,
    round: u32,
}

impl Strikes {
    fn run(
        &self,
        mut span: Duration,
        mut prepare: impl FnMut() -> Sandbox,
        command: impl Fn(&Sandbox, u32) -> Cmd,
        mut check: impl FnMut(&Sandbox, u32),
    ) {
        eprintln!("{}: seed {}, over {span:?}", self.title, self.seed);
        let mut random = Random::new(self.seed);
        let (mut met, mut tried) = (0, 0);
        while met < self.wanted {
            let sandbox = prepare();
            for part in 0..self.round {
                tried += 1;
                match strike(&command(&sandbox, tried), &mut random, span) {
                    None => met += 1,
                    // The machine was busier when the span was taken.
                    Some(took) if part == 0 => span = span.min(took),
                    Some(_) => {}
                }
            }
            check(&sandbox, tried);
            assert!(tried < self.wanted * 4, "{}: only {met} of {tried} met it alive", self.title);
        }
        eprintln!("{}: {met} of {tried} kills met it alive", self.title);
    }
}

/// Packages with many files, served slowly enough that a kill meets every stage.
fn many_packages() -> Fixture {
    let f = bare_fixture(fill);
    let names: String = (0..10).map(|n| format!("p{n} = \"1\"\n")).collect();
    f.project.manifest("app", &format!("[dependencies]\n{names}")).file("src/lib.rs", "");
    cargo_ok(&f.project, "generate-lockfile");
    f.server.delay("/dl/*", Duration::from_millis(10));
    f.server.delay("/index/*", Duration::from_millis(5));
    f
}

fn fill(registry: &Registry) {
    for n in 0..10 {
        let mut package = registry.package(&format!("p{n}"), "1.0.0");
        for file in 0..40 {
            package = package.file(&format!("data/{file}.bin"), noise(n * 100 + file, 1500));
        }
        package.file("data/big.bin", noise(n, 60_000)).publish();
    }
}

/// The unpacked sources: each file and its length.
fn sources(sandbox: &Sandbox) -> BTreeMap<String, u64> {
    let all = identities(&sandbox.cargo_home().join("registry/src"));
    all.into_iter().map(|(path, (_, _, len))| (path, len)).collect()
}

/// Every package that says that it is whole is whole.
fn whole(sandbox: &Sandbox, complete: &BTreeMap<String, u64>) {
    let found = sources(sandbox);
    for path in found.keys().filter_map(|path| path.strip_suffix(".cargo-ok")) {
        let below = |all: &BTreeMap<String, u64>| {
            let files = all.iter().filter(|(name, _)| name.starts_with(path));
            files.map(|(name, len)| (name.clone(), *len)).collect::<Vec<_>>()
        };
        if found.get(&format!("{path}.cargo-ok")).is_some_and(|len| *len > 0) {
            assert_eq!(below(&found), below(complete), "{path} is not whole");
        }
    }
}

/// After the kills: either tool finishes the work, and all is as if nothing had happened.
fn finishes(sandbox: &Sandbox, tried: u32, complete: &BTreeMap<String, u64>) {
    whole(sandbox, complete);
    let other = sandbox.copy();
    if tried.is_multiple_of(2) {
        cargo_ok(&other, "fetch --locked");
        whole(&other, complete);
    }
    ok(sandbox, "fetch --locked");
    whole(sandbox, complete);
    let found = sources(sandbox);
    for (path, len) in complete {
        assert_eq!(found.get(path), Some(len), "{path}");
    }
    cargo_ok(sandbox, "fetch --locked --offline");
}

#[test]
fn fetch() {
    let f = many_packages();
    let reference = f.project.copy();
    let started = Instant::now();
    ok(&reference, "fetch");
    let span = started.elapsed();
    let complete = sources(&reference);
    assert!(complete.len() > 400, "{}", complete.len());
    let strikes = Strikes { title: "fetch", seed: 20_251, wanted: 20, round: 3 };
    strikes.run(
        span,
        || f.project.copy(),
        |sandbox, _| cmd(sandbox, "fetch"),
        |sandbox, tried| finishes(sandbox, tried, &complete),
    );
}

/// The archives are there, the sources are not.
#[test]
fn unpack() {
    let f = many_packages();
    ok(&f.project, "fetch");
    let complete = sources(&f.project);
    fs::remove_dir_all(f.project.cargo_home().join("registry/src")).expect("sources");
    let reference = f.project.copy();
    let started = Instant::now();
    ok(&reference, "fetch --offline");
    let span = started.elapsed();
    let strikes = Strikes { title: "unpack", seed: 20_252, wanted: 16, round: 2 };
    strikes.run(
        span,
        || f.project.copy(),
        |sandbox, _| cmd(sandbox, "fetch --offline"),
        |sandbox, tried| finishes(sandbox, tried, &complete),
    );
}

/// A build script that generates code, a proc macro, a chain of libraries, two programs.
fn program() -> Fixture {
    let f = bare_fixture(|r| {
        r.versions("leaf", &["1.0.0"]);
        r.package("macros", "1.0.0").proc_macro().publish();
        r.package("made", "1.0.0")
            .build_script("fn main() { let o = std::env::var(\"OUT_DIR\").unwrap(); std::fs::write(format!(\"{o}/n.rs\"), \"7\").unwrap(); }")
            .lib("pub const N: u32 = include!(concat!(env!(\"OUT_DIR\"), \"/n.rs\"));")
            .publish();
    });
    f.project
        .manifest(
            "app",
            "[dependencies]\nleaf = \"1\"\nmacros = \"1\"\nmade = \"1\"\nmember = { path = \"member\" }\n[workspace]\n",
        )
        .file("src/main.rs", "fn main() { leaf::leaf(); println!(\"{} {}\", macros::macros!(made::N), member::ROUND); }")
        .file("src/bin/other.rs", "fn main() { println!(\"other {}\", member::ROUND); }")
        .file("member/Cargo.toml", "[package]\nname = \"member\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
        .file("member/src/lib.rs", "pub const ROUND: u32 = 0;");
    ok(&f.project, "fetch");
    f
}

/// Builds are killed, with an edit before each; then both programs must be what the source says.
fn build(title: &'static str, seed: u64, rustflags: &str) {
    let f = program();
    f.project.config(&format!("[target.x86_64-unknown-linux-gnu]\nrustflags = [{rustflags}]\n"));
    let reference = f.project.copy();
    let started = Instant::now();
    ok(&reference, "build --offline");
    let span = started.elapsed();
    let strikes = Strikes { title, seed, wanted: 12, round: 3 };
    strikes.run(
        span,
        || f.project.copy(),
        |sandbox, tried| {
            sandbox.file("member/src/lib.rs", format!("pub const ROUND: u32 = {tried};"));
            cmd(sandbox, "build --offline")
        },
        |sandbox, tried| {
            let runs = |path: &Path| sandbox.cmd(path).run().assert_success().stdout;
            ok(sandbox, "build --offline");
            assert_eq!(runs(&sandbox.path("target/debug/app")), format!("7 {tried}\n"));
            assert_eq!(runs(&sandbox.path("target/debug/other")), format!("other {tried}\n"));
            cargo_ok(sandbox, "build --offline --locked");
            assert_eq!(runs(&sandbox.path("target/debug/app")), format!("7 {tried}\n"));
        },
    );
}

#[test]
fn build_with_gnu_ld() {
    if !Path::new("/usr/bin/ld").exists() {
        eprintln!("skipped: there is no GNU ld");
        return;
    }
    // rust-lld is the default for this target: this takes it away.
    build("build with GNU ld", 20_253, "\"-Clinker-features=-lld\"");
}

#[test]
fn build_with_lld() {
    let tools = toolchain().bin().join("../lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld");
    if !tools.join("ld.lld").exists() {
        eprintln!("skipped: the toolchain has no lld");
        return;
    }
    let flags = format!("\"-Clink-arg=-fuse-ld=lld\", \"-Clink-arg=-B{}\"", tools.display());
    build("build with lld", 20_254, &flags);
}

/// A build script that says its process id and then hangs.
fn hanging() -> Sandbox {
    let sandbox = Sandbox::new();
    let script = "fn main() { std::fs::write(\"pid.tmp\", std::process::id().to_string()).unwrap(); std::fs::rename(\"pid.tmp\", \"pid\").unwrap(); std::thread::sleep(std::time::Duration::from_secs(25)); }";
    sandbox.manifest("app", "").file("build.rs", script).file("src/lib.rs", "");
    sandbox
}

/// The script's process, once it runs.
fn pid_of_script(sandbox: &Sandbox) -> String {
    let started = Instant::now();
    while !sandbox.exists("pid") {
        assert!(started.elapsed() < Duration::from_secs(60), "the script did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    sandbox.read("pid")
}

/// Whether the process ends soon (it may still stand there as a zombie that nobody has waited for).
fn ends_soon(pid: &str) -> bool {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(5) {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
        if matches!(state, None | Some('Z')) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn ctrl_c_stops_everything() {
    let sandbox = hanging();
    let mut running = cmd(&sandbox, "build").spawn();
    let pid = pid_of_script(&sandbox);
    let started = Instant::now();
    running.interrupt();
    let output = running.wait();
    assert!(!output.success() && started.elapsed() < Duration::from_secs(5), "{output}");
    assert!(ends_soon(&pid), "the build script lives on");
    sandbox.file("build.rs", "fn main() {}");
    ok(&sandbox, "build");
}

// Stricter than the real cargo, whose children live on and write into the target directory.
#[test]
fn children_die_with_it() {
    let sandbox = hanging();
    let mut running = cmd(&sandbox, "build").spawn();
    let pid = pid_of_script(&sandbox);
    running.kill();
    drop(running.wait());
    let ended = ends_soon(&pid);
    sandbox.file("build.rs", "fn main() {}");
    ok(&sandbox, "build");
    assert!(ended, "the build script lives on");
}
