//! What the real `cargo` runs, read from what it prints with `-vv`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use dhow_formats::build_script_output::{self, Instruction, ScriptPackage};
use dhow_plan::{LinkArgTarget, ScriptOutput};

use crate::commands::{Line, parse};
use crate::project::Project;

/// Everything that one command of cargo ran, and what the build scripts said by package name.
pub(crate) struct Ran {
    pub(crate) lines: Vec<Line>,
    pub(crate) scripts: BTreeMap<String, ScriptOutput>,
}

/// The cargo of the toolchain that runs these tests.
pub(crate) fn cargo() -> PathBuf {
    dhow_testkit::toolchain().cargo()
}

/// Runs `cargo <args> -vv` on the project with an empty target directory.
pub(crate) fn run(project: &Project, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let target = project.root().join("target");
    if target.exists() {
        std::fs::remove_dir_all(&target).expect("removes");
    }
    let path = std::env::var_os("PATH").expect("there is a PATH");
    let beside = cargo().parent().expect("in a directory").to_path_buf();
    let path =
        std::env::join_paths(std::iter::once(beside).chain(std::env::split_paths(&path))).expect("joins");
    let output = Command::new(cargo())
        .arg(args[0])
        .args(["-vv", "--offline"])
        .args(&args[1..])
        .current_dir(project.root())
        .env_clear()
        .env("PATH", path)
        .env("HOME", project.home())
        .env("CARGO_HOME", project.home())
        .envs(env.iter().copied())
        .output()
        .expect("starts");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "cargo {args:?} failed:\n{stderr}");
    let lines = stderr
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("Running `")?.strip_suffix('`').map(parse))
        .collect();
    let stdout = String::from_utf8(output.stdout).expect("text");
    Ran { lines, scripts: scripts(&format!("{stdout}\n{stderr}")) }
}

/// Lines of the form `[package 1.0.0] cargo:…`.
fn scripts(printed: &str) -> BTreeMap<String, ScriptOutput> {
    let mut said: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in printed.lines() {
        let Some((head, rest)) = line.strip_prefix('[').and_then(|line| line.split_once("] ")) else {
            continue;
        };
        let Some((package, _version)) = head.split_once(' ') else { continue };
        let lines = said.entry(package.to_owned()).or_default();
        // A script that runs for the host and for the target says everything twice.
        if !lines.contains(&rest) {
            lines.push(rest);
        }
    }
    said.into_iter().map(|(package, lines)| (package, script_output(&lines.join("\n")))).collect()
}

fn script_output(text: &str) -> ScriptOutput {
    let package = ScriptPackage {
        has_cdylib: true,
        has_tests: true,
        has_benches: true,
        has_examples: true,
        bins: vec!["app".into()],
        ..ScriptPackage::default()
    };
    let parsed = build_script_output::parse(text.as_bytes(), &package).expect("parses");
    let mut output = ScriptOutput::default();
    for instruction in parsed.instructions {
        match instruction {
            Instruction::LinkSearch(path) => output.library_paths.push(path),
            Instruction::LinkLib(lib) => output.library_links.push(lib),
            Instruction::LinkArg(target, arg) => output.linker_args.push((link_arg_target(target), arg)),
            Instruction::Cfg(cfg) => output.cfgs.push(cfg),
            Instruction::CheckCfg(value) => output.check_cfgs.push(value),
            Instruction::Env(name, value) => output.env.push((name, value)),
            Instruction::Metadata(key, value) => output.metadata.push((key, value)),
            _ => {}
        }
    }
    output
}

fn link_arg_target(target: build_script_output::LinkArgTarget) -> LinkArgTarget {
    use build_script_output::LinkArgTarget as From;
    match target {
        From::All => LinkArgTarget::All,
        From::Cdylib => LinkArgTarget::Cdylib,
        From::Bins => LinkArgTarget::Bins,
        From::Bin(name) => LinkArgTarget::Bin(name),
        From::Tests => LinkArgTarget::Tests,
        From::Benches => LinkArgTarget::Benches,
        From::Examples => LinkArgTarget::Examples,
    }
}
