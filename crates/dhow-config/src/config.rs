//! The merged configuration, and how one key is looked up in it and in the environment.
//!
//! Knows the rules that all keys share; what each key means stands in the module of its table.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dhow_formats::config::{Data, Definition, Table, Value};

use crate::env::Env;
use crate::error::ConfigError;
use crate::key::{Key, replaces, spell};
use crate::trace::{ConfigWarning, Trace, TriedFile, nearest};

/// The configuration of one invocation. Values are interpreted when they are asked for.
#[derive(Debug)]
pub struct Config {
    pub(crate) env: Env,
    pub(crate) home: PathBuf,
    pub(crate) values: Table,
    pub(crate) trace: Trace,
    /// `credentials.toml`, laid over the tables of `values` that it names; read when first asked for.
    pub(crate) credentials: OnceLock<Table>,
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub definition: Definition,
}

impl<T> Located<T> {
    pub(crate) fn new(value: T, definition: Definition) -> Self {
        Self { value, definition }
    }

    /// Another value from the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located { value: change(self.value), definition: self.definition }
    }
}

impl Located<String> {
    /// As a path, from the directory that the value's place means. See [`Definition::root`].
    pub fn to_path(&self, cwd: &Path) -> PathBuf {
        self.definition.root(cwd).join(&self.value)
    }

    /// As a program: a bare name is left to be found through `PATH`, all else is a path.
    pub fn to_program(&self, cwd: &Path) -> PathBuf {
        if self.value.contains('/') || (cfg!(windows) && self.value.contains('\\')) {
            self.to_path(cwd)
        } else {
            PathBuf::from(&self.value)
        }
    }
}

/// A program with the arguments that come before ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramAndArgs {
    /// A path, or a bare name to be found through `PATH`.
    pub program: PathBuf,
    /// Its first arguments.
    pub args: Vec<String>,
    /// Where it was written.
    pub definition: Definition,
}

impl Config {
    /// The environment that this configuration was read in.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The directory that `--config KEY=VALUE` and variables are relative to.
    pub fn cwd(&self) -> &Path {
        self.env.cwd()
    }

    /// Cargo's home directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Every file that was looked for so far, whether it was there or not.
    pub fn files(&self) -> Vec<TriedFile> {
        self.trace.files()
    }

    /// All warnings so far. More can come when more is asked for.
    pub fn warnings(&self) -> Vec<ConfigWarning> {
        self.trace.warnings()
    }

    /// What files and `--config` say about a dotted key (without quotes; the environment is not asked).
    pub fn get(&self, key: &str) -> Option<&Value> {
        let mut parts = key.split('.');
        let mut value = self.values.get(parts.next()?)?;
        for part in parts {
            value = value.as_table()?.get(part)?;
        }
        Some(value)
    }

    /// What holds for a dotted key (without quotes), with the environment considered. A variable has no type: it is
    /// taken as a boolean, an integer or a string by its looks, and adds to a list.
    ///
    /// # Errors
    /// The way there leads through something that is no table.
    pub fn get_with_env(&self, key: &str) -> Result<Option<Value>, ConfigError> {
        self.any(&Key::dotted(key))
    }

    /// The same configuration without what files and `--config` say of `[source]`: as if nothing were replaced.
    #[must_use]
    pub fn without_sources(&self) -> Self {
        let mut values = self.values.clone();
        values.remove("source");
        Self {
            env: self.env.clone(),
            home: self.home.clone(),
            values,
            trace: Trace::default(),
            credentials: self.credentials.clone(),
        }
    }

    /// The merged tables of files and `--config`.
    pub fn values(&self) -> &Table {
        &self.values
    }

    /// What files and `--config` say; an error if the way there leads through something that is no table.
    pub(crate) fn value(&self, key: &Key) -> Result<Option<&Value>, ConfigError> {
        if let Some(credentials) = self.credentials.get()
            && let Some(value) = find(credentials, key)?
        {
            return Ok(Some(value));
        }
        find(&self.values, key)
    }

    /// The variable that sets this key, if it is set.
    fn variable(&self, key: &Key) -> Option<(&str, Definition)> {
        let value = self.env.get(key.variable());
        if value.is_none()
            && let Some(found) = self.env.misspelt(key.variable())
        {
            self.trace.warn(ConfigWarning::MisspeltVariable {
                found: found.to_owned(),
                expected: key.variable().to_owned(),
            });
        }
        value.map(|value| (value, Definition::Environment(Arc::from(key.variable()))))
    }

