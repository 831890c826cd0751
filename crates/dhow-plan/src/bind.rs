//! From a recipe to a command: paths, dependencies' files and what build scripts said are put in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bind_context::{BindContext, said};
use crate::env::envify;
use crate::library_path::{
    LIBRARY_PATH_VARIABLE, all_native_dirs, directory, library_path, run_library_path,
};
use crate::plan::Plan;
use crate::recipe::{Arg, EnvValue, Extern, FileFlavor, Place, Program, Recipe, RunPart, ScriptPart, Uplift};
use crate::script::{LinkArgTarget, ScriptOutput};
use crate::unit::{Unit, UnitId};

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

    /// Library paths of everything below, those in which the scripts made the libraries first; libraries and link arguments of
    /// the own script.
    fn push_native(&self, args: &mut Vec<OsString>) {
        let scripts: Vec<(UnitId, Arc<ScriptOutput>)> =
            self.recipe.link_scripts.iter().filter_map(|run| Some((*run, self.script(*run)?))).collect();
        let mut dirs: Vec<(bool, &String)> = Vec::new();
        for (run, said) in &scripts {
            let out_dir = self.context.paths.script_out_dir(*run);
            dirs.extend(said.library_paths.iter().map(|dir| (!directory(dir).starts_with(&out_dir), dir)));
        }
        dirs.sort_by_key(|(foreign, _)| *foreign);
        for (_, dir) in dirs {
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
        env.insert(
            LIBRARY_PATH_VARIABLE.to_owned(),
            Some(library_path(self.recipe, self.plan, self.context)),
        );
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
    env.insert(LIBRARY_PATH_VARIABLE.to_owned(), Some(run_library_path(made.kind, plan, context)));
    env
}

fn joined(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::with_capacity(prefix.len() + path.as_os_str().len());
    text.push(prefix);
    text.push(path);
    text
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
