//! Runs build scripts, and takes their word again when nothing has changed that they asked to watch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dhow_formats::build_script_output::{self as output, Instruction, ScriptLines, ScriptPackage};
use dhow_fs::{FileLock, FsError, Hasher};
use dhow_model::RustVersion;
use dhow_plan::{ScriptOutput, Unit, UnitId};
use dhow_process::{Held, Process};
use dhow_target::{
    EnvRecord, FingerprintRecord, Hash, InputRecord, UnitPlace, hash_tree, input_stats, load_record,
    remove_record, save_record,
};
use semver::Version;

use crate::context::{Context, describe_package};
use crate::error::UnitError;
use crate::event::TextStream;
use crate::report::Report;

/// A script whose output is given by configuration: it says that, and is not run.
pub(crate) fn given(context: &Context<'_>, id: UnitId, output: &ScriptOutput) {
    let hash = hash_output(output, [0; 32]);
    context.set_interface(id, hash);
    context.set_link(id, hash);
}

/// Takes over what a script said when it ran. `false` if that cannot be read or followed: then it runs again.
pub(crate) fn replay(context: &Context<'_>, id: UnitId, report: &mut dyn FnMut(Report)) -> bool {
    let (place, unit) = (context.place(id), context.unit(id));
    let Ok(printed) = dhow_fs::read(&place.script_stdout()) else { return false };
    if !dhow_fs::stat(&place.script_out()).is_ok_and(|dir| dir.is_some()) {
        return false;
    }
    let Ok(lines) = output::parse(&printed, &package_of(unit)) else { return false };
    let output = Arc::new(script_output(&lines));
    tell_warnings(id, &lines, true, false, report);
    let told = Arc::clone(&output);
    report(Report::ScriptExecuted { unit: id, output: told, out_dir: place.script_out(), fresh: true });
    context.set_script(id, output);
    true
}

/// Runs a script and records it.
pub(crate) fn run(context: &Context<'_>, id: UnitId, report: &dyn Fn(Report)) -> Result<(), UnitError> {
    let (place, unit) = (context.place(id), context.unit(id));
    let before = input_stats(load_record(&place).as_ref());
    dhow_fs::create_dir_all(&place.record_dir)?;
    dhow_fs::create_dir_all(&place.script_out())?;
    remove_record(&place)?;
    let guard = wait_for_leftovers(&place)?;
    let start = context.start(&place)?;
    let mut process = context.process(id);
    process.held = guard.as_ref().and_then(held);
    report(Report::Running { unit: id, process: Box::new(process.clone()) });
    let executed = execute(unit, id, &process, &place, report);
    context.script_ran(id);
    let lines = executed?;
    let said = Arc::new(script_output(&lines));
    refuse_bootstrap(context, unit, &said)?;

    let mut inputs = Vec::new();
    let mut env = Vec::new();
    let mut declared = false;
    for instruction in &lines.instructions {
        match instruction {
            Instruction::RerunIfChanged(path) => {
                declared = true;
                let path = unit.package.root().join(path);
                inputs.push(context.observer.input(&path, start, before.get(&path).copied(), false)?);
            }
            Instruction::RerunIfEnvChanged(name) => {
                declared = true;
                env.push(EnvRecord { name: name.clone(), value: Context::env_value(&process, name) });
            }
            _ => {}
        }
    }
    if !declared && unit.is_local {
        inputs.push(context.observer.package(unit.package.root(), start)?);
    }
    let hash = hash_output(&said, hash_tree(&place.script_out())?);
    let record = FingerprintRecord {
        key: context.plan.key(id).0,
        dependencies: context.dependencies(id),
        inputs: keep_declared(unit, inputs),
        env,
        outputs: Vec::new(),
        interface: hash,
        link: hash,
        has_messages: false,
    };
    save_record(&place, &record)?;
    context.accept(id, &record);
    tell_warnings(id, &lines, false, false, &mut |what| report(what));
    let told = Arc::clone(&said);
    report(Report::ScriptExecuted { unit: id, output: told, out_dir: place.script_out(), fresh: false });
    context.set_script(id, said);
    Ok(())
}

