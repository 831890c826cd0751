//! What all kinds of targets have in common: where they come from, how their settings are read and checked.

use std::path::Path;

use dhow_formats::manifest::{TomlManifest, TomlPackage, TomlTarget};

use crate::edition::Edition;
use crate::error::Flaw;
use crate::notes::{Notes, deprecated_underscore};
use crate::problem::TargetProblem;
use crate::target::Target;

/// What targets are made from.
pub(crate) struct TargetInput<'a> {
    pub(crate) toml: &'a TomlManifest,
    pub(crate) package: &'a TomlPackage,
    /// The directory of the package, absolute.
    pub(crate) root: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) edition: Edition,
    pub(crate) notes: &'a Notes,
}

pub(crate) fn fs<T>(key: &str, result: Result<T, dhow_fs::FsError>) -> Result<T, Flaw> {
    result.map_err(|error| Flaw::new([key], error))
}

pub(crate) fn check_name(name: &str, kind: &'static str) -> Result<(), TargetProblem> {
    if name.trim().is_empty() { Err(TargetProblem::EmptyName { kind }) } else { Ok(()) }
}

pub(crate) fn check_underscores(input: &TargetInput<'_>, toml: &TomlTarget, at: &[&str]) -> Result<(), Flaw> {
    let key = |name| at.iter().copied().chain([name]).collect::<Vec<_>>();
    let (edition, notes) = (input.edition, input.notes);
    deprecated_underscore(
        toml.proc_macro2.is_some(),
        toml.proc_macro.is_some(),
        &key("proc_macro"),
        edition,
        notes,
    )?;
    deprecated_underscore(
        toml.crate_type2.is_some(),
        toml.crate_type.is_some(),
        &key("crate_type"),
        edition,
        notes,
    )
}

pub(crate) fn configure(
    input: &TargetInput<'_>,
    mut target: Target,
    toml: &TomlTarget,
    at: &[&str],
) -> Result<Target, Flaw> {
    target.tested = toml.test.unwrap_or(target.tested);
    target.benched = toml.bench.unwrap_or(target.benched);
    target.documented = toml.doc.unwrap_or(target.documented);
    target.doctested = toml.doctest.unwrap_or(target.doctested);
    target.harness = toml.harness.unwrap_or(target.harness);
    if let Some(edition) = &toml.edition {
        let key = || at.iter().copied().chain(["edition"]);
        input.notes.warn(key(), || format!("`edition` of the single target `{}` is deprecated", target.name));
        target.edition = edition
            .parse()
            .map_err(|()| Flaw::new(key(), TargetProblem::BadEdition { edition: edition.clone() }))?;
    }
    Ok(target)
}
