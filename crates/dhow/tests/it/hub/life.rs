//! `hub create`, `update` and `prune`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dhow_testkit::{Random, Registry, Sandbox};

use super::{both_run, files, holds, plain, project};
use crate::support::{bare_fixture, cmd, ok, packages_in, run};

/// Every file of the hub that git would commit, with its content.
fn committed(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    let dir = sandbox.path(".cargo");
    let passing = ["registry/src/", "git/checkouts/", ".dhow/", ".package-cache", ".global-cache"];
    let kept = |path: &String| {
        !passing.iter().any(|start| path.starts_with(start)) && !path.ends_with("CACHEDIR.TAG")
    };
    files(&dir)
        .into_iter()
        .filter(kept)
        .map(|path| (path.clone(), fs::read(dir.join(path)).expect("a file")))
        .collect()
}

#[test]
fn plain_cargo_and_dhow_build_from_it_alone() {
    let f = project();
    f.project.file(".cargo/config.toml", "# ours\n[net]\nretry = 1 # few\n").file(".cargo/notes", "mine\n");
    ok(&f.project, "hub create").assert_stderr_has("4 packages (4 downloaded)");
    let config = f.project.read(".cargo/config.toml");
    assert_eq!(config, "# ours\n[net]\nretry = 1 # few\n\n[dhow.hub]\ndev-dependencies = true\n");
    both_run(&f.project, "from the hub");
    plain(&f.project, "test").run().assert_success();
    plain(&f.project, "tree --target all").run().assert_success().assert_stdout_has("win v2.0.0");
    for (path, content) in committed(&f.project) {
        let text = String::from_utf8_lossy(&content);
        let root = f.project.root().to_string_lossy();
        assert!(!text.contains(&*root) && !text.contains("127.0.0.1"), "`{path}` names this machine: {text}");
    }
    // Only the locked version is known.
    assert!(
        !f.project
            .read(".cargo/registry/index/index.crates.io-1949cf8c6b5b557f/.cache/le/af/leaf")
            .contains("1.0.0")
    );
    // The whole project, elsewhere.
    let elsewhere = Sandbox::new();
    fs::remove_dir_all(elsewhere.path("")).expect("an empty directory");
    fs::rename(f.project.path(""), elsewhere.path("")).expect("moves");
    both_run(&elsewhere, "from the hub");
    assert_eq!(elsewhere.read(".cargo/notes"), "mine\n");
}

#[test]
fn what_the_home_has_costs_neither_download_nor_space() {
    let f = project();
    ok(&f.project, "fetch");
    f.server.clear_log();
    ok(&f.project, "hub create").assert_stderr_has("4 packages (4 taken over)");
    assert_eq!(f.server.count("/dl/*"), 0);
    let inode =
        |path: &Path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino(), meta.size())).expect("a file");
    let find = |dir: PathBuf, name: &str| {
        let found = files(&dir).into_iter().find(|path| path.ends_with(name)).expect(name);
        dir.join(found)
    };
    for name in ["leaf-1.1.0.crate", "leaf-1.1.0/src/lib.rs"] {
        let ours = inode(&find(f.project.path(".cargo/registry"), name));
        let theirs = inode(&find(f.project.cargo_home().join("registry"), name));
        // Clones have numbers of their own.
        assert_eq!((ours.0, ours.2), (theirs.0, theirs.2));
        assert!(ours == theirs || find(f.project.path(".cargo"), name).exists());
    }
    both_run(&f.project, "from the hub");
}

#[test]
fn what_the_home_has_is_held_against_the_lock_file() {
    let f = project();
    ok(&f.project, "fetch");
    let home = f.project.cargo_home().join("registry");
    let find =
        |name: &str| home.join(files(&home).into_iter().find(|path| path.ends_with(name)).expect(name));
    // Other sources than the archive has are not taken.
    fs::write(find("top-1.0.0/src/text"), "changed!").expect("writes");
    fs::write(find("win-2.0.0/Cargo.toml").with_file_name("added"), "x").expect("writes");
    ok(&f.project, "hub create");
    assert!(!holds(&f.project, "win-2.0.0/added"));
    both_run(&f.project, "from the hub");
    // Another archive neither.
    f.project.remove(".cargo");
    fs::write(find("leaf-1.1.0.crate"), "spoiled").expect("writes");
    let output = run(&f.project, "hub create").assert_failure();
    output.assert_stderr_has("not the one that the lock file names");
    assert!(!f.project.path(".cargo/config.toml").exists(), "there is no hub yet");
}

