//! The unit graph and its recipes: what has to exist and how each unit is made. Pure: no file is read, no process
//! started; the state of files and the environment come in as values.

mod bind;
mod lto;
mod paths;
mod plan;
mod recipe;
mod request;
mod script;
mod unit;

pub use bind::{BindContext, Command, bind};
pub use dhow_toolchain::{CompileKind, CompileTarget};
pub use lto::UnitLto;
pub use paths::Paths;
pub use plan::{Plan, PlanError, PlanInputs, plan};
pub use recipe::{Arg, EnvValue, Extern, FileFlavor, OutputFile, Place, Program, Recipe, StaticKey};
pub use request::{
    CompileFilter, FilterRule, Intent, MessageFormat, OnlyTargets, PackageSelection, PlatformSettings,
    Request, Settings,
};
pub use script::{LinkArgTarget, ScriptOutput};
pub use unit::{CompileMode, Unit, UnitDep, UnitGraph, UnitId};
