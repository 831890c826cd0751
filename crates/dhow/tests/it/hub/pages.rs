//! The pages on editors, continuous integration and containers: every command on them runs.
//!
//! The second word of a block's fence says in what project: `hub` with a hub, `ignored` in a clone that has only its
//! configuration, `packed` without one but with one in a file, `plain` without any. Only the last two and `ignored` have
//! a home. Dockerfiles are followed line by line, as far as they are about this.

use std::fs;
use std::path::{Path, PathBuf};

use dhow_testkit::{Cmd, Sandbox, toolchain};

use super::{alone, project};
use crate::support::{Fixture, dhow, ok};

struct Block {
    language: String,
    project: String,
    text: String,
}

fn page(name: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let page = fs::read_to_string(&path).expect("the page");
    let mut blocks = Vec::new();
    for (at, part) in page.split("```").enumerate() {
        if at % 2 == 1 {
            let (fence, text) = part.split_once('\n').expect("a block has lines");
            let (language, project) = fence.split_once(' ').unwrap_or((fence, ""));
            blocks.push(Block { language: language.into(), project: project.into(), text: text.into() });
        }
    }
    blocks
}

fn texts<'b>(blocks: &'b [Block], language: &str) -> Vec<&'b str> {
    blocks.iter().filter(|block| block.language == language).map(|block| block.text.as_str()).collect()
}

/// A project with all that a page may ask for.
struct Pages {
    fixture: Fixture,
    tools: PathBuf,
}

impl Pages {
    fn new() -> Self {
        let fixture = project();
        ok(&fixture.project, "generate-lockfile");
        let tools = fixture.project.root().join("tools");
        fs::create_dir_all(&tools).expect("a directory");
        std::os::unix::fs::symlink(dhow(), tools.join("dhow")).expect("a link");
        Self { fixture, tools }
    }

    fn copy(&self, kind: &str) -> Sandbox {
        let copy = self.fixture.project.copy();
        match kind {
            "plain" => {}
            "ignored" => {
                ok(&copy, "hub create --git ignore");
                copy.remove(".cargo/registry");
            }
            "packed" => {
                ok(&copy, "hub create");
                ok(&copy, "hub pack hub.tar.zst");
                copy.remove(".cargo");
            }
            _ => {
                ok(&copy, "hub create");
                // As git gives it out.
                copy.remove(".cargo/registry/src");
            }
        }
        copy
    }

    fn shell(&self, sandbox: &Sandbox, script: &str) -> Cmd {
        let system = [toolchain().bin().to_path_buf(), "/usr/bin".into(), "/bin".into()];
        let dirs = std::iter::once(self.tools.clone()).chain(system);
        let path = std::env::join_paths(dirs).expect("plain paths");
        sandbox.cmd("/bin/sh").args(["-euc", script]).env("PATH", path)
    }

    /// Every block of shell, each in a project of its own.
    fn run_blocks(&self, blocks: &[Block]) {
        for block in blocks.iter().filter(|block| block.language == "sh") {
            eprintln!("{}: {}", block.project, block.text);
            let sandbox = self.copy(&block.project);
            let shell = self.shell(&sandbox, &block.text);
            let shell = if block.project == "hub" { alone(shell, &sandbox) } else { shell };
            shell.run().assert_success();
        }
    }
}

#[test]
fn editor() {
    let (pages, blocks) = (Pages::new(), page("editor.md"));
    assert_eq!(texts(&blocks, "sh").len(), 2);
    pages.run_blocks(&blocks);
    for settings in texts(&blocks, "json") {
        let settings: serde_json::Value = serde_json::from_str(settings).expect("JSON");
        let tables = settings.as_object().expect("settings").values();
        let names = tables.filter_map(|table| table.as_object()).flat_map(|table| table.keys());
        assert!(names.into_iter().any(|name| name.starts_with("CARGO")), "{settings}");
    }
    // What rust-analyzer waits for.
    let sandbox = pages.copy("hub");
    let check = "dhow check --quiet --workspace --message-format=json --all-targets --keep-going";
    let said = alone(pages.shell(&sandbox, check), &sandbox).run().assert_success().stdout;
    assert!(said.contains("\"compiler-artifact\"") && said.contains("\"build-finished\""), "{said}");
}

