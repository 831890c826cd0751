//! Registries with a name of their own: their packages depend on each other and on those of crates.io.

use dhow_testkit::{Registry, Sandbox, compare};

use super::{BOTH_WAYS, EACH_WITH_URL, Kind, WITH_URL, directories, fetched, serve, serves_both_ways};
use crate::support::{cmd, dhow, without_network};

const CRATES_IO: &str = "https://github.com/rust-lang/crates.io-index";

/// `hub` of `alt` needs `word` of `alt` and `leaf` of crates.io; there is another `leaf` in `alt`.
fn fill(alt: &Registry, crates_io: &Registry) {
    crates_io.package("leaf", "1.0.0").lib("pub fn leaf() -> u32 { 42 }").publish();
    alt.package("leaf", "1.5.0").lib("compile_error!(\"the wrong leaf\");").publish();
    alt.package("word", "0.1.0").lib("pub fn word() -> &'static str { \"hello\" }").publish();
    alt.package("hub", "1.0.0")
        .dep("word", "0.1")
        .dep_with("leaf", "1", |d| d.registry(CRATES_IO))
        .lib("pub fn say() -> String { format!(\"{} {}\", word::word(), leaf::leaf()) }")
        .publish();
}

fn program(project: &Sandbox) {
    super::program(project, "{ version = \"1\", registry = \"alt\" }");
}

#[test]
fn a_registry_with_a_name_serves_both() {
    for kind in WITH_URL {
        let (alt, crates_io) = (Registry::new(), Registry::new());
        fill(&alt, &crates_io);
        let served = serve(&alt, kind);
        let project = Sandbox::new();
        project.use_local(&crates_io);
        project.config(&format!("[registries.alt]\nindex = \"{}\"\n", served.url.as_deref().unwrap()));
        program(&project);
        eprintln!("{kind:?}");
        serves_both_ways(&project);
        compare(&project, dhow(), |c| c.lockfile().metadata());
    }
}

/// Two registries of different kinds in one graph, the same package in both.
#[test]
fn packages_of_two_registries_do_not_mix() {
    for (kind, other) in
        [(Kind::Sparse, Kind::GitFile), (Kind::GitHttp, Kind::Sparse), (Kind::GitFile, Kind::Directory)]
    {
        let (alt, crates_io) = (Registry::new(), Registry::new());
        fill(&alt, &crates_io);
        alt.package("leaf", "1.6.0").lib("pub fn leaf() -> u32 { 1 }").publish();
        let (served, replacement) = (serve(&alt, kind), serve(&crates_io, other));
        let project = Sandbox::new();
        project.replace_crates_io(&replacement.source);
        project.config(&format!("[registries.alt]\nindex = \"{}\"\n", served.url.as_deref().unwrap()));
        project
            .manifest(
                "app",
                concat!(
                    "[dependencies]\nhub = { version = \"1\", registry = \"alt\" }\nleaf = \"1\"\n",
                    "other-leaf = { package = \"leaf\", version = \"1\", registry = \"alt\" }\n",
                ),
            )
            .file(
                "src/main.rs",
                "fn main() { println!(\"{} {} {}\", hub::say(), leaf::leaf(), other_leaf::leaf()); }",
            );
        compare(&project, dhow(), |c| c.lockfile().metadata());
        if kind == Kind::GitHttp {
            cmd(&project, "run -q").run().assert_success().assert_stdout_has("hello 42 42 1");
        }
    }
}

/// A registry that only the lock file and published manifests name.
#[test]
fn a_registry_can_be_named_by_its_url() {
    for kind in EACH_WITH_URL {
        let (alt, crates_io) = (Registry::new(), Registry::new());
        fill(&alt, &crates_io);
        let served = serve(&alt, kind);
        let url = served.url.clone().unwrap();
        crates_io.package("front", "1.0.0").dep_with("word", "0.1", |d| d.registry(&url)).publish();
        for (first, second) in BOTH_WAYS {
            let project = Sandbox::new();
            project.use_local(&crates_io);
            project.manifest("app", "[dependencies]\nfront = \"1\"\n").file("src/lib.rs", "");
            first(&project, "fetch").run().assert_success();
            let lock = project.read("Cargo.lock");
            let before = (fetched(&project), directories(&project));
            without_network(second(&project, "fetch --locked")).run().assert_success();
            assert_eq!((fetched(&project), directories(&project)), before);
            project.remove("Cargo.lock");
            second(&project, "generate-lockfile").run().assert_success();
            assert_eq!(project.read("Cargo.lock"), lock);
        }
    }
}

#[test]
fn a_name_may_come_from_a_variable() {
    let (alt, crates_io) = (Registry::new(), Registry::new());
    fill(&alt, &crates_io);
    let served = serve(&alt, Kind::GitFile);
    let project = Sandbox::new().with_env("CARGO_REGISTRIES_ALT_INDEX", served.url.clone().unwrap());
    project.use_local(&crates_io);
    program(&project);
    compare(&project, dhow(), |c| c.command(&["fetch"]).lockfile());
}
