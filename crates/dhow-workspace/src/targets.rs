//! The targets of a package: what its manifest lists, completed with what `discover` finds, checked.
//! Specified in the Cargo book, "Cargo Targets". Old manifests' habits are accepted where Cargo accepts them.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::manifest::{PathValue, TomlManifest, TomlPackage, TomlPackageBuild, TomlTarget};

use crate::discover::{self, Found};
use crate::edition::Edition;
use crate::error::Flaw;
use crate::nearest::nearest;
use crate::notes::{Notes, deprecated_underscore};
use crate::problem::{Problem, TargetProblem};
use crate::target::{CrateType, Target, TargetKind};

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

fn fs<T>(key: &str, result: Result<T, dhow_fs::FsError>) -> Result<T, Flaw> {
    result.map_err(|error| Flaw::new([key], error))
}

fn library(input: &TargetInput<'_>) -> Result<Option<Target>, Flaw> {
    let written = input.toml.lib.as_ref();
    let normalized = input.package.autolib == Some(false)
        && written.is_none_or(|lib| lib.name.is_some() && lib.path.is_some());
    if normalized && written.is_none() {
        return Ok(None);
    }
    let inferred = || fs("lib", discover::library(input.root));
    let toml = match written {
        Some(toml) => toml.clone(),
        None => match inferred()? {
            Some(path) => TomlTarget { path: Some(PathValue(path)), ..TomlTarget::default() },
            None => return Ok(None),
        },
    };
    let name = toml.name.clone().unwrap_or_else(|| input.name.replace('-', "_"));
    check_name(&name, "library").map_err(|problem| Flaw::new(["lib", "name"], problem))?;
    if name.contains('-') {
        return Err(Flaw::new(["lib", "name"], TargetProblem::LibraryDash { name }));
    }
    check_underscores(input, &toml, &["lib"])?;
    let path = match &toml.path {
        Some(path) => path.0.clone(),
        None => match inferred()? {
            Some(path) => path,
            None => legacy_library(input, &name)?,
        },
    };
    let crate_types = library_types(input, &toml, &name)?;
    let target = Target {
        kind: TargetKind::Lib(crate_types),
        name: name.into(),
        name_inferred: written.is_none_or(|lib| lib.name.is_none()),
        src_path: input.root.join(dhow_fs::normalize(&path)),
        edition: input.edition,
        required_features: Vec::new(),
        tested: true,
        benched: true,
        documented: true,
        doctested: true,
        harness: true,
    };
    configure(input, target, &toml, &["lib"]).map(Some)
}

/// Edition 2015 takes `src/<name>.rs` for the library.
fn legacy_library(input: &TargetInput<'_>, name: &str) -> Result<PathBuf, Flaw> {
    let path = Path::new("src").join(format!("{name}.rs"));
    if input.edition == Edition::E2015 && fs("lib", discover::exists(&input.root.join(&path)))? {
        input.notes.warn(["lib"], || {
            format!(
                "`{}` is taken for the library `{name}`: rename it to `src/lib.rs`, or set `lib.path`",
                path.display()
            )
        });
        return Ok(path);
    }
    Err(Flaw::new(["lib"], TargetProblem::NoLibrary { name: name.to_owned() }))
}

fn library_types(input: &TargetInput<'_>, toml: &TomlTarget, name: &str) -> Result<Vec<CrateType>, Flaw> {
    let Some(kinds) = toml.crate_types() else {
        return Ok(vec![if toml.proc_macro() == Some(true) { CrateType::ProcMacro } else { CrateType::Lib }]);
    };
    let has = |kind: &str| kinds.iter().any(|k| k == kind);
    let flaw = |problem| Err(Flaw::new(["lib", "crate-type"], problem));
    if has("dylib") && has("cdylib") {
        return flaw(TargetProblem::TwoDynamicTypes { name: name.to_owned() });
    }
    if has("proc-macro") {
        input.notes.warn(["lib", "crate-type"], || {
            format!("library `{name}`: write `proc-macro = true` instead of `crate-type = [\"proc-macro\"]`")
        });
        if kinds.len() > 1 {
            return flaw(TargetProblem::MixedProcMacro { name: name.to_owned() });
        }
    }
    Ok(kinds.iter().map(|kind| CrateType::from(kind.as_str())).collect())
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
    check_underscores(input, &draft.toml, &[section.key(), &index])?;
    if section != Section::Bin {
        return Ok(());
    }
    if matches!(name.as_str(), "deps" | "examples" | "build" | "incremental") {
        return Err(draft.flaw(section, "name", TargetProblem::ForbiddenName { name: name.clone() }));
    }
    if let Some(types) = draft.toml.crate_types().filter(|types| !types.is_empty()) {
        let problem = TargetProblem::BinaryTypes { name: name.clone(), types: types.clone() };
        input.notes.critical(draft.flaw(section, "crate-type", problem));
    }
    if draft.toml.proc_macro() == Some(true) {
        let problem = TargetProblem::BinaryProcMacro { name: name.clone() };
        input.notes.critical(draft.flaw(section, "proc-macro", problem));
    }
    if draft.toml.filename.is_some() {
        let problem = TargetProblem::Unstable { key: "filename" };
        return Err(draft.flaw(section, "filename", problem));
    }
    Ok(())
}

fn check_name(name: &str, kind: &'static str) -> Result<(), TargetProblem> {
    if name.trim().is_empty() { Err(TargetProblem::EmptyName { kind }) } else { Ok(()) }
}

fn check_underscores(input: &TargetInput<'_>, toml: &TomlTarget, at: &[&str]) -> Result<(), Flaw> {
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

fn configure(
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

fn build_script(input: &TargetInput<'_>) -> Result<Option<Target>, Flaw> {
    let path = match &input.package.build {
        Some(TomlPackageBuild::Auto(false)) => return Ok(None),
        None if !fs("package", discover::is_file(&input.root.join("build.rs")))? => return Ok(None),
        None | Some(TomlPackageBuild::Auto(true)) => PathBuf::from("build.rs"),
        Some(TomlPackageBuild::SingleScript(path)) => dhow_fs::normalize(Path::new(path)),
        Some(TomlPackageBuild::MultipleScript(_)) => {
            return Err(Flaw::new(["package", "build"], TargetProblem::Unstable { key: "build = [...]" }));
        }
    };
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    Ok(Some(Target {
        kind: TargetKind::CustomBuild,
        name: format!("build-script-{stem}").into(),
        name_inferred: false,
        src_path: input.root.join(&path),
        edition: input.edition,
        required_features: Vec::new(),
        tested: false,
        benched: false,
        documented: false,
        doctested: false,
        harness: true,
    }))
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
