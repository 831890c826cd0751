//! From a recipe to a command: paths, dependencies' files and what build scripts said are put in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::env::envify;
use crate::paths::Paths;
use crate::plan::Plan;
use crate::recipe::{
    Arg, EnvValue, Extern, FileFlavor, LibraryDir, Place, Program, Recipe, RunPart, ScriptPart, Uplift,
};
use crate::script::{LinkArgTarget, ScriptOutput};
use crate::unit::{CompileMode, Unit, UnitId};

/// A process to start. `env` is what changes on top of the inherited environment; `None` removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Absolute, or a name to be found through `PATH`.
    pub program: PathBuf,
    /// Arguments.
    pub args: Vec<OsString>,
    /// Sorted.
    pub env: BTreeMap<String, Option<OsString>>,
    /// Absolute.
    pub cwd: PathBuf,
}

/// What binding takes besides the plan.
#[derive(Clone, Copy)]
pub struct BindContext<'a> {
    /// Where things are.
    pub paths: &'a dyn Paths,
    /// What a script run said. Must answer for every unit in `own_script`, `link_scripts`, `plugin_scripts` and
    /// `metadata_from` of the recipe; `None` counts as having said nothing. Scripts whose output configuration
    /// gives need no answer.
    pub scripts: &'a dyn Fn(UnitId) -> Option<Arc<ScriptOutput>>,
    /// The inherited `LD_LIBRARY_PATH` (or the platform's counterpart).
    pub library_path: Option<&'a std::ffi::OsStr>,
    /// What documentation tests are told.
    pub run: RunOptions<'a>,
}

/// For documentation tests only.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions<'a> {
    /// `--color`: `auto` if `None`.
    pub color: Option<&'a str>,
    /// Arguments after `--`.
    pub test_args: &'a [String],
}

/// The variable that names the dynamic loader's search path.
pub const LIBRARY_PATH_VARIABLE: &str = if cfg!(windows) {
    "PATH"
} else if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};

/// The command that makes `unit`. For documentation tests: the command that runs them.
pub fn bind(plan: &Plan, unit: UnitId, context: &BindContext<'_>) -> Command {
    let binder = Binder { plan, context, recipe: plan.recipe(unit), unit: plan.graph.unit(unit) };
    let program = match &binder.recipe.program {
        Program::Tool(path) => path.clone(),
        Program::Made(script) => binder.script_program(*script),
    };
    Command { program, args: binder.args(), env: binder.env(), cwd: binder.recipe.cwd.clone() }
}

struct Binder<'a, 'c> {
    plan: &'a Plan,
    context: &'a BindContext<'c>,
    recipe: &'a Recipe,
    unit: &'a Unit,
}

impl Binder<'_, '_> {
    fn script(&self, run: UnitId) -> Option<Arc<ScriptOutput>> {
        said(self.plan, self.context, run)
    }

    fn own_script(&self) -> Option<Arc<ScriptOutput>> {
        self.script(self.recipe.own_script?)
    }

    fn place(&self, place: &Place) -> PathBuf {
        let paths = self.context.paths;
        match place {
            Place::OutDir => paths.out_dir(self.recipe.unit),
            Place::Deps(kind) => paths.deps_dir(*kind),
            Place::Incremental => paths.incremental_dir(self.recipe.unit),
            Place::ScriptOut(run) => paths.script_out_dir(*run),
            Place::Program(kind, name) => paths.program(*kind, name),
            Place::Tmp(kind) => paths.tmp_dir(*kind),
        }
    }

    fn script_program(&self, script: UnitId) -> PathBuf {
        let outputs = &self.plan.recipe(script).outputs;
        let program = outputs.iter().find(|output| output.flavor == FileFlavor::Normal);
        match program.map(|output| &output.uplift) {
            Some(Some(Uplift::Beside(name))) => self.context.paths.out_dir(script).join(name),
            _ => PathBuf::new(),
        }
    }

    fn args(&self) -> Vec<OsString> {
        let mut args = Vec::with_capacity(self.recipe.args.len() + 16);
        for arg in &self.recipe.args {
            match arg {
                Arg::Text(text) => args.push(text.into()),
                Arg::Os(text) => args.push(text.clone()),
                Arg::Path { prefix, place } => args.push(joined(prefix, &self.place(place))),
                Arg::Extern(index) => self.push_extern(&mut args, &self.recipe.externs[*index]),
                Arg::Scripts(part) => self.push_scripts(&mut args, *part),
                Arg::Run(RunPart::Color) => {
                    args.extend(["--color".into(), self.context.run.color.unwrap_or("auto").into()]);
                }
                Arg::Run(RunPart::TestArgs) => {
                    let each = |arg: &String| ["--test-args".into(), arg.into()];
                    args.extend(self.context.run.test_args.iter().flat_map(each));
                }
            }
        }
        args
    }