#[test]
fn it_holds_what_is_asked_for() {
    let f = project();
    ok(&f.project, "hub create --target x86_64-unknown-linux-gnu --no-dev-dependencies --git ignore");
    let config = f.project.read(".cargo/config.toml");
    assert_eq!(config, "[dhow.hub]\ntargets = [\"x86_64-unknown-linux-gnu\"]\ndev-dependencies = false\n");
    assert!(holds(&f.project, "leaf-1.1.0.crate"));
    assert!(!holds(&f.project, "win-2.0.0") && !holds(&f.project, "tests-1.0.0"));
    assert!(holds(&f.project, "/win") && holds(&f.project, "/tests"), "the graph needs them");
    both_run(&f.project, "from the hub");
    // What it does not hold comes from the home, and does not get there.
    ok(&f.project, "metadata --format-version 1").assert_stdout_has("win-2.0.0");
    ok(&f.project, "test").assert_stderr_has("Compiling tests");
    assert!(!holds(&f.project, "win-2.0.0") && !holds(&f.project, "tests-1.0.0"));
    assert!(f.project.read(".cargo/.gitignore").contains("/registry/\n"));
    // Asked for more.
    ok(&f.project, "hub create").assert_stderr_has("4 packages (2 taken over)");
    assert!(f.project.read(".cargo/.gitignore").contains("/registry/\n"), "stays as it was chosen");
    assert!(!f.project.read(".cargo/config.toml").contains("targets"));
}

#[test]
fn update_follows_the_lock_file_and_prune_removes_only() {
    let f = project();
    run(&f.project, "hub update").assert_failure().assert_stderr_has("has no hub");
    ok(&f.project, "update leaf --precise 1.0.0");
    ok(&f.project, "hub create");
    f.project.file(".cargo/notes", "mine\n");
    assert!(holds(&f.project, "leaf-1.0.0.crate"));
    ok(&f.project, "update leaf");
    let shown = ok(&f.project, "hub prune --dry-run");
    assert!(shown.stdout.contains("leaf-1.0.0.crate"), "{shown}");
    assert!(!shown.stdout.contains("top-1.0.0") && holds(&f.project, "leaf-1.0.0.crate"), "{shown}");
    ok(&f.project, "hub update").assert_stderr_has("1 downloaded");
    assert!(!holds(&f.project, "leaf-1.0.0") && holds(&f.project, "leaf-1.1.0.crate"));
    both_run(&f.project, "from the hub");
    // Without `tests`, all that is of it goes; without network, for nothing is missing.
    f.project.manifest("app", "[dependencies]\ntop = \"1\"\n");
    ok(&f.project, "update --workspace");
    ok(&f.project, "hub prune --offline").assert_stderr_has("Pruned");
    assert!(!holds(&f.project, "tests"));
    assert!(ok(&f.project, "hub prune --dry-run").stdout.is_empty());
    assert_eq!(f.project.read(".cargo/notes"), "mine\n");
    both_run(&f.project, "from the hub");
}

#[test]
fn the_same_lock_file_makes_the_same_hub() {
    let f = project();
    ok(&f.project, "hub create");
    let first = committed(&f.project);
    // Another home, another day, another ETag.
    f.registry.versions("leaf", &["1.2.0"]);
    let other = Sandbox::new();
    other.use_sparse(&f.server);
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        other.file(file, f.project.read(file));
    }
    ok(&other, "hub create --locked");
    let second = committed(&other);
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second));
    assert!(first == second, "the same bytes");
}

#[test]
fn alternative_registries_come_with_their_names() {
    let f = project();
    let registry = Registry::new();
    registry.package("extra", "0.3.0").lib("pub fn extra() -> u32 { 3 }").publish();
    let server = registry.serve();
    f.project.alt_registry("alt", &server);
    f.project
        .manifest("app", "[dependencies]\ntop = \"1\"\nextra = { version = \"0.3\", registry = \"alt\" }\n");
    f.project.file("src/main.rs", "fn main() { println!(\"{} {}\", top::top(), extra::extra()); }");
    server.require_token("secret");
    let with_token = cmd(&f.project, "hub create").env("CARGO_REGISTRIES_ALT_TOKEN", "secret");
    with_token.env("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:token").run().assert_success();
    assert!(f.project.read(".cargo/config.toml").contains("[registries.alt]\nindex = \"sparse+"));
    assert!(!files(&f.project.path(".cargo")).iter().any(|path| path.contains("credentials")));
    for (path, content) in committed(&f.project) {
        assert!(!String::from_utf8_lossy(&content).contains("secret"), "{path}");
    }
    both_run(&f.project, "from the hub 3");
}

