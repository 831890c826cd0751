//! rustdoc's command lines: documentation, and documentation tests.

use crate::args::{
    Args, Names, cap_lints, dependency_args, edition_arg, error_format, extern_args, feature_args, lint_args,
    lto_args, search_dir, target_arg,
};
use crate::recipe::{Arg, Extern, Place, RunPart, ScriptPart};
use crate::scope::Scope;
use crate::unit::Unit;

use dhow_workspace::PanicStrategy;

fn common(unit: &Unit) -> Args {
    let mut args = Args::default();
    edition_arg(&mut args, &unit.target);
    for crate_type in unit.target.crate_types() {
        args.extend(["--crate-type", crate_type.as_str()]);
    }
    args
}

/// The command line that documents a unit.
pub(crate) fn rustdoc_args(
    scope: &Scope<'_>,
    unit: &Unit,
    names: &Names<'_>,
    externs: &[Extern],
) -> Vec<Arg> {
    let mut args = common(unit);
    args.extend(["--crate-name", unit.target.crate_name().as_str()]);
    args.os_path(scope.source(unit).0);
    cap_lints(&mut args, scope, unit);
    target_arg(&mut args, unit.kind);
    args.push("-o");
    args.path("", Place::OutDir);
    feature_args(&mut args, unit);
    error_format(&mut args, scope);
    lint_args(&mut args, unit);
    args.codegen(format!("metadata={}", names.metadata));
    dependency_args(&mut args, unit, externs);
    args.extend(scope.extra_args(unit));
    if unit.is_root && scope.request.document_private_items {
        args.push("--document-private-items");
    } else if unit.is_root && unit.target.is_bin() {
        // A program has no other readers than its authors.
        args.extend(["--document-private-items", "-Arustdoc::private-intra-doc-links"]);
    }
    args.extend(unit.rustdocflags.iter());
    let has_version = |arg: &Arg| matches!(arg, Arg::Text(text) if text.starts_with("--crate-version"));
    if !args.0.iter().any(has_version) {
        args.extend(["--crate-version".to_owned(), unit.package.version().to_string()]);
    }
    args.0.push(Arg::Scripts(ScriptPart::Cfgs));
    args.0
}

/// The command line that tests a library's documentation.
pub(crate) fn doctest_args(scope: &Scope<'_>, unit: &Unit, externs: &[Extern]) -> Vec<Arg> {
    let settings = scope.platform_settings(unit.kind);
    let mut args = common(unit);
    args.0.push(Arg::Run(RunPart::Color));
    args.extend(["--crate-name", unit.target.crate_name().as_str(), "--test"]);
    args.os_path(scope.source(unit).0);
    args.push("--test-run-directory");
    args.os_path(unit.package.root().to_path_buf());
    target_arg(&mut args, unit.kind);
    if let [program, rest @ ..] = settings.runner.as_slice() {
        args.extend(["--test-runtool", program]);
        for arg in rest {
            args.extend(["--test-runtool-arg", arg]);
        }
    }
    if let Some(linker) = &settings.linker {
        args.codegen(format!("linker={}", linker.display()));
    }
    if unit.profile.panic != PanicStrategy::Unwind {
        args.codegen(format!("panic={}", unit.profile.panic.as_str()));
    }
    args.0.push(Arg::Scripts(ScriptPart::AllNativeDirs));
    args.0.push(Arg::Run(RunPart::TestArgs));
    lint_args(&mut args, unit);
    extern_args(&mut args, unit, externs);
    search_dir(&mut args, unit.kind);
    if !unit.kind.is_host() {
        search_dir(&mut args, dhow_toolchain::CompileKind::Host);
    }
    lto_args(&mut args, unit.lto);
    feature_args(&mut args, unit);
    args.0.push(Arg::Scripts(ScriptPart::CfgsAndLinkArgs));
    args.extend(unit.rustdocflags.iter());
    args.extend(["--error-format", "human"]);
    args.0
}
