//! The targets of a package: what its manifest lists, completed with what `discover` finds, checked.
//! Specified in the Cargo book, "Cargo Targets". Old manifests' habits are accepted where Cargo accepts them.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::manifest::{PathValue, TomlPackage, TomlTarget};

use crate::discover::{self, Found};
use crate::edition::Edition;
use crate::error::Flaw;
use crate::library::{build_script, library};
use crate::nearest::nearest;
use crate::problem::{Problem, TargetProblem};
use crate::target::{CrateType, Target, TargetKind};
use crate::target_input::{TargetInput, check_name, check_underscores, configure, fs};

/// The sections that hold any number of targets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Bin,
    Example,
    Test,
    Bench,
}

impl Section {
    fn key(self) -> &'static str {
        match self {
            Self::Bin => "bin",
            Self::Example => "example",
            Self::Test => "test",
            Self::Bench => "bench",
        }
    }

    fn directory(self) -> PathBuf {
        match self {
            Self::Bin => Path::new("src").join("bin"),
            Self::Example => "examples".into(),
            Self::Test => "tests".into(),
            Self::Bench => "benches".into(),
        }
    }

    fn auto_key(self) -> &'static str {
        match self {
            Self::Bin => "autobins",
            Self::Example => "autoexamples",
            Self::Test => "autotests",
            Self::Bench => "autobenches",
        }
    }
}

/// A target as written or found, with its place in the manifest.
struct Draft {
    index: Option<usize>,
    toml: TomlTarget,
}

impl Draft {
    fn flaw(&self, section: Section, key: &str, problem: impl Into<Problem>) -> Flaw {
        let index = self.index.unwrap_or_default().to_string();
        Flaw::new([section.key(), index.as_str(), key], problem)
    }

    fn name(&self) -> &str {
        self.toml.name.as_deref().unwrap_or_default()
    }
}

/// All targets, in the order of metadata.
pub(crate) fn targets(input: &TargetInput<'_>) -> Result<Vec<Arc<Target>>, Flaw> {
    let mut targets = Vec::new();
    targets.extend(library(input)?);
    let has_lib = !targets.is_empty();
    for section in [Section::Bin, Section::Example, Section::Test, Section::Bench] {
        section_targets(input, section, has_lib, &mut targets)?;
    }
    targets.extend(build_script(input)?);
    if targets.iter().all(Target::is_custom_build) {
        return Err(Flaw::new(["package"], TargetProblem::NoTargets));
    }
    note_shared_files(input, &targets);
    Ok(targets.into_iter().map(Arc::new).collect())
}

fn section_targets(
    input: &TargetInput<'_>,
    section: Section,
    has_lib: bool,
    targets: &mut Vec<Target>,
) -> Result<(), Flaw> {
    let (written, auto) = match section {
        Section::Bin => (&input.toml.bin, input.package.autobins),
        Section::Example => (&input.toml.example, input.package.autoexamples),
        Section::Test => (&input.toml.test, input.package.autotests),
        Section::Bench => (&input.toml.bench, input.package.autobenches),
    };
    let all_written = written.iter().flatten().all(|t| t.name.is_some() && t.path.is_some());
    let (drafts, found) = if auto == Some(false) && all_written {
        (drafts(written.as_deref()), Vec::new())
    } else {
        let found = match section {
            Section::Bin => discover::binaries(input.root, input.name),
            _ => discover::directory(input.root, &section.directory()),
        };
        let found = fs(section.key(), found)?;
        (complete(input, section, auto, written.as_deref(), &found), found)
    };
    let mut seen = HashSet::new();
    for draft in &drafts {
        check_draft(input, section, draft)?;
        let path = match path_of(input, section, draft, &found, has_lib)? {
            Ok(path) => path,
            Err(flaw) if section == Section::Bin => return Err(flaw),
            Err(flaw) => {
                input.notes.critical(flaw);
                continue;
            }
        };
        if !seen.insert(draft.name()) {
            let problem = TargetProblem::Duplicate { kind: section.key(), name: draft.name().to_owned() };
            return Err(draft.flaw(section, "name", problem));
        }
        targets.push(section_target(input, section, draft, &path)?);
    }
    Ok(())
}

