//! Source replacement: chains of it, by the name of a registry, and of sources other than crates.io.

use dhow_testkit::{Registry, Sandbox, compare};

use super::{EACH, EACH_WITH_URL, Kind, fill, in_place_of_crates_io, program, serve, serves_both_ways};
use crate::support::{cmd, dhow};

#[test]
fn the_end_of_a_chain_answers() {
    for kind in EACH {
        let (registry, nothing) = (Registry::new(), Registry::new());
        fill(&registry);
        let (end, middle) = (serve(&registry, kind), serve(&nothing, Kind::GitFile));
        let project = Sandbox::new();
        project.config(&format!(
            "[source.crates-io]\nreplace-with = \"one\"\n\
             [source.one]\nregistry = \"sparse+http://127.0.0.1:1/index/\"\nreplace-with = \"two\"\n\
             [source.two]\n{}\nreplace-with = \"three\"\n[source.three]\n{}\n",
            middle.source, end.source
        ));
        program(&project, "\"1\"");
        eprintln!("{kind:?}");
        serves_both_ways(&project);
    }
}

#[test]
fn a_registry_with_a_name_stands_in() {
    for kind in EACH_WITH_URL {
        let registry = Registry::new();
        fill(&registry);
        let served = serve(&registry, kind);
        let project = Sandbox::new();
        project.config(&format!(
            "[source.crates-io]\nreplace-with = \"mirror\"\n[registries.mirror]\nindex = \"{}\"\n",
            served.url.as_deref().unwrap()
        ));
        program(&project, "\"1\"");
        eprintln!("{kind:?}");
        serves_both_ways(&project);
    }
}

/// Not only crates.io can be replaced: here a registry with a name. (Manifests of a vendored directory would have to name
/// it, too.)
#[test]
fn a_registry_with_a_name_is_replaced() {
    for kind in [Kind::Sparse, Kind::GitFile, Kind::Local] {
        let registry = Registry::new();
        fill(&registry);
        let served = serve(&registry, kind);
        let project = Sandbox::new();
        let dead = "sparse+http://127.0.0.1:1/index/";
        project.config(&format!(
            "[registries.alt]\nindex = \"{dead}\"\n\
             [source.alt]\nregistry = \"{dead}\"\nreplace-with = \"here\"\n[source.here]\n{}\n",
            served.source
        ));
        program(&project, "{ version = \"1\", registry = \"alt\" }");
        eprintln!("{kind:?}");
        serves_both_ways(&project);
        assert!(cmd(&project, "fetch").run().success());
        let lock = project.read("Cargo.lock");
        assert!(lock.contains(dead), "the lock names what was asked for: {lock}");
    }
}

/// From one kind to the other with one lock file: what is replaced by what is nobody's business but configuration's.
#[test]
fn a_lock_holds_for_every_kind() {
    let registry = Registry::new();
    fill(&registry);
    let mut lock = None;
    for kind in EACH {
        let (_served, project) = in_place_of_crates_io(&registry, kind);
        if let Some(lock) = &lock {
            project.file("Cargo.lock", lock);
            cmd(&project, "fetch --locked").run().assert_success();
        } else {
            cmd(&project, "fetch").run().assert_success();
            lock = Some(project.read("Cargo.lock"));
        }
        compare(&project, dhow(), |c| c.command(&["fetch", "--locked"]).lockfile());
    }
}
