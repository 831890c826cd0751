//! Git repositories and their servers: what the `git` program and the real cargo get from them.

use std::time::{Duration, Instant};

use dhow_testkit::{GitDaemon, GitHttpServer, GitRepo, Registry, Sandbox, SshServer};

use crate::fixture;

fn library() -> GitRepo {
    let repo = GitRepo::new();
    repo.file("Cargo.toml", "[package]\nname = \"lib\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
        .file("src/lib.rs", "")
        .commit("first");
    repo
}

/// A project that depends on the package in a repository.
fn project_on(url: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", &format!("[dependencies]\nlib = {{ git = \"{url}\" }}\n")).file("src/lib.rs", "");
    sandbox
}

#[test]
fn the_same_steps_make_the_same_commits() {
    let (one, other) = (library(), library());
    assert_eq!(one.rev("HEAD"), other.rev("main"));
    let first = one.rev("HEAD");
    let second = one.tag("v1").branch("next").file("a", "b").symlink("link", "a").commit("second");
    assert_eq!((one.rev("v1"), one.rev("next")), (first.clone(), second));
    one.checkout("main").annotated_tag("v2").submodule("sub", &other.url()).commit("third");
    assert_eq!(one.rev("v2"), first);
    assert!(one.path().join("sub/Cargo.toml").exists());
    assert_eq!(GitRepo::at(one.path()).rev("HEAD~1"), first);
}

#[test]
fn a_daemon_serves_cargo() {
    let repo = library();
    let daemon = GitDaemon::start(repo.parent());
    project_on(&daemon.repo_url(&repo)).cargo(["fetch"]).assert_success();
    assert!(daemon.connections() > 0);
}

#[test]
fn a_daemon_leaves_no_process_behind() {
    let repo = library();
    let daemon = GitDaemon::start(repo.parent());
    // Says nothing, so that its server waits.
    let address = daemon.repo_url(&repo).replace("git://", "").replace("/repo", "");
    let mut silent = std::net::TcpStream::connect(address).unwrap();
    let started = Instant::now();
    while daemon.connections() == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "no connection was accepted");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(daemon);
    silent.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let end = std::io::Read::read(&mut silent, &mut [0; 1]);
    assert!(matches!(end, Ok(0)), "whoever had the other end is gone: {end:?}");
}

#[test]
fn smart_http_serves_cargo_and_counts() {
    let repo = library();
    let server = GitHttpServer::start(repo.parent());
    project_on(&server.repo_url(&repo)).cargo(["fetch"]).assert_success();
    assert_eq!(server.count("/repo/info/refs"), 1);
    assert!(server.count_status("/repo/git-upload-pack", 200) > 0);
    server.fail("/repo/*", 404, dhow_testkit::Times::Always);
    project_on(&server.repo_url(&repo)).cargo(["fetch"]).assert_failure();
}

#[test]
fn smart_http_asks_for_a_password() {
    let repo = library();
    let server = GitHttpServer::start(repo.parent());
    server.require_basic("user", "open sesame");
    let sandbox = project_on(&server.repo_url(&repo));
    sandbox.cargo(["fetch"]).assert_failure();
    let with_password = server.repo_url(&repo).replace("http://", "http://user:open%20sesame@");
    let clone = sandbox.cmd("git").args(["clone", "--quiet", &with_password, "clone"]);
    clone.env("GIT_CONFIG_GLOBAL", "/dev/null").run().assert_success();
    assert!(sandbox.exists("clone/src/lib.rs"));
}

#[test]
fn ssh_serves_git_and_cargo() {
    let Some(server) = SshServer::start() else { return };
    let repo = library();
    let sandbox = project_on(&server.repo_url(&repo));
    let with_git = sandbox.cargo_cmd(["fetch"]).env("CARGO_NET_GIT_FETCH_WITH_CLI", "true");
    with_git.clone().run().assert_failure();
    assert_eq!(
        with_git.env("GIT_SSH_COMMAND", server.git_ssh_command()).run().assert_success().code,
        Some(0)
    );
    assert!(server.connections() > 0);
    let agent = server.agent();
    let sandbox = project_on(&server.repo_url(&repo));
    std::fs::create_dir(sandbox.home().join(".ssh")).unwrap();
    std::fs::write(sandbox.home().join(".ssh/known_hosts"), server.known_hosts_line()).unwrap();
    sandbox.cargo_cmd(["fetch"]).env("SSH_AUTH_SOCK", agent.socket()).run().assert_success();
}

#[test]
fn a_git_index_is_a_registry_for_cargo() {
    let registry = Registry::new();
    registry.versions("leaf", &["1.0.0"]);
    let index = registry.git_index(&registry.file_dl());
    let sandbox = fixture::project_on("leaf");
    sandbox.replace_crates_io(&format!("registry = \"{}\"", index.repo().url()));
    sandbox.cargo(["fetch"]).assert_success();
    registry.versions("leaf", &["1.0.1"]);
    index.update();
    sandbox.cargo(["update"]).assert_success().assert_stderr_has("v1.0.1");
    let server = registry.serve();
    index.config_json(&format!("{{\"dl\":\"{}\"}}", server.dl_url()));
    sandbox.cargo(["fetch"]).assert_success();
}

#[test]
fn a_vendored_directory_is_a_source_for_cargo() {
    let registry = Registry::new();
    registry.versions("leaf", &["1.0.0", "1.0.1"]);
    let sandbox = fixture::project_on("leaf");
    let vendored = sandbox.path("vendor");
    registry.vendor(&vendored);
    sandbox.replace_crates_io(&format!("directory = {vendored:?}"));
    sandbox.cargo(["build", "--offline"]).assert_success();
    // The checksums count: what is changed is refused.
    sandbox.file("vendor/leaf-1.0.1/src/lib.rs", "pub fn leaf() { }").remove("target");
    sandbox.cargo(["build", "--offline"]).assert_failure().assert_stderr_has("checksum");
}