fn drafts(written: Option<&[TomlTarget]>) -> Vec<Draft> {
    let numbered = written.unwrap_or_default().iter().enumerate();
    numbered.map(|(index, toml)| Draft { index: Some(index), toml: toml.clone() }).collect()
}

/// What is written, and what was found beside it, sorted by name.
fn complete(
    input: &TargetInput<'_>,
    section: Section,
    auto: Option<bool>,
    written: Option<&[TomlTarget]>,
    found: &[Found],
) -> Vec<Draft> {
    let mut all = drafts(written);
    let names: HashSet<&str> = written.unwrap_or_default().iter().filter_map(|t| t.name.as_deref()).collect();
    let paths: HashSet<PathBuf> = written
        .unwrap_or_default()
        .iter()
        .filter_map(|t| Some(input.root.join(&t.path.as_ref()?.0)))
        .collect();
    let rest: Vec<&Found> = found
        .iter()
        .filter(|(name, path)| !names.contains(name.as_str()) && !paths.contains(&input.root.join(path)))
        .collect();
    // In edition 2015 a written section meant that nothing else is looked for.
    let auto = auto.unwrap_or(written.is_none() || input.edition != Edition::E2015);
    if auto {
        all.extend(rest.into_iter().map(|(name, path)| Draft {
            index: None,
            toml: TomlTarget {
                name: Some(name.clone()),
                path: Some(PathValue(path.clone())),
                ..TomlTarget::default()
            },
        }));
    } else if !rest.is_empty() && section_auto(input.package, section).is_none() {
        input.notes.warn([section.key()], || {
            let files: Vec<_> = rest.iter().map(|(_, path)| format!("`{}`", path.display())).collect();
            format!(
                "an explicit `[[{key}]]` section keeps these files from becoming targets in edition 2015: {}; later \
                 editions take them (set `{auto} = false` in `[package]` to leave them out for good)",
                files.join(", "),
                key = section.key(),
                auto = section.auto_key(),
            )
        });
    }
    all.sort_by(|a, b| a.toml.name.cmp(&b.toml.name));
    all
}

fn section_auto(package: &TomlPackage, section: Section) -> Option<bool> {
    match section {
        Section::Bin => package.autobins,
        Section::Example => package.autoexamples,
        Section::Test => package.autotests,
        Section::Bench => package.autobenches,
    }
}

fn check_draft(input: &TargetInput<'_>, section: Section, draft: &Draft) -> Result<(), Flaw> {
    let Some(name) = &draft.toml.name else {
        return Err(draft.flaw(section, "name", TargetProblem::NoName { kind: section.key() }));
    };
    check_name(name, section.key()).map_err(|problem| draft.flaw(section, "name", problem))?;
    let index = draft.index.unwrap_or_default().to_string();
    let mut to_check = draft.toml.clone();
    if section == Section::Bin {
        check_binary(input, draft, name)?;
        // What a binary cannot have at all need not be spelt well.
        if draft.toml.proc_macro() == Some(true) {
            to_check.proc_macro2 = None;
        }
        if draft.toml.crate_types().is_some_and(|types| !types.is_empty()) {
            to_check.crate_type2 = None;
        }
    }
    check_underscores(input, &to_check, &[section.key(), &index])
}

fn check_binary(input: &TargetInput<'_>, draft: &Draft, name: &str) -> Result<(), Flaw> {
    let section = Section::Bin;
    let name = name.to_owned();
    if matches!(name.as_str(), "deps" | "examples" | "build" | "incremental") {
        return Err(draft.flaw(section, "name", TargetProblem::ForbiddenName { name }));
    }
    if draft.toml.filename.is_some() {
        return Err(draft.flaw(section, "filename", TargetProblem::Unstable { key: "filename" }));
    }
    if let Some(types) = draft.toml.crate_types().filter(|types| !types.is_empty()) {
        let problem = TargetProblem::BinaryTypes { name: name.clone(), types: types.clone() };
        input.notes.critical(draft.flaw(section, "crate-type", problem));
    }
    if draft.toml.proc_macro() == Some(true) {
        input.notes.critical(draft.flaw(section, "proc-macro", TargetProblem::BinaryProcMacro { name }));
    }
    Ok(())
}

