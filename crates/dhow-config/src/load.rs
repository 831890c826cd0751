//! Finds the files, follows their `include`s, lays `--config` over them, and merges all of it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dhow_formats::config::{Data, Definition, Origin, Table, Value, parse, parse_argument};

use crate::config::Config;
use crate::env::Env;
use crate::error::ConfigError;
use crate::merge::{merge_over, merge_under};
use crate::trace::{ConfigWarning, Trace};

impl Config {
    /// Reads the configuration that holds in `start`: `.cargo/config.toml` there and in every directory above,
    /// then the one in Cargo's home, with the arguments of `--config` over them.
    ///
    /// # Errors
    /// A file or an argument that cannot be read or merged, or no home directory.
    pub fn load(env: &Env, start: &Path, arguments: &[String]) -> Result<Self, ConfigError> {
        let home = env.cargo_home().ok_or(ConfigError::NoHome)?;
        let trace = Trace::default();
        let mut values = Table::new();
        let start = env.cwd().join(start);
        let real_home = dhow_fs::canonicalize(&home);
        let mut home_was_seen = false;
        for directory in start.ancestors() {
            let directory = directory.join(".cargo");
            // The home may be named in a roundabout way: `../.cargo`.
            home_was_seen |= directory == home || dhow_fs::canonicalize(&directory) == real_home;
            if let Some(table) = load_named(&trace, &directory, "config")? {
                merge_under(&mut values, table)?;
            }
        }
        if !home_was_seen && let Some(table) = load_named(&trace, &home, "config")? {
            merge_under(&mut values, table)?;
        }
        for argument in arguments {
            merge_over(&mut values, load_argument(&trace, env, argument)?)?;
        }
        Ok(Self { env: env.clone(), home, values, trace, credentials: OnceLock::new() })
    }

    /// What the `.cargo/config.toml` in `root` says by itself: without other files, variables and arguments. So it is
    /// wherever the directory lies, and whoever looks.
    ///
    /// # Errors
    /// The file cannot be read or merged.
    pub fn of_project_alone(root: &Path) -> Result<Self, ConfigError> {
        let trace = Trace::default();
        let home = root.join(".cargo");
        let values = load_named(&trace, &home, "config")?.unwrap_or_default();
        let env = Env::new(root, std::iter::empty::<(OsString, OsString)>());
        Ok(Self { env, home, values, trace, credentials: OnceLock::new() })
    }
}

/// The file `name` or `name.toml` in `directory`; the first goes first, as it is the older one.
pub(crate) fn load_named(trace: &Trace, directory: &Path, name: &str) -> Result<Option<Table>, ConfigError> {
    let old = directory.join(name);
    let new = directory.join(format!("{name}.toml"));
    let old_text = read_optional(trace, &old)?;
    let Some(text) = old_text else {
        let text = read_optional(trace, &new)?;
        return text.map(|text| load_text(trace, new, &text, Origin::File, &mut Vec::new())).transpose();
    };
    // One may be a link to the other, for the sake of a Cargo that knows only one of the names.
    let file = |path: &Path| dhow_fs::stat(path).ok().flatten().map(|stat| (stat.device, stat.inode));
    match (file(&old), file(&new)) {
        (_, None) => {
            trace.tried(&new, false);
            trace.warn(ConfigWarning::OldName { path: old.clone() });
        }
        (used, ignored) => {
            trace.tried(&new, true);
            if used != ignored {
                trace.warn(ConfigWarning::BothNames { used: old.clone(), ignored: new });
            }
        }
    }
    load_text(trace, old, &text, Origin::File, &mut Vec::new()).map(Some)
}

fn read_optional(trace: &Trace, path: &Path) -> Result<Option<String>, ConfigError> {
    match dhow_fs::read_to_string_optional(path) {
        Ok(text) => {
            trace.tried(path, text.is_some());
            Ok(text)
        }
        // A directory above that we may not look into is like one that is not there.
        Err(_) if dhow_fs::stat(path).is_err() => {
            trace.tried(path, false);
            Ok(None)
        }
        Err(source) => Err(ConfigError::Read { path: path.to_owned(), source }),
    }
}

