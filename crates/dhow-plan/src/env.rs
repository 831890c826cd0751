//! The variables that compilers, scripts and tests find: those that the Cargo book lists under "Environment
//! variables Cargo sets". Only what is known beforehand; scripts' own variables are added when a recipe is bound.

use std::collections::BTreeMap;
use std::path::Path;

use dhow_model::Cfg;
use dhow_workspace::Package;

use crate::error::PlanError;
use crate::recipe::{EnvValue, Place};
use crate::scope::Scope;
use crate::unit::{CompileMode, Unit, UnitId};

/// Variables while they are collected.
#[derive(Default)]
pub(crate) struct Env(BTreeMap<String, EnvValue>);

impl Env {
    pub(crate) fn text(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), EnvValue::Text(value.into()));
    }

    pub(crate) fn os_path(&mut self, name: &str, path: &Path) {
        let value = match path.to_str() {
            Some(text) => EnvValue::Text(text.to_owned()),
            None => EnvValue::Os(path.as_os_str().to_owned()),
        };
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn place(&mut self, name: impl Into<String>, place: Place) {
        self.0.insert(name.into(), EnvValue::Path(place));
    }

    fn unset(&mut self, name: &str) {
        self.0.insert(name.to_owned(), EnvValue::Unset);
    }

    pub(crate) fn into_sorted(self) -> Vec<(String, EnvValue)> {
        self.0.into_iter().collect()
    }
}

/// What every process that works for a package is given.
pub(crate) fn package_env(scope: &Scope<'_>, package: &Package) -> Env {
    let mut env = Env::default();
    let (id, about) = (package.id(), package.metadata());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    env.os_path("CARGO", &scope.settings.cargo_exe);
    env.os_path("CARGO_MANIFEST_DIR", package.root());
    env.os_path("CARGO_MANIFEST_PATH", package.manifest_path());
    env.text("CARGO_PKG_NAME", id.name().as_str());
    env.text("CARGO_PKG_VERSION", id.version().to_string());
    env.text("CARGO_PKG_VERSION_MAJOR", id.version().major.to_string());
    env.text("CARGO_PKG_VERSION_MINOR", id.version().minor.to_string());
    env.text("CARGO_PKG_VERSION_PATCH", id.version().patch.to_string());
    env.text("CARGO_PKG_VERSION_PRE", id.version().pre.as_str());
    env.text("CARGO_PKG_AUTHORS", about.authors.join(":"));
    env.text("CARGO_PKG_DESCRIPTION", text(&about.description));
    env.text("CARGO_PKG_HOMEPAGE", text(&about.homepage));
    env.text("CARGO_PKG_REPOSITORY", text(&about.repository));
    env.text("CARGO_PKG_LICENSE", text(&about.license));
    env.text("CARGO_PKG_LICENSE_FILE", text(&about.license_file));
    env.text("CARGO_PKG_README", text(&about.readme));
    let rust_version = about.rust_version.as_ref().map(ToString::to_string);
    env.text("CARGO_PKG_RUST_VERSION", rust_version.unwrap_or_default());
    for (name, value) in &scope.settings.env {
        env.text(name, value);
    }
    env
}

/// What rustc and rustdoc are given for a unit.
pub(crate) fn tool_env(scope: &Scope<'_>, id: UnitId) -> Env {
    let unit = scope.graph.unit(id);
    let mut env = package_env(scope, &unit.package);
    env.text("CARGO_CRATE_NAME", unit.target.crate_name().as_str());
    if unit.target.is_executable() {
        env.text("CARGO_BIN_NAME", unit.target.name.as_str());
    }
    if let Some(run) = scope.own_script(id) {
        env.place("OUT_DIR", Place::ScriptOut(run));
    }
    let compiles = !matches!(unit.mode, CompileMode::Doc | CompileMode::Doctest);
    if compiles && unit.is_primary {
        env.text("CARGO_PRIMARY_PACKAGE", "1");
    }
    if compiles && (unit.target.is_test() || unit.target.is_bench()) {
        env.place("CARGO_TARGET_TMPDIR", Place::Tmp(unit.kind));
        program_env(&mut env, scope, id);
    }
    env
}

