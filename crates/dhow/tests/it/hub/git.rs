//! Git dependencies in a hub, and hubs in git.

use std::fs;

use dhow_testkit::{GitRepo, Sandbox};

use super::{both_run, files, hidden, plain, project};
use crate::support::{Fixture, ok};

/// A program with a dependency from a registry, and one from a repository with a submodule.
struct WithGit {
    fixture: Fixture,
    repos: Sandbox,
}

fn with_git() -> WithGit {
    let (fixture, repos) = (project(), Sandbox::new());
    let part = GitRepo::at(&repos.path("part"));
    part.file("text", "of the submodule").commit("first");
    let library = GitRepo::at(&repos.path("library"));
    library.file("Cargo.toml", "[package]\nname = \"library\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    library.file("src/lib.rs", "").commit("empty");
    library.file("src/lib.rs", "pub const TEXT: &str = include_str!(\"../part/text\");\n");
    library.submodule("part", &part.url()).commit("second");
    fixture
        .project
        .manifest(
            "app",
            &format!("[dependencies]\ntop = \"1\"\nlibrary = {{ git = \"{}\" }}\n", library.url()),
        )
        .file("src/main.rs", "fn main() { println!(\"{} {}\", top::top(), library::TEXT); }");
    WithGit { fixture, repos }
}

const SAYS: &str = "from the hub of the submodule";

#[test]
fn repositories_come_without_their_history() {
    let w = with_git();
    let project = &w.fixture.project;
    ok(project, "hub create").assert_stderr_has("2 git repositories");
    let objects = |name: &str| {
        let db = project.path(".cargo/git/db");
        files(&db).into_iter().filter(|path| path.starts_with(name)).collect::<Vec<_>>()
    };
    assert_eq!(objects("library").iter().filter(|path| path.ends_with(".pack")).count(), 1);
    // Nobody can be asked any more.
    fs::rename(w.repos.path("library"), w.repos.path("gone")).expect("moves");
    both_run(project, SAYS);
    for cmd in [plain(project, "run"), hidden(project, "run --locked")] {
        project.remove("target").remove(".cargo/git/checkouts").remove(".cargo/.dhow");
        cmd.run().assert_success().assert_stdout_has(SAYS);
    }
    ok(project, "hub update --offline");
    assert!(ok(project, "hub prune --dry-run").stdout.is_empty());
}

#[test]
fn a_new_commit_takes_the_place_of_the_old_one() {
    let w = with_git();
    let project = &w.fixture.project;
    ok(project, "hub create");
    let before = files(&project.path(".cargo/git/db"));
    let library = GitRepo::at(&w.repos.path("library"));
    library.file("src/lib.rs", "pub const TEXT: &str = \"third\";\n").commit("third");
    ok(project, "update library");
    ok(project, "build");
    ok(project, "hub update");
    both_run(project, "from the hub third");
    let after = files(&project.path(".cargo/git/db"));
    assert_eq!(before.len(), after.len(), "{after:?}");
    assert_ne!(before, after);
    // The same commit from elsewhere is the same bytes.
    let other = Sandbox::new();
    other.use_sparse(&w.fixture.server);
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        other.file(file, project.read(file));
    }
    ok(&other, "hub create --locked");
    let db = |sandbox: &Sandbox| {
        let dir = sandbox.path(".cargo/git/db");
        let read = |path: String| (fs::read(dir.join(&path)).expect("a file"), path);
        files(&dir).into_iter().map(read).collect::<Vec<_>>()
    };
    assert!(
        db(project) == db(&other),
        "{:?} {:?}",
        files(&project.path(".cargo/git/db")),
        files(&other.path(".cargo/git/db"))
    );
}

/// The project in a repository, cloned to where there is neither home nor network.
fn cloned(w: &WithGit) -> Sandbox {
    let project = &w.fixture.project;
    project.file(".gitignore", "/target\n");
    let git = |sandbox: &Sandbox, words: &[&str]| {
        let identity = ["-c", "user.name=n", "-c", "user.email=e", "-c", "core.autocrlf=true"];
        sandbox.cmd("git").args(identity).args(words.iter().copied()).run().assert_success()
    };
    git(project, &["init", "-q"]);
    git(project, &["add", "."]);
    git(project, &["commit", "-qm", "all"]);
    let clone = Sandbox::new();
    fs::remove_dir(clone.path("")).expect("an empty directory");
    let (from, to) = (project.path(""), clone.path(""));
    let crlf = ["clone", "-q", "-c", "core.autocrlf=true"];
    let places = [from.to_str().expect("UTF-8"), to.to_str().expect("UTF-8")];
    clone.cmd("git").cwd(clone.root()).args(crlf).args(places).run().assert_success();
    fs::rename(w.repos.path(""), w.repos.root().join("gone")).expect("moves");
    clone
}