    /// The value of a key whose kind is known, from the strongest place that has one.
    fn scalar<T>(
        &self,
        key: &Key,
        expected: &'static str,
        of_value: impl Fn(&Data) -> Option<T>,
        of_variable: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Located<T>>, ConfigError> {
        let value = self.value(key)?;
        let read = |value: &Value| match of_value(&value.data) {
            Some(read) => Ok(Some(Located::new(read, value.definition.clone()))),
            None => Err(wrong_type(key, expected, value)),
        };
        match (value, self.variable(key)) {
            (None, None) => Ok(None),
            (Some(value), None) => read(value),
            (Some(value), Some((_, definition))) if value.definition.rank() > definition.rank() => {
                read(value)
            }
            (_, Some((text, definition))) => match of_variable(text) {
                Some(read) => Ok(Some(Located::new(read, definition))),
                None => Err(ConfigError::WrongType {
                    key: key.to_string(),
                    expected,
                    found: format!("`{text}`"),
                    definition,
                }),
            },
        }
    }

    pub(crate) fn string(&self, key: &Key) -> Result<Option<Located<String>>, ConfigError> {
        let of_value = |data: &Data| match data {
            Data::String(text) => Some(text.clone()),
            _ => None,
        };
        self.scalar(key, "a string", of_value, |text| Some(text.to_owned()))
    }

    /// A string of files and `--config`, whatever the environment says.
    pub(crate) fn string_of_files(&self, key: &Key) -> Option<Located<String>> {
        let value = find(&self.values, key).ok()??;
        match &value.data {
            Data::String(text) => Some(Located::new(text.clone(), value.definition.clone())),
            _ => None,
        }
    }

    pub(crate) fn boolean(&self, key: &Key) -> Result<Option<Located<bool>>, ConfigError> {
        let of_value = |data: &Data| match data {
            Data::Boolean(truth) => Some(*truth),
            _ => None,
        };
        self.scalar(key, "`true` or `false`", of_value, |text| text.parse().ok())
    }

    /// An integer that fits into `T`.
    pub(crate) fn integer<T: TryFrom<i64>>(&self, key: &Key) -> Result<Option<Located<T>>, ConfigError> {
        let of_value = |data: &Data| match data {
            Data::Integer(number) => Some(*number),
            _ => None,
        };
        let Some(found) = self.scalar(key, "an integer", of_value, |text| text.parse().ok())? else {
            return Ok(None);
        };
        match T::try_from(found.value) {
            Ok(value) => Ok(Some(Located::new(value, found.definition))),
            Err(_) => Err(invalid(key, found.definition, format!("{} is out of range", found.value))),
        }
    }

    /// The value of a key that can be of several kinds; a variable is read as a boolean, an integer or a string.
    pub(crate) fn any(&self, key: &Key) -> Result<Option<Value>, ConfigError> {
        let value = self.value(key)?;
        let Some((text, definition)) = self.variable(key) else { return Ok(value.cloned()) };
        match value {
            Some(Value { data: Data::List(list), .. }) => {
                let list = self.with_variable(key, list.clone(), text, &definition);
                Ok(Some(Value::new(Data::List(list), definition)))
            }
            Some(value) if value.definition.rank() > definition.rank() => Ok(Some(value.clone())),
            _ => Ok(Some(Value::new(guess(text), definition))),
        }
    }

    /// Strings from a list or a string split at white space, and those of the variable, the strongest last.
    pub(crate) fn strings(&self, key: &Key) -> Result<Option<Vec<Located<String>>>, ConfigError> {
        let value = self.value(key)?;
        let variable = self.variable(key);
        if value.is_none() && variable.is_none() {
            return Ok(None);
        }
        let mut list = match value {
            None => Vec::new(),
            Some(Value { data: Data::List(list), .. }) => list.clone(),
            Some(Value { data: Data::String(text), definition }) => split(text, definition),
            Some(other) => return Err(wrong_type(key, "a string or a list of strings", other)),
        };
        if let Some((text, definition)) = variable {
            list = self.with_variable(key, list, text, &definition);
        }
        let strings = list.into_iter().map(|element| match element.data {
            Data::String(text) => Ok(Located::new(text, element.definition)),
            _ => Err(wrong_type(key, "a list of strings", &element)),
        });
        strings.collect::<Result<_, _>>().map(Some)
    }

    fn with_variable(
        &self,
        key: &Key,
        mut list: Vec<Value>,
        text: &str,
        definition: &Definition,
    ) -> Vec<Value> {
        if replaces(key.parts()) {
            list.clear();
        }
        list.extend(split(text, definition));
        // Stable: files keep their order among themselves.
        list.sort_by_key(|element| element.definition.rank());
        list
    }

    /// A program and its arguments, from a list or a string split at white space.
    pub(crate) fn program_and_args(&self, key: &Key) -> Result<Option<ProgramAndArgs>, ConfigError> {
        let Some(strings) = self.strings(key)? else { return Ok(None) };
        let mut strings = strings.into_iter();
        let Some(program) = strings.next() else {
            let place = self.value(key)?.map(|value| value.definition.clone());
            let place = place.unwrap_or_else(|| Definition::Environment(Arc::from(key.variable())));
            return Err(invalid(key, place, "it names no program".to_owned()));
        };
        Ok(Some(ProgramAndArgs {
            program: program.to_program(self.cwd()),
            args: strings.map(|argument| argument.value).collect(),
            definition: program.definition,
        }))
    }

    pub(crate) fn path(&self, key: &Key) -> Result<Option<Located<PathBuf>>, ConfigError> {
        Ok(self.string(key)?.map(|text| Located::new(text.to_path(self.cwd()), text.definition)))
    }

    pub(crate) fn program(&self, key: &Key) -> Result<Option<Located<PathBuf>>, ConfigError> {
        Ok(self.string(key)?.map(|text| Located::new(text.to_program(self.cwd()), text.definition)))
    }

    /// A table of files and `--config`.
    pub(crate) fn table(&self, key: &Key) -> Result<Option<&Table>, ConfigError> {
        match self.value(key)? {
            None => Ok(None),
            Some(Value { data: Data::Table(table), .. }) => Ok(Some(table)),
            Some(other) => Err(wrong_type(key, "a table", other)),
        }
    }

    /// Warns of the keys in a table that nothing reads. An error if it is no table.
    pub(crate) fn check_keys(&self, key: &Key, known: &[&str]) -> Result<(), ConfigError> {
        let Some(table) = self.table(key)? else { return Ok(()) };
        for (name, value) in table.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let suggestion = nearest(name, known.iter().copied());
            self.trace.warn(ConfigWarning::UnknownKey {
                key: key.child(name).to_string(),
                definition: value.definition.clone(),
                suggestion: suggestion.map(|name| key.child(name).to_string()),
            });
        }
        Ok(())
    }
}

