//! Makes the recipe of every unit, dependencies first.

use dhow_model::{Checksum, PackageId};

use crate::args::{Names, rustc_args};
use crate::doc_args::{doctest_args, rustdoc_args};
use crate::env::{Env, script_env, tool_env};
use crate::error::PlanError;
use crate::key::{self, UnitNames};
use crate::outputs::{outputs, uses_extra_filename};
use crate::recipe::{Arg, LibraryDir, Program, Recipe, StaticKey};
use crate::request::Intent;
use crate::scope::Scope;
use crate::unit::{CompileMode, Unit, UnitDep, UnitId};
use dhow_toolchain::CompileKind;

/// The recipes of all units, by [`UnitId`].
pub(crate) fn recipes(
    scope: &Scope<'_>,
    checksum: &dyn Fn(PackageId) -> Option<Checksum>,
) -> Result<Vec<Recipe>, PlanError> {
    let mut names: Vec<UnitNames> = Vec::with_capacity(scope.graph.units.len());
    let mut recipes: Vec<Recipe> = Vec::with_capacity(scope.graph.units.len());
    for id in scope.graph.ids() {
        let unit = scope.graph.unit(id);
        let deps = scope.graph.deps(id);
        let own = key::names(scope, unit, deps, |dep: &UnitDep| &names[dep.unit.index()]);
        let mut recipe = recipe(scope, id, &own)?;
        script_links(scope, &mut recipe, &recipes);
        let dep_keys: Vec<(StaticKey, &str)> =
            deps.iter().map(|dep| (recipes[dep.unit.index()].key, dep.extern_crate_name.as_str())).collect();
        recipe.key = key::static_key(scope, &recipe, checksum(unit.package.id()), &dep_keys);
        names.push(own);
        recipes.push(recipe);
    }
    Ok(recipes)
}

fn recipe(scope: &Scope<'_>, id: UnitId, names: &UnitNames) -> Result<Recipe, PlanError> {
    let unit = scope.graph.unit(id);
    let info = scope.info(unit.kind)?;
    let hash = uses_extra_filename(unit, info).then_some(names.file_hash.as_str());
    let externs = scope.externs(id);
    let (program, args, env) =
        command(scope, id, &externs, &Names { metadata: &names.metadata, extra_filename: hash })?;
    let outputs = outputs(unit, info, &names.file_hash)?;
    let dep_info = writes_dep_info(unit).then(|| match hash {
        Some(hash) => format!("{}-{hash}.d", unit.target.crate_name()),
        None => format!("{}.d", unit.target.crate_name()),
    });
    let has_library = unit.package.library().is_some();
    Ok(Recipe {
        unit: id,
        program,
        args,
        env: env.into_sorted(),
        library_path: library_path(scope, unit)?,
        cwd: cwd(scope, unit),
        outputs,
        dep_info,
        own_script: scope.own_script(id),
        link_scripts: Vec::new(),
        plugin_scripts: Vec::new(),
        metadata_from: metadata_from(scope, id),
        pass_l_flag: unit.target.is_lib() || !has_library,
        externs,
        key: StaticKey([0; 32]),
        metadata: names.metadata.clone(),
        file_hash: names.file_hash.clone(),
        dir_name: format!("{}-{}", unit.package.name(), names.file_hash),
    })
}