/// A project in the user's own directory: there `.cargo` is not for it alone.
#[test]
fn the_home_of_the_user_becomes_no_hub() {
    let f = project();
    ok(&f.project, "fetch");
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        let place = f.project.home().join(file);
        fs::create_dir_all(place.parent().expect("a directory")).expect("makes");
        fs::write(place, f.project.read(file)).expect("writes");
    }
    let before = files(&f.project.cargo_home());
    let there = |words: &str| cmd(&f.project, words).cwd(f.project.home()).run();
    there("hub create").assert_failure().assert_stderr_has("is the user's cargo home");
    fs::write(f.project.cargo_home().join("config.toml"), "[dhow.hub]\n").expect("writes");
    there("hub update").assert_failure();
    there("hub prune").assert_failure();
    let after = files(&f.project.cargo_home());
    assert!(before.iter().all(|file| after.contains(file)), "{after:?}");
}

/// Whoever works with `CARGO_HOME=.cargo` all the time.
#[test]
fn the_home_may_be_the_hub_itself() {
    let f = project();
    let config = fs::read_to_string(f.project.cargo_home().join("config.toml")).expect("a configuration");
    f.project.file(".cargo/config.toml", config);
    let itself = |words: &str| cmd(&f.project, words).env("CARGO_HOME", ".cargo").run().assert_success();
    itself("fetch");
    itself("hub create");
    itself("update leaf --precise 1.0.0");
    itself("build");
    itself("hub update");
    assert!(holds(&f.project, "leaf-1.0.0.crate") && !holds(&f.project, "leaf-1.1.0"));
    let index = files(&f.project.path(".cargo/registry/index"));
    let leaf = index.iter().find(|path| path.ends_with("/leaf")).expect("an index file");
    assert!(!f.project.read(format!(".cargo/registry/index/{leaf}")).contains("1.1.0"));
    both_run(&f.project, "from the hub");
}

/// What stands in for crates.io on this machine alone has no place in the project.
#[test]
fn a_local_registry_of_the_machine_is_taken_from() {
    let registry = Registry::new();
    registry.package("top", "1.0.0").lib("pub fn top() -> &'static str { \"local\" }").publish();
    let project = Sandbox::new();
    project.use_local(&registry);
    project
        .manifest("app", "[dependencies]\ntop = \"1\"\n")
        .file("src/main.rs", "fn main() { println!(\"{}\", top::top()); }");
    ok(&project, "hub create");
    assert!(holds(&project, "cache/index.crates.io-1949cf8c6b5b557f/top-1.0.0.crate"));
    both_run(&project, "local");
    // A directory of sources has no archives.
    let vendored = Sandbox::new();
    let directory = vendored.path("vendor");
    ok(&project, &format!("vendor --respect-source-config {}", directory.display()));
    vendored.replace_crates_io(&format!("directory = {directory:?}"));
    for file in ["Cargo.toml", "src/main.rs"] {
        vendored.file(file, project.read(file));
    }
    run(&vendored, "hub create").assert_failure().assert_stderr_has("outside of this project");
}

#[test]
fn registries_of_the_project_itself_stay_where_they_are() {
    let f = bare_fixture(|_| {});
    let local = Registry::at(&f.project.path("vendor/local"));
    local.package("top", "1.0.0").lib("pub fn top() -> &'static str { \"local\" }").publish();
    f.project
        .file(
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"local\"\n[source.local]\nlocal-registry = \"vendor/local\"\n",
        )
        .manifest("app", "[dependencies]\ntop = \"1\"\n")
        .file("src/main.rs", "fn main() { println!(\"{}\", top::top()); }");
    ok(&f.project, "hub create");
    assert!(!holds(&f.project, "top-1.0.0.crate"));
    both_run(&f.project, "local");
}

#[test]
fn killed_at_any_instant_the_next_command_works() {
    let f = project();
    ok(&f.project, "fetch");
    let start = std::time::Instant::now();
    ok(&f.project, "hub create");
    let span = start.elapsed();
    let mut random = Random::new(0x6b69_6c6c);
    let mut met = 0;
    for _ in 0..12 {
        f.project.remove(".cargo");
        let at = Duration::from_micros(random.below(u64::try_from(span.as_micros()).expect("short")));
        met += u32::from(cmd(&f.project, "hub create").killed_at(at).signal == Some(9));
        ok(&f.project, "hub create");
        assert_eq!(packages_in(&f.project.path(".cargo")).len(), 8, "archives and sources");
        assert!(!holds(&f.project, ".dhow-"), "{:?}", files(&f.project.path(".cargo")));
    }
    assert!(met > 3, "only {met} were met alive");
    both_run(&f.project, "from the hub");
}
