//! The unit graph and its recipes: what has to exist and how each unit is made. Pure: no file is read, no process
//! started; the state of files and the environment come in as values.
//!
//! [`plan`] makes a [`Plan`]: a [`UnitGraph`] with one [`Recipe`] for each unit. [`bind`] makes a [`Command`] of a
//! recipe once directories and the output of build scripts are known.

mod args;
mod bind;
mod bind_context;
mod doc_args;
mod docs;
mod env;
mod error;
mod grow;
mod hashing;
mod inputs;
mod key;
mod library_path;
mod links;
mod lto;
mod make;
mod nodes;
mod outputs;
mod paths;
mod pattern;
mod plan;
mod recipe;
mod recipes;
mod request;
mod roots;
mod scope;
mod script;
mod select;
mod settings;
mod share;
mod unit;
mod usage;

pub use bind::{Command, bind, run_environment};
pub use bind_context::{BindContext, RunOptions};
pub use dhow_toolchain::{CompileKind, CompileTarget};
pub use error::PlanError;
pub use inputs::PlanInputs;
pub use library_path::LIBRARY_PATH_VARIABLE;
pub use make::plan;
pub use paths::Paths;
pub use plan::Plan;
pub use recipe::{
    Arg, EnvValue, Extern, FileFlavor, LibraryDir, OutputFile, Place, Program, Recipe, RunPart, ScriptPart,
    StaticKey, Uplift,
};
pub use request::{CompileFilter, FilterRule, Intent, OnlyTargets, PackageSelection, Request};
pub use script::{LinkArgTarget, ScriptOutput};
pub use select::{SelectError, Selected, select_packages};
pub use settings::{MachineIdentity, MessageFormat, PlatformSettings, Settings};
pub use unit::{CompileMode, Unit, UnitDep, UnitGraph, UnitId, UnitLto};
