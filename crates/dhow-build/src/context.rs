//! What all jobs of one build share: the plan, where things are, and what is known of units that are done.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use dhow_fs::{FsError, Hasher};
use dhow_model::PackageId;
use dhow_plan::{BindContext, CompileMode, Plan, RunOptions, ScriptOutput, Unit, UnitId, bind};
use dhow_process::{Held, Process};
use dhow_target::{
    Clock, DependencyRecord, FingerprintRecord, Hash, InputRecord, Layout, Observer, TargetPaths, UnitPlace,
};

use crate::error::UnitError;
use crate::graph::links;
use crate::options::{BuildOptions, CheckSources};

/// One build.
pub(crate) struct Context<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) paths: TargetPaths<'a>,
    pub(crate) options: &'a BuildOptions,
    pub(crate) observer: Observer,
    /// When the build began.
    pub(crate) now: Clock,
    shared: Shared<'a>,
    results: Vec<UnitResult>,
    /// What is wrong with the sources of packages, as far as they were looked at.
    sources: HashMap<PackageId, OnceLock<Option<String>>>,
}

/// What processes share with us.
pub(crate) struct Shared<'a> {
    pub(crate) jobserver: jobserver::Client,
    /// The locked file of the target directory.
    pub(crate) lock: Option<Arc<Held>>,
    pub(crate) sources: &'a dyn CheckSources,
}

