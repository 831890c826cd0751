//! Every kind of registry, beside the real cargo: what one tool fills serves the other, and both name and lock alike.

mod alternative;
mod errors;
mod git_index;
mod patches;
mod replaced;
mod sparse_edges;

use std::any::Any;
use std::collections::BTreeMap;

use dhow_testkit::{Cmd, GitDaemon, GitHttpServer, GitIndex, Registry, Sandbox};

use crate::support::{cmd, dhow, identities, names_in, without_network};

/// A kind of registry, and how it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sparse,
    GitFile,
    GitHttp,
    GitDaemon,
    Local,
    Directory,
}

pub(crate) const ALL: [Kind; 6] =
    [Kind::Sparse, Kind::GitFile, Kind::GitHttp, Kind::GitDaemon, Kind::Local, Kind::Directory];

/// Those that `[registries]` can name.
pub(crate) const WITH_URL: [Kind; 4] = [Kind::Sparse, Kind::GitFile, Kind::GitHttp, Kind::GitDaemon];

/// One of each, where the way to a repository does not count.
pub(crate) const EACH: [Kind; 4] = [Kind::Sparse, Kind::GitFile, Kind::Local, Kind::Directory];
pub(crate) const EACH_WITH_URL: [Kind; 2] = [Kind::Sparse, Kind::GitFile];

/// A registry that is served as some kind.
pub(crate) struct Served {
    /// The table of `[source]`: `registry = "…"`.
    pub(crate) source: String,
    /// The URL that `[registries]` and manifests name; nothing if it has none.
    pub(crate) url: Option<String>,
    pub(crate) git_index: Option<GitIndex>,
    _alive: Vec<Box<dyn Any>>,
}

/// Serves what is in `registry` now.
pub(crate) fn serve(registry: &Registry, kind: Kind) -> Served {
    let mut served = Served { source: String::new(), url: None, git_index: None, _alive: Vec::new() };
    match kind {
        Kind::Sparse => {
            let server = registry.serve();
            served.url = Some(server.index_url());
            served._alive.push(Box::new(server));
        }
        Kind::GitFile | Kind::GitHttp | Kind::GitDaemon => {
            let index = registry.git_index(&registry.file_dl());
            let repo = index.repo();
            match kind {
                Kind::GitHttp => {
                    let server = GitHttpServer::start(repo.parent());
                    served.url = Some(server.repo_url(repo));
                    served._alive.push(Box::new(server));
                }
                Kind::GitDaemon => {
                    let daemon = GitDaemon::start(repo.parent());
                    served.url = Some(daemon.repo_url(repo));
                    served._alive.push(Box::new(daemon));
                }
                _ => served.url = Some(repo.url()),
            }
            served.git_index = Some(index);
        }
        Kind::Local => served.source = format!("local-registry = {:?}", registry.path()),
        Kind::Directory => {
            // Beside the registry, so that it goes when that goes.
            let dir = registry.path().join("vendored");
            registry.vendor(&dir);
            served.source = format!("directory = {dir:?}");
        }
    }
    if let Some(url) = &served.url {
        served.source = format!("registry = \"{url}\"");
    }
    served
}

/// A library, a build script with `links`, a proc macro, a package for another platform.
pub(crate) fn fill(r: &Registry) {
    r.versions("leaf", &["1.0.0", "1.2.0"]);
    r.package("native", "0.3.0")
        .links("native")
        .build_dep("leaf", "1")
        .build_script("fn main() { leaf::leaf(); println!(\"cargo::rustc-env=WORD=hello\"); }")
        .lib("pub fn word() -> &'static str { env!(\"WORD\") }")
        .publish();
    r.package("macros", "1.0.0").proc_macro().publish();
    r.package("winonly", "2.0.0").lib("compile_error!(\"not here\");").publish();
    r.package("hub", "1.0.0")
        .dep("leaf", "1")
        .dep("native", "0.3")
        .dep("macros", "1")
        .target_dep("cfg(windows)", "winonly", "2")
        .lib("pub fn say() -> String { leaf::leaf(); format!(\"{} {}\", native::word(), macros::macros!(42)) }")
        .publish();
}

pub(crate) fn program(project: &Sandbox, dependency: &str) {
    project
        .manifest("app", &format!("[dependencies]\nhub = {dependency}\n"))
        .file("src/main.rs", "fn main() { println!(\"{}\", hub::say()); }");
}

/// A project that depends on what [`fill`] makes, with `registry` in the place of crates.io.
pub(crate) fn in_place_of_crates_io(registry: &Registry, kind: Kind) -> (Served, Sandbox) {
    let served = serve(registry, kind);
    let project = Sandbox::new();
    project.replace_crates_io(&served.source);
    program(&project, "\"1\"");
    (served, project)
}

pub(crate) type Tool = fn(&Sandbox, &str) -> Cmd;

pub(crate) fn cargo(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cargo_cmd(words.split_whitespace())
}

pub(crate) const BOTH_WAYS: [(Tool, Tool); 2] = [(cmd as Tool, cargo as Tool), (cargo, cmd)];

/// Archives, and unpacked sources.
pub(crate) fn fetched(sandbox: &Sandbox) -> BTreeMap<String, (u64, i128, u64)> {
    let mut all = identities(&sandbox.cargo_home().join("registry"));
    all.retain(|path, _| path.starts_with("src/") || path.starts_with("cache/"));
    all
}