/// The file of a target: as written, else the one file that is where it should be, else where Rust 2015 looked.
fn path_of(
    input: &TargetInput<'_>,
    section: Section,
    draft: &Draft,
    found: &[Found],
    has_lib: bool,
) -> Result<Result<PathBuf, Flaw>, Flaw> {
    if let Some(path) = &draft.toml.path {
        return Ok(Ok(path.0.clone()));
    }
    let name = draft.name();
    let mut matching = found.iter().filter(|(n, _)| n == name).map(|(_, path)| path);
    let (first, second) = (matching.next(), matching.next());
    if let (Some(path), None) = (first, second) {
        return Ok(Ok(path.clone()));
    }
    if input.edition == Edition::E2015
        && let Some(path) = fs(section.key(), legacy_path(input, section, name, has_lib))?
    {
        input.notes.warn([section.key()], || {
            format!("`{}` is taken for the {} target `{name}`: set its `path`", path.display(), section.key())
        });
        return Ok(Ok(path));
    }
    let problem = match (first, second) {
        (Some(first), Some(second)) => TargetProblem::TwoFiles {
            kind: section.key(),
            name: name.to_owned(),
            first: first.clone(),
            second: second.clone(),
        },
        _ => TargetProblem::NoFile {
            kind: section.key(),
            name: name.to_owned(),
            directory: section.directory(),
            nearest: nearest(name, found.iter().map(|(n, _)| n.as_str())),
        },
    };
    Ok(Err(draft.flaw(section, "name", problem)))
}

fn legacy_path(
    input: &TargetInput<'_>,
    section: Section,
    name: &str,
    has_lib: bool,
) -> Result<Option<PathBuf>, dhow_fs::FsError> {
    let src = Path::new("src");
    let candidates = match section {
        Section::Bin => {
            let own = (!has_lib).then(|| src.join(format!("{name}.rs")));
            own.into_iter().chain([src.join("main.rs"), src.join("bin").join("main.rs")]).collect()
        }
        Section::Bench if name == "bench" => vec![src.join("bench.rs")],
        _ => Vec::new(),
    };
    for path in candidates {
        if discover::exists(&input.root.join(&path))? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn section_target(
    input: &TargetInput<'_>,
    section: Section,
    draft: &Draft,
    path: &Path,
) -> Result<Target, Flaw> {
    let types: Vec<CrateType> =
        draft.toml.crate_types().into_iter().flatten().map(|t| CrateType::from(t.as_str())).collect();
    let kind = match section {
        Section::Bin => TargetKind::Bin,
        Section::Example if types.iter().all(|t| *t == CrateType::Bin) => TargetKind::ExampleBin,
        Section::Example => TargetKind::ExampleLib(types),
        Section::Test => TargetKind::Test,
        Section::Bench => TargetKind::Bench,
    };
    let target = Target {
        name: draft.name().into(),
        name_inferred: false,
        src_path: input.root.join(dhow_fs::normalize(path)),
        edition: input.edition,
        required_features: draft.toml.required_features.iter().flatten().map(Into::into).collect(),
        tested: matches!(section, Section::Bin | Section::Test),
        benched: matches!(section, Section::Bin | Section::Bench),
        documented: section == Section::Bin,
        doctested: false,
        harness: true,
        kind,
    };
    let index = draft.index.unwrap_or_default().to_string();
    configure(input, target, &draft.toml, &[section.key(), &index])
}

/// One file in two targets is compiled twice: probably not what was meant.
fn note_shared_files(input: &TargetInput<'_>, targets: &[Target]) {
    if !input.notes.enabled() {
        return;
    }
    let mut by_path: BTreeMap<&Path, Vec<&Target>> = BTreeMap::new();
    for target in targets {
        by_path.entry(&target.src_path).or_default().push(target);
    }
    for (path, sharing) in by_path.into_iter().filter(|(_, sharing)| sharing.len() > 1) {
        input.notes.warn(["package"], || {
            let path = path.strip_prefix(input.root).unwrap_or(path);
            let names: Vec<_> =
                sharing.iter().map(|t| format!("{} `{}`", t.kind.description(), t.name)).collect();
            format!("`{}` is the file of more than one target: {}", path.display(), names.join(", "))
        });
    }
}
