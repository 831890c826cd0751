//! `[patch]` of each kind of registry with what lies elsewhere: another registry, by name or by URL, a path, and a git
//! repository; and the other way round.

use dhow_testkit::{GitRepo, Registry, Sandbox, compare};

use super::{BOTH_WAYS, EACH_WITH_URL, fill, in_place_of_crates_io, program, serve};
use crate::support::{dhow, without_network};

/// A registry with a newer `leaf` than crates.io has.
fn with_newer_leaf() -> Registry {
    let registry = Registry::new();
    registry.package("leaf", "1.7.0").lib("pub fn leaf() -> u32 { 7 }").publish();
    registry
}

fn path_leaf(project: &Sandbox) {
    project
        .file("leaf/Cargo.toml", "[package]\nname = \"leaf\"\nversion = \"1.8.0\"\nedition = \"2021\"\n")
        .file("leaf/src/lib.rs", "pub fn leaf() {}");
}

/// Both lock alike, and each has offline what the other fetched.
#[track_caller]
fn agree(project: &Sandbox, expected: &str) {
    compare(project, dhow(), |c| c.lockfile().command(&["tree", "-e", "all"]));
    for (first, second) in BOTH_WAYS {
        let sandbox = project.copy();
        first(&sandbox, "fetch").run().assert_success();
        let lock = sandbox.read("Cargo.lock");
        assert!(lock.contains(expected), "{lock}");
        without_network(second(&sandbox, "fetch --locked --offline")).run().assert_success();
    }
}

#[test]
fn crates_io_is_patched_with_another_registry() {
    for kind in EACH_WITH_URL {
        for by_name in [true, false] {
            let (crates_io, other) = (Registry::new(), with_newer_leaf());
            fill(&crates_io);
            let served = serve(&other, kind);
            let url = served.url.as_deref().unwrap();
            let project = Sandbox::new();
            project.use_local(&crates_io).config(&format!("[registries.alt]\nindex = \"{url}\"\n"));
            program(&project, "\"1\"");
            let which =
                if by_name { "registry = \"alt\"".into() } else { format!("registry-index = \"{url}\"") };
            let patch = format!("[patch.crates-io]\nleaf = {{ version = \"1.7\", {which} }}\n");
            project.manifest("app", &format!("[dependencies]\nhub = \"1\"\n{patch}"));
            eprintln!("{kind:?} {by_name}");
            agree(&project, "version = \"1.7.0\"");
        }
    }
}

#[test]
fn every_kind_is_patched_with_a_path() {
    for kind in super::EACH {
        let registry = Registry::new();
        fill(&registry);
        let (_served, project) = in_place_of_crates_io(&registry, kind);
        path_leaf(&project);
        project
            .manifest("app", "[dependencies]\nhub = \"1\"\n[patch.crates-io]\nleaf = { path = \"leaf\" }\n");
        eprintln!("{kind:?}");
        agree(&project, "version = \"1.8.0\"");
    }
}

/// The table of a patch names its registry by name or by URL.
#[test]
fn a_registry_with_a_name_is_patched() {
    for kind in EACH_WITH_URL {
        let (alt, crates_io) = (Registry::new(), with_newer_leaf());
        fill(&alt);
        let served = serve(&alt, kind);
        let url = served.url.as_deref().unwrap();
        let project = Sandbox::new();
        project.use_local(&crates_io).config(&format!("[registries.alt]\nindex = \"{url}\"\n"));
        program(&project, "{ version = \"1\", registry = \"alt\" }");
        path_leaf(&project);
        for table in ["alt".to_owned(), format!("'{url}'")] {
            for (entry, version) in [("path = \"leaf\"", "1.8.0"), ("version = \"1.7\"", "1.7.0")] {
                project.manifest(
                    "app",
                    &format!(
                        "[dependencies]\nhub = {{ version = \"1\", registry = \"alt\" }}\n[patch.{table}]\nleaf = {{ {entry} }}\n"
                    ),
                );
                eprintln!("{kind:?} {table} {entry}");
                agree(&project, &format!("version = \"{version}\""));
            }
        }
    }
}

#[test]
fn configuration_patches_too() {
    for kind in EACH_WITH_URL {
        let (crates_io, other) = (Registry::new(), with_newer_leaf());
        fill(&crates_io);
        let served = serve(&other, kind);
        let url = served.url.as_deref().unwrap();
        let project = Sandbox::new();
        project.use_local(&crates_io).config(&format!(
            "[registries.alt]\nindex = \"{url}\"\n[patch.crates-io]\nleaf = {{ version = \"1.7\", registry = \"alt\" }}\n"
        ));
        program(&project, "\"1\"");
        agree(&project, "version = \"1.7.0\"");
    }
}

#[test]
fn a_patch_that_nothing_uses_is_kept_in_the_lock() {
    for kind in EACH_WITH_URL {
        let (crates_io, other) = (Registry::new(), Registry::new());
        fill(&crates_io);
        other.package("leaf", "2.0.0").publish();
        let served = serve(&other, kind);
        let project = Sandbox::new();
        project
            .use_local(&crates_io)
            .config(&format!("[registries.alt]\nindex = \"{}\"\n", served.url.as_deref().unwrap()));
        program(&project, "\"1\"");
        let patch = "[patch.crates-io]\nleaf = { version = \"2\", registry = \"alt\" }\n";
        project.manifest("app", &format!("[dependencies]\nhub = \"1\"\n{patch}"));
        agree(&project, "[[patch.unused]]");
    }
}

fn git_leaf() -> GitRepo {
    let repo = GitRepo::new();
    repo.file("Cargo.toml", "[package]\nname = \"leaf\"\nversion = \"1.8.0\"\nedition = \"2021\"\n")
        .file("src/lib.rs", "pub fn leaf() {}")
        .commit("a leaf");
    repo
}

#[test]
fn every_kind_is_patched_with_a_git_repository() {
    for kind in super::EACH {
        let (registry, repo) = (Registry::new(), git_leaf());
        fill(&registry);
        let (_served, project) = in_place_of_crates_io(&registry, kind);
        let patch = format!("[patch.crates-io]\nleaf = {{ git = \"{}\" }}\n", repo.url());
        project.manifest("app", &format!("[dependencies]\nhub = \"1\"\n{patch}"));
        eprintln!("{kind:?}");
        agree(&project, "version = \"1.8.0\"");
    }
}

#[test]
fn a_git_repository_is_patched() {
    for kind in EACH_WITH_URL {
        let (other, repo) = (with_newer_leaf(), git_leaf());
        let served = serve(&other, kind);
        let project = Sandbox::new();
        project.config(&format!("[registries.alt]\nindex = \"{}\"\n", served.url.as_deref().unwrap()));
        project.file("src/main.rs", "fn main() {}");
        path_leaf(&project);
        let entries = ["{ version = \"1.7\", registry = \"alt\" }", "{ path = \"leaf\" }"];
        for (entry, version) in entries.into_iter().zip(["1.7.0", "1.8.0"]) {
            let url = repo.url();
            let patch = format!("[patch.'{url}']\nleaf = {entry}\n");
            project.manifest("app", &format!("[dependencies]\nleaf = {{ git = \"{url}\" }}\n{patch}"));
            eprintln!("{kind:?} {entry}");
            agree(&project, &format!("version = \"{version}\""));
        }
    }
}