    fn push_extern(&self, args: &mut Vec<OsString>, dep: &Extern) {
        let prefix =
            if dep.noprelude { format!("noprelude:{}=", dep.name) } else { format!("{}=", dep.name) };
        let wanted = if dep.rmeta { FileFlavor::Rmeta } else { FileFlavor::Linkable };
        for output in self.plan.recipe(dep.unit).outputs.iter().filter(|o| o.flavor == wanted) {
            args.push("--extern".into());
            args.push(joined(&prefix, &self.context.paths.output(dep.unit, output)));
        }
    }

    fn push_scripts(&self, args: &mut Vec<OsString>, part: ScriptPart) {
        match part {
            ScriptPart::Compile => {
                self.push_native(args);
                self.push_cfgs(args);
            }
            ScriptPart::Cfgs => self.push_cfgs(args),
            ScriptPart::AllNativeDirs => {
                for dir in all_native_dirs(self.plan, self.context) {
                    args.extend(["-L".into(), dir.into()]);
                }
            }
            ScriptPart::CfgsAndLinkArgs => {
                self.push_cfgs(args);
                for (target, arg) in self.own_script().iter().flat_map(|said| &said.linker_args) {
                    if applies(target, self.unit) {
                        args.extend(["-C".into(), format!("link-arg={arg}").into()]);
                    }
                }
            }
        }
    }

    /// Library paths of everything below, those inside the target directory first; libraries and link arguments of
    /// the own script.
    fn push_native(&self, args: &mut Vec<OsString>) {
        let scripts: Vec<(UnitId, Arc<ScriptOutput>)> =
            self.recipe.link_scripts.iter().filter_map(|run| Some((*run, self.script(*run)?))).collect();
        let mut dirs: Vec<&String> = scripts.iter().flat_map(|(_, said)| &said.library_paths).collect();
        let root = self.root_of_scripts();
        dirs.sort_by_key(|dir| !search_path(dir).1.starts_with(&root));
        for dir in dirs {
            args.extend(["-L".into(), dir.into()]);
        }
        for (run, said) in &scripts {
            let own = Some(*run) == self.recipe.own_script;
            if own && self.recipe.pass_l_flag {
                for library in &said.library_links {
                    args.extend(["-l".into(), library.into()]);
                }
            }
            for (target, arg) in &said.linker_args {
                if applies(target, self.unit) && (own || *target == LinkArgTarget::Cdylib) {
                    args.extend(["-C".into(), format!("link-arg={arg}").into()]);
                }
            }
        }
    }

    fn push_cfgs(&self, args: &mut Vec<OsString>) {
        let Some(said) = self.own_script() else { return };
        for cfg in &said.cfgs {
            args.extend(["--cfg".into(), cfg.into()]);
        }
        for value in &said.check_cfgs {
            args.extend(["--check-cfg".into(), value.into()]);
        }
    }

    fn root_of_scripts(&self) -> PathBuf {
        self.context.paths.root_dir(dhow_toolchain::CompileKind::Host)
    }

    fn env(&self) -> BTreeMap<String, Option<OsString>> {
        let mut env: BTreeMap<String, Option<OsString>> = self
            .recipe
            .env
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    EnvValue::Text(text) => Some(text.into()),
                    EnvValue::Os(text) => Some(text.clone()),
                    EnvValue::Path(place) => Some(self.place(place).into_os_string()),
                    EnvValue::Unset => None,
                };
                (name.clone(), value)
            })
            .collect();
        env.insert(LIBRARY_PATH_VARIABLE.to_owned(), Some(self.library_path()));
        for (name, value) in self.own_script().iter().flat_map(|said| &said.env) {
            env.insert(name.clone(), Some(value.into()));
        }
        for (links, run) in &self.recipe.metadata_from {
            for (key, value) in self.script(*run).iter().flat_map(|said| &said.metadata) {
                let name = format!("DEP_{}_{}", envify(links), envify(key));
                env.insert(name, Some(value.into()));
            }
        }
        env
    }

    fn library_path(&self) -> OsString {
        let mut dirs = library_dirs(&self.recipe.library_path, self.plan, self.context);
        if let Some(inherited) = self.context.library_path {
            dirs.extend(std::env::split_paths(inherited));
        }
        let root = self.root_of_scripts();
        for run in &self.recipe.plugin_scripts {
            let said = self.script(*run);
            let named = said.iter().flat_map(|said| &said.library_paths);
            dirs.extend(named.filter_map(|dir| loadable(dir, &root)));
        }
        join(dirs)
    }
}

