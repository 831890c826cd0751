//! Sparse indexes that answer in unusual ways: what both tools make of it.

use dhow_testkit::{Fault, Registry, Sandbox, SparseServer, Times, compare};

use super::{Tool, cargo, fill, program, serves_both_ways};
use crate::support::{cmd, dhow};

struct Fixture {
    registry: Registry,
    server: SparseServer,
    project: Sandbox,
}

fn fixture() -> Fixture {
    let registry = Registry::new();
    fill(&registry);
    let server = registry.serve();
    let project =
        Sandbox::new().with_env("CARGO_NET_RETRY", "0").with_env("__CARGO_TEST_FIXED_RETRY_SLEEP_MS", "1");
    project.use_sparse(&server);
    program(&project, "\"1\"");
    Fixture { registry, server, project }
}

fn config_json(f: &Fixture, text: &str) {
    f.server.heal();
    f.server.fault("/index/config.json", Fault::Body(text.into()), Times::Always);
}

#[test]
fn downloads_may_be_files() {
    let f = fixture();
    config_json(&f, &format!("{{\"dl\":\"{}\"}}", f.registry.file_dl()));
    serves_both_ways(&f.project);
    assert_eq!(f.server.count("/dl/*"), 0);
}

#[test]
fn templates_of_downloads() {
    let f = fixture();
    let dir = f.registry.path();
    for (template, place) in [
        ("{crate}/{version}", "leaf/1.2.0"),
        ("{prefix}/{crate}-{version}.crate", "le/af/leaf-1.2.0.crate"),
        ("{lowerprefix}/{crate}/{version}.x", "le/af/leaf/1.2.0.x"),
        ("", "leaf/1.2.0/download"),
    ] {
        let place = dir.join("files").join(place);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(f.registry.crate_file("leaf", "1.2.0"), &place).unwrap();
        let slash = if template.is_empty() { "" } else { "/" };
        config_json(&f, &format!("{{\"dl\":\"file://{}/files{slash}{template}\"}}", dir.display()));
        let project = f.project.copy();
        project.manifest("app", "[dependencies]\nleaf = \"1\"\n").file("src/main.rs", "fn main() {}");
        for tool in [cmd as Tool, cargo] {
            tool(&project.copy(), "fetch").run().assert_success();
        }
        std::fs::remove_dir_all(dir.join("files")).unwrap();
    }
}

/// Three ways to say that there is no such package.
#[test]
fn a_package_may_be_absent_in_three_ways() {
    for status in [404, 410, 451] {
        let f = fixture();
        f.server.fail("/index/wi/no/winonly", status, Times::Always);
        for tool in [cmd as Tool, cargo] {
            tool(&f.project.copy(), "fetch").run().assert_code(101).assert_stderr_has("winonly");
        }
        // What both know from before is not believed any more.
        f.server.heal();
        cmd(&f.project, "fetch").run().assert_success();
        f.server.fail("/index/wi/no/winonly", status, Times::Always);
        cmd(&f.project, "fetch --locked").run().assert_success();
        f.project.remove("Cargo.lock");
        for tool in [cmd as Tool, cargo] {
            tool(&f.project.copy(), "generate-lockfile").run().assert_code(101);
        }
    }
}

#[test]
fn other_statuses_are_errors() {
    for status in [400, 403, 500, 503] {
        let f = fixture();
        f.server.fail("/index/le/af/leaf", status, Times::Always);
        for tool in [cmd as Tool, cargo] {
            let output = tool(&f.project.copy(), "generate-lockfile").run().assert_code(101);
            output.assert_stderr_has(&status.to_string());
        }
    }
}

/// The archives have moved: what was known of `config.json` is not believed for ever.
#[test]
fn downloads_that_moved_are_found() {
    for tool in [cmd as Tool, cargo] {
        let f = fixture();
        config_json(&f, "{\"dl\":\"http://127.0.0.1:1/gone\"}");
        tool(&f.project, "generate-lockfile").run().assert_success();
        f.server.heal();
        f.project.remove("Cargo.lock");
        tool(&f.project, "fetch").run().assert_success();
    }
}

#[test]
fn a_body_that_is_not_an_index_is_skipped_line_by_line() {
    let f = fixture();
    let lines = f.registry.index_lines("leaf").join("\n");
    let text = format!("\u{feff}\n\n{{}}\nnot json\n{lines}\n{{\"name\":\"leaf\",\"vers\":\"9.9\"}}");
    f.server.fault("/index/le/af/leaf", Fault::Body(text.into()), Times::Always);
    compare(&f.project, dhow(), |c| c.lockfile());
}

/// A server without HTTP/2 is enough, also where nobody asks for more.
#[test]
fn plain_http_is_enough() {
    let f = fixture();
    f.project.config("[http]\nmultiplexing = false\n");
    serves_both_ways(&f.project);
}

#[test]
fn retries_are_as_many_as_configured() {
    for (retry, enough) in [("0", false), ("1", false), ("2", true)] {
        for tool in [cmd as Tool, cargo] {
            let f = fixture();
            f.server.fail("/index/le/af/leaf", 503, 2);
            let output = tool(&f.project, "generate-lockfile").env("CARGO_NET_RETRY", retry).run();
            assert_eq!(output.success(), enough, "{output}");
        }
    }
}
