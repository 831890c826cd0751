//! Working trees of git sources: what is fetched for them, what is left when something is killed, what is refused.
#![expect(clippy::disallowed_methods, reason = "tests look at files and break them")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dhow_fetch::{
    Checkout, Event, FetchError, GitProgram, GitSettings, HttpSettings, NetSettings, Repositories,
};
use dhow_home::CargoHome;
use dhow_model::SourceId;
use dhow_testkit::{GitDaemon, GitRepo, Sandbox};

use crate::git::environment;

struct Fixture {
    sandbox: Sandbox,
    offline: bool,
    events: Mutex<Vec<Event>>,
}

impl Fixture {
    fn new() -> Self {
        Self { sandbox: Sandbox::new(), offline: false, events: Mutex::default() }
    }

    fn repo(&self, name: &str) -> GitRepo {
        GitRepo::at(&self.sandbox.path(name))
    }

    /// As a new command does it.
    fn checkout(&self, source: &str) -> Result<Checkout, FetchError> {
        let source = SourceId::parse(&format!("git+{source}")).expect("a source");
        self.repositories().checkout(source, &|event| self.events.lock().expect("no panic").push(event))
    }

    fn repositories(&self) -> Repositories {
        let settings = GitSettings { env: environment(&self.sandbox), ..GitSettings::default() };
        let net = NetSettings { retry: 0, offline: self.offline, ..NetSettings::default() };
        let git = Arc::new(GitProgram::new(settings, HttpSettings::default(), net));
        Repositories::new(CargoHome::new(self.sandbox.cargo_home()), git)
    }

    fn root(&self, source: &str) -> PathBuf {
        self.checkout(source).expect("is checked out").root
    }

    /// URLs that were fetched since the last call; submodules begin with `sub `.
    fn fetched(&self) -> Vec<String> {
        let mut events = self.events.lock().expect("no panic");
        let urls = events.drain(..).filter_map(|event| match event {
            Event::UpdatingGit { url, is_submodule: false } => Some(url),
            Event::UpdatingGit { url, is_submodule: true } => Some(format!("sub {url}")),
            _ => None,
        });
        urls.collect()
    }

    fn home(&self, path: &str) -> PathBuf {
        self.sandbox.cargo_home().join(path)
    }
}

fn commit_of(checkout: &Checkout) -> &'static str {
    checkout.source.precise().expect("pinned")
}

/// Names in a directory, sorted.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .map(|entries| {
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn each_reference_leads_to_its_commit() {
    let at = Fixture::new();
    let repo = at.repo("repo");
    let first = repo.file("a", "1").commit("first");
    repo.annotated_tag("v1");
    let second = repo.branch("dev/x").file("a", "2").commit("second");
    repo.checkout("main");
    repo.git(["update-ref", "refs/pull/1/head", &second]);
    let url = repo.url();
    let check = |query: &str, commit: &str| {
        let fresh = Fixture::new();
        let found = fresh.checkout(&format!("{url}{query}")).expect(query);
        assert_eq!(commit_of(&found), commit, "{query}");
        let content = if commit == first { "1" } else { "2" };
        assert_eq!(std::fs::read_to_string(found.root.join("a")).expect("reads"), content);
    };
    check("", &first);
    check("?branch=dev%2Fx", &second);
    check("?tag=v1", &first);
    check("?rev=v1", &first);
    check(&format!("?rev={}", &second[..8]), &second);
    check(&format!("?rev={second}"), &second);
    check("?rev=refs/pull/1/head", &second);
    check(&format!("?branch=main#{second}"), &second);
    check(&format!("#{}", &second[..9]), &second);
}

#[test]
fn what_is_not_there_is_named() {
    let at = Fixture::new();
    let repo = at.repo("repo");
    repo.commit("first");
    let said = |query: &str| at.checkout(&format!("{}{query}", repo.url())).expect_err(query).to_string();
    assert!(said("?branch=no").contains("branch `no`"));
    assert!(said("?tag=no").contains("tag `no`"));
    assert!(said("?rev=no").contains("revision `no`"));
    assert!(said("?branch=-no").contains("branch `-no`"));
    assert!(said("?rev=--help").contains("revision `--help`"));
    assert!(said("?branch=a:b").contains("cannot be the name"));
    let missing = "0123456789012345678901234567890123456789";
    assert!(said(&format!("?branch=main#{missing}")).contains(missing));
    assert!(names(&at.home("git/checkouts")).is_empty());
}

#[test]
fn a_locked_commit_needs_no_network_and_no_git() {
    let mut at = Fixture::new();
    let repo = at.repo("repo");
    let first = repo.file("a", "1").commit("first");
    let locked = format!("{}#{first}", repo.url());
    at.root(&locked);
    assert_eq!(at.fetched().len(), 1);
    std::fs::rename(repo.path(), repo.path().with_extension("moved")).expect("moves");
    at.offline = true;
    at.root(&locked);
    at.root(&repo.url());
    // The database alone will do; so will the working tree alone.
    std::fs::remove_dir_all(at.home("git/checkouts")).expect("removes");
    at.root(&locked);
    std::fs::remove_dir_all(at.home("git/db")).expect("removes");
    at.root(&locked);
    std::fs::remove_dir_all(at.home("git/checkouts")).expect("removes");
    assert!(matches!(at.checkout(&locked), Err(FetchError::OfflineGit { .. })));
    assert!(at.fetched().is_empty());
}

