//! Indexes in git repositories: how often they are fetched, what is kept, and what happens when it breaks off.

use std::time::{Duration, Instant};

use dhow_testkit::{GitHttpServer, GitIndex, Registry, Sandbox};

use super::{BOTH_WAYS, Tool, cargo, fill, program, serves_both_ways};
use crate::support::{cmd, identities, without_network};

struct Fixture {
    registry: Registry,
    index: GitIndex,
    server: GitHttpServer,
    project: Sandbox,
}

fn fixture() -> Fixture {
    let registry = Registry::new();
    fill(&registry);
    let index = registry.git_index(&registry.file_dl());
    let server = GitHttpServer::start(index.repo().parent());
    let project = Sandbox::new().with_env("CARGO_NET_RETRY", "0");
    project.replace_crates_io(&format!("registry = \"{}\"", server.repo_url(index.repo())));
    program(&project, "\"1\"");
    Fixture { registry, index, server, project }
}

impl Fixture {
    /// How often the repository was asked what it has.
    fn fetches(&self) -> usize {
        self.server.count("/repo/info/refs")
    }
}

#[test]
fn a_command_fetches_once_and_only_if_it_must() {
    let f = fixture();
    let output = cmd(&f.project, "fetch").run().assert_success();
    assert_eq!(output.stderr.matches("Updating `fixture` index").count(), 1, "{output}");
    assert_eq!(f.fetches(), 1);
    f.server.clear_log();
    for words in ["fetch", "fetch --locked", "fetch --offline", "tree", "metadata --format-version 1"] {
        without_network(cmd(&f.project, words)).run().assert_success();
    }
    assert!(f.server.requests().is_empty(), "{:?}", f.server.requests());
    cmd(&f.project, "generate-lockfile").run().assert_success();
    assert_eq!(f.fetches(), 1);
    // A new dependency is known already, but may have news.
    f.project.manifest("app", "[dependencies]\nhub = \"1\"\nwinonly = \"2\"\n");
    f.server.clear_log();
    cmd(&f.project, "generate-lockfile").run().assert_success();
    assert_eq!(f.fetches(), 1);
    // Everything but the sources is enough to bring them back.
    std::fs::remove_dir_all(f.project.cargo_home().join("registry/cache")).unwrap();
    std::fs::remove_dir_all(f.project.cargo_home().join("registry/src")).unwrap();
    f.server.clear_log();
    cmd(&f.project, "fetch --locked").run().assert_success();
    assert_eq!(f.fetches(), 0, "{:?}", f.server.requests());
}

#[test]
fn nothing_is_known_offline_of_what_was_never_fetched() {
    let f = fixture();
    for tool in [cmd as Tool, cargo] {
        tool(&f.project, "fetch --offline").run().assert_code(101);
        assert!(f.server.requests().is_empty());
    }
    let output = cmd(&f.project, "fetch --offline").run();
    output.assert_stderr_has("hub").assert_stderr_has("offline");
}

/// Servers and maintainers rewrite the history of an index now and then.
#[test]
fn an_index_with_another_history_is_taken() {
    for (first, second) in BOTH_WAYS {
        let f = fixture();
        first(&f.project, "fetch").run().assert_success();
        f.registry.versions("leaf", &["1.9.0"]);
        f.index.repo().git(["checkout", "--quiet", "--orphan", "squashed"]);
        f.index.update();
        f.index.repo().git(["branch", "--quiet", "-D", "main"]);
        second(&f.project, "generate-lockfile").run().assert_success();
        assert!(f.project.read("Cargo.lock").contains("1.9.0"));
        first(&f.project, "fetch --locked").run().assert_success();
    }
}

#[test]
fn a_package_that_is_gone_is_gone() {
    for (first, second) in BOTH_WAYS {
        let f = fixture();
        first(&f.project, "fetch").run().assert_success();
        std::fs::remove_file(f.registry.index_file("winonly")).unwrap();
        f.index.update();
        f.project.remove("Cargo.lock");
        let output = second(&f.project, "generate-lockfile").run().assert_code(101);
        output.assert_stderr_has("winonly");
        f.registry.package("winonly", "2.0.0").publish();
        f.index.update();
        first(&f.project, "generate-lockfile").run().assert_success();
    }
}