fn command(
    scope: &Scope<'_>,
    id: UnitId,
    externs: &[crate::recipe::Extern],
    names: &Names<'_>,
) -> Result<(Program, Vec<Arg>, Env), PlanError> {
    let unit = scope.graph.unit(id);
    let rustdoc = || Program::Tool(scope.toolchain.rustdoc.clone());
    Ok(match unit.mode {
        CompileMode::RunCustomBuild => {
            let is_script = |dep: &&UnitDep| scope.graph.unit(dep.unit).mode == CompileMode::Build;
            // A script whose output configuration gives is not compiled, and not run either.
            let made = scope.graph.deps(id).iter().find(is_script).map_or(id, |dep| dep.unit);
            (Program::Made(made), Vec::new(), script_env(scope, id)?)
        }
        CompileMode::Doc => (rustdoc(), rustdoc_args(scope, unit, names, externs), tool_env(scope, id)),
        CompileMode::Doctest => (rustdoc(), doctest_args(scope, unit, externs), tool_env(scope, id)),
        _ => {
            let mut programs: Vec<_> = scope.settings.rustc_wrapper.iter().collect();
            programs.extend(scope.settings.rustc_workspace_wrapper.iter().filter(|_| unit.is_member));
            programs.push(&scope.toolchain.rustc);
            let mut args: Vec<Arg> =
                programs[1..].iter().map(|p| Arg::Os(p.as_os_str().to_owned())).collect();
            args.extend(rustc_args(scope, unit, names, externs)?);
            (Program::Tool(programs[0].clone()), args, tool_env(scope, id))
        }
    })
}

fn writes_dep_info(unit: &Unit) -> bool {
    !matches!(unit.mode, CompileMode::Doc | CompileMode::Doctest | CompileMode::RunCustomBuild)
}

fn cwd(scope: &Scope<'_>, unit: &Unit) -> std::path::PathBuf {
    match unit.mode {
        CompileMode::RunCustomBuild => unit.package.root().to_path_buf(),
        _ => scope.source(unit).1,
    }
}

fn library_path(scope: &Scope<'_>, unit: &Unit) -> Result<Vec<LibraryDir>, PlanError> {
    let host = CompileKind::Host;
    Ok(match unit.mode {
        CompileMode::RunCustomBuild => {
            // A check leaves nothing in the artifact directory.
            let is_check = matches!(scope.request.intent, Intent::Check { .. });
            let root = (!is_check).then_some(LibraryDir::Root(host));
            let sysroot = LibraryDir::Dir(scope.info(host)?.sysroot_libdir.clone());
            root.into_iter().chain([LibraryDir::Deps(host), sysroot]).collect()
        }
        // rustdoc runs what it compiles, when everything else is there.
        CompileMode::Doctest => vec![LibraryDir::Native(host), LibraryDir::Deps(host)],
        _ => vec![LibraryDir::Deps(host)],
    })
}

/// Whose `links` metadata a script run sees.
fn metadata_from(scope: &Scope<'_>, id: UnitId) -> Vec<(dhow_model::InternedString, UnitId)> {
    if scope.graph.unit(id).mode != CompileMode::RunCustomBuild {
        return Vec::new();
    }
    let runs = scope
        .graph
        .deps(id)
        .iter()
        .filter(|dep| scope.graph.unit(dep.unit).mode == CompileMode::RunCustomBuild);
    runs.filter_map(|dep| Some((scope.graph.unit(dep.unit).package.metadata().links?, dep.unit))).collect()
}

/// Which scripts' library paths this unit takes, from what its dependencies take (`done`).
fn script_links(scope: &Scope<'_>, recipe: &mut Recipe, done: &[Recipe]) {
    let unit = scope.graph.unit(recipe.unit);
    let mut links = Vec::new();
    let mut plugins = Vec::new();
    if !unit.target.is_custom_build() {
        links.extend(recipe.own_script);
    }
    let mut deps: Vec<UnitId> = scope.graph.deps(recipe.unit).iter().map(|dep| dep.unit).collect();
    deps.sort_by_key(|dep| scope.graph.unit(*dep).package.id());
    for dep in deps {
        let target = &scope.graph.unit(dep).target;
        let below = &done[dep.index()].link_scripts;
        if target.is_for_host() {
            plugins.extend(below);
        } else if target.is_linkable() {
            links.extend(below);
        }
    }
    recipe.link_scripts = without_repetition(links);
    plugins.sort_by_key(|run| (scope.graph.unit(*run).package.id(), *run));
    recipe.plugin_scripts = without_repetition(plugins);
}

fn without_repetition(units: Vec<UnitId>) -> Vec<UnitId> {
    let mut seen = std::collections::HashSet::new();
    units.into_iter().filter(|unit| seen.insert(*unit)).collect()
}
