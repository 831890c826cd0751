//! What can be wrong with targets.

use std::path::PathBuf;

/// What is wrong with a target.
#[derive(Debug, thiserror::Error)]
pub enum TargetProblem {
    /// Nothing to compile.
    #[error("the package has no targets")]
    NoTargets,
    /// `[lib]` without a file.
    #[error("cannot find the file of the library `{name}`")]
    NoLibrary {
        /// Its name.
        name: String,
    },
    /// A target without a file.
    #[error("cannot find the file of the {kind} target `{name}`")]
    NoFile {
        /// Which section.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Where it would be looked for.
        directory: PathBuf,
        /// A target of nearly this name.
        nearest: Option<String>,
    },
    /// `name.rs` and `name/main.rs`.
    #[error("two files could be the {kind} target `{name}`: `{}` and `{}`", first.display(), second.display())]
    TwoFiles {
        /// Which section.
        kind: &'static str,
        /// Its name.
        name: String,
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A section without `name`.
    #[error("a `[[{kind}]]` section has no `name`")]
    NoName {
        /// Which section.
        kind: &'static str,
    },
    /// `name = ""`
    #[error("the name of a {kind} target is empty")]
    EmptyName {
        /// Which section.
        kind: &'static str,
    },
    /// Two of one name.
    #[error("two {kind} targets are named `{name}`")]
    Duplicate {
        /// Which section.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// Libraries are identifiers.
    #[error("the library name `{name}` has a dash; names of libraries are Rust identifiers")]
    LibraryDash {
        /// The name.
        name: String,
    },
    /// A directory of the target directory has that name.
    #[error("a binary cannot be named `{name}`: the target directory has a directory of that name")]
    ForbiddenName {
        /// The name.
        name: String,
    },
    /// Binaries are binaries.
    #[error("the binary `{name}` cannot have a crate type (it has `{}`)", types.join("`, `"))]
    BinaryTypes {
        /// The name.
        name: String,
        /// What it has.
        types: Vec<String>,
    },
    /// Binaries are no macros.
    #[error("the binary `{name}` cannot be a procedural macro")]
    BinaryProcMacro {
        /// The name.
        name: String,
    },
    /// `dylib` and `cdylib`.
    #[error("the library `{name}` cannot be both `dylib` and `cdylib`")]
    TwoDynamicTypes {
        /// The name.
        name: String,
    },
    /// `proc-macro` and something else.
    #[error("the procedural macro `{name}` cannot have other crate types")]
    MixedProcMacro {
        /// The name.
        name: String,
    },
    /// `required-features = ["dep:x"]` or `["x?/y"]`.
    #[error("`{feature}` in `required-features` of the target `{name}` is not the name of a feature")]
    RequiredFeature {
        /// The target.
        name: String,
        /// What is written.
        feature: String,
    },
    /// An edition that nobody knows.
    #[error("unknown edition `{edition}` (editions: 2015, 2018, 2021, 2024)")]
    BadEdition {
        /// What is written.
        edition: String,
    },
    /// Only nightly Cargo has it.
    #[error("`{key}` is unstable in Cargo and not supported")]
    Unstable {
        /// What.
        key: &'static str,
    },
}

impl TargetProblem {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoTargets => Some(
                "add `src/lib.rs` or `src/main.rs`, or a `[lib]` or `[[bin]]` section with a `path`".into(),
            ),
            Self::NoLibrary { .. } => Some("add `src/lib.rs`, or set `lib.path`".into()),
            Self::NoFile { kind, name, directory, nearest } => {
                let directory = directory.display();
                let there_is = nearest.as_ref().map(|n| format!("; there is a `{n}`")).unwrap_or_default();
                Some(format!(
                    "add `{directory}/{name}.rs` or `{directory}/{name}/main.rs`, or set `{kind}.path`{there_is}"
                ))
            }
            Self::TwoFiles { kind, .. } => Some(format!("set `{kind}.path`, or remove one of them")),
            Self::LibraryDash { name } => Some(format!("use `{}`", name.replace('-', "_"))),
            _ => None,
        }
    }
}
