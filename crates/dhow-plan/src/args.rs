//! rustc's command line, argument by argument in Cargo's order.

use std::path::PathBuf;

use dhow_toolchain::CompileKind;
use dhow_workspace::{CrateType, PanicStrategy, Profile, StripKind, Target};

use crate::error::PlanError;
use crate::recipe::{Arg, Extern, Place, ScriptPart};
use crate::scope::Scope;
use crate::settings::MessageFormat;
use crate::unit::{CompileMode, Unit, UnitLto, requires_upstream_objects};

/// Arguments while they are collected.
#[derive(Default)]
pub(crate) struct Args(pub(crate) Vec<Arg>);

impl Args {
    pub(crate) fn push(&mut self, text: impl Into<String>) {
        self.0.push(Arg::Text(text.into()));
    }

    pub(crate) fn extend<S: Into<String>>(&mut self, texts: impl IntoIterator<Item = S>) {
        self.0.extend(texts.into_iter().map(|text| Arg::Text(text.into())));
    }

    /// `-C value`
    pub(crate) fn codegen(&mut self, value: impl Into<String>) {
        self.push("-C");
        self.push(value);
    }

    pub(crate) fn path(&mut self, prefix: &str, place: Place) {
        self.0.push(Arg::Path { prefix: prefix.to_owned(), place });
    }

    pub(crate) fn os_path(&mut self, path: PathBuf) {
        match path.into_os_string().into_string() {
            Ok(text) => self.push(text),
            Err(other) => self.0.push(Arg::Os(other)),
        }
    }
}

/// The hashes that name a unit.
pub(crate) struct Names<'a> {
    pub(crate) metadata: &'a str,
    /// `None`: the unit's files have plain names.
    pub(crate) extra_filename: Option<&'a str>,
}

/// The command line of a compilation.
pub(crate) fn rustc_args(
    scope: &Scope<'_>,
    unit: &Unit,
    names: &Names<'_>,
    externs: &[Extern],
) -> Result<Vec<Arg>, PlanError> {
    let mut args = Args::default();
    let profile = &unit.profile;
    args.extend(["--crate-name", unit.target.crate_name().as_str()]);
    edition_arg(&mut args, &unit.target);
    args.os_path(scope.source(unit).0);
    error_format(&mut args, scope);
    if !unit.mode.is_any_test() {
        for crate_type in unit.target.crate_types() {
            args.extend(["--crate-type", crate_type.as_str()]);
        }
    }
    args.push(emit(unit));
    if prefers_dynamic(unit) {
        args.codegen("prefer-dynamic");
    }
    codegen_args(&mut args, scope, unit)?;
    lint_args(&mut args, unit);
    args.extend(profile.rustflags.iter().map(|flag| flag.as_str()));
    check_args(&mut args, profile);
    match (unit.mode.is_any_test(), unit.target.harness) {
        (true, true) => args.push("--test"),
        (true, false) => args.extend(["--cfg", "test"]),
        (false, _) => {}
    }
    feature_args(&mut args, unit);
    args.codegen(format!("metadata={}", names.metadata));
    if let Some(hash) = names.extra_filename {
        args.codegen(format!("extra-filename=-{hash}"));
    }
    if profile.rpath {
        args.codegen("rpath");
    }
    place_args(&mut args, scope, unit);
    if let StripKind::Named(kind) = profile.strip.kind() {
        args.codegen(format!("strip={kind}"));
    }
    dependency_args(&mut args, unit, externs);
    cap_lints(&mut args, scope, unit);
    args.extend(scope.extra_args(unit));
    args.extend(unit.rustflags.iter());
    args.0.push(Arg::Scripts(ScriptPart::Compile));
    Ok(args.0)
}

pub(crate) fn edition_arg(args: &mut Args, target: &Target) {
    args.push(format!("--edition={}", target.edition));
}

/// How diagnostics are printed. Does not decide outputs, so keys leave it out (see `key::is_cosmetic`).
pub(crate) fn error_format(args: &mut Args, scope: &Scope<'_>) {
    args.push("--error-format=json");
    let short = match scope.settings.message_format {
        MessageFormat::Short | MessageFormat::Json { short: true, .. } => ",diagnostic-short",
        _ => "",
    };
    args.push(format!("--json=diagnostic-rendered-ansi,artifacts,future-incompat{short}"));
    if let Some(width) = scope.settings.diagnostic_width {
        args.push(format!("--diagnostic-width={width}"));
    }
}

fn emit(unit: &Unit) -> &'static str {
    if unit.mode.is_check() {
        "--emit=dep-info,metadata"
    } else if unit.mode.is_any_test() || requires_upstream_objects(&unit.target) {
        "--emit=dep-info,link"
    } else {
        "--emit=dep-info,metadata,link"
    }
}

fn prefers_dynamic(unit: &Unit) -> bool {
    let has_dylib = !unit.mode.is_any_test() && unit.target.crate_types().contains(&CrateType::Dylib);
    unit.target.is_proc_macro() || (has_dylib && !unit.is_primary)
}

