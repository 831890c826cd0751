//! Makes a unit with a compiler: rustc, rustdoc, or a wrapper around one.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use dhow_formats::dep_info::DepInfo;
use dhow_formats::fingerprint::StatRecord;
use dhow_plan::{CompileMode, FileFlavor, UnitId};
use dhow_process::{Process, describe_status};
use dhow_target::{
    Clock, EnvRecord, FingerprintRecord, InputRecord, UnitPlace, input_stats, load_record, remove_record,
    save_record,
};

use crate::artifacts;
use crate::context::{Context, describe};
use crate::error::UnitError;
use crate::messages::Messages;
use crate::report::Report;

/// Compiles a unit and records it.
pub(crate) fn run(
    context: &Context<'_>,
    id: UnitId,
    report: &dyn Fn(Report),
    metadata: &dyn Fn(),
) -> Result<(), UnitError> {
    let place = context.place(id);
    let before = input_stats(load_record(&place).as_ref());
    unmake(context, id, &place)?;
    let start = context.start(&place)?;
    let process = context.process(id);
    report(Report::Running { unit: id, process: Box::new(process.clone()) });
    let mut forward = |what| report(what);
    let mut messages = Messages::new(id, &mut forward);
    compile(context, id, &process, &mut messages, metadata)?;
    messages.tell_problems();

    let outputs = artifacts::observe(context, id)?;
    let (inputs, env) = observe_inputs(context, id, &process, start, &before)?;
    let record = FingerprintRecord {
        key: context.plan.key(id).0,
        dependencies: context.dependencies(id),
        inputs,
        env,
        outputs: outputs.records,
        interface: outputs.interface,
        link: outputs.link,
        has_messages: messages.save(&place)?,
    };
    save_record(&place, &record)?;
    context.accept(id, &record);
    report(Report::Artifact(artifacts::uplift_all(context, id, false)?));
    Ok(())
}

/// Removes what an earlier run left, its record first: a compiler that is killed leaves nothing that looks complete.
fn unmake(context: &Context<'_>, id: UnitId, place: &UnitPlace) -> Result<(), UnitError> {
    dhow_fs::create_dir_all(&place.record_dir)?;
    dhow_fs::create_dir_all(&place.out_dir)?;
    remove_record(place)?;
    let (unit, recipe) = (context.unit(id), context.plan.recipe(id));
    if unit.mode == CompileMode::Doc {
        // Pages of items that are gone would stay.
        dhow_fs::remove_dir_all(&place.out_dir.join(unit.target.crate_name().as_str()))?;
    } else {
        for name in recipe.outputs.iter().map(|output| &output.file_name).chain(&recipe.dep_info) {
            dhow_fs::remove_file(&place.out_dir.join(name))?;
        }
    }
    Ok(())
}

fn compile(
    context: &Context<'_>,
    id: UnitId,
    process: &Process,
    messages: &mut Messages<'_>,
    metadata: &dyn Fn(),
) -> Result<(), UnitError> {
    let messages = std::cell::RefCell::new(messages);
    let status = process.stream(
        |line| messages.borrow_mut().stdout_line(&String::from_utf8_lossy(line)),
        |line| {
            let artifact = messages.borrow_mut().line(&String::from_utf8_lossy(line));
            if let Some((path, _emit)) = artifact {
                early_metadata(context, id, Path::new(&path), metadata);
            }
        },
    )?;
    if status.success() {
        return Ok(());
    }
    let messages = messages.into_inner();
    let unit = context.unit(id);
    // A compiler that showed errors ends with 1: nothing more to say. Anything else is worth the whole command line.
    let plain = status.code() == Some(1) && messages.errors > 0;
    Err(UnitError::Compiler {
        verb: if unit.mode == CompileMode::Doc { "document" } else { "compile" },
        what: describe(unit),
        errors: messages.errors,
        warnings: messages.warnings,
        how: (!plain).then(|| describe_status(status)),
        line: process.to_string(),
    })
}

/// Metadata is there while code is still being generated: dependents that do not link may start.
fn early_metadata(context: &Context<'_>, id: UnitId, path: &Path, metadata: &dyn Fn()) {
    let outputs = &context.plan.recipe(id).outputs;
    let is_ours = |name: &str| outputs.iter().any(|o| o.flavor == FileFlavor::Rmeta && o.file_name == name);
    let name = path.file_name().and_then(|name| name.to_str());
    if context.unit(id).mode != CompileMode::Build || !name.is_some_and(is_ours) {
        return;
    }
    // If it cannot be read now, dependents wait until the unit is complete.
    if let Ok(hash) = dhow_fs::hash_file(path) {
        context.set_interface(id, hash.0);
        metadata();
    }
}

/// What the compiler read, from the dep-info that it left. Without one, for local packages: all files of the package.
fn observe_inputs(
    context: &Context<'_>,
    id: UnitId,
    process: &Process,
    start: Clock,
    before: &HashMap<PathBuf, StatRecord>,
) -> Result<(Vec<InputRecord>, Vec<EnvRecord>), UnitError> {
    let (unit, recipe, place) = (context.unit(id), context.plan.recipe(id), context.place(id));
    let root = unit.package.root();
    let Some(dep_info) = &recipe.dep_info else {
        let inputs = if unit.is_local { vec![context.observer.package(root, start)?] } else { Vec::new() };
        return Ok((inputs, Vec::new()));
    };
    let info = DepInfo::parse(&dhow_fs::read(&place.out_dir.join(dep_info))?);
    let script_outs: Vec<PathBuf> =
        recipe.own_script.iter().map(|script| context.place(*script).script_out()).collect();
    let mut inputs = Vec::with_capacity(info.files.len());
    for file in info.files {
        let path = process.cwd.join(file);
        // Packages of registries and repositories do not change: their checksum, in the key, speaks for their files.
        if !unit.is_local && path.starts_with(root) {
            continue;
        }
        let ours = script_outs.iter().any(|dir| path.starts_with(dir));
        inputs.push(context.observer.input(&path, start, before.get(&path).copied(), ours)?);
    }
    // What the recipe of an unchanging package sets does not change either.
    let may_change = |name: &str| unit.is_local || !process.env.contains_key(OsStr::new(name));
    // As the process saw it, not as the compiler quotes it: that is what is compared later.
    let env = info.env.into_iter().filter(|(name, _)| may_change(name)).map(|(name, _)| {
        let value = Context::env_value(process, &name);
        EnvRecord { name, value }
    });
    Ok((inputs, env.collect()))
}