#[test]
fn news_come_only_where_no_commit_is_locked() {
    let at = Fixture::new();
    let repo = at.repo("repo");
    let first = repo.commit("first");
    assert_eq!(commit_of(&at.checkout(&repo.url()).expect("works")), first);
    let second = repo.commit("second");
    assert_eq!(commit_of(&at.checkout(&format!("{}#{first}", repo.url())).expect("works")), first);
    assert_eq!(commit_of(&at.checkout(&repo.url()).expect("works")), second);
    assert_eq!(at.fetched().len(), 2);
}

#[test]
fn several_repositories_are_fetched_at_once() {
    let at = Fixture::new();
    let repos: Vec<GitRepo> = (0..6).map(|n| at.repo(&format!("r{n}"))).collect();
    let sources: Vec<SourceId> = repos
        .iter()
        .map(|repo| (repo.url(), repo.commit("first")))
        .map(|(url, commit)| SourceId::parse(&format!("git+{url}#{commit}")).expect("a source"))
        .collect();
    let repositories = at.repositories();
    repositories.prefetch(&sources, &|event| at.events.lock().expect("no panic").push(event));
    assert_eq!(at.fetched().len(), 6);
    for source in sources {
        assert!(repositories.checkout(source, &|_| panic!("is there already")).is_ok());
    }
}

#[test]
fn submodules_come_with_it_at_their_commits() {
    let at = Fixture::new();
    let (inner, middle, outer) = (at.repo("inner"), at.repo("middle"), at.repo("outer"));
    inner.file("i", "old").commit("first");
    middle.submodule("deep/inner", "../inner").commit("first");
    inner.file("i", "new").commit("second");
    outer.submodule("m", &middle.url()).submodule("skipped", "../inner").commit("first");
    outer.git(["config", "--file", ".gitmodules", "submodule.skipped.update", "none"]);
    outer.commit("second");
    let root = at.root(&outer.url());
    assert_eq!(std::fs::read_to_string(root.join("m/deep/inner/i")).expect("reads"), "old");
    assert_eq!(names(&root.join("skipped")), Vec::<String>::new());
    let subs = [outer.url(), format!("sub {}", middle.url()), format!("sub {}", inner.url())];
    assert_eq!(at.fetched(), subs);
    for dir in [root.clone(), root.join("m"), root.join("m/deep/inner")] {
        assert!(dir.join(".cargo-ok").is_file() && dir.join(".git/HEAD").is_file(), "{}", dir.display());
    }
}

