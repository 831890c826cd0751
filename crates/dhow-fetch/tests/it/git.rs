//! Bare repositories in the home: fetched into, killed, broken, asked.
#![expect(clippy::disallowed_methods, reason = "tests look at files and break them")]

use std::sync::Arc;
use std::time::Duration;

use dhow_fetch::{
    Event, FetchError, GitDatabase, GitFetch, GitProgram, GitSettings, HttpSettings, NetSettings,
};
use dhow_home::CargoHome;
use dhow_model::SourceId;
use dhow_process::Environment;
use dhow_testkit::{GitRepo, Sandbox};

struct Fixture<'s> {
    home: CargoHome,
    database: GitDatabase,
    sandbox: &'s Sandbox,
}

/// The environment of the sandbox's commands, for git.
pub(crate) fn environment(sandbox: &Sandbox) -> Arc<Environment> {
    let output = sandbox.cmd("/usr/bin/env").run();
    let pairs = output.stdout.lines().filter_map(|line| line.split_once('='));
    Arc::new(pairs.map(|(name, value)| (name.into(), value.into())).collect())
}

impl<'s> Fixture<'s> {
    fn new(sandbox: &'s Sandbox, url: &str) -> Self {
        let home = CargoHome::new(sandbox.cargo_home());
        let settings = GitSettings { env: environment(sandbox), ..GitSettings::default() };
        let net = NetSettings { retry: 1, retry_pause: Duration::from_millis(1), ..NetSettings::default() };
        let git = Arc::new(GitProgram::new(settings, HttpSettings::default(), net));
        let source = SourceId::parse(&format!("git+{url}")).expect("a source");
        let database = GitDatabase::new(git, home.git_of(source).database().clone());
        Self { home, database, sandbox }
    }

    fn fetch(&self, url: &str, refspecs: &[&str]) -> Result<(), FetchError> {
        let refspecs: Vec<String> = refspecs.iter().map(|&spec| spec.to_owned()).collect();
        let what = GitFetch { url, refspecs: &refspecs, tags: false, trusted: true };
        self.database.lock(&self.home, &|_| {})?.fetch(what, &|_| {})
    }

    fn resolve(&self, revision: &str) -> Option<String> {
        self.database.resolve(revision).expect("git runs")
    }

    /// What is beside the database.
    fn beside(&self) -> Vec<String> {
        let dir = self.database.path().parent().expect("a parent");
        let mut names: Vec<_> =
            std::fs::read_dir(dir).expect("lists").map(|e| e.expect("an entry").file_name()).collect();
        names.sort();
        names.into_iter().map(|name| name.into_string().expect("UTF-8")).collect()
    }
}

const HEAD: &str = "+HEAD:refs/remotes/origin/HEAD";

#[test]
fn what_is_fetched_can_be_found_and_read() {
    let sandbox = Sandbox::new();
    let repo = GitRepo::new();
    let first = repo.file("a b", "one\n").commit("first");
    let at = Fixture::new(&sandbox, &repo.url());
    assert_eq!(at.resolve("HEAD"), None, "nothing is there");
    at.fetch(&repo.url(), &[HEAD]).expect("fetches");
    assert_eq!(at.resolve("refs/remotes/origin/HEAD"), Some(first.clone()));
    assert_eq!(at.resolve(&first[..9]), Some(first.clone()));
    assert_eq!(at.resolve("--help"), None);
    let second = repo.file("a b", "two").commit("second");
    at.fetch(&repo.url(), &[HEAD, "+refs/heads/main:refs/remotes/origin/main"]).expect("fetches");
    assert_eq!(at.resolve("refs/remotes/origin/main"), Some(second.clone()));
    let mut reader = at.database.reader().expect("starts");
    let mut content = |name: &str| reader.read(name).expect("reads").map(|object| object.content);
    assert_eq!(content(&format!("{first}:a b")), Some(b"one\n".to_vec()));
    assert_eq!(content(&format!("{second}:no such")), None);
    assert_eq!(content("evil\nname"), None);
    assert_eq!(content("refs/remotes/origin/HEAD:a b"), Some(b"two".to_vec()));
    let name = at.database.path().file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(at.beside(), [name], "nothing half-made is left");
}

#[test]
fn branches_that_get_in_each_others_way_and_stale_locks_do_no_harm() {
    let sandbox = Sandbox::new();
    let repo = GitRepo::new();
    repo.commit("first");
    repo.git(["branch", "a"]);
    let at = Fixture::new(&sandbox, &repo.url());
    let all = ["+refs/heads/*:refs/remotes/origin/*"];
    at.fetch(&repo.url(), &all).expect("fetches");
    repo.git(["branch", "-D", "a"]);
    repo.git(["branch", "a/b"]);
    for lock in ["packed-refs.lock", "refs/remotes/origin/main.lock"] {
        std::fs::write(at.database.path().join(lock), "").expect("writes");
    }
    at.fetch(&repo.url(), &all).expect("fetches again");
    assert!(at.resolve("refs/remotes/origin/a/b").is_some());
    std::fs::write(at.database.path().join("HEAD"), "nonsense").expect("writes");
    let (refspecs, url) = (all.map(str::to_owned), repo.url());
    let what = GitFetch { url: &url, refspecs: &refspecs, tags: true, trusted: true };
    at.database.lock(&at.home, &|_| {}).expect("locks").fetch_anew(what, &|_| {}).expect("fetches anew");
    assert!(at.resolve("refs/remotes/origin/a/b").is_some());
    assert_eq!(at.resolve("refs/remotes/origin/a"), None);
}

