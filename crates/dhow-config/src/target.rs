//! The `[target]` tables: linker, runner, and what replaces build scripts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dhow_formats::config::{Data, Definition, Table, Value};
use dhow_model::{Cfg, CfgExpr};

use crate::config::{Config, Located, ProgramAndArgs, invalid, wrong_type};
use crate::error::ConfigError;
use crate::key::Key;
use crate::trace::ConfigWarning;

/// Keys of a target table that are not names of native libraries.
const KEYS: &[&str] = &["ar", "linker", "runner", "rustflags", "rustdocflags"];
const CFG_KEYS: &[&str] = &["linker", "runner", "rustflags"];

/// What configuration says about one target. Its flags are in [`Config::rustflags`].
#[derive(Clone, Debug, Default)]
pub struct TargetConfig {
    /// Passed to the compiler as `-C linker`.
    pub linker: Option<Located<PathBuf>>,
    /// Runs the programs that were built.
    pub runner: Option<ProgramAndArgs>,
    /// What stands in for the build script of the package that `links` to a library of that name.
    pub links: BTreeMap<String, LinksOverride>,
}

/// What a build script would have said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinksOverride {
    /// Search paths of libraries, as `-L` takes them (`native=/x` too).
    pub library_paths: Vec<String>,
    /// Libraries, as `-l` takes them.
    pub library_links: Vec<String>,
    /// Arguments of the linker, and for what.
    pub link_args: Vec<(LinkArgTarget, String)>,
    /// Values of `--cfg`.
    pub cfgs: Vec<String>,
    /// Values of `--check-cfg`.
    pub check_cfgs: Vec<String>,
    /// Variables for the compiler.
    pub env: Vec<(String, String)>,
    /// What dependents' build scripts see as `DEP_<LINKS>_<KEY>`.
    pub metadata: Vec<(String, String)>,
    /// Where it was written.
    pub definition: Option<Definition>,
}

/// Which of a package's targets an argument of the linker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkArgTarget {
    /// All.
    All,
    /// Dynamic libraries.
    Cdylib,
    /// Programs.
    Bin,
    /// Tests.
    Test,
    /// Benchmarks.
    Bench,
    /// Examples.
    Example,
}

impl Config {
    /// What configuration says about `triple`, whose configuration values are `cfgs`. For a target specification
    /// file, the triple is the name of the file without `.json`.
    ///
    /// # Errors
    /// A value of the wrong kind, or several `cfg(…)` tables that match and name different programs.
    pub fn target(&self, triple: &str, cfgs: &[Cfg]) -> Result<TargetConfig, ConfigError> {
        let key = self.target_key(triple)?;
        let tables = self.matching_cfg_tables(cfgs)?;
        let linker = match self.program(&key.child("linker"))? {
            Some(linker) => Some(linker),
            None => {
                self.of_cfg_tables(&tables, "linker", |key| self.program(key), |found| &found.definition)?
            }
        };
        let runner = match self.program_and_args(&key.child("runner"))? {
            Some(runner) => Some(runner),
            None => self.of_cfg_tables(
                &tables,
                "runner",
                |key| self.program_and_args(key),
                |found| &found.definition,
            )?,
        };
        let mut links = BTreeMap::new();
        for (name, value) in self.table(&key)?.into_iter().flatten() {
            if !KEYS.contains(&name.as_str()) {
                links.insert(name.clone(), links_override(&key.child(name), value)?);
            }
        }
        Ok(TargetConfig { linker, runner, links })
    }

    /// The table of a triple; one with a dot may be written with or without quotes.
    pub(crate) fn target_key(&self, triple: &str) -> Result<Key, ConfigError> {
        let quoted = Key::new(&["target", triple]);
        if triple.contains('.') && self.value(&quoted)?.is_none() {
            return Ok(Key::dotted(&format!("target.{triple}")));
        }
        Ok(quoted)
    }

    /// The names of the `cfg(…)` tables that match, sorted.
    pub(crate) fn matching_cfg_tables(&self, cfgs: &[Cfg]) -> Result<Vec<String>, ConfigError> {
        let mut matching = Vec::new();
        for (name, value) in self.table(&Key::new(&["target"]))?.into_iter().flatten() {
            if !name.starts_with("cfg(") {
                continue;
            }
            self.check_keys(&Key::new(&["target", name]), CFG_KEYS)?;
            match name.strip_prefix("cfg(").and_then(|name| name.strip_suffix(')')).map(str::parse::<CfgExpr>)
            {
                Some(Ok(_)) if CfgExpr::matches_key(name, cfgs) => matching.push(name.clone()),
                Some(Ok(_)) => {}
                _ => self.trace.warn(ConfigWarning::UnknownKey {
                    key: Key::new(&["target", name]).to_string(),
                    definition: value.definition.clone(),
                    suggestion: None,
                }),
            }
        }
        Ok(matching)
    }