fn codegen_args(args: &mut Args, scope: &Scope<'_>, unit: &Unit) -> Result<(), PlanError> {
    let profile = &unit.profile;
    if profile.opt_level != "0" {
        args.codegen(format!("opt-level={}", profile.opt_level));
    }
    if profile.panic != PanicStrategy::Unwind {
        args.codegen(format!("panic={}", profile.panic.as_str()));
    }
    lto_args(args, unit.lto);
    if let Some(backend) = profile.codegen_backend {
        args.extend(["-Z".to_owned(), format!("codegen-backend={backend}")]);
    }
    if let Some(units) = profile.codegen_units {
        args.codegen(format!("codegen-units={units}"));
    }
    if profile.debuginfo.is_on() {
        args.codegen(format!("debuginfo={}", profile.debuginfo.level().as_str()));
        if let Some(split) = profile.split_debuginfo
            && scope.info(unit.kind)?.supports_split_debuginfo(&split)
        {
            args.codegen(format!("split-debuginfo={split}"));
        }
    }
    Ok(())
}

pub(crate) fn lto_args(args: &mut Args, lto: UnitLto) {
    match lto {
        UnitLto::Run(None) => args.codegen("lto"),
        UnitLto::Run(Some(kind)) => args.codegen(format!("lto={kind}")),
        UnitLto::Off => {
            args.codegen("lto=off");
            args.codegen("embed-bitcode=no");
        }
        UnitLto::OnlyBitcode => args.codegen("linker-plugin-lto"),
        UnitLto::ObjectAndBitcode => {}
        UnitLto::OnlyObject => args.codegen("embed-bitcode=no"),
    }
}

/// `[lints]`
pub(crate) fn lint_args(args: &mut Args, unit: &Unit) {
    let manifest = unit.package.manifest();
    args.extend(&manifest.lint_rustflags);
    for value in &manifest.lint_check_cfg {
        args.extend(["--check-cfg", value]);
    }
}

/// rustc derives both checks from the optimisation level; only what differs is said.
fn check_args(args: &mut Args, profile: &Profile) {
    let optimised = profile.opt_level != "0";
    if optimised == profile.debug_assertions {
        args.codegen(if optimised { "debug-assertions=on" } else { "debug-assertions=off" });
    }
    if profile.overflow_checks != profile.debug_assertions {
        args.codegen(if profile.overflow_checks { "overflow-checks=on" } else { "overflow-checks=off" });
    }
}

/// The features that are on, and all that the package has.
pub(crate) fn feature_args(args: &mut Args, unit: &Unit) {
    for feature in unit.features.iter() {
        args.extend(["--cfg".to_owned(), format!("feature=\"{feature}\"")]);
    }
    let known: Vec<String> =
        unit.package.summary().features().keys().map(|name| format!("\"{name}\"")).collect();
    args.extend(["--check-cfg", "cfg(docsrs,test)", "--check-cfg"]);
    args.push(format!("cfg(feature, values({}))", known.join(", ")));
}

fn place_args(args: &mut Args, scope: &Scope<'_>, unit: &Unit) {
    args.push("--out-dir");
    args.path("", Place::OutDir);
    target_arg(args, unit.kind);
    if let Some(linker) = &scope.platform_settings(unit.kind).linker {
        args.codegen(format!("linker={}", linker.display()));
    }
    if unit.profile.incremental {
        args.push("-C");
        args.path("incremental=", Place::Incremental);
    }
}

pub(crate) fn target_arg(args: &mut Args, kind: CompileKind) {
    if let CompileKind::Target(target) = kind {
        args.extend(["--target", target.rustc_arg().as_str()]);
    }
}

/// Where indirect dependencies are, and each direct one by name.
pub(crate) fn dependency_args(args: &mut Args, unit: &Unit, externs: &[Extern]) {
    search_dir(args, unit.kind);
    if !unit.kind.is_host() {
        // Macros that libraries re-export are found there.
        search_dir(args, CompileKind::Host);
    }
    extern_args(args, unit, externs);
}

pub(crate) fn search_dir(args: &mut Args, kind: CompileKind) {
    args.push("-L");
    args.path("dependency=", Place::Deps(kind));
}

pub(crate) fn extern_args(args: &mut Args, unit: &Unit, externs: &[Extern]) {
    args.0.extend((0..externs.len()).map(Arg::Extern));
    if unit.target.is_proc_macro() && unit.mode != CompileMode::RunCustomBuild {
        args.extend(["--extern", "proc_macro"]);
    }
}

/// Warnings of other people's packages are not shown, and never fail a build.
pub(crate) fn cap_lints(args: &mut Args, scope: &Scope<'_>, unit: &Unit) {
    if !scope.shows_warnings(unit) {
        args.extend(["--cap-lints", "allow"]);
    } else if !unit.is_local {
        args.extend(["--cap-lints", "warn"]);
    }
}
