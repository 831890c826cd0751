//! The tree: integers, booleans, strings, lists and tables, and where each of them was written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Keys and values, in the order of the keys.
pub type Table = BTreeMap<String, Value>;

/// A value of the configuration and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it was written. For a table or list that several files fill: where it first appears.
    pub definition: Definition,
}

/// What a value can be. Floats and dates have no meaning in configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// An integer.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// A string.
    String(String),
    /// A list; its elements can come from several places.
    List(Vec<Value>),
    /// A table.
    Table(Table),
}

/// The place where a value was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Definition {
    /// A configuration file that was found by its place, or included from one.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: u32,
    },
    /// An environment variable.
    Environment(Arc<str>),
    /// `--config KEY=VALUE`.
    Cli,
    /// A file named by `--config FILE`.
    CliFile {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: u32,
    },
}

impl Value {
    /// Puts data and place together.
    pub fn new(data: Data, definition: Definition) -> Self {
        Self { data, definition }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub fn as_table(&self) -> Option<&Table> {
        match &self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.data {
            Data::List(list) => Some(list),
            _ => None,
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Integer(_) => "an integer",
            Data::Boolean(_) => "a boolean",
            Data::String(_) => "a string",
            Data::List(_) => "a list",
            Data::Table(_) => "a table",
        }
    }
}

impl Definition {
    /// The directory that relative paths in this value start from: the parent of the directory that the file is
    /// in, else `cwd`.
    pub fn root<'a>(&'a self, cwd: &'a Path) -> &'a Path {
        match self {
            Self::File { path, .. } | Self::CliFile { path, .. } => {
                path.parent().and_then(Path::parent).unwrap_or(cwd)
            }
            Self::Environment(_) | Self::Cli => cwd,
        }
    }

    /// The file, if it is written in one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } | Self::CliFile { path, .. } => Some(path),
            Self::Environment(_) | Self::Cli => None,
        }
    }

    /// Rank among the places that can define one key: files, then the environment, then the command line.
    pub fn rank(&self) -> u8 {
        match self {
            Self::File { .. } => 0,
            Self::Environment(_) => 1,
            Self::Cli | Self::CliFile { .. } => 2,
        }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } | Self::CliFile { path, line } => {
                write!(f, "{}:{line}", path.display())
            }
            Self::Environment(name) => write!(f, "environment variable `{name}`"),
            Self::Cli => f.write_str("command line option `--config`"),
        }
    }
}
