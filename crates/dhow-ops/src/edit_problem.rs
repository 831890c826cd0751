//! What is wrong with a wish to change a manifest.

use std::path::PathBuf;

use dhow_formats::manifest::ManifestSyntaxError;
use dhow_formats::manifest_edit::{EditError, EntryError};

/// Why a manifest is not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the variants are")]
pub enum EditProblem {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error("`{}` cannot be changed", .path.display())]
    Syntax { path: PathBuf, source: ManifestSyntaxError },
    #[error("it is not clear which package to change: name it with `-p` (there are: {})", .members.join(", "))]
    WhichPackage { members: Vec<String> },
    #[error(
        "`{}` has tables under old names: {}\n\nhelp: rename them first, with `-` in the place of `_`",
        .path.display(), .tables.join(", ")
    )]
    LegacyTables { path: PathBuf, tables: Vec<String> },
    #[error("`{name}` is not the name of a package: {reason}{}", at_sign(.suggestion))]
    Name { name: String, reason: String, suggestion: Option<String> },
    #[error(
        "`+{toolchain}` is not the name of a package\n\nhelp: a toolchain comes before the command: `dhow +{toolchain} add`"
    )]
    Toolchain { toolchain: String },
    #[error("`{req}` is not a version requirement: {reason}{}", without_v(.name, .req))]
    Req { name: String, req: String, reason: semver::Error },
    #[error("`--rename` goes with one dependency, and several are named")]
    RenameOfSeveral,
    #[error("`--base` is unstable in Cargo, and not supported")]
    Base,
    #[error("`{name}` cannot have a version here (`{req}`): {where_} decides which it is")]
    VersionBeside { name: String, req: String, where_: &'static str },
    #[error("whose feature is `{feature}`? Say {}", .candidates.join(" or "))]
    WhoseFeature { feature: String, candidates: Vec<String> },
    #[error("`{feature}`: `dep:` means something inside of `[features]` only")]
    DepFeature { feature: String },
    #[error("`{feature}` has more than one `/`")]
    Slashes { feature: String },
    #[error("`{feature}`: the name of the package is not known yet; write `{plain}`")]
    FeatureOfUnknown { feature: String, plain: String },
    #[error("the feature `{feature}` is for `{name}`, which is not among what is added")]
    FeatureOfAbsent { feature: String, name: String },
    #[error("`{name}` is not in {place}{help}")]
    NotFound { name: String, place: String, help: String },
    #[error("{place} has not one package but several: name one of {}", .names.join(", "))]
    WhichOf { place: String, names: Vec<String> },
    #[error("{}", unknown_features(.name, .unknown, .help))]
    UnknownFeatures { name: String, unknown: Vec<String>, help: String },
    #[error("`{name}` cannot depend on itself")]
    OnItself { name: String },
    #[error(
        "`{flag}` cannot be given for `{key}`, which comes from `[workspace.dependencies]`\n\nhelp: set `{field}` there, \
         or declare the dependency in the package's own manifest"
    )]
    Inherited { key: String, flag: &'static str, field: &'static str },
    #[error(
        "no version of `{name}` goes with {limit}\n\nhelp: `--ignore-rust-version` takes {name} {latest}, which needs Rust {needs}"
    )]
    RustVersion { name: String, limit: String, latest: String, needs: String },
    #[error(
        "`{}` needs to change, but `--locked` forbids that\n\nhelp: run the command once without `--locked`", .path.display()
    )]
    Locked { path: PathBuf },
    #[error("the dependency `{name}` is not in `{table}`{help}")]
    NoDependency { name: String, table: String, help: String },
}

impl From<EntryError> for EditProblem {
    fn from(error: EntryError) -> Self {
        Self::Edit(error.into())
    }
}

fn at_sign(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(text) => format!("\n\nhelp: a version is set off by `@`: `{text}`"),
        None => String::new(),
    }
}

fn without_v(name: &str, req: &str) -> String {
    match req.strip_prefix('v') {
        Some(rest) => format!("\n\nhelp: write `{name}@{rest}`"),
        None => String::new(),
    }
}

fn unknown_features(name: &str, unknown: &[String], help: &str) -> String {
    let plural = if unknown.len() == 1 { "" } else { "s" };
    format!("`{name}` does not have the feature{plural} {}{help}", unknown.join(", "))
}