#[test]
fn continuous_integration() {
    let (pages, blocks) = (Pages::new(), page("ci.md"));
    assert_eq!(texts(&blocks, "sh").len(), 6);
    pages.run_blocks(&blocks);
    let workflow = texts(&blocks, "yaml")[0];
    let steps: Vec<&str> = workflow.lines().filter_map(|line| line.trim().strip_prefix("- run: ")).collect();
    assert_eq!(steps.len(), 3, "{workflow}");
    let sandbox = pages.copy("hub");
    alone(pages.shell(&sandbox, &steps.join("\n")), &sandbox).run().assert_success();
}

#[test]
fn containers() {
    let (pages, blocks) = (Pages::new(), page("containers.md"));
    let ignored = texts(&blocks, "dockerignore")[0];
    let files = texts(&blocks, "dockerfile");
    assert_eq!(files.len(), 4);
    for file in files {
        eprintln!("{file}");
        let context = pages.copy(if file.contains("--no-hub") { "plain" } else { "hub" });
        context.file("target/old", "").file(".git/HEAD", "");
        for pattern in ignored.lines() {
            forget(&context, pattern);
        }
        assert!(!context.exists("target") && !context.exists(".cargo/.package-cache"));
        build(&pages, &context, file);
    }
}

/// What a line of `.dockerignore` keeps out.
fn forget(context: &Sandbox, pattern: &str) {
    match pattern.strip_suffix('*') {
        None => drop(context.remove(pattern)),
        Some(start) => {
            let (dir, start) = start.rsplit_once('/').expect("a directory");
            for entry in fs::read_dir(context.path(dir)).into_iter().flatten() {
                let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
                if name.starts_with(start) {
                    context.remove(format!("{dir}/{name}"));
                }
            }
        }
    }
}

/// Follows a Dockerfile: the image's `/project` is the project of a sandbox.
fn build(pages: &Pages, context: &Sandbox, file: &str) {
    // The home of the image; its configuration stands in for a network that has crates.io.
    let image = pages.fixture.project.copy();
    for entry in fs::read_dir(image.path("")).expect("lists") {
        image.remove(entry.expect("an entry").file_name());
    }
    let mut image = image;
    let here = image.path("").to_string_lossy().trim_end_matches('/').to_owned();
    let inside =
        |text: &str| text.replace("/project", &here).replace("/usr/local/bin/app", &format!("{here}/app"));
    for line in file.lines().filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').expect("an instruction");
        match (word, rest.split_once(' ')) {
            ("FROM" | "WORKDIR" | "CMD", _) => {}
            ("ENV", _) => {
                let (name, value) = rest.split_once('=').expect("a value");
                image = image.with_env(name, inside(value));
            }
            ("COPY", Some(("--from=dhow", what))) => assert!(what.starts_with("/usr/local/bin/dhow ")),
            ("COPY", Some(("--from=build", what))) => {
                let built = inside(what.split(' ').next().expect("a source"));
                assert!(Path::new(&built).is_file(), "{built}");
            }
            ("COPY", _) => copy(context, &image, rest),
            ("RUN", _) => run(pages, &image, &inside(rest)),
            _ => panic!("{line}"),
        }
    }
}

fn run(pages: &Pages, image: &Sandbox, mut command: &str) {
    let mut closed = false;
    while let Some((flag, rest)) = command.strip_prefix("--").and_then(|_| command.split_once(' ')) {
        closed |= flag == "--network=none";
        command = rest;
    }
    let mut shell = pages.shell(image, command);
    if closed {
        let home = image.cargo_home().join("config.toml");
        drop(fs::remove_file(home));
        shell = crate::support::without_network(shell);
    }
    shell.run().assert_success();
}

/// Directories by what is in them, files as they are.
fn copy(context: &Sandbox, image: &Sandbox, what: &str) {
    let mut words: Vec<&str> = what.split(' ').collect();
    let to = words.pop().expect("a destination");
    for from in words {
        let source = context.path(from);
        let (source, place) = match source.is_dir() {
            true => (format!("{}/.", source.display()), image.path(to)),
            false => (source.display().to_string(), image.path(to).join(from)),
        };
        let dir = if source.ends_with("/.") { &place } else { place.parent().expect("a directory") };
        fs::create_dir_all(dir).expect("makes");
        let place = place.display().to_string();
        image.cmd("/bin/cp").args(["-a", &source, &place]).run().assert_success();
    }
}