fn find<'a>(table: &'a Table, key: &Key) -> Result<Option<&'a Value>, ConfigError> {
    let mut table = table;
    let mut parts = key.parts().iter().enumerate().peekable();
    while let Some((at, part)) = parts.next() {
        let Some(value) = table.get(part) else { return Ok(None) };
        if parts.peek().is_none() {
            return Ok(Some(value));
        }
        match &value.data {
            Data::Table(inner) => table = inner,
            _ => {
                let place = Key::new(&key.parts()[..=at].iter().map(String::as_str).collect::<Vec<_>>());
                return Err(wrong_type(&place, "a table", value));
            }
        }
    }
    Ok(None)
}

fn split(text: &str, definition: &Definition) -> Vec<Value> {
    let string = |word: &str| Value::new(Data::String(word.to_owned()), definition.clone());
    text.split_whitespace().map(string).collect()
}

/// A variable has no quotes: what looks like a boolean or an integer is one.
pub(crate) fn guess(text: &str) -> Data {
    match (text.parse(), text.parse()) {
        (Ok(truth), _) => Data::Boolean(truth),
        (_, Ok(number)) => Data::Integer(number),
        _ => Data::String(text.to_owned()),
    }
}

pub(crate) fn wrong_type(key: &Key, expected: &'static str, found: &Value) -> ConfigError {
    ConfigError::WrongType {
        key: spell(key.parts()),
        expected,
        found: found.kind().to_owned(),
        definition: found.definition.clone(),
    }
}

pub(crate) fn invalid(key: &Key, definition: Definition, reason: String) -> ConfigError {
    ConfigError::Invalid { key: key.to_string(), definition, reason }
}