    fn of_cfg_tables<T>(
        &self,
        tables: &[String],
        name: &str,
        read: impl Fn(&Key) -> Result<Option<T>, ConfigError>,
        definition: impl Fn(&T) -> &Definition,
    ) -> Result<Option<T>, ConfigError> {
        let mut found: Option<(&str, T)> = None;
        for table in tables {
            let key = Key::new(&["target", table, name]);
            let Some(value) = read(&key)? else { continue };
            if let Some((first, other)) = &found {
                let reason = format!(
                    "`{first}` in {} matches the same target and has a `{name}` too: only one can",
                    definition(other)
                );
                return Err(invalid(&key, definition(&value).clone(), reason));
            }
            found = Some((table, value));
        }
        Ok(found.map(|(_, value)| value))
    }
}

fn links_override(key: &Key, value: &Value) -> Result<LinksOverride, ConfigError> {
    let table = value.as_table().ok_or_else(|| wrong_type(key, "a table", value))?;
    let mut output = LinksOverride { definition: Some(value.definition.clone()), ..LinksOverride::default() };
    for (name, value) in table {
        let key = key.child(name);
        match name.as_str() {
            "rustc-flags" => rustc_flags(&key, value, &mut output)?,
            "rustc-link-lib" => output.library_links.extend(list(&key, value)?),
            "rustc-link-search" => output.library_paths.extend(list(&key, value)?),
            "rustc-cfg" => output.cfgs.extend(list(&key, value)?),
            "rustc-check-cfg" => output.check_cfgs.extend(list(&key, value)?),
            "rustc-env" => {
                let table: &Table = value.as_table().ok_or_else(|| wrong_type(&key, "a table", value))?;
                for (name, value) in table {
                    output.env.push((name.clone(), string(&key.child(name), value)?));
                }
            }
            "warning" | "rerun-if-changed" | "rerun-if-env-changed" => {
                let reason = "it has no meaning where no build script runs".to_owned();
                return Err(invalid(&key, value.definition.clone(), reason));
            }
            _ => match link_arg_target(name) {
                Some(target) => {
                    output
                        .link_args
                        .extend(list(&key, value)?.into_iter().map(|argument| (target, argument)));
                }
                None => output.metadata.push((name.clone(), string(&key, value)?)),
            },
        }
    }
    Ok(output)
}

fn link_arg_target(name: &str) -> Option<LinkArgTarget> {
    Some(match name {
        "rustc-link-arg" => LinkArgTarget::All,
        "rustc-link-arg-cdylib" | "rustc-cdylib-link-arg" => LinkArgTarget::Cdylib,
        "rustc-link-arg-bins" => LinkArgTarget::Bin,
        "rustc-link-arg-tests" => LinkArgTarget::Test,
        "rustc-link-arg-benches" => LinkArgTarget::Bench,
        "rustc-link-arg-examples" => LinkArgTarget::Example,
        _ => return None,
    })
}

fn string(key: &Key, value: &Value) -> Result<String, ConfigError> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong_type(key, "a string", value))
}

fn list(key: &Key, value: &Value) -> Result<Vec<String>, ConfigError> {
    match &value.data {
        Data::List(list) => list.iter().map(|element| string(key, element)).collect(),
        _ => Err(wrong_type(key, "a list of strings", value)),
    }
}

/// `-l` and `-L`, each with its value behind it or as the next word.
fn rustc_flags(key: &Key, value: &Value, output: &mut LinksOverride) -> Result<(), ConfigError> {
    let text = string(key, value)?;
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let (flag, rest) = word.split_at_checked(2).unwrap_or((word, ""));
        let into = match flag {
            "-l" => &mut output.library_links,
            "-L" => &mut output.library_paths,
            _ => {
                let reason = format!("`{word}` is neither `-l` nor `-L`");
                return Err(invalid(key, value.definition.clone(), reason));
            }
        };
        let argument = if rest.is_empty() { words.next() } else { Some(rest) };
        match argument {
            Some(argument) => into.push(argument.to_owned()),
            None => {
                return Err(invalid(key, value.definition.clone(), format!("nothing comes after `{flag}`")));
            }
        }
    }
    Ok(())
}
