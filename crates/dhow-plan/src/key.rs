//! The hashes of a unit: what its crate is called, what its files are called, and the static key.
//!
//! **The static key covers** all that is known beforehand and decides output: the compiler (`rustc -vV`, sysroot,
//! `RUSTC_BOOTSTRAP`, wrappers) · the package (name, version, source, checksum) and where the store lies · target
//! kind, name, crate types, edition, mode, features · the profile, with LTO, stripping and panic strategy as the
//! graph decided them · RUSTFLAGS or RUSTDOCFLAGS and extra arguments · host, target and the content of a custom
//! specification · for what links, loads or is run: the linker's content and the C library · for script runs also
//! the tools that scripts find · the host's CPU where `native` means it · the command line and the environment
//! (`[env]`, `CARGO_PKG_*`, `[lints]`, `--check-cfg`, that lints are capped; of immutable packages also
//! `CARGO_PRIMARY_PACKAGE`) · the keys and names of dependencies. It does not cover `CARGO` and `NUM_JOBS`, nor which
//! warnings are shown and how.

use dhow_model::{Checksum, SourceId};

use crate::hashing::FieldHasher;
use crate::recipe::{Arg, EnvValue, Place, Recipe, StaticKey};
use crate::scope::Scope;
use crate::unit::{CompileMode, Unit, UnitDep, requires_upstream_objects};

/// The hashes that name a unit and its files.
pub(crate) struct UnitNames {
    pub(crate) metadata: String,
    pub(crate) file_hash: String,
}

/// Names for `unit`, whose dependencies have theirs (`of_dep`).
pub(crate) fn names<'n>(
    scope: &Scope<'_>,
    unit: &Unit,
    deps: &[UnitDep],
    of_dep: impl Fn(&UnitDep) -> &'n UnitNames,
) -> UnitNames {
    let mut hasher = FieldHasher::new("unit");
    let id = unit.package.id();
    hasher.field("package", id.name());
    hasher.field("version", id.version().to_string());
    hasher.field("source", stable_source(scope, id.source()));
    hasher.list("features", unit.features.iter());
    hasher.profile(&unit.profile);
    hasher.lto(unit.lto);
    hasher.field("mode", format!("{:?}", unit.mode));
    if unit.mode == CompileMode::RunCustomBuild {
        hasher.field("root", format!("{:?}", unit.profile.root));
    }
    hasher.field("kind", format!("{:?}", unit.kind));
    hasher.field("target", unit.target.name);
    hasher.list("target-kind", unit.target.kind_strs());
    hasher.field("target-type", unit.target.kind.description());
    hasher.field("rustc", &scope.toolchain.verbose_version);
    let wrapper = scope.settings.rustc_workspace_wrapper.as_ref().filter(|_| unit.is_member);
    hasher.optional("wrapper", wrapper.map(|w| w.as_os_str().as_encoded_bytes()));
    hasher.list("deps", deps.iter().map(|dep| &of_dep(dep).metadata));
    hasher.list("dep-names", deps.iter().map(|dep| dep.extern_crate_name));
    let metadata = StaticKey(hasher.finish()).short();

    let mut hasher = FieldHasher::new("files");
    hasher.field("metadata", &metadata);
    hasher.list("rustflags", unit.rustflags.iter());
    hasher.list("rustdocflags", unit.rustdocflags.iter().filter(|_| unit.mode == CompileMode::Doc));
    hasher.list("extra", scope.extra_args(unit));
    hasher.list("deps", deps.iter().map(|dep| &of_dep(dep).file_hash));
    UnitNames { metadata, file_hash: StaticKey(hasher.finish()).short() }
}

/// Path packages inside the workspace are known by where they lie in it, so that a moved checkout keeps its names.
fn stable_source(scope: &Scope<'_>, source: SourceId) -> String {
    let root = scope.workspace.root();
    match source.local_path() {
        Some(path) if source.is_path() => match path.strip_prefix(root) {
            Ok(inside) => format!("workspace:{}", inside.display()),
            Err(_) => source.lock_string(),
        },
        _ => source.lock_string(),
    }
}

/// The static key of a finished recipe.
pub(crate) fn static_key(
    scope: &Scope<'_>,
    recipe: &Recipe,
    checksum: Option<Checksum>,
    dep_keys: &[(StaticKey, &str)],
) -> StaticKey {
    let unit = scope.graph.unit(recipe.unit);
    let mut hasher = FieldHasher::new("static key 1");
    compiler(&mut hasher, scope, unit);
    let id = unit.package.id();
    hasher.field("package", id.name());
    hasher.field("version", id.version().to_string());
    hasher.field("source", id.source().lock_string());
    hasher.optional("checksum", checksum.map(|c| c.0));
    hasher.field("mode", format!("{:?}", unit.mode));
    hasher.field("target", unit.target.name);
    hasher.field("target-type", unit.target.kind.description());
    hasher.list("crate-types", unit.target.crate_types().iter().map(|t| t.as_str().to_owned()));
    hasher.field("edition", unit.target.edition.as_str());
    hasher.list("features", unit.features.iter());
    hasher.profile(&unit.profile);
    hasher.lto(unit.lto);
    hasher.list("rustflags", unit.rustflags.iter());
    if matches!(unit.mode, CompileMode::Doc | CompileMode::Doctest) {
        hasher.list("rustdocflags", unit.rustdocflags.iter());
    }
    machine(&mut hasher, scope, unit);
    command(&mut hasher, recipe, unit);
    hasher.list("deps", dep_keys.iter().map(|(key, _)| key.0));
    hasher.list("dep-names", dep_keys.iter().map(|(_, name)| name));
    StaticKey(hasher.finish())
}

