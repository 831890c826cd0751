//! What can be wrong with configuration, each with its place and what to do about it.

use std::path::PathBuf;

use dhow_formats::config::{ArgumentError, ConfigParseError, Definition};
use dhow_fs::FsError;

/// Configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No home directory, so no place for Cargo's.
    #[error("no home directory is known: set `CARGO_HOME`, or `HOME`")]
    NoHome,
    /// A file that is there and cannot be read.
    #[error("cannot read the configuration file `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: FsError,
    },
    /// A file that is not a configuration.
    #[error("`{}` is not a valid configuration file: {source}", .path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: ConfigParseError,
    },
    /// An argument of `--config` that is neither a file nor `KEY=VALUE`.
    #[error("`--config {argument}` is neither a file nor a setting: {source}")]
    Argument {
        /// The argument.
        argument: String,
        /// Why it is not a setting.
        source: ArgumentError,
    },
    /// A secret on the command line, where every process of the machine can read it.
    #[error(
        "`{key}` cannot be set by `--config`, because other users can read command lines: put it into `credentials.toml` or an environment variable"
    )]
    SecretArgument {
        /// The key.
        key: String,
    },
    /// `include` with something that is no path.
    #[error(
        "`include` in {definition} must be a list of paths, or of tables with `path` and `optional`: {reason}"
    )]
    BadInclude {
        /// Where.
        definition: Definition,
        /// What is wrong.
        reason: String,
    },
    /// An included file that is not there.
    #[error("`{}`, which {definition} includes, does not exist (write `{{ path = \"…\", optional = true }}` if it need not)", .path.display())]
    IncludeMissing {
        /// The file.
        path: PathBuf,
        /// Where it is included.
        definition: Definition,
    },
    /// A file that includes itself.
    #[error("`{}` includes itself (by way of {definition})", .path.display())]
    IncludeCycle {
        /// The file.
        path: PathBuf,
        /// Where it is included the second time.
        definition: Definition,
    },
    /// Two places disagree on the kind of a value.
    #[error("`{key}` is {stronger_kind} in {stronger}, but {weaker_kind} in {weaker}: they cannot be merged")]
    Merge {
        /// The key.
        key: String,
        /// What it is in the place that goes first.
        stronger_kind: &'static str,
        /// The place that goes first.
        stronger: Definition,
        /// What it is in the other place.
        weaker_kind: &'static str,
        /// The other place.
        weaker: Definition,
    },
    /// A value of the wrong kind.
    #[error("`{key}` must be {expected}, but is {found} in {definition}")]
    WrongType {
        /// The key.
        key: String,
        /// What is expected.
        expected: &'static str,
        /// What was found.
        found: String,
        /// Where.
        definition: Definition,
    },
    /// A value of the right kind that has no meaning.
    #[error("`{key}` is not valid in {definition}: {reason}")]
    Invalid {
        /// The key.
        key: String,
        /// Where.
        definition: Definition,
        /// What is wrong, and what is possible.
        reason: String,
    },
    /// An environment variable, not one of configuration, with a value that cannot be used.
    #[error("environment variable `{name}` is not valid: {reason}")]
    Variable {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A registry that nobody defined.
    #[error("no registry `{name}` is configured{}: add `[registries.{name}]` with an `index`", known_registries(.known))]
    UnknownRegistry {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A registry's name that cannot be one.
    #[error("`{name}` cannot be the name of a registry: only letters, digits, `-` and `_` are possible")]
    RegistryName {
        /// The name.
        name: String,
    },
    /// A source that is replaced by one that nobody defined.
    #[error("source `{from}` is replaced by `{name}` in {definition}, but there is no source or registry of that name{}", known_sources(.known))]
    UnknownSource {
        /// The source that is replaced.
        from: String,
        /// The name of the replacement.
        name: String,
        /// Where.
        definition: Definition,
        /// The names there are.
        known: Vec<String>,
    },
    /// Sources that replace each other.
    #[error("sources replace each other in a circle: {} (begun in {definition})", .names.join(" → "))]
    SourceCycle {
        /// The way round.
        names: Vec<String>,
        /// Where the first of them is.
        definition: Definition,
    },
    /// Two names for one source.
    #[error("source `{name}` in {definition} is the same as source `{other}`: define it once")]
    SameSource {
        /// The second name.
        name: String,
        /// The first name.
        other: String,
        /// Where the second is.
        definition: Definition,
    },
    /// Two names for one registry, so that it is not known whose token is its own.
    #[error("the registry `{url}` has several names: `{}`; only one of them may have this `index`", .names.join("`, `"))]
    SameIndex {
        /// The URL of its index.
        url: String,
        /// Its names.
        names: Vec<String>,
    },
}

fn known_registries(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!(" (there are: {})", known.join(", ")) }
}

fn known_sources(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!(" (sources: {})", known.join(", ")) }
}
