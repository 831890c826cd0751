//! Git dependencies: their packages go together, and `--precise` takes whatever names a commit.

use dhow_testkit::{GitRepo, Sandbox};

use super::{Steps, compare_steps};
use crate::support::{cargo_ok, fixture};

fn package(name: &str, version: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n")
}

/// A repository with two packages.
fn repository() -> GitRepo {
    let repo = GitRepo::new();
    for name in ["one", "two"] {
        repo.file(format!("{name}/Cargo.toml"), package(name, "0.1.0"));
        repo.file(format!("{name}/src/lib.rs"), "");
    }
    repo
}

#[track_caller]
fn agree(project: &Sandbox, words: &str) {
    let commands = vec![words.split_whitespace().map(String::from).collect()];
    compare_steps(project, &Steps { title: String::new(), commands, alt_url: "none".to_owned() });
}

#[test]
fn commits_are_updated() {
    let repo = repository();
    let first = repo.commit("first");
    repo.tag("v1");
    let (url, dir) = (repo.url(), "local = { path = \"local\" }");
    let f = fixture(
        |r| r.versions("leaf", &["1.0.0"]),
        &format!(
            "[dependencies]\none = {{ git = \"{url}\" }}\ntwo = {{ git = \"{url}\" }}\nleaf = \"1\"\n{dir}\n"
        ),
    );
    f.project.file("local/Cargo.toml", package("local", "0.1.0")).file("local/src/lib.rs", "");
    cargo_ok(&f.project, "generate-lockfile");
    repo.file("one/src/lib.rs", "// changed").commit("second");
    repo.file("two/Cargo.toml", package("two", "0.2.0"));
    let third = repo.commit("third");
    f.registry.versions("leaf", &["1.1.0"]);
    for words in [
        "update",
        "update one",
        "update two -v",
        "update leaf",
        "update -w",
        "update local",
        "update --dry-run",
        "update one --precise v1",
        "fetch",
    ] {
        agree(&f.project, words);
    }
    for commit in [&third, &first, &third[..10].to_owned()] {
        agree(&f.project, &format!("update one --precise {commit}"));
    }
    agree(&f.project, "update one --precise nothing-of-that-name");
    // One more dependency, and another branch.
    repo.branch("other").file("one/src/lib.rs", "// other").commit("fourth");
    let manifest = f.project.read("Cargo.toml");
    f.project
        .file("Cargo.toml", manifest.replace(&format!("{url}\""), &format!("{url}\", branch = \"other\"")));
    for words in ["fetch", "update -w"] {
        agree(&f.project, words);
    }
}