fn compiler(hasher: &mut FieldHasher, scope: &Scope<'_>, unit: &Unit) {
    hasher.field("rustc", &scope.toolchain.verbose_version);
    let info = scope.platforms.get(&unit.kind);
    hasher.optional("sysroot", info.map(|i| i.sysroot.as_os_str().as_encoded_bytes()));
    hasher.optional("bootstrap", scope.settings.machine.rustc_bootstrap.as_ref());
    let path = |p: &std::path::PathBuf| p.as_os_str().as_encoded_bytes().to_vec();
    hasher.optional("wrapper", scope.settings.rustc_wrapper.as_ref().map(path));
    let workspace_wrapper = scope.settings.rustc_workspace_wrapper.as_ref().filter(|_| unit.is_member);
    hasher.optional("workspace-wrapper", workspace_wrapper.map(path));
}

fn machine(hasher: &mut FieldHasher, scope: &Scope<'_>, unit: &Unit) {
    let (machine, settings) = (&scope.settings.machine, scope.platform_settings(unit.kind));
    hasher.field("host", scope.toolchain.host);
    hasher.field("kind", format!("{:?}", unit.kind));
    hasher.optional("triple", scope.platforms.get(&unit.kind).map(|info| info.triple));
    hasher.optional("spec", settings.spec_hash);
    hasher.optional("store", machine.store_root.as_ref().map(|p| p.as_os_str().as_encoded_bytes()));
    let is_run = unit.mode == CompileMode::RunCustomBuild;
    let links = unit.mode == CompileMode::Test
        || (unit.mode == CompileMode::Build && requires_upstream_objects(&unit.target));
    if is_run || links {
        hasher.optional("linker", settings.linker_hash);
        hasher.optional("libc", machine.libc);
    }
    if is_run {
        hasher
            .list("tools", machine.tools.iter().flat_map(|(name, hash)| [name.as_bytes(), hash.as_slice()]));
    }
    if is_run || unit.rustflags.iter().any(|flag| flag.contains("native")) {
        hasher.optional("cpu", machine.host_cpu);
    }
}

fn command(hasher: &mut FieldHasher, recipe: &Recipe, unit: &Unit) {
    hasher.field("cwd", recipe.cwd.as_os_str().as_encoded_bytes());
    let is = |arg: Option<&Arg>, text: &str| matches!(arg, Some(Arg::Text(known)) if known == text);
    let args = recipe.args.iter().enumerate().filter(|(index, arg)| {
        // That lints are capped counts; how far decides only what is shown.
        let is_cap = *index > 0 && is(recipe.args.get(index - 1), "--cap-lints");
        !is_cosmetic(arg) && !is_cap
    });
    hasher.list("args", args.map(|(_, arg)| arg_bytes(arg)));
    let env = recipe.env.iter().filter(|(name, _)| match name.as_str() {
        "CARGO" | "NUM_JOBS" => false,
        // Which members a command names changes from command to command. What reads it says so in its dep-info.
        "CARGO_PRIMARY_PACKAGE" => !unit.is_local,
        _ => true,
    });
    hasher.list("env", env.flat_map(|(name, value)| [name.clone().into_bytes(), env_bytes(value)]));
}

fn arg_bytes(arg: &Arg) -> Vec<u8> {
    match arg {
        Arg::Text(text) => text.clone().into_bytes(),
        Arg::Os(text) => text.as_encoded_bytes().to_vec(),
        Arg::Path { prefix, place } => format!("{prefix}{}", place_tag(place)).into_bytes(),
        // Dependencies are covered by their keys and names; script output is not known yet.
        Arg::Extern(_) | Arg::Scripts(_) | Arg::Run(_) => Vec::new(),
    }
}

fn env_bytes(value: &EnvValue) -> Vec<u8> {
    match value {
        EnvValue::Text(text) => text.clone().into_bytes(),
        EnvValue::Os(text) => text.as_encoded_bytes().to_vec(),
        EnvValue::Path(place) => place_tag(place).into_bytes(),
        EnvValue::Unset => b"\0unset".to_vec(),
    }
}

/// A place without the directory that it will have, and without numbers that only this plan gives.
fn place_tag(place: &Place) -> String {
    match place {
        Place::OutDir => "\0out".to_owned(),
        Place::Deps(kind) => format!("\0deps {kind:?}"),
        Place::Incremental => "\0incremental".to_owned(),
        Place::ScriptOut(_) => "\0script".to_owned(),
        Place::Program(kind, name) => format!("\0program {kind:?} {name}"),
        Place::Tmp(kind) => format!("\0tmp {kind:?}"),
    }
}

/// Arguments that decide how diagnostics look and nothing else.
fn is_cosmetic(arg: &Arg) -> bool {
    let Arg::Text(text) = arg else { return false };
    ["--error-format=", "--json=", "--diagnostic-width="].iter().any(|prefix| text.starts_with(prefix))
}
