//! Programs named `cargo-NAME`, run with this program as their cargo; and `--explain`.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use dhow_process::Process;

use super::{Exit, programs};
use crate::context::Context;
use crate::error::CliError;

/// Becomes `cargo-NAME` with the words as they are, its own name first.
pub(super) fn run(cx: &mut Context, words: &[OsString]) -> Exit {
    let Some(name) = words.first() else { return super::help::run(cx, None) };
    let Some(program) = find(cx, name) else { return Err(unknown(cx, &name.to_string_lossy())) };
    become_it(&process(cx, program, words))
}

/// `rustc --explain CODE`
pub(super) fn explain(cx: &mut Context, code: &str) -> Exit {
    let rustc = cx.env().get_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    become_it(&process(cx, rustc, &["--explain".into(), code.into()]))
}

/// Where the system cannot replace us by another program, its exit code is passed on.
fn become_it(process: &Process) -> Exit {
    let status = process.exec()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(crate::error::FAILURE))
}

fn process(cx: &Context, program: PathBuf, args: &[OsString]) -> Process {
    let env = cx.env().vars().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut process = Process::new(program, cx.env().cwd(), Arc::new(env));
    process.args(args.iter().cloned());
    process.env("CARGO", cx.exe());
    process
}

fn find(cx: &Context, name: &OsStr) -> Option<PathBuf> {
    let mut file = OsString::from("cargo-");
    file.push(name);
    file.push(std::env::consts::EXE_SUFFIX);
    let is_executable = |path: &PathBuf| {
        dhow_fs::stat(path).ok().flatten().is_some_and(|stat| stat.is_file() && stat.executable())
    };
    programs::search_dirs(cx).into_iter().map(|dir| dir.join(&file)).find(is_executable)
}

fn unknown(cx: &Context, name: &str) -> CliError {
    let known = programs::names(cx);
    let similar = known.iter().filter(|k| distance(k, name) <= 2).min_by_key(|k| distance(k, name));
    let hint = similar.map(|s| format!("\n\nhelp: there is `{s}`")).unwrap_or_default();
    CliError::usage(&format!(
        "there is no command `{name}`, no alias and no program `cargo-{name}`{hint}\n\nhelp: `dhow --list` shows all commands"
    ))
}

/// Edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("build", "build"), 0);
        assert_eq!(distance("buidl", "build"), 2);
        assert_eq!(distance("", "abc"), 3);
    }
}