#[test]
fn a_committed_hub_builds_where_it_is_cloned() {
    let w = with_git();
    ok(&w.fixture.project, "hub create");
    let clone = cloned(&w);
    assert!(!clone.exists(".cargo/registry/src") && !clone.exists(".cargo/git/checkouts"));
    let again = clone.copy();
    plain(&clone, "run").run().assert_success().assert_stdout_has(SAYS);
    hidden(&again, "run --locked").run().assert_success().assert_stdout_has(SAYS);
    for sandbox in [&clone, &again] {
        let status = sandbox.cmd("git").args(["status", "--short"]).run().assert_success();
        assert_eq!(status.stdout, "", "nothing to commit");
    }
}

#[test]
fn a_hub_that_git_ignores_is_made_again() {
    let w = with_git();
    ok(&w.fixture.project, "hub create --git ignore");
    let clone = cloned(&w);
    assert!(!clone.exists(".cargo/registry") && !clone.exists(".cargo/git"));
    let refused = hidden(&clone, "build").run().assert_failure();
    assert!(refused.stderr.contains("library"), "{refused}");
    hidden(&clone, "build --offline").run().assert_failure().assert_stderr_has("dhow hub update");
    fs::rename(w.repos.root().join("gone"), w.repos.path("")).expect("moves");
    fs::remove_dir_all(clone.root().join("nowhere")).expect("was made by then");
    clone.use_sparse(&w.fixture.server);
    ok(&clone, "hub update");
    both_run(&clone, SAYS);
}

/// Patches are looked for although nothing uses them.
#[test]
fn patches_come_too() {
    let w = with_git();
    let project = &w.fixture.project;
    let url = GitRepo::at(&w.repos.path("library")).url();
    let used = GitRepo::at(&w.repos.path("used"));
    used.file("Cargo.toml", "[package]\nname = \"leaf\"\nversion = \"1.1.5\"\nedition = \"2021\"\n");
    used.file("src/lib.rs", "pub fn leaf() { println!(\"patched\"); }").commit("first");
    let used = used.url();
    project
        .file("own/Cargo.toml", "[package]\nname = \"win\"\nversion = \"2.0.1\"\nedition = \"2021\"\n")
        .file("own/src/lib.rs", "")
        .file("src/main.rs", "fn main() { println!(\"{}\", top::top()); }")
        .manifest(
            "app",
            &format!(
                "[dependencies]\ntop = \"1\"\n\n[patch.crates-io]\nlibrary = {{ git = \"{url}\" }}\n\
                 leaf = {{ git = \"{used}\" }}\nwin = {{ path = \"own\" }}\n"
            ),
        );
    ok(project, "hub create").assert_stderr_has("3 git repositories");
    assert!(project.read("Cargo.lock").contains("[[patch.unused]]"));
    fs::rename(w.repos.path(""), w.repos.root().join("gone")).expect("moves");
    both_run(project, "patched");
    project.remove(".cargo/git/checkouts").remove(".cargo/.dhow");
    both_run(project, "patched");
}

/// Cargo reads such an index from a repository only.
#[test]
fn an_index_in_git_becomes_one_commit() {
    let w = with_git();
    let project = &w.fixture.project;
    let registry = &w.fixture.registry;
    let index = GitRepo::at(&w.repos.path("index"));
    let dl = w.fixture.server.dl_url();
    index.file("config.json", format!("{{\"dl\":\"{dl}\"}}"));
    index.file("le/af/leaf", registry.index_lines("leaf").join("\n") + "\n").commit("first");
    project
        .config(&format!("[registries.git-index]\nindex = \"{}\"\n", index.url()))
        .manifest("app", "[dependencies]\nleaf = { version = \"1\", registry = \"git-index\" }\n")
        .file("src/main.rs", "fn main() { leaf::leaf(); println!(\"leaf\"); }");
    ok(project, "update leaf --precise 1.0.0");
    ok(project, "hub create").assert_stderr_has("is on this machine");
    ok(project, "update leaf");
    ok(project, "build");
    ok(project, "hub update");
    let packs = files(&project.path(".cargo/registry/index"));
    assert_eq!(packs.iter().filter(|path| path.ends_with(".pack")).count(), 1, "{packs:?}");
    fs::rename(w.repos.path("index"), w.repos.path("gone")).expect("moves");
    both_run(project, "leaf");
    let dir = project.path(".cargo/registry/index");
    assert!(files(&dir).iter().all(|path| !path.contains(".git/")));
    ok(project, "hub update --offline");
    assert!(ok(project, "hub prune --dry-run").stdout.is_empty());
    both_run(project, "leaf");
}