/// What is known of a unit once it, or its metadata, is there.
#[derive(Debug, Default)]
pub(crate) struct UnitResult {
    /// What those are bound to that compile against it.
    interface: OnceLock<Hash>,
    /// What those are bound to that link it.
    link: OnceLock<Hash>,
    /// What those are bound to that link it and everything below it.
    closure: OnceLock<Hash>,
    /// What it said, if it is a script run.
    script: OnceLock<Arc<ScriptOutput>>,
    /// Files that it read, for `.d` files.
    inputs: OnceLock<Vec<PathBuf>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        layout: &'a Layout,
        options: &'a BuildOptions,
        now: Clock,
        shared: Shared<'a>,
    ) -> Self {
        let results = plan.graph.ids().map(|_| UnitResult::default()).collect();
        let paths = TargetPaths { layout, plan };
        let observer = Observer::new(vec![layout.artifact_root().to_owned(), layout.build_root().to_owned()]);
        let units = plan.graph.units.iter().filter(|unit| !unit.is_local);
        let sources = units.map(|unit| (unit.package.id(), OnceLock::new())).collect();
        Self { plan, paths, options, observer, now, shared, results, sources }
    }

    /// Nothing is made from sources that somebody has changed and was not supposed to.
    pub(crate) fn check_sources(&self, id: UnitId) -> Result<(), UnitError> {
        let package = self.unit(id).package.id();
        let Some(checked) = self.sources.get(&package) else { return Ok(()) };
        match checked.get_or_init(|| self.shared.sources.check(package).err()) {
            Some(wrong) => Err(UnitError::Sources(wrong.clone())),
            None => Ok(()),
        }
    }

    /// A build script has run, or was stopped.
    pub(crate) fn script_ran(&self, id: UnitId) {
        let package = self.unit(id).package.id();
        if self.sources.contains_key(&package) {
            self.shared.sources.script_ran(package);
        }
    }

    pub(crate) fn unit(&self, id: UnitId) -> &'a Unit {
        self.plan.graph.unit(id)
    }

    pub(crate) fn place(&self, id: UnitId) -> UnitPlace {
        self.paths.place(id)
    }

    /// The process that makes a unit. Everything that it needs must be done.
    pub(crate) fn process(&self, id: UnitId) -> Process {
        let context = BindContext {
            paths: &self.paths,
            scripts: &|script| self.script(script),
            library_path: self.options.library_path(),
            run: RunOptions::default(),
        };
        let command = bind(self.plan, id, &context);
        let mut process = Process::new(command.program, command.cwd, Arc::clone(&self.options.env));
        process.args = command.args;
        process.env = command.env.into_iter().map(|(name, value)| (name.into(), value)).collect();
        process.jobserver = Some(self.shared.jobserver.clone());
        process.held = self.shared.lock.clone().filter(|_| is_compiler(&process));
        process
    }

    /// What a script run said, if that is known.
    fn script(&self, id: UnitId) -> Option<Arc<ScriptOutput>> {
        self.results[id.index()].script.get().cloned()
    }

    /// The start of a unit's run. Later than the start of the build, as far as the file system can tell: so a file that was
    /// saved just before the build is not taken for one that changed meanwhile.
    pub(crate) fn start(&self, place: &UnitPlace) -> Result<Clock, FsError> {
        // Longer than any clock's tick but those of file systems that count in seconds.
        const PATIENCE: Duration = Duration::from_millis(20);
        let began = Instant::now();
        loop {
            let start = Clock::now(&place.started())?;
            if start > self.now || began.elapsed() > PATIENCE {
                return Ok(start);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn inputs(&self, id: UnitId) -> &[PathBuf] {
        self.results[id.index()].inputs.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// From here on the unit is what `record` says.
    pub(crate) fn accept(&self, id: UnitId, record: &FingerprintRecord) {
        self.set_interface(id, record.interface);
        self.set_link(id, record.link);
        self.set_inputs(id, input_files(&record.inputs));
    }

    // Each is set once: a second value would be the same, because a unit is made once.
    pub(crate) fn set_interface(&self, id: UnitId, hash: Hash) {
        self.results[id.index()].interface.get_or_init(|| hash);
    }

    pub(crate) fn set_link(&self, id: UnitId, hash: Hash) {
        self.results[id.index()].link.get_or_init(|| hash);
    }

    pub(crate) fn set_script(&self, id: UnitId, output: Arc<ScriptOutput>) {
        self.results[id.index()].script.get_or_init(|| output);
    }

    pub(crate) fn set_inputs(&self, id: UnitId, inputs: Vec<PathBuf>) {
        self.results[id.index()].inputs.get_or_init(|| inputs);
    }

    fn interface(&self, id: UnitId) -> Hash {
        self.results[id.index()].interface.get().copied().unwrap_or_default()
    }

    /// The hash of a unit with everything below it that is linked with it. Below macros, programs and scripts nothing is:
    /// they were linked by themselves.
    fn closure(&self, id: UnitId) -> Hash {
        *self.results[id.index()].closure.get_or_init(|| {
            let own = self.results[id.index()].link.get().copied().unwrap_or_default();
            let unit = self.unit(id);
            if unit.mode != CompileMode::Build || links(unit) {
                return own;
            }
            let mut hasher = Hasher::new();
            hasher.update(&own);
            for dep in self.plan.graph.deps(id) {
                hasher.update(&self.closure(dep.unit));
            }
            hasher.finish().0
        })
    }

    /// What a unit is made from, as it is now. Its needs must be met.
    pub(crate) fn dependencies(&self, id: UnitId) -> Vec<DependencyRecord> {
        let linking = links(self.unit(id));
        let mut records: Vec<DependencyRecord> = Vec::new();
        for dep in self.plan.graph.deps(id) {
            let unit = self.unit(dep.unit);
            // A test that runs a program is not made from it.
            if unit.target.is_bin() && !unit.mode.is_run_custom_build() {
                continue;
            }
            let hash = if linking { self.closure(dep.unit) } else { self.interface(dep.unit) };
            records.push(DependencyRecord { key: self.plan.key(dep.unit).0, hash });
        }
        records.sort_unstable_by_key(|record| record.key);
        records
    }

    /// A variable as `process` would see it, as text.
    pub(crate) fn env_value(process: &Process, name: &str) -> Option<String> {
        process.env_value(OsStr::new(name)).map(|value| value.to_string_lossy().into_owned())
    }
}

/// The files that a record names one by one, and those of trees that somebody asked to watch.
fn input_files(inputs: &[InputRecord]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for input in inputs {
        match input {
            InputRecord::File(file) => files.push(file.path.clone()),
            InputRecord::Missing(path) => files.push(path.clone()),
            InputRecord::Tree { package: true, .. } => {}
            InputRecord::Tree { root, .. } => files.push(root.clone()),
        }
    }
    files
}

/// A compiler itself. When we are killed it dies with us, but a linker that it has started goes on writing: so both get
/// the lock. Wrappers and build scripts do not, because they may leave servers behind that would hold it for ever.
fn is_compiler(process: &Process) -> bool {
    process.program_path().file_stem().is_some_and(|name| name == "rustc" || name == "rustdoc")
}

/// The unit as errors name it: `` `foo` (bin "foo" test) ``.
pub(crate) fn describe(unit: &Unit) -> String {
    let (target, package) = (&unit.target, unit.package.name());
    let kind = target.kind.description();
    let test = if unit.mode.is_any_test() && !target.is_test() && !target.is_bench() { " test" } else { "" };
    let doc = if unit.mode == CompileMode::Doc { " doc" } else { "" };
    if target.is_lib() {
        format!("`{package}` (lib{test}{doc})")
    } else if target.is_custom_build() {
        format!("`{package}` (build script)")
    } else {
        format!("`{package}` ({kind} \"{}\"{test}{doc})", target.name)
    }
}

/// The package as messages name it: `foo v1.0.0`, with its directory if it is a local one.
pub(crate) fn describe_package(unit: &Unit) -> String {
    unit.package.id().to_string()
}