/// The directories of registries in a home, by what they hold.
pub(crate) fn directories(sandbox: &Sandbox) -> Vec<String> {
    let registry = sandbox.cargo_home().join("registry");
    let parts = ["index", "cache", "src"].into_iter();
    parts
        .flat_map(|part| names_in(&registry.join(part)).into_iter().map(move |n| format!("{part}/{n}")))
        .collect()
}

/// Cargo's copies of index files in a home, byte for byte.
pub(crate) fn index_files(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let index = sandbox.cargo_home().join("registry/index");
    let paths =
        identities(&index).into_keys().filter(|path| path.contains("/.cache/") && !path.ends_with('/'));
    paths.map(|path| (path.clone(), std::fs::read(index.join(path)).expect("a file of the index"))).collect()
}

/// One tool fetches, the other has all that it needs from that without network, and touches nothing of it. Both lock and
/// name alike.
#[track_caller]
pub(crate) fn serves_both_ways(project: &Sandbox) {
    let mut left = Vec::new();
    for (first, second) in BOTH_WAYS {
        let sandbox = project.copy();
        first(&sandbox, "fetch").run().assert_success();
        let before = fetched(&sandbox);
        let paths: Vec<_> = before.keys().cloned().collect();
        let lock = sandbox.read("Cargo.lock");
        left.push((lock.clone(), directories(&sandbox), paths));
        without_network(second(&sandbox, "fetch --offline --locked")).run().assert_success();
        // Without the lock file, the index as the first tool left it must do.
        sandbox.remove("Cargo.lock");
        without_network(second(&sandbox, "generate-lockfile --offline")).run().assert_success();
        assert_eq!(sandbox.read("Cargo.lock"), lock);
        assert_eq!(fetched(&sandbox), before, "the second tool wrote to the first one's home");
    }
    assert_eq!(left[0], left[1]);
}

/// Whole builds, for the one kind that no other test here builds from.
#[test]
fn what_one_fetched_by_git_the_other_builds() {
    let registry = Registry::new();
    fill(&registry);
    let served = serve(&registry, Kind::GitHttp);
    for (first, second) in BOTH_WAYS {
        let project = Sandbox::new();
        project.replace_crates_io(&served.source);
        program(&project, "\"1\"");
        first(&project, "fetch").run().assert_success();
        let before = fetched(&project);
        for words in ["run -q --offline --locked", "run -q --locked"] {
            let output = without_network(second(&project, words)).run();
            output.assert_success().assert_stdout_has("hello 42");
        }
        assert_eq!(fetched(&project), before);
    }
}

#[test]
fn in_place_of_crates_io_each_kind_serves_both() {
    for kind in ALL {
        let registry = Registry::new();
        fill(&registry);
        let (_served, project) = in_place_of_crates_io(&registry, kind);
        eprintln!("{kind:?}");
        serves_both_ways(&project);
    }
}

#[test]
fn both_keep_the_same_copies_of_an_index() {
    for kind in WITH_URL {
        let registry = Registry::new();
        fill(&registry);
        registry.raw_index_line("leaf", "not json");
        let (_served, project) = in_place_of_crates_io(&registry, kind);
        let [theirs, ours] = [cargo as Tool, cmd].map(|tool| {
            let sandbox = project.copy();
            tool(&sandbox, "fetch").run().assert_success();
            index_files(&sandbox)
        });
        assert!(theirs.len() >= 5, "{kind:?}: {:?}", theirs.keys());
        assert_eq!(theirs, ours, "{kind:?}");
    }
}

/// A new version is seen, by whichever tool comes second to a home that the other filled.
#[test]
fn news_are_seen_by_the_other_tool() {
    for kind in EACH_WITH_URL {
        for (first, second) in BOTH_WAYS {
            let registry = Registry::new();
            fill(&registry);
            let (served, project) = in_place_of_crates_io(&registry, kind);
            first(&project, "fetch").run().assert_success();
            registry.versions("leaf", &["1.3.0"]);
            if let Some(index) = &served.git_index {
                index.update();
            }
            first(&project, "fetch").run().assert_success();
            assert!(!project.read("Cargo.lock").contains("1.3.0"), "{kind:?}: a lock is a lock");
            second(&project, "generate-lockfile").run().assert_success().assert_stderr_has("Updating");
            assert!(project.read("Cargo.lock").contains("1.3.0"), "{kind:?}");
            first(&project, "fetch --locked").run().assert_success();
        }
    }
}

/// A yanked version stays where it is locked, and is chosen nowhere else.
#[test]
fn yanked_versions_stay_locked() {
    for kind in EACH_WITH_URL {
        let registry = Registry::new();
        registry.versions("leaf", &["1.0.0", "1.2.0"]);
        let served = serve(&registry, kind);
        let project = Sandbox::new();
        project.replace_crates_io(&served.source);
        project.manifest("app", "[dependencies]\nleaf = \"1\"\n").file("src/lib.rs", "");
        cmd(&project, "fetch").run().assert_success();
        registry.set_yanked("leaf", "1.2.0", true);
        if let Some(index) = &served.git_index {
            index.update();
        }
        dhow_testkit::compare(&project, dhow(), |c| c.command(&["fetch", "--locked"]).lockfile());
        dhow_testkit::compare(&project, dhow(), |c| c.command(&["generate-lockfile"]).lockfile());
    }
}
