//! The two targets of which a package has at most one: its library and its build script.

use std::path::{Path, PathBuf};

use dhow_formats::manifest::{PathValue, TomlPackageBuild, TomlTarget};

use crate::discover;
use crate::edition::Edition;
use crate::error::Flaw;
use crate::problem::TargetProblem;
use crate::target::{CrateType, Target, TargetKind};
use crate::target_input::{TargetInput, check_name, check_underscores, configure, fs};

/// The library of a package.
pub(crate) fn library(input: &TargetInput<'_>) -> Result<Option<Target>, Flaw> {
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

/// The build script of a package.
pub(crate) fn build_script(input: &TargetInput<'_>) -> Result<Option<Target>, Flaw> {
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
