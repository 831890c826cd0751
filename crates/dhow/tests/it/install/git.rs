//! Programs of git repositories: which package, which commit, and when it is installed again.

use dhow_testkit::{GitRepo, Registry, Sandbox};

use super::{Tool, cargo, fill, same, says, state};
use crate::support::{cmd, names_in};

/// A workspace with a program, a second package beside it, and two commits: the first is tagged and on a branch.
fn repository() -> GitRepo {
    let repo = GitRepo::new();
    let package = |name: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.3.0\"\nedition = \"2021\"\n{rest}")
    };
    repo.file(
        "Cargo.toml",
        package("gp", "[dependencies]\nleaf = \"1\"\n[workspace]\nmembers = [\"inner\"]\n"),
    )
    .file("src/main.rs", says("first"))
    .file("inner/Cargo.toml", package("inner", ""))
    .file("inner/src/lib.rs", "")
    .file("inner/examples/shown.rs", says("shown"))
    .file("apart/Cargo.toml", package("apart", "[workspace]\n"))
    .file("apart/src/main.rs", says("apart"))
    .commit("first");
    repo.tag("v1").branch("a/b+c").checkout("main");
    repo.file("src/main.rs", says("second")).commit("second");
    repo
}

fn project() -> (Registry, Sandbox) {
    let registry = Registry::new();
    fill(&registry);
    let project = Sandbox::new();
    project.use_local(&registry);
    (registry, project)
}

#[test]
fn packages_and_commits() {
    let repo = repository();
    let (_registry, project) = project();
    let (url, second) = (repo.url(), repo.rev("HEAD"));
    let install = |rest: &str| format!("install --git {url} {rest}");
    let steps = [
        install(""),
        install("gp"),
        install("gp"),
        install("gp --tag v1"),
        install("gp --branch a/b+c"),
        install("gp --branch a/b+c"),
        install(&format!("gp --rev {second}")),
        install(&format!("gp --rev {}", &second[..8])),
        install("gp@0.4.0"),
        install("nosuch"),
        install("gp --tag nosuch"),
        install("gp apart --locked"),
        install("inner --examples"),
        install("inner"),
        "install tool --git nonsense".to_owned(),
        "install --list".to_owned(),
        "uninstall gp".to_owned(),
        format!("uninstall {url}#apart"),
    ];
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let ours = same(&project, &steps);
    let checkouts = ours.cargo_home().join("git/checkouts");
    let checkout = checkouts.join(&names_in(&checkouts)[0]);
    for commit in names_in(&checkout) {
        let left = names_in(&checkout.join(commit));
        assert!(!left.iter().any(|name| name == "target" || name == "Cargo.lock"), "{left:?}");
    }
}

/// A new commit is installed, whoever installed the one before; the same commit is not.
#[test]
fn new_commits() {
    let repo = repository();
    let (_registry, project) = project();
    let words = format!("install --git {} gp", repo.url());
    let mut ignored = Vec::new();
    let tools: [Tool; 2] = [cmd, cargo];
    for (round, tool) in tools.iter().cycle().take(6).enumerate() {
        if round % 3 == 2 {
            repo.file("src/main.rs", says(&format!("commit {round}"))).commit("another");
        }
        let output = tool(&project, &words).run().assert_success();
        ignored.push(output.stderr.contains("Ignored"));
        assert!(state(&project, &project.cargo_home()).contains(&repo.rev("HEAD")), "{output}");
    }
    assert_eq!(ignored, [false, true, false, true, true, false]);
    let says = project.cmd(project.cargo_home().join("bin/gp")).run().stdout;
    assert_eq!(says, "commit 5\n");
}
