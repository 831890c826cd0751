//! Repositories behind real servers: git's own protocol, smart HTTP with a password, ssh.
#![expect(clippy::print_stderr, reason = "says what had to be skipped")]

use std::sync::Arc;

use dhow_fetch::{
    Checkout, Event, FetchError, GitProgram, GitSettings, HttpSettings, NetSettings, Repositories,
};
use dhow_home::CargoHome;
use dhow_model::SourceId;
use dhow_testkit::{GitDaemon, GitHttpServer, GitRepo, Sandbox, SshServer};

use crate::git::environment;

fn library() -> GitRepo {
    let repo = GitRepo::new();
    repo.file("a", "content").commit("first");
    repo
}

fn checkout(sandbox: &Sandbox, url: &str, settings: GitSettings) -> Result<Checkout, FetchError> {
    let settings = GitSettings { env: environment(sandbox), ..settings };
    let net = NetSettings { retry: 2, retry_pause: std::time::Duration::from_millis(1), offline: false };
    let git = Arc::new(GitProgram::new(settings, HttpSettings::default(), net));
    let repositories = Repositories::new(CargoHome::new(sandbox.cargo_home()), git);
    repositories.checkout(SourceId::parse(&format!("git+{url}")).expect("a source"), &|_: Event| {})
}

fn is_there(found: Result<Checkout, FetchError>) {
    let found = found.expect("is checked out");
    assert!(found.root.join("a").is_file());
}

#[test]
fn a_daemon_gives_out_branches_and_commits_by_their_hash() {
    let repo = library();
    let hidden = repo.branch("gone").commit("hidden");
    repo.checkout("main");
    repo.git(["branch", "-D", "gone"]);
    repo.git(["update-ref", "refs/pull/7/head", &hidden]);
    let daemon = GitDaemon::start(repo.parent());
    let sandbox = Sandbox::new();
    let url = daemon.repo_url(&repo);
    is_there(checkout(&sandbox, &format!("{url}?branch=main"), GitSettings::default()));
    is_there(checkout(&sandbox, &format!("{url}?rev={hidden}#{hidden}"), GitSettings::default()));
}

#[test]
fn a_password_comes_from_the_users_credential_helper_and_nobody_is_asked() {
    let repo = library();
    let server = GitHttpServer::start(repo.parent());
    server.require_basic("me", "secret");
    let url = server.repo_url(&repo);
    let sandbox = Sandbox::new();
    let refused = checkout(&sandbox, &url, GitSettings::default()).expect_err("no password").to_string();
    assert!(refused.contains("credential helper"), "{refused}");
    let helper = "!f() { test \"$1\" = get && echo username=me && echo password=secret; }; f";
    let sandbox = sandbox
        .with_env("GIT_CONFIG_COUNT", "1")
        .with_env("GIT_CONFIG_KEY_0", "credential.helper")
        .with_env("GIT_CONFIG_VALUE_0", helper);
    is_there(checkout(&sandbox, &url, GitSettings::default()));
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let repo = library();
    let server = GitHttpServer::start(repo.parent());
    server.fail("*", 503, 2);
    is_there(checkout(&Sandbox::new(), &server.repo_url(&repo), GitSettings::default()));
    server.fail("*", 503, 100);
    let failed = checkout(&Sandbox::new(), &server.repo_url(&repo), GitSettings::default());
    assert!(matches!(failed, Err(FetchError::GitFetch { tries: 3, .. })), "{failed:?}");
}

#[test]
fn ssh_works_with_an_agent_and_hosts_that_configuration_vouches_for() {
    let Some(server) = SshServer::start() else {
        eprintln!("skipped: there is no usable ssh server here");
        return;
    };
    let repo = library();
    let agent = server.agent();
    let sandbox = Sandbox::new().with_env("SSH_AUTH_SOCK", agent.socket());
    let url = server.repo_url(&repo);
    let unknown = checkout(&sandbox, &url, GitSettings::default()).expect_err("unknown host").to_string();
    assert!(unknown.contains("Host key verification failed"), "{unknown}");
    let line = server.known_hosts_line().trim().to_owned();
    is_there(checkout(&sandbox, &url, GitSettings { known_hosts: vec![line], ..GitSettings::default() }));
    let own = Sandbox::new().with_env("GIT_SSH_COMMAND", server.git_ssh_command());
    is_there(checkout(&own, &url, GitSettings::default()));
}