/// When we are killed, scripts die with us, but not what they had started: a C compiler goes on writing into `OUT_DIR`. So
/// they hold a lock, and the next run waits for it, though not for ever: some scripts leave servers behind.
fn wait_for_leftovers(place: &UnitPlace) -> Result<Option<FileLock>, FsError> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let began = Instant::now();
    loop {
        let lock = FileLock::try_exclusive(&place.script_lock(), &|_| {})?;
        if lock.is_some() || began.elapsed() > PATIENCE {
            return Ok(lock.filter(FileLock::is_held));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
fn held(lock: &FileLock) -> Option<Arc<Held>> {
    lock.file().try_clone().ok().map(|file| Arc::new(file.into()))
}

#[cfg(not(unix))]
fn held(_lock: &FileLock) -> Option<Arc<Held>> {
    None
}

/// Files of packages that do not change need not be watched. What is missing there stays: whoever watches a file that
/// does not exist wants to be run each time.
fn keep_declared(unit: &Unit, inputs: Vec<InputRecord>) -> Vec<InputRecord> {
    let root = unit.package.root();
    let watched = |input: &InputRecord| match input {
        InputRecord::File(file) => unit.is_local || !file.path.starts_with(root),
        InputRecord::Tree { root: tree, .. } => unit.is_local || !tree.starts_with(root),
        InputRecord::Missing(_) => true,
    };
    inputs.into_iter().filter(watched).collect()
}

fn execute(
    unit: &Unit,
    id: UnitId,
    process: &Process,
    place: &UnitPlace,
    report: &dyn Fn(Report),
) -> Result<ScriptLines, UnitError> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut keep = |stream, kept: &mut Vec<u8>, line: &[u8]| {
        kept.extend_from_slice(line);
        kept.push(b'\n');
        report(Report::ScriptText { unit: id, stream, line: String::from_utf8_lossy(line).into_owned() });
    };
    let keep = std::cell::RefCell::new(&mut keep);
    let status = process.stream(
        |line| (keep.borrow_mut())(TextStream::Out, &mut stdout, line),
        |line| (keep.borrow_mut())(TextStream::Err, &mut stderr, line),
    )?;
    dhow_fs::write_atomic(&place.script_stdout(), &stdout)?;
    dhow_fs::write_atomic(&place.script_stderr(), &stderr)?;
    dhow_fs::write_atomic(&place.script_root_output(), place.script_out().as_os_str().as_encoded_bytes())?;
    let parsed = output::parse(&stdout, &package_of(unit));
    let errors = parsed.as_ref().map(errors_of).unwrap_or_default();
    if let Ok(lines) = &parsed
        && (!status.success() || !errors.is_empty())
    {
        tell_warnings(id, lines, false, true, &mut |what| report(what));
    }
    if !errors.is_empty() {
        return Err(UnitError::ScriptReported { package: describe_package(unit), errors });
    }
    if !status.success() {
        let source = process.failed(status, &stdout, &stderr);
        return Err(UnitError::ScriptFailed { package: describe_package(unit), source });
    }
    Ok(parsed?)
}

fn errors_of(lines: &ScriptLines) -> Vec<String> {
    let errors = lines.instructions.iter().filter_map(|instruction| match instruction {
        Instruction::Error(text) => Some(text.clone()),
        _ => None,
    });
    errors.collect()
}

fn tell_warnings(
    id: UnitId,
    lines: &ScriptLines,
    replayed: bool,
    failed: bool,
    report: &mut dyn FnMut(Report),
) {
    let warnings = lines.instructions.iter().filter_map(|instruction| match instruction {
        Instruction::Warning(text) => Some(text),
        _ => None,
    });
    for text in warnings.chain(&lines.remarks) {
        report(Report::ScriptWarning { unit: id, text: text.clone(), replayed, failed });
    }
}

/// The compiler's unstable features are the user's to allow, not a dependency's.
fn refuse_bootstrap(context: &Context<'_>, unit: &Unit, said: &ScriptOutput) -> Result<(), UnitError> {
    let sets_it = said.env.iter().any(|(name, _)| name == "RUSTC_BOOTSTRAP");
    if sets_it && !context.options.unstable_allowed {
        return Err(UnitError::ScriptBootstrap { package: describe_package(unit) });
    }
    Ok(())
}

fn package_of(unit: &Unit) -> ScriptPackage {
    let targets = unit.package.targets();
    let metadata = unit.package.metadata();
    ScriptPackage {
        name: describe_package(unit),
        rust_version: metadata.rust_version.as_ref().map(lowest),
        has_cdylib: targets.iter().any(|target| target.is_cdylib()),
        bins: targets.iter().filter(|target| target.is_bin()).map(|target| target.name.to_string()).collect(),
        has_tests: targets.iter().any(|target| target.is_test()),
        has_benches: targets.iter().any(|target| target.is_bench()),
        has_examples: targets.iter().any(|target| target.is_example()),
    }
}

/// The oldest version that a partial one names.
fn lowest(version: &RustVersion) -> Version {
    let version = version.to_partial();
    Version::new(version.major, version.minor.unwrap_or(0), version.patch.unwrap_or(0))
}

fn script_output(lines: &ScriptLines) -> ScriptOutput {
    let mut said = ScriptOutput::default();
    for instruction in &lines.instructions {
        match instruction.clone() {
            Instruction::LinkSearch(path) => said.library_paths.push(path),
            Instruction::LinkLib(library) => said.library_links.push(library),
            Instruction::LinkArg(target, flag) => said.linker_args.push((target, flag)),
            Instruction::Cfg(cfg) => said.cfgs.push(cfg),
            Instruction::CheckCfg(cfg) => said.check_cfgs.push(cfg),
            Instruction::Env(name, value) => said.env.push((name, value)),
            Instruction::Metadata(key, value) => said.metadata.push((key, value)),
            Instruction::RerunIfChanged(_)
            | Instruction::RerunIfEnvChanged(_)
            | Instruction::Error(_)
            | Instruction::Warning(_) => {}
        }
    }
    said
}

/// What dependents are bound to: what the script said and what it left in `OUT_DIR`. A run that repeats both changes
/// nothing above it.
fn hash_output(said: &ScriptOutput, out_dir: Hash) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(&out_dir);
    let mut list = |items: &mut dyn Iterator<Item = &str>| {
        for item in items {
            hasher.update(&(item.len() as u64).to_le_bytes()).update(item.as_bytes());
        }
        hasher.update(&u64::MAX.to_le_bytes());
    };
    for texts in [&said.library_paths, &said.library_links, &said.cfgs, &said.check_cfgs] {
        list(&mut texts.iter().map(String::as_str));
    }
    for pairs in [&said.env, &said.metadata] {
        list(&mut pairs.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    }
    let args: Vec<String> =
        said.linker_args.iter().map(|(target, flag)| format!("{target:?} {flag}")).collect();
    list(&mut args.iter().map(String::as_str));
    hasher.finish().0
}
