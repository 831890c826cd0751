//! `install` and `uninstall` beside the real cargo: what they say they do, what lies in the place afterwards, and what
//! each makes of what the other has left.

mod cut_off;
mod git;
mod listing;
mod places;
mod shared;
mod tracking;

use std::fs;
use std::path::Path;

use dhow_testkit::{Cmd, Output, Registry, Sandbox};

use crate::support::{Fixture, bare_fixture, cmd, names_in};

/// What is printed names the version, so that it shows which program lies there.
fn says(what: &str) -> String {
    format!("fn main() {{ println!(\"{what}\"); }}")
}

/// Packages of every kind that `install` meets.
fn fill(r: &Registry) {
    let tool = |version: &str, second: &str| {
        let package = r.package("tool", version).feature("f1", &[]).feature("f2", &[]);
        package
            .file("src/main.rs", says(&format!("tool {version}")))
            .file(second, says(&format!("second {version}")))
            .publish();
    };
    tool("1.0.0", "src/bin/extra.rs");
    tool("1.1.0", "src/bin/more.rs");
    r.package("tool", "2.0.0-beta.1").file("src/main.rs", says("tool beta")).publish();
    r.package("other", "0.1.0")
        .file("src/main.rs", says("other"))
        .file("src/bin/tool.rs", says("tool of other"))
        .publish();
    r.versions("leaf", &["1.0.0", "1.2.0"]);
    r.package("uses", "1.0.0").dep("leaf", "1").file("src/main.rs", says("uses")).publish();
    let checksum = r.package("pinned", "1.0.0").lib("").publish().checksum;
    for (name, req) in [("locked", "1"), ("outgrown", "1.2")] {
        r.package(name, "1.0.0")
            .dep("pinned", "1")
            .dep("leaf", req)
            .file("src/main.rs", says(name))
            .file("Cargo.lock", lock_file(r, name, &checksum))
            .publish();
    }
    r.package("pinned", "1.5.0").lib("").publish();
    r.package("broken", "1.0.0").file("src/main.rs", "fn main() { oops }").publish();
    r.package("yanked", "1.0.0").file("src/main.rs", says("yanked")).yanked(true).publish();
    r.package("future", "1.0.0").file("src/main.rs", says("now")).publish();
    r.package("future", "1.1.0").rust_version("1.999").file("src/main.rs", says("then")).publish();
    r.package("gated", "1.0.0")
        .feature("f1", &[])
        .file("src/gated.rs", says("gated"))
        .manifest_extra(
            "\n[[bin]]\nname = \"gated\"\npath = \"src/gated.rs\"\nrequired-features = [\"f1\"]\n",
        )
        .publish();
    r.package("shown", "1.0.0")
        .lib("")
        .file("examples/one.rs", says("one"))
        .file("examples/two.rs", says("two"))
        .publish();
}

fn lock_file(r: &Registry, name: &str, checksum: &str) -> String {
    let leaf = r.index_lines("leaf").into_iter().find(|line| line.contains("\"1.0.0\"")).expect("leaf 1.0.0");
    let at = leaf.find("\"cksum\":\"").expect("a checksum") + "\"cksum\":\"".len();
    let source = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    format!(
        "version = 4\n\n[[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\n{source}\nchecksum = \"{}\"\n\n\
         [[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\ndependencies = [\n \"leaf\",\n \"pinned\",\n]\n\n\
         [[package]]\nname = \"pinned\"\nversion = \"1.0.0\"\n{source}\nchecksum = \"{checksum}\"\n",
        &leaf[at..at + 64]
    )
}

fn registry() -> Fixture {
    bare_fixture(fill)
}

type Tool = fn(&Sandbox, &str) -> Cmd;

fn cargo(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cargo_cmd(words.split_whitespace())
}

/// The two files that remember what is installed, and the programs with what they print.
fn state(sandbox: &Sandbox, root: &Path) -> String {
    let file = |name: &str| {
        let content = fs::read_to_string(root.join(name)).unwrap_or_else(|_| "(none)".to_owned());
        format!("{name}: {}\n", sandbox.normalized(&content))
    };
    let program = |name: String| {
        let output = sandbox.cmd(root.join("bin").join(&name)).run();
        format!("bin/{name}: {}", output.stdout)
    };
    let files = [".crates.toml", ".crates2.json"].into_iter().map(file);
    files.chain(names_in(&root.join("bin")).into_iter().map(program)).collect()
}

/// The lines with which both tell what they do.
fn told(sandbox: &Sandbox, output: &Output) -> Vec<String> {
    let verbs =
        ["Installing", "Replacing", "Removing", "Installed", "Replaced", "Ignored", "Summary", "Compiling"];
    let is_told = |line: &&str| verbs.contains(&line.split_whitespace().next().unwrap_or_default());
    let lines = output.stderr.lines().map(str::trim).filter(is_told);
    let mut lines: Vec<String> = lines.map(|line| sandbox.normalized(line)).collect();
    // Who is compiled first is chance.
    let first = lines.iter().position(|line| line.starts_with("Compiling")).unwrap_or(0);
    let compiled = lines[first..].iter().take_while(|line| line.starts_with("Compiling")).count();
    lines[first..first + compiled].sort_unstable();
    lines
}

/// Both tools do the same steps, each in its own home; after each step they have said and left the same.
#[track_caller]
fn same(project: &Sandbox, steps: &[&str]) -> Sandbox {
    let (theirs, ours) = (project.copy(), project.copy());
    for step in steps {
        let (their_output, our_output) = (cargo(&theirs, step).run(), cmd(&ours, step).run());
        assert_eq!(our_output.code, their_output.code, "{step}\n{their_output}\n{our_output}");
        assert_eq!(told(&ours, &our_output), told(&theirs, &their_output), "{step}\n{our_output}");
        assert_eq!(
            state(&ours, &ours.cargo_home()),
            state(&theirs, &theirs.cargo_home()),
            "{step}\n{our_output}"
        );
    }
    let list = |sandbox: &Sandbox, tool: Tool| {
        let output = tool(sandbox, "install --list").run();
        (output.code, sandbox.normalized(&output.stdout))
    };
    assert_eq!(list(&ours, cmd), list(&theirs, cargo));
    ours
}
