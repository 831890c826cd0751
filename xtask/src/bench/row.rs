//! The rows of the table: what is done, how it is made ready, and the proof that it was done.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::large;
use super::measure::Measured;
use super::side::Side;
use crate::disk;
use crate::tools::{self, Tools};

/// One kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    NothingToDo,
    Tree,
    Metadata,
    Lock,
    Fetch,
    FirstBuild,
}

impl Row {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 6] =
        [Self::NothingToDo, Self::Tree, Self::Metadata, Self::Lock, Self::Fetch, Self::FirstBuild];

    /// The name that `--only` takes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NothingToDo => "nothing",
            Self::Tree => "tree",
            Self::Metadata => "metadata",
            Self::Lock => "lock",
            Self::Fetch => "fetch",
            Self::FirstBuild => "build",
        }
    }

    /// What the table says.
    pub(crate) fn title(self) -> String {
        match self {
            Self::NothingToDo => "nothing to do: `build` of the example again".into(),
            Self::Tree => "`tree` of the example".into(),
            Self::Metadata => "`metadata` of the example".into(),
            Self::Lock => "lock from nothing, index warm: `generate-lockfile --offline`".into(),
            Self::Fetch => {
                format!("`fetch` of {} packages from loopback, home empty", large::PACKAGES)
            }
            Self::FirstBuild => "first build of the example, home warm".into(),
        }
    }

    /// How many pairs of runs make a row.
    pub(crate) fn rounds(self) -> usize {
        match self {
            Self::FirstBuild => 5,
            Self::Fetch => 7,
            _ => 21,
        }
    }

    /// What is done once before the first round.
    pub(crate) fn set_up(self, tools: &Tools, side: &Side) -> Result<(), String> {
        match self {
            Self::NothingToDo => tools::run(side.in_example(tools).arg("build")).map(drop),
            _ => Ok(()),
        }
    }

    /// What is done before each run, and not measured.
    pub(crate) fn make_ready(self, side: &Side) -> Result<(), String> {
        match self {
            Self::NothingToDo | Self::Tree | Self::Metadata => Ok(()),
            Self::Lock => disk::remove(&side.example().join("Cargo.lock")),
            Self::Fetch => disk::fresh(&side.empty_home()).map(drop),
            Self::FirstBuild => disk::remove(&side.example().join("target")),
        }
    }

    /// What is measured.
    pub(crate) fn command(self, tools: &Tools, side: &Side) -> Command {
        let (mut command, arguments) = match self {
            Self::NothingToDo => (side.in_example(tools), &["build"][..]),
            Self::Tree => (side.in_example(tools), &["tree"][..]),
            Self::Metadata => (side.in_example(tools), &["metadata", "--format-version", "1"][..]),
            Self::Lock => (side.in_example(tools), &["generate-lockfile", "--offline"][..]),
            Self::Fetch => {
                (side.command(tools, &side.large(), &side.empty_home()), &["fetch", "--locked"][..])
            }
            Self::FirstBuild => (side.in_example(tools), &["build", "--offline", "--locked"][..]),
        };
        command.args(arguments);
        command
    }

    /// What shows that the work was done; the same on both sides and in every round.
    pub(crate) fn proof(
        self,
        side: &Side,
        measured: &Measured,
        started: SystemTime,
    ) -> Result<String, String> {
        match self {
            Self::NothingToDo => nothing_was_made(side, measured, started),
            Self::Tree => tree(side, &measured.stdout),
            Self::Metadata => metadata(side, &measured.stdout),
            Self::Lock => disk::read(&side.example().join("Cargo.lock")),
            Self::Fetch => unpacked(&side.empty_home()),
            Self::FirstBuild => run_program(side, measured),
        }
    }
}

fn program(side: &Side) -> PathBuf {
    side.example().join("target/debug/async_example")
}

fn nothing_was_made(side: &Side, measured: &Measured, started: SystemTime) -> Result<String, String> {
    if measured.stderr.contains("Compiling") || !measured.stderr.contains("Finished") {
        return Err(format!("it should have found nothing to do: {}", measured.stderr));
    }
    let mut made = disk::files(&side.example().join("target/debug/deps"))?;
    made.push(program(side));
    for path in made {
        let modified = std::fs::metadata(&path).and_then(|metadata| metadata.modified());
        if modified.map_err(disk::at(&path))? >= started {
            return Err(format!("`{}` was made again", path.display()));
        }
    }
    Ok(String::new())
}

fn tree(side: &Side, stdout: &str) -> Result<String, String> {
    let whole = ["async_example v", "tokio v", "unicode-ident v"];
    match whole.iter().find(|part| !stdout.contains(*part)) {
        Some(part) => Err(format!("the tree has no `{part}`")),
        None => Ok(side.without_paths(stdout)),
    }
}

fn metadata(side: &Side, stdout: &str) -> Result<String, String> {
    let json: serde_json::Value =
        serde_json::from_str(stdout).map_err(|error| format!("the metadata is no JSON: {error}"))?;
    let packages = json["packages"].as_array().map_or(0, Vec::len);
    if packages < 18 {
        return Err(format!("the metadata has {packages} packages"));
    }
    // Through a value: the order of keys is no difference.
    Ok(side.without_paths(&json.to_string()))
}

/// Every package with its files, all of it marked as complete.
fn unpacked(home: &Path) -> Result<String, String> {
    let (source, cache) = (home.join("registry/src"), home.join("registry/cache"));
    let archives = disk::files(&cache)?;
    let count = archives.iter().filter(|path| path.extension().is_some_and(|ext| ext == "crate"));
    let count = count.count();
    let files = disk::files(&source)?;
    let complete = files.iter().filter(|path| path.ends_with(".cargo-ok")).count();
    if count != large::PACKAGES || complete != large::PACKAGES {
        return Err(format!("{count} archives and {complete} unpacked of {}", large::PACKAGES));
    }
    // The directory's own name holds a hash of the address: the same for both.
    let names = files.iter().filter_map(|path| path.strip_prefix(&source).ok());
    Ok(names.map(|path| path.to_string_lossy()).collect::<Vec<_>>().join("\n"))
}

fn run_program(side: &Side, measured: &Measured) -> Result<String, String> {
    if !measured.stderr.contains("Compiling tokio v") {
        return Err(format!("tokio was not compiled: {}", measured.stderr));
    }
    tools::run(Command::new(program(side)).args(["--pace-ms", "1"]))
}