/// Whatever state a killed fetch leaves the home in, the next command works, the real cargo's too.
#[test]
fn a_fetch_that_is_killed_leaves_a_home_that_works() {
    for path in ["/repo/info/refs", "/repo/git-upload-pack"] {
        for next in [cmd as Tool, cargo] {
            for known in [false, true] {
                let f = fixture();
                if known {
                    cmd(&f.project, "fetch").run().assert_success();
                    f.registry.versions("leaf", &["1.9.0"]);
                    f.index.update();
                    f.project.remove("Cargo.lock");
                }
                let hold = f.server.hold(path);
                let mut running = cmd(&f.project, "fetch").spawn();
                let started = Instant::now();
                while hold.waiting() == 0 {
                    assert!(started.elapsed() < Duration::from_secs(60), "{path} was not asked for");
                    std::thread::sleep(Duration::from_millis(2));
                }
                running.kill();
                drop(hold);
                assert_eq!(running.wait().signal, Some(9));
                next(&f.project, "fetch").run().assert_success();
                assert_eq!(f.project.read("Cargo.lock").contains("1.9.0"), known);
                cmd(&f.project, "fetch --locked").run().assert_success();
            }
        }
    }
}

/// What is there of a repository may be of no use: it is fetched anew.
#[test]
fn a_broken_repository_is_fetched_again() {
    for break_it in [
        (|git| std::fs::remove_dir_all(git.join("objects")).unwrap()) as fn(&std::path::Path),
        |git| std::fs::remove_file(git.join("HEAD")).unwrap(),
        |git| {
            std::fs::write(git.join("refs/remotes/origin/HEAD"), "0123456789012345678901234567890123456789\n")
                .unwrap()
        },
    ] {
        let f = fixture();
        cmd(&f.project, "fetch").run().assert_success();
        let index = f.project.cargo_home().join("registry/index");
        let dir = crate::support::names_in(&index).pop().unwrap();
        break_it(&index.join(dir).join(".git"));
        f.project.remove("Cargo.lock");
        cmd(&f.project, "fetch").run().assert_success();
        cargo(&f.project, "generate-lockfile").run().assert_success();
    }
}

#[test]
fn an_index_is_moved_to_with_its_downloads() {
    let f = fixture();
    let server = f.registry.serve();
    f.index.config_json(&format!("{{\"dl\":\"{}/{{crate}}/{{version}}/download\"}}", server.dl_url()));
    cmd(&f.project, "fetch").run().assert_success();
    assert_eq!(server.count("/dl/*"), 5);
    // What was known of the configuration is not believed where the index was fetched again.
    f.index.config_json(&format!("{{\"dl\":\"{}\"}}", f.registry.file_dl()));
    std::fs::remove_dir_all(f.project.cargo_home().join("registry/cache")).unwrap();
    f.project.remove("Cargo.lock");
    cmd(&f.project, "fetch").run().assert_success();
    assert_eq!(server.count("/dl/*"), 5);
}

/// crates.io itself can be asked by git: with the user's git, its URL can be another place.
#[test]
fn crates_io_has_a_git_index() {
    let f = fixture();
    let project = Sandbox::new();
    program(&project, "\"1\"");
    project.config("[registries.crates-io]\nprotocol = \"git\"\n[net]\ngit-fetch-with-cli = true\n");
    let instead = format!(
        "[url \"{}\"]\ninsteadOf = https://github.com/rust-lang/crates.io-index\n",
        f.index.repo().url()
    );
    std::fs::write(project.home().join(".gitconfig"), instead).unwrap();
    let output = cmd(&project.copy(), "fetch").run();
    output.assert_success().assert_stderr_has("Updating crates.io index");
    serves_both_ways(&project);
}

/// Nothing of ours lies around where Cargo keeps its repository.
#[test]
fn a_fetched_index_has_nothing_half_made() {
    let f = fixture();
    cmd(&f.project, "fetch").run().assert_success();
    let paths = identities(&f.project.cargo_home().join("registry/index"));
    let odd: Vec<_> =
        paths.keys().filter(|path| path.contains(".dhow-") && !path.ends_with(".lock")).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert!(paths.keys().any(|path| path.ends_with("/.git/refs/remotes/origin/HEAD")), "{paths:?}");
}