#[test]
fn a_broken_repository_is_fetched_anew() {
    let sandbox = Sandbox::new();
    let repo = GitRepo::new();
    repo.file("a", "one").commit("first");
    let at = Fixture::new(&sandbox, &repo.url());
    at.fetch(&repo.url(), &[HEAD]).expect("fetches");
    let packs = at.database.path().join("objects/pack");
    for entry in std::fs::read_dir(&packs).expect("lists") {
        std::fs::remove_file(entry.expect("an entry").path()).expect("removes");
    }
    assert_eq!(at.resolve("refs/remotes/origin/HEAD"), None, "its objects are gone");
    let second = repo.file("a", "two").commit("second");
    at.fetch(&repo.url(), &[HEAD]).expect("fetches again");
    assert_eq!(at.resolve("refs/remotes/origin/HEAD"), Some(second));
    assert_eq!(at.sandbox.cmd("git").args(["fsck"]).cwd(at.database.path()).run().code, Some(0));
}

#[test]
fn what_cannot_be_fetched_leaves_what_was_there() {
    let sandbox = Sandbox::new();
    let repo = GitRepo::new();
    let first = repo.commit("first");
    let at = Fixture::new(&sandbox, &repo.url());
    at.fetch(&repo.url(), &[HEAD]).expect("fetches");
    let missing = at.fetch(&repo.url(), &["+refs/heads/no:refs/remotes/origin/no"]);
    assert!(matches!(missing, Err(FetchError::GitReference { .. })), "{missing:?}");
    let nowhere = format!("{}-not-there", repo.url());
    let gone = at.fetch(&nowhere, &[HEAD]);
    assert!(matches!(gone, Err(FetchError::GitFetch { tries: 1, .. })), "{gone:?}");
    let option = at.fetch("--upload-pack=touch evil", &[HEAD]);
    assert!(option.is_err() && !at.database.path().join("evil").exists());
    assert_eq!(at.resolve("refs/remotes/origin/HEAD"), Some(first));
}

#[test]
fn a_server_that_is_not_there_is_asked_again() {
    let sandbox = Sandbox::new();
    // A port that is free now, and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("binds").local_addr().expect("bound").port();
    let url = format!("http://127.0.0.1:{port}/repo");
    let at = Fixture::new(&sandbox, &url);
    let again = std::sync::atomic::AtomicU32::new(0);
    let refspecs = [HEAD.to_owned()];
    let what = GitFetch { url: &url, refspecs: &refspecs, tags: false, trusted: true };
    let lock = at.database.lock(&at.home, &|_| {}).expect("locks");
    let failed = lock.fetch(what, &|event| {
        if matches!(event, Event::Retrying { tries_left: 1, .. }) {
            again.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    });
    assert!(matches!(failed, Err(FetchError::GitFetch { tries: 2, .. })), "{failed:?}");
    assert_eq!(again.load(std::sync::atomic::Ordering::Relaxed), 1);
    drop(lock);
    let beside = at.database.path().parent().expect("has one").read_dir().expect("lists");
    assert_eq!(beside.count(), 0, "nothing half-made is left");
}

#[test]
fn hooks_and_configuration_of_the_user_do_not_reach_the_home() {
    let sandbox = Sandbox::new();
    let repo = GitRepo::new();
    repo.commit("first");
    let home = sandbox.path("../home");
    let evil = home.join("evil");
    let hooks = home.join("hooks");
    std::fs::create_dir_all(&hooks).expect("makes");
    for name in ["reference-transaction", "post-checkout", "post-index-change"] {
        let hook = hooks.join(name);
        std::fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", evil.display())).expect("writes");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&hook, mode).expect("chmod");
    }
    let config = format!(
        "[core]\nhooksPath = {}\n[init]\ndefaultBranch = trunk\ntemplateDir = {}\n[url \"{}\"]\ninsteadOf = short:\n",
        hooks.display(),
        hooks.display(),
        repo.url()
    );
    std::fs::write(home.join(".gitconfig"), config).expect("writes");
    let at = Fixture::new(&sandbox, &repo.url());
    at.fetch("short:", &[HEAD]).expect("fetches: where a server is, the user says");
    assert!(!evil.exists());
    assert!(!at.database.path().join("reference-transaction").exists(), "no template");
}
