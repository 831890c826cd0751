//! The `[build]` table, the tools it names, and the variables that go before it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::config::{Data, Definition, Value};

use crate::config::{Config, Located, invalid, wrong_type};
use crate::error::ConfigError;
use crate::key::Key;
use crate::trace::ConfigWarning;

const KEYS: &[&str] = &[
    "jobs",
    "rustc",
    "rustc-wrapper",
    "rustc-workspace-wrapper",
    "rustdoc",
    "target",
    "target-dir",
    "build-dir",
    "rustflags",
    "rustdocflags",
    "incremental",
    "dep-info-basedir",
    "pipelining",
    "out-dir",
    "artifact-dir",
    "warnings",
    "sbom",
    "analysis",
];

/// The `[build]` table, with `CARGO_BUILD_*`. Variables of other names (`RUSTC`, `CARGO_INCREMENTAL`, …) are not in
/// it: see [`Config::tools`], [`Config::incremental`], [`Config::target_dir`], [`Config::rustflags`].
#[derive(Clone, Debug, Default)]
pub struct BuildConfig {
    /// How many processes run at once.
    pub jobs: Option<Located<Jobs>>,
    /// The compiler.
    pub rustc: Option<Located<PathBuf>>,
    /// Runs instead of the compiler, with its path as first argument. Empty means none.
    pub rustc_wrapper: Option<Located<PathBuf>>,
    /// As `rustc_wrapper`, for members of the workspace only.
    pub rustc_workspace_wrapper: Option<Located<PathBuf>>,
    /// The documentation generator.
    pub rustdoc: Option<Located<PathBuf>>,
    /// Triples, `host-tuple`, or absolute paths of target specifications (`….json`).
    pub targets: Option<Located<Vec<String>>>,
    /// Whether incremental compilation is on or off in all profiles.
    pub incremental: Option<Located<bool>>,
    /// What is cut off the paths in `.d` files beside the artifacts.
    pub dep_info_basedir: Option<Located<PathBuf>>,
    /// What warnings do. Cargo 1.95 reads this with `-Z warnings` only.
    pub warnings: Option<Located<WarningHandling>>,
}

/// How many processes may run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jobs {
    /// That many; if negative, that many fewer than there are processors.
    Count(i32),
    /// One for each processor.
    Default,
}

impl Jobs {
    /// The number on a machine with that many processors. `None` if it makes no sense: zero.
    pub fn count(self, processors: u32) -> Option<u32> {
        match self {
            Self::Default => Some(processors),
            Self::Count(0) => None,
            Self::Count(count) if count > 0 => Some(count.unsigned_abs()),
            Self::Count(count) => Some(processors.saturating_sub(count.unsigned_abs()).max(1)),
        }
    }

    /// Reads a number or `default`, as the command line and configuration have it.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "default" { Some(Self::Default) } else { text.parse().ok().map(Self::Count) }
    }
}

/// What happens to warnings of the compiler in workspace members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningHandling {
    /// They are shown.
    Warn,
    /// They are not shown.
    Allow,
    /// They are shown, and the command fails.
    Deny,
}