#[test]
fn files_are_written_as_they_were_committed() {
    let at = Fixture::new();
    let repo = at.repo("repo");
    repo.file("x", "a\nb\n").file("y", "a\nb\n").file("sub/run", "#!/bin/sh\n").symlink("link", "sub/run");
    std::fs::set_permissions(
        repo.path().join("sub/run"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("chmod");
    repo.commit("first");
    repo.file(".gitattributes", "x filter=evil working-tree-encoding=UTF-16\ny eol=crlf\n");
    repo.git(["-c", "core.safecrlf=false", "add", ".gitattributes"]);
    repo.git(["commit", "-q", "-m", "attributes"]);
    let home = at.sandbox.cargo_home();
    let touch = format!("touch {}/evil; cat", home.display());
    let user = format!("[core]\nautocrlf = true\n[filter \"evil\"]\nsmudge = \"{touch}\"\nrequired = true\n");
    std::fs::write(home.parent().expect("a home").join(".gitconfig"), user).expect("writes");
    let root = at.root(&repo.url());
    assert_eq!(std::fs::read(root.join("x")).expect("reads"), b"a\nb\n");
    assert_eq!(
        std::fs::read(root.join("y")).expect("reads"),
        b"a\r\nb\r\n",
        "attributes count, as for Cargo"
    );
    assert!(!home.join("evil").exists());
    assert_eq!(std::fs::read_link(root.join("link")).expect("a link"), Path::new("sub/run"));
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(root.join("sub/run")).expect("stats").permissions(),
    );
    assert_eq!(mode & 0o111, 0o111);
}

#[test]
fn what_was_left_half_made_is_made_anew() {
    let at = Fixture::new();
    let repo = at.repo("repo");
    let commit = repo.file("a", "1").commit("first");
    let root = at.root(&repo.url());
    let checkouts = root.parent().expect("a parent").to_owned();
    // Cargo was killed in its working tree; Dhow in another one, and while it fetched.
    std::fs::remove_file(root.join(".cargo-ok")).expect("removes");
    std::fs::remove_file(root.join("a")).expect("removes");
    std::fs::create_dir_all(checkouts.join(".dhow-1234567/x")).expect("makes");
    std::fs::write(checkouts.join(".dhow-1234567.lock"), "").expect("writes");
    let database = at.home("git/db").join(checkouts.file_name().expect("a name"));
    let incoming = database.with_file_name(format!(".dhow-{}", names(&at.home("git/db"))[0]));
    std::fs::create_dir_all(incoming.join("objects/pack")).expect("makes");
    std::fs::write(incoming.join("HEAD.lock"), "").expect("writes");
    let again = at.root(&format!("{}#{commit}", repo.url()));
    assert_eq!(again, root);
    assert_eq!(std::fs::read_to_string(root.join("a")).expect("reads"), "1");
    assert_eq!(names(&checkouts), [&commit[..7]]);
    repo.commit("second");
    at.root(&repo.url());
    assert_eq!(names(&at.home("git/db")).len(), 1, "{:?}", names(&at.home("git/db")));
}

#[test]
fn repositories_that_reach_outside_are_refused() {
    let at = Fixture::new();
    let check = |name: &str, part: &str, make: &dyn Fn(&GitRepo)| {
        let repo = at.repo(name);
        make(&repo);
        let error = at.checkout(&repo.url()).expect_err(name);
        let is_right =
            matches!(error, FetchError::HostileRepository { .. } | FetchError::GitSubmodule { .. });
        assert!(is_right && error.to_string().contains(part), "{name}: {error}");
    };
    let tree_with = |repo: &GitRepo, entry: &str| {
        repo.file("inner", "evil").commit("blob");
        let blob = repo.git(["rev-parse", "HEAD:inner"]);
        let tree = repo.git(["rev-parse", "HEAD^{tree}"]);
        let input = entry.replace("BLOB", blob.trim()).replace("TREE", tree.trim());
        let raw = repo.path().join(".git/raw");
        std::fs::write(&raw, input).expect("writes");
        let made = at
            .sandbox
            .cmd("/bin/sh")
            .args(["-c", "git mktree < .git/raw"])
            .cwd(repo.path())
            .run()
            .assert_success()
            .stdout;
        let commit = repo.git(["commit-tree", "-m", "evil", made.trim()]);
        repo.git(["update-ref", "refs/heads/main", commit.trim()]);
    };
    check("absolute", "`a`", &|repo| drop(repo.symlink("a", "/etc/passwd").commit("x")));
    check("upwards", "`d/a`", &|repo| drop(repo.symlink("d/a", "../../x").commit("x")));
    check("git", ".git", &|repo| tree_with(repo, "040000 tree TREE\t.git\n"));
    check("case", ".GiT", &|repo| tree_with(repo, "040000 tree TREE\t.GiT\n"));
    check("dots", "..", &|repo| tree_with(repo, "040000 tree TREE\t..\n"));
    check("through", "`a`", &|repo| tree_with(repo, "120000 blob BLOB\ta\n040000 tree TREE\ta\n"));
    let module = |repo: &GitRepo, url: &str| {
        repo.file(".gitmodules", format!("[submodule \"s\"]\n\tpath = s\n\turl = \"{url}\"\n"));
        repo.git(["add", "--all"]);
        repo.git([
            "update-index",
            "--add",
            "--cacheinfo",
            "160000,0123456789012345678901234567890123456789,s",
        ]);
        repo.git(["commit", "-q", "-m", "evil"]);
    };
    let evil = at.home("evil");
    for url in [format!("ext::sh -c touch% {}", evil.display()), "-utouch".to_owned(), "/etc".to_owned()] {
        check(&format!("url-{}", url.len()), "s", &|repo| module(repo, &url));
    }
    check("nowhere", "`s`", &|repo| {
        repo.git([
            "update-index",
            "--add",
            "--cacheinfo",
            "160000,0123456789012345678901234567890123456789,s",
        ]);
        repo.git(["commit", "-q", "-m", "no url"]);
    });
    assert!(!evil.exists());
    assert!(
        names(&at.home("git/checkouts"))
            .iter()
            .all(|dir| names(&at.home("git/checkouts").join(dir)).is_empty())
    );
}

#[test]
fn a_repository_of_another_machine_names_none_of_this_one() {
    let at = Fixture::new();
    let served = at.repo("served/repo");
    let secret = at.repo("secret");
    secret.file("s", "secret").commit("first");
    served.submodule("s", &secret.url()).commit("first");
    let daemon = GitDaemon::start(served.parent());
    let error = at.checkout(&daemon.repo_url(&served)).expect_err("is refused").to_string();
    assert!(error.contains("this machine"), "{error}");
}

#[test]
fn a_marker_in_the_repository_is_not_written_through() {
    let at = Fixture::new();
    let repo = at.repo("repo");
    repo.file("victim", "untouched").symlink(".cargo-ok", "victim").commit("first");
    let root = at.root(&repo.url());
    assert_eq!(std::fs::read_to_string(root.join("victim")).expect("reads"), "untouched");
    assert!(std::fs::symlink_metadata(root.join(".cargo-ok")).expect("is there").is_file());
}