/// Where integration tests find the package's programs.
pub(crate) fn program_env(env: &mut Env, scope: &Scope<'_>, id: UnitId) {
    let unit = scope.graph.unit(id);
    for program in unit.package.binaries() {
        let name = format!("CARGO_BIN_EXE_{}", program.name);
        if unit.mode.is_check() {
            // Nothing is there, and still `env!` must find something.
            env.text(name, format!("placeholder:{}", program.name));
        } else {
            env.place(name, Place::Program(unit.kind, program.name));
        }
    }
}

/// What a build script is given.
pub(crate) fn script_env(scope: &Scope<'_>, id: UnitId) -> Result<Env, PlanError> {
    let unit = scope.graph.unit(id);
    let (settings, profile) = (scope.settings, &unit.profile);
    let info = scope.info(unit.kind)?;
    let mut env = package_env(scope, &unit.package);
    env.place("OUT_DIR", Place::ScriptOut(id));
    env.text("TARGET", info.triple.as_str());
    env.text("HOST", scope.toolchain.host.as_str());
    env.text("NUM_JOBS", settings.jobs.to_string());
    env.text("OPT_LEVEL", profile.opt_level.as_str());
    env.text("DEBUG", profile.debuginfo.is_on().to_string());
    let release = profile.root == dhow_workspace::ProfileRoot::Release;
    env.text("PROFILE", if release { "release" } else { "debug" });
    env.os_path("RUSTC", &scope.toolchain.rustc);
    env.os_path("RUSTDOC", &scope.toolchain.rustdoc);
    if let Some(linker) = &scope.platform_settings(unit.kind).linker {
        env.os_path("RUSTC_LINKER", linker);
    }
    if let Some(links) = unit.package.metadata().links {
        env.text("CARGO_MANIFEST_LINKS", links.as_str());
    }
    for feature in unit.features.iter() {
        env.text(format!("CARGO_FEATURE_{}", envify(feature)), "1");
    }
    for (name, values) in cfg_values(unit, &info.cfgs) {
        env.text(format!("CARGO_CFG_{}", envify(name)), values.join(","));
    }
    match &settings.rustc_wrapper {
        Some(wrapper) => env.os_path("RUSTC_WRAPPER", wrapper),
        None => env.unset("RUSTC_WRAPPER"),
    }
    match &settings.rustc_workspace_wrapper {
        Some(wrapper) if unit.is_member => env.os_path("RUSTC_WORKSPACE_WRAPPER", wrapper),
        _ => env.unset("RUSTC_WORKSPACE_WRAPPER"),
    }
    env.text("CARGO_ENCODED_RUSTFLAGS", unit.rustflags.join("\u{1f}"));
    env.unset("RUSTFLAGS");
    Ok(env)
}

/// The cfgs of the platform by name. `debug_assertions` is the profile's, not the compiler's default.
fn cfg_values<'a>(unit: &'a Unit, cfgs: &'a [Cfg]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    values.insert("feature", unit.features.iter().map(|f| f.as_str()).collect());
    if unit.profile.debug_assertions {
        values.insert("debug_assertions", Vec::new());
    }
    for cfg in cfgs {
        match cfg {
            Cfg::Name(name) if name.as_str() == "debug_assertions" => {}
            Cfg::Name(name) => {
                values.insert(name.as_str(), Vec::new());
            }
            Cfg::KeyPair(name, value) => values.entry(name.as_str()).or_default().push(value.as_str()),
        }
    }
    values
}

/// As part of a variable's name: upper case, dashes become underscores.
pub(crate) fn envify(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).map(|c| if c == '-' { '_' } else { c }).collect()
}