/// The programs that compile, with variables and configuration both considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// `RUSTC`, `build.rustc`, or `rustc`.
    pub rustc: PathBuf,
    /// `RUSTDOC`, `build.rustdoc`, or `rustdoc`.
    pub rustdoc: PathBuf,
    /// `RUSTC_WRAPPER` (empty: none, whatever files say) or `build.rustc-wrapper`.
    pub rustc_wrapper: Option<PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER` (empty: none) or `build.rustc-workspace-wrapper`.
    pub rustc_workspace_wrapper: Option<PathBuf>,
    /// Whether nobody chose the compiler: it is the plain name, and may be a proxy that chooses a toolchain.
    pub rustc_is_default: bool,
}

fn key(name: &str) -> Key {
    Key::new(&["build", name])
}

impl Config {
    /// The `[build]` table.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn build(&self) -> Result<BuildConfig, ConfigError> {
        self.check_keys(&Key::new(&["build"]), KEYS)?;
        if let Some(value) = self.get("build.pipelining") {
            let definition = value.definition.clone();
            self.trace.warn(ConfigWarning::NoEffect { key: "build.pipelining".to_owned(), definition });
        }
        Ok(BuildConfig {
            jobs: self.jobs()?,
            rustc: self.program(&key("rustc"))?,
            rustc_wrapper: self.program(&key("rustc-wrapper"))?,
            rustc_workspace_wrapper: self.program(&key("rustc-workspace-wrapper"))?,
            rustdoc: self.program(&key("rustdoc"))?,
            targets: self.targets()?,
            incremental: self.boolean(&key("incremental"))?,
            dep_info_basedir: self.path(&key("dep-info-basedir"))?,
            warnings: self.warning_handling()?,
        })
    }

    fn jobs(&self) -> Result<Option<Located<Jobs>>, ConfigError> {
        let key = key("jobs");
        let Some(value) = self.any(&key)? else { return Ok(None) };
        let jobs = match &value.data {
            Data::Integer(count) => i32::try_from(*count).ok().map(Jobs::Count),
            Data::String(text) => Jobs::parse(text),
            _ => return Err(wrong_type(&key, "a number or \"default\"", &value)),
        };
        match jobs {
            Some(Jobs::Count(0)) => {
                Err(invalid(&key, value.definition, "there must be at least one".to_owned()))
            }
            Some(jobs) => Ok(Some(Located::new(jobs, value.definition))),
            None => {
                let reason = "expected a number (below zero: that many fewer than processors) or `default`";
                Err(invalid(&key, value.definition, reason.to_owned()))
            }
        }
    }

    fn targets(&self) -> Result<Option<Located<Vec<String>>>, ConfigError> {
        let key = key("target");
        let Some(value) = self.any(&key)? else { return Ok(None) };
        let one = |element: &Value| match &element.data {
            Data::String(text) if text.ends_with(".json") => {
                let path = element.definition.root(self.cwd()).join(text);
                path.into_os_string().into_string().map_err(|_| {
                    invalid(&key, element.definition.clone(), "the path is not UTF-8".to_owned())
                })
            }
            Data::String(text) => Ok(text.clone()),
            _ => Err(wrong_type(&key, "a string or a list of strings", element)),
        };
        let targets = match &value.data {
            Data::List(list) => list.iter().map(one).collect::<Result<_, _>>()?,
            _ => vec![one(&value)?],
        };
        Ok(Some(Located::new(targets, value.definition)))
    }

    fn warning_handling(&self) -> Result<Option<Located<WarningHandling>>, ConfigError> {
        let key = key("warnings");
        let Some(text) = self.string(&key)? else { return Ok(None) };
        let handling = match text.value.as_str() {
            "warn" => WarningHandling::Warn,
            "allow" => WarningHandling::Allow,
            "deny" => WarningHandling::Deny,
            other => {
                let reason = format!("`{other}` is none of `warn`, `allow`, `deny`");
                return Err(invalid(&key, text.definition, reason));
            }
        };
        Ok(Some(Located::new(handling, text.definition)))
    }

    /// The compiler, its wrappers and the documentation generator.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn tools(&self) -> Result<Tools, ConfigError> {
        let rustc = self.tool("RUSTC", "rustc")?;
        let not_empty = |path: &PathBuf| !path.as_os_str().is_empty();
        Ok(Tools {
            rustc_is_default: rustc.is_none(),
            rustc: rustc.unwrap_or_else(|| PathBuf::from("rustc")),
            rustdoc: self.tool("RUSTDOC", "rustdoc")?.unwrap_or_else(|| PathBuf::from("rustdoc")),
            rustc_wrapper: self.tool("RUSTC_WRAPPER", "rustc-wrapper")?.filter(not_empty),
            rustc_workspace_wrapper: self
                .tool("RUSTC_WORKSPACE_WRAPPER", "rustc-workspace-wrapper")?
                .filter(not_empty),
        })
    }

    fn tool(&self, variable: &str, name: &str) -> Result<Option<PathBuf>, ConfigError> {
        if let Some(program) = self.env.get(variable) {
            let definition = Definition::Environment(Arc::from(variable));
            return Ok(Some(Located::new(program.to_owned(), definition).to_program(self.cwd())));
        }
        Ok(self.program(&key(name))?.map(|program| program.value))
    }

    /// Whether incremental compilation is forced on or off: `CARGO_INCREMENTAL` (`1` is on, all else off), then
    /// `build.incremental`. `None` leaves it to the profile.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn incremental(&self) -> Result<Option<bool>, ConfigError> {
        match self.env.get_os("CARGO_INCREMENTAL") {
            Some(value) => Ok(Some(value == "1")),
            None => Ok(self.boolean(&key("incremental"))?.map(|found| found.value)),
        }
    }

    /// Whether facts about the compiler may be kept between runs (`CARGO_CACHE_RUSTC_INFO` is not `0`).
    pub fn cache_rustc_info(&self) -> bool {
        self.env.get_os("CARGO_CACHE_RUSTC_INFO").is_none_or(|value| value != "0")
    }

    /// Where artifacts go, if anybody chose it: `CARGO_TARGET_DIR`, then `build.target-dir`. Absolute.
    ///
    /// # Errors
    /// An empty path.
    pub fn target_dir(&self) -> Result<Option<PathBuf>, ConfigError> {
        if let Some(directory) = self.env.get_os("CARGO_TARGET_DIR") {
            if directory.is_empty() {
                let reason = "the target directory cannot be an empty path".to_owned();
                return Err(ConfigError::Variable { name: "CARGO_TARGET_DIR".to_owned(), reason });
            }
            return Ok(Some(self.cwd().join(directory)));
        }
        let key = key("target-dir");
        match self.string(&key)? {
            None => Ok(None),
            Some(text) if text.value.is_empty() => Err(empty_path(&key, text.definition)),
            Some(text) => Ok(Some(text.to_path(self.cwd()))),
        }
    }

    /// Where intermediate files go, if it is another place than artifacts. `{workspace-root}`,
    /// `{cargo-cache-home}` and `{workspace-path-hash}` stand for what they say; the last one is asked for when it
    /// is needed, as `ab/cdef0123456789` (hash of the real path of the workspace's manifest).
    ///
    /// # Errors
    /// An empty path, an unknown variable, a brace too many.
    pub fn build_dir(
        &self,
        workspace_root: &Path,
        workspace_path_hash: impl FnOnce() -> String,
    ) -> Result<Option<PathBuf>, ConfigError> {
        let key = key("build-dir");
        let Some(text) = self.string(&key)? else { return Ok(None) };
        if text.value.is_empty() {
            return Err(empty_path(&key, text.definition));
        }
        let utf8 = |path: &Path| match path.to_str() {
            Some(path) => Ok(path.to_owned()),
            None => Err(invalid(&key, text.definition.clone(), format!("`{}` is not UTF-8", path.display()))),
        };
        let mut path = text.value.clone();
        if path.contains("{workspace-root}") {
            path = path.replace("{workspace-root}", &utf8(workspace_root)?);
        }
        if path.contains("{cargo-cache-home}") {
            path = path.replace("{cargo-cache-home}", &utf8(&self.home)?);
        }
        if path.contains("{workspace-path-hash}") {
            path = path.replace("{workspace-path-hash}", &workspace_path_hash());
        }
        if let Some(reason) = leftover_brace(&path) {
            return Err(invalid(&key, text.definition, reason));
        }
        Ok(Some(Located::new(path, text.definition).to_path(self.cwd())))
    }
}

fn empty_path(key: &Key, definition: Definition) -> ConfigError {
    invalid(key, definition, "it cannot be an empty path".to_owned())
}

fn leftover_brace(path: &str) -> Option<String> {
    let known = "`{workspace-root}`, `{cargo-cache-home}` and `{workspace-path-hash}`";
    match (path.find('{'), path.rfind('}')) {
        (None, None) => None,
        (Some(open), Some(close)) if open < close => {
            Some(format!("`{}` is no variable (there are {known})", &path[open..=close]))
        }
        (Some(_), _) => Some(format!("there is a `{{` that does not begin a variable (there are {known})")),
        (None, Some(_)) => Some(format!("there is a `}}` that does not end a variable (there are {known})")),
    }
}