/// `open` holds the files that are being read, from the outermost one on.
fn load_text(
    trace: &Trace,
    path: PathBuf,
    text: &str,
    origin: fn(Arc<Path>) -> Origin,
    open: &mut Vec<PathBuf>,
) -> Result<Table, ConfigError> {
    let table = parse(text, &origin(path.as_path().into()))
        .map_err(|source| ConfigError::Parse { path: path.clone(), source })?;
    let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
    open.push(path);
    let table = with_includes(trace, table, &directory, origin, open);
    open.pop();
    table
}

/// Puts what the table includes under the table, the last of them on top.
fn with_includes(
    trace: &Trace,
    mut table: Table,
    directory: &Path,
    origin: fn(Arc<Path>) -> Origin,
    open: &mut Vec<PathBuf>,
) -> Result<Table, ConfigError> {
    let Some(include) = table.remove("include") else { return Ok(table) };
    let mut below = Table::new();
    for Include { path, optional, definition } in includes(&include, directory)? {
        if open.contains(&path) {
            return Err(ConfigError::IncludeCycle { path, definition });
        }
        match read_optional(trace, &path)? {
            Some(text) => merge_over(&mut below, load_text(trace, path, &text, origin, open)?)?,
            None if optional => {}
            None => return Err(ConfigError::IncludeMissing { path, definition }),
        }
    }
    merge_over(&mut below, table)?;
    Ok(below)
}

struct Include {
    path: PathBuf,
    optional: bool,
    definition: Definition,
}

fn includes(include: &Value, directory: &Path) -> Result<Vec<Include>, ConfigError> {
    let bad = |definition: &Definition, reason: String| ConfigError::BadInclude {
        definition: definition.clone(),
        reason,
    };
    let list =
        include.as_list().ok_or_else(|| bad(&include.definition, format!("it is {}", include.kind())))?;
    let mut includes = Vec::with_capacity(list.len());
    for element in list {
        let (path, optional) = match &element.data {
            Data::String(path) => (path.as_str(), false),
            Data::Table(table) => include_table(table).map_err(|reason| bad(&element.definition, reason))?,
            _ => return Err(bad(&element.definition, format!("it has {} in it", element.kind()))),
        };
        if Path::new(path).extension() != Some(OsStr::new("toml")) {
            return Err(bad(&element.definition, format!("`{path}` does not end in `.toml`")));
        }
        let definition = element.definition.clone();
        includes.push(Include { path: directory.join(path), optional, definition });
    }
    Ok(includes)
}

fn include_table(table: &Table) -> Result<(&str, bool), String> {
    let path = match table.get("path").map(|path| (path.as_str(), path.kind())) {
        Some((Some(path), _)) => path,
        Some((None, kind)) => return Err(format!("its `path` is {kind}")),
        None => return Err("it has a table without `path`".to_owned()),
    };
    let optional = match table.get("optional").map(|optional| &optional.data) {
        None => false,
        Some(Data::Boolean(optional)) => *optional,
        Some(_) => return Err("its `optional` is neither `true` nor `false`".to_owned()),
    };
    Ok((path, optional))
}

/// An argument of `--config`: a file if there is one of that name, else `KEY=VALUE`.
fn load_argument(trace: &Trace, env: &Env, argument: &str) -> Result<Table, ConfigError> {
    if !argument.is_empty() {
        let path = env.cwd().join(argument);
        if dhow_fs::stat(&path).ok().flatten().is_some() {
            let text = dhow_fs::read_to_string(&path)
                .map_err(|source| ConfigError::Read { path: path.clone(), source })?;
            trace.tried(&path, true);
            return load_text(trace, path, &text, Origin::CliFile, &mut Vec::new());
        }
    }
    let table = parse_argument(argument)
        .map_err(|source| ConfigError::Argument { argument: argument.to_owned(), source })?;
    refuse_secrets(&table)?;
    with_includes(trace, table, env.cwd(), Origin::CliFile, &mut Vec::new())
}

fn refuse_secrets(table: &Table) -> Result<(), ConfigError> {
    let secret = |name: &str, registry: &Value| {
        let keys = ["token", "secret-key"];
        let found =
            keys.into_iter().find(|key| registry.as_table().is_some_and(|table| table.contains_key(*key)));
        found.map(|key| ConfigError::SecretArgument { key: format!("{name}.{key}") })
    };
    let registry = table.get("registry").and_then(|registry| secret("registry", registry));
    let registries = table.get("registries").and_then(Value::as_table).into_iter().flatten();
    let named = registries.filter_map(|(name, registry)| secret(&format!("registries.{name}"), registry));
    match registry.into_iter().chain(named).next() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
