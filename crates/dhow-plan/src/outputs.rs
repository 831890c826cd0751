//! Which files making a unit leaves behind, and what they are called.

use dhow_toolchain::{CrateTypeNames, TargetInfo};
use dhow_workspace::{CrateType, Target};

use crate::error::PlanError;
use crate::recipe::{FileFlavor, OutputFile, Uplift};
use crate::unit::{CompileMode, Unit, requires_upstream_objects};

/// One kind of file, before it has its name.
struct FileType {
    flavor: FileFlavor,
    crate_type: Option<CrateType>,
    prefix: String,
    suffix: String,
    /// Dashes become underscores even for people.
    crate_name: bool,
}

impl FileType {
    fn rmeta() -> Self {
        Self {
            flavor: FileFlavor::Rmeta,
            crate_type: None,
            prefix: "lib".to_owned(),
            suffix: ".rmeta".to_owned(),
            crate_name: true,
        }
    }

    fn name(&self, target: &Target, hash: Option<&str>) -> String {
        let hash = hash.map(|hash| format!("-{hash}")).unwrap_or_default();
        format!("{}{}{hash}{}", self.prefix, target.crate_name(), self.suffix)
    }

    fn plain_name(&self, target: &Target) -> String {
        let name = if self.crate_name { target.crate_name() } else { target.name };
        format!("{}{name}{}", self.prefix, self.suffix)
    }
}

/// The files of a compiled unit, in the order in which Cargo lists them. `hash` goes into their names where the
/// unit's do have one.
pub(crate) fn outputs(unit: &Unit, info: &TargetInfo, hash: &str) -> Result<Vec<OutputFile>, PlanError> {
    let hash = uses_extra_filename(unit, info).then_some(hash);
    let types = match unit.mode {
        CompileMode::Doc => return Ok(vec![page(unit)]),
        CompileMode::RunCustomBuild | CompileMode::Doctest => return Ok(Vec::new()),
        CompileMode::Check { .. } => vec![FileType::rmeta()],
        CompileMode::Test => file_types(unit, &CrateType::Bin, FileFlavor::Normal, info)?,
        CompileMode::Build => build_types(unit, info)?,
    };
    let file = |file_type: FileType| OutputFile {
        file_name: file_type.name(&unit.target, hash),
        uplift: uplift(unit, &file_type),
        plain_name: file_type.plain_name(&unit.target),
        flavor: file_type.flavor,
    };
    Ok(types.into_iter().map(file).collect())
}

/// Whether file names carry a hash. Names of dynamic libraries are baked into what links them, so those of path
/// packages have none; nor have programs whose files name each other.
pub(crate) fn uses_extra_filename(unit: &Unit, info: &TargetInfo) -> bool {
    match unit.mode {
        CompileMode::Doc | CompileMode::Doctest => false,
        CompileMode::Test | CompileMode::Check { .. } => true,
        _ => {
            let named_inside = unit.target.is_dylib()
                || unit.target.is_cdylib()
                || (unit.target.is_executable()
                    && (info.triple == "wasm32-unknown-emscripten" || info.triple.contains("msvc")));
            !(named_inside && unit.package.id().source().is_path())
        }
    }
}

fn page(unit: &Unit) -> OutputFile {
    let name = format!("{}/index.html", unit.target.crate_name());
    OutputFile { file_name: name.clone(), uplift: None, plain_name: name, flavor: FileFlavor::Normal }
}

/// A crate type that the platform does not have is left out, as rustc does; one at least must remain.
fn build_types(unit: &Unit, info: &TargetInfo) -> Result<Vec<FileType>, PlanError> {
    let mut types = Vec::new();
    let mut unsupported = None;
    for crate_type in unit.target.crate_types() {
        let flavor = if crate_type.is_linkable() { FileFlavor::Linkable } else { FileFlavor::Normal };
        match file_types(unit, &crate_type, flavor, info) {
            Ok(files) => types.extend(files),
            Err(error) => unsupported = Some(error),
        }
    }
    match unsupported {
        Some(error) if types.is_empty() => return Err(error),
        _ => {}
    }
    if !requires_upstream_objects(&unit.target) {
        types.push(FileType::rmeta());
    }
    Ok(types)
}

fn file_types(
    unit: &Unit,
    crate_type: &CrateType,
    flavor: FileFlavor,
    info: &TargetInfo,
) -> Result<Vec<FileType>, PlanError> {
    let asked = if *crate_type == CrateType::Lib { "rlib" } else { crate_type.as_str() };
    let Some(CrateTypeNames { prefix, suffix }) = info.crate_types.get(asked) else {
        return Err(PlanError::UnsupportedCrateType {
            target: unit.target.name,
            package: unit.package.name(),
            crate_type: crate_type.to_string(),
            triple: info.triple,
        });
    };
    let of = |flavor, prefix: &str, suffix: &str, crate_name| FileType {
        flavor,
        crate_type: Some(crate_type.clone()),
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        crate_name,
    };
    let is_bin = *crate_type == CrateType::Bin;
    let mut types = vec![of(flavor, prefix, suffix, !is_bin)];
    let triple = info.triple.as_str();
    if suffix == ".js" {
        types.push(of(FileFlavor::Auxiliary, "", ".wasm", true));
    }
    if crate_type.is_dynamic() && *crate_type != CrateType::ProcMacro && triple.contains("windows") {
        let (prefix, suffix) = if triple.ends_with("-msvc") { ("", ".dll.lib") } else { ("lib", ".dll.a") };
        types.push(of(FileFlavor::Auxiliary, prefix, suffix, true));
    }
    if triple.ends_with("-windows-msvc") && *crate_type != CrateType::Staticlib && asked != "rlib" {
        types.push(of(FileFlavor::DebugInfo, "", ".pdb", true));
    }
    let unpacked = unit.profile.split_debuginfo.as_ref().is_some_and(|s| *s == "packed");
    if triple.contains("-apple-")
        && unit.profile.debuginfo.is_on()
        && unpacked
        && (is_bin || crate_type.is_dynamic())
    {
        types.push(of(FileFlavor::DebugInfo, prefix, &format!("{suffix}.dSYM"), !is_bin));
    }
    Ok(types)
}

/// Where people find the file: programs and dylibs always, other things if they were asked for.
fn uplift(unit: &Unit, file_type: &FileType) -> Option<Uplift> {
    if unit.mode != CompileMode::Build || file_type.flavor == FileFlavor::Rmeta {
        return None;
    }
    let name = file_type.plain_name(&unit.target);
    if unit.target.is_custom_build() {
        return Some(Uplift::Beside(name));
    }
    if !unit.target.is_bin() && file_type.crate_type != Some(CrateType::Dylib) && !unit.is_root {
        return None;
    }
    Some(if unit.target.is_example() { Uplift::Examples(name) } else { Uplift::Artifacts(name) })
}