/// What a script said, or configuration says in its place.
fn said(plan: &Plan, context: &BindContext<'_>, run: UnitId) -> Option<Arc<ScriptOutput>> {
    plan.overridden_scripts.get(&run).cloned().or_else(|| (context.scripts)(run))
}

/// Library paths of all scripts of the plan, sorted, each once.
fn all_native_dirs(plan: &Plan, context: &BindContext<'_>) -> Vec<String> {
    let runs = plan.graph.ids().filter(|id| plan.graph.unit(*id).mode == CompileMode::RunCustomBuild);
    let said = runs.filter_map(|run| said(plan, context, run));
    let mut dirs: Vec<String> = said.flat_map(|said| said.library_paths.clone()).collect();
    dirs.sort();
    dirs.dedup();
    dirs
}

fn library_dirs(dirs: &[LibraryDir], plan: &Plan, context: &BindContext<'_>) -> Vec<PathBuf> {
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
    found
}

/// The search path and the variables with which a program of the plan is run: tests, benchmarks, `run`.
pub fn run_environment(
    plan: &Plan,
    unit: UnitId,
    context: &BindContext<'_>,
) -> BTreeMap<String, Option<OsString>> {
    let (made, recipe) = (plan.graph.unit(unit), plan.recipe(unit));
    let mut env: BTreeMap<String, Option<OsString>> = BTreeMap::new();
    let binder = Binder { plan, context, recipe, unit: made };
    let compile_only = ["CARGO_CRATE_NAME", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE", "CARGO_TARGET_TMPDIR"];
    env.extend(binder.env().into_iter().filter(|(name, _)| !compile_only.contains(&name.as_str())));
    let mut dirs =
        vec![LibraryDir::Native(made.kind), LibraryDir::Root(made.kind), LibraryDir::Deps(made.kind)];
    dirs.extend(plan.sysroot_libdirs.get(&made.kind).cloned().map(LibraryDir::Dir));
    let mut dirs = library_dirs(&dirs, plan, context);
    if let Some(inherited) = context.library_path {
        dirs.extend(std::env::split_paths(inherited));
    }
    env.insert(LIBRARY_PATH_VARIABLE.to_owned(), Some(join(dirs)));
    env
}

fn join(dirs: Vec<PathBuf>) -> OsString {
    // A directory with a separator in its name cannot be said; it is left out rather than all the others.
    std::env::join_paths(&dirs).unwrap_or_else(|_| {
        let sayable = dirs.iter().filter(|dir| std::env::join_paths([dir]).is_ok());
        std::env::join_paths(sayable).unwrap_or_default()
    })
}

fn joined(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::with_capacity(prefix.len() + path.as_os_str().len());
    text.push(prefix);
    text.push(path);
    text
}

/// Kind and directory of a `-L` value.
fn search_path(value: &str) -> (&str, &Path) {
    match value.split_once('=') {
        Some((kind @ ("native" | "crate" | "dependency" | "framework" | "all"), dir)) => {
            (kind, Path::new(dir))
        }
        _ => ("all", Path::new(value)),
    }
}

/// The directory of a `-L` value, if the loader may look there: it must lie in the target directory.
fn loadable(value: &str, root: &Path) -> Option<PathBuf> {
    let (kind, dir) = search_path(value);
    (matches!(kind, "native" | "all" | "dependency" | "crate" | "framework") && dir.starts_with(root))
        .then(|| dir.to_path_buf())
}

/// Whether a linker argument is for this unit.
fn applies(target: &LinkArgTarget, unit: &Unit) -> bool {
    let is = &unit.target;
    match target {
        LinkArgTarget::All => true,
        LinkArgTarget::Cdylib => !unit.mode.is_any_test() && is.is_cdylib(),
        LinkArgTarget::Bins => is.is_bin(),
        LinkArgTarget::Bin(name) => is.is_bin() && is.name == name.as_str(),
        LinkArgTarget::Tests => is.is_test(),
        LinkArgTarget::Benches => is.is_bench(),
        LinkArgTarget::Examples => is.is_exe_example(),
    }
}
