//! The rows of the table: what is done, how it is made ready, and the proof that it was done.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use super::floor;
use super::hub;
use super::large;
use super::measure::Measured;
use super::side::Side;
use super::wide;
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
    Unpack,
    UnpackFloor,
    HubVerify,
    FirstBuild,
    WideNothingToDo,
    WideTree,
    WideMetadata,
}

impl Row {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 12] = [
        Self::NothingToDo,
        Self::Tree,
        Self::Metadata,
        Self::Lock,
        Self::Fetch,
        Self::Unpack,
        Self::UnpackFloor,
        Self::HubVerify,
        Self::FirstBuild,
        Self::WideNothingToDo,
        Self::WideTree,
        Self::WideMetadata,
    ];

    /// Whether it is done in the wide workspace.
    pub(crate) fn is_wide(self) -> bool {
        matches!(self, Self::WideNothingToDo | Self::WideTree | Self::WideMetadata)
    }

    /// Whether it needs the large lock and its registry.
    pub(crate) fn is_large(self) -> bool {
        matches!(self, Self::Fetch | Self::Unpack | Self::UnpackFloor | Self::HubVerify)
    }

    /// The name that `--only` takes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NothingToDo => "nothing",
            Self::Tree => "tree",
            Self::Metadata => "metadata",
            Self::Lock => "lock",
            Self::Fetch => "fetch",
            Self::Unpack => "unpack",
            Self::UnpackFloor => "floor",
            Self::HubVerify => "hub-verify",
            Self::FirstBuild => "build",
            Self::WideNothingToDo => "wide-nothing",
            Self::WideTree => "wide-tree",
            Self::WideMetadata => "wide-metadata",
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
            Self::Unpack => {
                format!("`fetch --offline` of {} packages, archives at hand, not unpacked", large::PACKAGES)
            }
            Self::UnpackFloor => {
                "the same; first column: only reading the archives and writing their files".into()
            }
            Self::HubVerify => format!(
                "`hub verify` of {} packages; first column: `sha256sum` of the same files",
                large::PACKAGES
            ),
            Self::FirstBuild => "first build of the example, home warm".into(),
            Self::WideNothingToDo => format!("nothing to do: `build` of {} packages", wide::PACKAGES),
            Self::WideTree => format!("`tree` of {} packages", wide::PACKAGES),
            Self::WideMetadata => format!("`metadata` of {} packages", wide::PACKAGES),
        }
    }

    /// How many pairs of runs make a row.
    pub(crate) fn rounds(self) -> usize {
        match self {
            Self::FirstBuild => 5,
            Self::Fetch | Self::Unpack | Self::UnpackFloor | Self::HubVerify => 7,
            _ => 21,
        }
    }

    /// What is done once before the first round.
    pub(crate) fn set_up(self, tools: &Tools, side: &Side) -> Result<(), String> {
        match self {
            Self::NothingToDo => tools::run(side.in_example(tools).arg("build")).map(drop),
            Self::WideNothingToDo => tools::run(side.in_wide(tools).arg("build")).map(drop),
            Self::HubVerify => hub::set_up(tools, side),
            Self::Unpack | Self::UnpackFloor => {
                let mut fill = tools.command(&tools.cargo, &side.large(), &disk::fresh(&side.empty_home())?);
                tools::run(fill.args(["fetch", "--locked"])).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// What is done before each run, and not measured.
    pub(crate) fn make_ready(self, side: &Side) -> Result<(), String> {
        match self {
            Self::NothingToDo | Self::Tree | Self::Metadata | Self::HubVerify => Ok(()),
            Self::WideNothingToDo | Self::WideTree | Self::WideMetadata => Ok(()),
            Self::Lock => disk::remove(&side.example().join("Cargo.lock")),
            Self::Fetch => disk::fresh(&side.empty_home()).map(drop),
            Self::Unpack | Self::UnpackFloor => disk::remove(&side.empty_home().join("registry/src")),
            Self::FirstBuild => disk::remove(&side.example().join("target")),
        }
    }

    /// What is measured.
    pub(crate) fn command(self, tools: &Tools, side: &Side) -> Command {
        let mut command = match self {
            Self::HubVerify => return hub::command(tools, side),
            Self::UnpackFloor if side.tool.name == "cargo" => return floor_of(side),
            Self::Fetch | Self::Unpack | Self::UnpackFloor => {
                side.command(tools, &side.large(), &side.empty_home())
            }
            _ if self.is_wide() => side.in_wide(tools),
            _ => side.in_example(tools),
        };
        command.args(match self {
            Self::NothingToDo | Self::WideNothingToDo => &["build"][..],
            Self::Tree | Self::WideTree => &["tree"],
            Self::Metadata | Self::WideMetadata => &["metadata", "--format-version", "1"],
            Self::HubVerify => &["hub", "verify"],
            Self::Lock => &["generate-lockfile", "--offline"],
            Self::Fetch => &["fetch", "--locked"],
            Self::Unpack | Self::UnpackFloor => &["fetch", "--locked", "--offline"],
            Self::FirstBuild => &["build", "--offline", "--locked"],
        });
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
            Self::NothingToDo => nothing_was_made(&side.example(), measured, started, "async_example"),
            Self::WideNothingToDo => {
                let last = format!("lib{}.rlib", wide::name(wide::PACKAGES - 1));
                nothing_was_made(&side.wide(), measured, started, &last)
            }
            Self::Tree => tree(side, measured, ["async_example v", "tokio v", "unicode-ident v"]),
            Self::WideTree => tree(side, measured, ["part_000 v", "part_150 v", "part_299 v"]),
            Self::Metadata => metadata(side, measured, 18),
            Self::WideMetadata => metadata(side, measured, wide::PACKAGES),
            Self::Lock => disk::read(&side.example().join("Cargo.lock")),
            Self::Fetch | Self::Unpack => unpacked(&side.empty_home()),
            Self::HubVerify => hub::proof(side, measured),
            Self::UnpackFloor => written(&side.empty_home()),
            Self::FirstBuild => run_program(side, measured),
        }
    }
}

/// Nothing in the target directory of `project` is newer than the start, its `artifact` included.
fn nothing_was_made(
    project: &Path,
    measured: &Measured,
    started: SystemTime,
    artifact: &str,
) -> Result<String, String> {
    if measured.stderr.contains("Compiling") || !measured.stderr.contains("Finished") {
        return Err(format!("it should have found nothing to do: {}", measured.stderr));
    }
    let debug = project.join("target/debug");
    let mut made = disk::files(&debug.join("deps"))?;
    made.push(debug.join(artifact));
    for path in made {
        let modified = std::fs::metadata(&path).and_then(|metadata| metadata.modified());
        if modified.map_err(disk::at(&path))? >= started {
            return Err(format!("`{}` was made again", path.display()));
        }
    }
    Ok(String::new())
}

fn tree(side: &Side, measured: &Measured, parts: [&str; 3]) -> Result<String, String> {
    match parts.iter().find(|part| !measured.stdout.contains(*part)) {
        Some(part) => Err(format!("the tree has no `{part}`")),
        None => Ok(side.without_paths(&measured.stdout)),
    }
}

fn metadata(side: &Side, measured: &Measured, least: usize) -> Result<String, String> {
    let json: serde_json::Value = serde_json::from_str(&measured.stdout)
        .map_err(|error| format!("the metadata is no JSON: {error}"))?;
    let packages = json["packages"].as_array().map_or(0, Vec::len);
    if packages < least {
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

/// What has to be done at least, in place of Cargo.
fn floor_of(side: &Side) -> Command {
    let this = std::env::current_exe().unwrap_or_default();
    let mut command = Command::new(this);
    let registry = side.empty_home().join("registry");
    command.arg(floor::FLOOR).arg(registry.join("cache")).arg(registry.join("src/floor"));
    command
}

/// Every file of every package, whatever else there may be.
fn written(home: &Path) -> Result<String, String> {
    let source = home.join("registry/src");
    let mut names = Vec::new();
    for path in disk::files(&source)?.iter().filter(|path| !path.ends_with(".cargo-ok")) {
        let below = path.strip_prefix(&source).map_err(|error| error.to_string())?;
        let size = std::fs::metadata(path).map_err(disk::at(path))?.len();
        names.push(format!("{} {size}", below.iter().skip(1).collect::<std::path::PathBuf>().display()));
    }
    if names.len() < large::PACKAGES * 5 {
        return Err(format!("only {} files were written", names.len()));
    }
    names.sort_unstable();
    Ok(names.join("\n"))
}

fn run_program(side: &Side, measured: &Measured) -> Result<String, String> {
    if !measured.stderr.contains("Compiling tokio v") {
        return Err(format!("tokio was not compiled: {}", measured.stderr));
    }
    let program = side.example().join("target/debug/async_example");
    tools::run(Command::new(program).args(["--pace-ms", "1"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn said(stdout: &str, stderr: &str) -> Measured {
        Measured { time: Duration::ZERO, peak_kib: 0, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
    }

    #[test]
    fn a_build_that_made_something_is_no_nothing() {
        let scratch = tempfile::tempdir().unwrap();
        for path in ["target/debug/program", "target/debug/deps/program-0"] {
            disk::write(&scratch.path().join(path), "").unwrap();
        }
        let check = |stderr: &str, started: SystemTime| {
            nothing_was_made(scratch.path(), &said("", stderr), started, "program").is_ok()
        };
        let later = SystemTime::now() + Duration::from_secs(60);
        let earlier = SystemTime::now() - Duration::from_secs(60);
        assert!(check("    Finished", later));
        assert!(!check("    Finished", earlier));
        assert!(!check("   Compiling x\n    Finished", later));
        assert!(!check("", later));
    }

    #[test]
    fn answers_must_hold_what_was_asked_for() {
        let tool = crate::tools::Tool { name: "dhow", program: "dhow".into() };
        let scratch = tempfile::tempdir().unwrap();
        let side = Side::new(&tool, scratch.path()).unwrap();
        assert!(tree(&side, &said("a b c", ""), ["a", "b", "c"]).is_ok());
        assert!(tree(&side, &said("a b", ""), ["a", "b", "c"]).is_err());
        assert!(metadata(&side, &said(r#"{"packages":[1,2]}"#, ""), 2).is_ok());
        assert!(metadata(&side, &said(r#"{"packages":[1]}"#, ""), 2).is_err());
        assert!(metadata(&side, &said("{", ""), 0).is_err());
        disk::write(&side.empty_home().join("registry/src/r/a/.cargo-ok"), "").unwrap();
        disk::write(&side.empty_home().join("registry/cache/r/a.crate"), "").unwrap();
        assert!(unpacked(&side.empty_home()).unwrap_err().starts_with("1 archives and 1"));
    }
}
