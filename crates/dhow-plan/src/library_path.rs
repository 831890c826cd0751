//! Where the dynamic loader looks: for compilers, which load macros, and for the programs that are run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dhow_toolchain::CompileKind;

use crate::bind_context::{BindContext, said};
use crate::plan::Plan;
use crate::recipe::{LibraryDir, Recipe};
use crate::unit::{CompileMode, UnitId};

/// The variable that names the dynamic loader's search path.
pub const LIBRARY_PATH_VARIABLE: &str = if cfg!(windows) {
    "PATH"
} else if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};

/// The search path of a recipe's process.
pub(crate) fn library_path(recipe: &Recipe, plan: &Plan, context: &BindContext<'_>) -> OsString {
    let mut dirs = with_inherited(&recipe.library_path, plan, context);
    let root = context.paths.root_dir(CompileKind::Host);
    for run in &recipe.plugin_scripts {
        dirs.extend(native_dirs_inside(&root, *run, plan, context));
    }
    join(&dirs)
}

/// The search path of a program that was made for `kind`.
pub(crate) fn run_library_path(kind: CompileKind, plan: &Plan, context: &BindContext<'_>) -> OsString {
    let mut dirs = vec![LibraryDir::Native(kind), LibraryDir::Root(kind), LibraryDir::Deps(kind)];
    dirs.extend(plan.sysroot_libdirs.get(&kind).cloned().map(LibraryDir::Dir));
    join(&with_inherited(&dirs, plan, context))
}

fn with_inherited(dirs: &[LibraryDir], plan: &Plan, context: &BindContext<'_>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for dir in dirs {
        match dir {
            LibraryDir::Root(kind) => found.push(context.paths.root_dir(*kind)),
            LibraryDir::Deps(kind) => found.push(context.paths.deps_dir(*kind)),
            LibraryDir::Dir(dir) => found.push(dir.clone()),
            LibraryDir::Native(kind) => {
                let root = context.paths.root_dir(*kind);
                let native = all_native_dirs(plan, context);
                found.extend(native.iter().filter_map(|dir| loadable(dir, &root)));
            }
        }
    }
    found.extend(context.library_path.iter().flat_map(std::env::split_paths));
    found
}

fn native_dirs_inside(root: &Path, run: UnitId, plan: &Plan, context: &BindContext<'_>) -> Vec<PathBuf> {
    let said = said(plan, context, run);
    let named = said.iter().flat_map(|said| &said.library_paths);
    named.filter_map(|dir| loadable(dir, root)).collect()
}

/// Library paths of all scripts of the plan, sorted, each once.
pub(crate) fn all_native_dirs(plan: &Plan, context: &BindContext<'_>) -> Vec<String> {
    let runs = plan.graph.ids().filter(|id| plan.graph.unit(*id).mode == CompileMode::RunCustomBuild);
    let said = runs.filter_map(|run| said(plan, context, run));
    let mut dirs: Vec<String> = said.flat_map(|said| said.library_paths.clone()).collect();
    dirs.sort();
    dirs.dedup();
    dirs
}

/// The directory of a `-L` value, without the kind of library that it is for.
pub(crate) fn directory(value: &str) -> &Path {
    match value.split_once('=') {
        Some(("native" | "crate" | "dependency" | "framework" | "all", dir)) => Path::new(dir),
        _ => Path::new(value),
    }
}

/// The directory of a `-L` value, if the loader may look there: it must lie in the target directory.
fn loadable(value: &str, root: &Path) -> Option<PathBuf> {
    let dir = directory(value);
    dir.starts_with(root).then(|| dir.to_path_buf())
}

fn join(dirs: &[PathBuf]) -> OsString {
    // A directory with a separator in its name cannot be said; it is left out rather than all the others.
    std::env::join_paths(dirs).unwrap_or_else(|_| {
        let sayable = dirs.iter().filter(|dir| std::env::join_paths([dir]).is_ok());
        std::env::join_paths(sayable).unwrap_or_default()
    })
}
