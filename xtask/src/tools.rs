//! The two programs under comparison and the surroundings that both get alike.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Variables that would make one run differ from the next, by how they begin.
const LEFT_OUT: [&str; 6] = ["CARGO", "RUST", "DHOW", "XDG_", "TARGET", "LD_LIBRARY_PATH"];
/// Of those, what names the toolchains.
const KEPT: [&str; 1] = ["RUSTUP_HOME"];

/// One of the two sides.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    /// What the tables call it.
    pub(crate) name: &'static str,
    /// Its program.
    pub(crate) program: PathBuf,
}

/// Both sides, and the directory that holds rustc.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    /// The toolchain's own binary, not rustup's proxy.
    pub(crate) cargo: Tool,
    /// What was built from this repository, unless something else was named.
    pub(crate) dhow: Tool,
    toolchain_bin: PathBuf,
}

impl Tools {
    /// Finds Cargo; takes `dhow` or builds it for release.
    pub(crate) fn find(dhow: Option<&str>) -> Result<Self, String> {
        let cargo = real_cargo()?;
        let toolchain_bin = cargo.parent().ok_or("cargo has no directory")?.to_path_buf();
        let dhow = match dhow {
            Some(path) => std::path::absolute(path).map_err(|error| error.to_string())?,
            None => build_dhow(&cargo, &toolchain_bin)?,
        };
        let missing = format!("`{}` does not exist", dhow.display());
        let dhow = dhow.is_file().then_some(dhow).ok_or(missing)?;
        Ok(Self {
            cargo: Tool { name: "cargo", program: cargo },
            dhow: Tool { name: "dhow", program: dhow },
            toolchain_bin,
        })
    }

    /// The directory that holds the toolchain: its `bin`, `lib` and the rest.
    pub(crate) fn toolchain(&self) -> &Path {
        self.toolchain_bin.parent().unwrap_or(&self.toolchain_bin)
    }

    /// The environment for either side: that of the caller without its Cargo settings, and its own home.
    pub(crate) fn environment(&self, cargo_home: &Path) -> BTreeMap<OsString, OsString> {
        let mut environment: BTreeMap<OsString, OsString> = std::env::vars_os()
            .filter(|(name, _)| {
                let name = name.to_string_lossy();
                let left_out = LEFT_OUT.iter().any(|prefix| name.starts_with(prefix));
                !left_out || KEPT.contains(&name.as_ref())
            })
            .collect();
        // The toolchain first: neither side is to pay for rustup's proxies.
        environment.insert("PATH".into(), path_with(&self.toolchain_bin));
        environment.insert("CARGO_HOME".into(), cargo_home.into());
        environment
    }

    /// `tool` in `directory`, ready for arguments.
    pub(crate) fn command(&self, tool: &Tool, directory: &Path, cargo_home: &Path) -> Command {
        let mut command = Command::new(&tool.program);
        command.current_dir(directory).env_clear().envs(self.environment(cargo_home));
        command.stdin(Stdio::null());
        command
    }

    /// What `rustc -V` says.
    pub(crate) fn rustc_version(&self) -> Result<String, String> {
        run(Command::new(self.toolchain_bin.join("rustc")).arg("-V")).map(|text| text.trim().into())
    }
}

/// Runs to the end; the standard output of a success, or an error that shows what was printed.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = capture(command)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failure(command, &output))
}

/// Runs to the end, whatever comes of it.
pub(crate) fn capture(command: &mut Command) -> Result<Output, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.output().map_err(|error| format!("`{program}` could not be started: {error}"))
}

/// Says what failed, with the end of what it printed.
pub(crate) fn failure(command: &Command, output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = stderr.lines().collect();
    let end = lines[lines.len().saturating_sub(20)..].join("\n    ");
    let arguments: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    let program = command.get_program().to_string_lossy();
    format!("`{program} {}` ended with {}\n    {end}", arguments.join(" "), output.status)
}

fn real_cargo() -> Result<PathBuf, String> {
    let from_rustup = run(Command::new("rustup").args(["which", "cargo"]));
    let found = from_rustup.map(|path| PathBuf::from(path.trim()));
    // Without rustup there is no proxy, and who runs us is the real one.
    found.or_else(|error| std::env::var_os("CARGO").map(PathBuf::from).ok_or(error))
}

fn build_dhow(cargo: &Path, toolchain_bin: &Path) -> Result<PathBuf, String> {
    let root = crate::repository_root();
    eprintln!("building dhow for release");
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--locked", "--package", "dhow"]);
    command.args(["--message-format", "json-render-diagnostics"]);
    command.current_dir(root).env("PATH", path_with(toolchain_bin)).stderr(Stdio::inherit());
    let messages = run(&mut command)?;
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    executables.next_back().ok_or_else(|| "the build of dhow made no program".into())
}

fn path_with(first: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let rest = std::env::split_paths(&path);
    let all = std::iter::once(first.to_path_buf()).chain(rest);
    std::env::join_paths(all).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_what_was_printed() {
        let error = run(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert!(error.contains("why") && error.contains('3'), "{error}");
        assert!(run(&mut Command::new("no-such-program-anywhere")).is_err());
    }

    #[test]
    fn either_side_gets_the_same_surroundings() {
        let tools = Tools::find(Some("Cargo.toml")).unwrap();
        let environment = tools.environment(Path::new("somewhere"));
        assert_eq!(environment[&OsString::from("CARGO_HOME")], "somewhere");
        // Cargo sets this one for tests.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        assert!(!environment.contains_key(&OsString::from("CARGO_MANIFEST_DIR")));
        assert!(Tools::find(Some("no-such-program-anywhere")).is_err());
    }
}
