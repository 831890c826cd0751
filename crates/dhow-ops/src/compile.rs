//! From a workspace to artifacts: what `build`, `check`, `run`, `test`, `bench` and `doc` have in common.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use dhow_build::{BuildOptions, Outcome};
use dhow_model::{Checksum, Dependency, PackageId};
use dhow_plan::{CompileFilter, CompileKind, FilterRule, Intent, Plan, PlanInputs, Request};
use dhow_resolve::Resolve;
use dhow_target::{Layout, LayoutOptions};
use dhow_workspace::{Package, Profiles, Workspace};

use crate::error::Error;
use crate::event::Event;
use crate::narrow::{self, Narrowed, Wanted};
use crate::options::CompileOptions;
use crate::packages;
use crate::report::Reporter;
use crate::resolution::{self, LockOptions, LockUse};
use crate::session::Session;
use crate::source_checks::SourceChecks;
use crate::sources::Sources;
use crate::tools::{self, Tools};
use crate::workspaces::Care;
use crate::{settings, workspaces};

/// What was built, and all that is needed to run it.
pub(crate) struct Compiled {
    pub(crate) workspace: Workspace,
    pub(crate) plan: Plan,
    pub(crate) profiles: Profiles,
    pub(crate) layout: Layout,
    pub(crate) options: BuildOptions,
    pub(crate) outcome: Outcome,
    pub(crate) runners: HashMap<CompileKind, Vec<String>>,
}

/// Compiles what `options` ask for.
///
/// # Errors
/// Any stage of the road can fail: see [`Error`].
pub fn build(session: &Session<'_>, options: &CompileOptions) -> Result<(), Error> {
    compile(session, options, as_asked).map(|_| ())
}

/// Compiles what `options` ask for, and gives it to who wants to run it. `choose` may settle what the options leave open
/// once the workspace is known.
pub(crate) fn compile(
    session: &Session<'_>,
    options: &CompileOptions,
    choose: impl FnOnce(&Workspace, &CompileOptions) -> Result<CompileOptions, Error>,
) -> Result<Compiled, Error> {
    let started = Instant::now();
    workspaces::open(session, Care::Strict, |workspace, sources| {
        let options = &choose(workspace, options)?;
        compile_in(session, (workspace, sources), options, LockUse::Kept, started)
    })
}

/// The same in a workspace that is open. Whose lock file is not [`LockUse::Kept`] compiles members by their names only.
pub(crate) fn compile_in(
    session: &Session<'_>,
    (workspace, sources): (&Workspace, &mut Sources<'_>),
    options: &CompileOptions,
    lock: LockUse,
    started: Instant,
) -> Result<Compiled, Error> {
    names_are_given(workspace, options)?;
    let prepared = prepare(session, workspace, sources, options, lock)?;
    sources.ask_for_collection();
    let compiled = make(session, workspace, sources, options, prepared)?;
    session.status("Finished", finished(&compiled.profiles, started.elapsed()));
    Ok(compiled)
}

/// Nothing is left open.
pub(crate) fn as_asked(_: &Workspace, options: &CompileOptions) -> Result<CompileOptions, Error> {
    Ok(options.clone())
}

/// Everything that has to be known before anything is compiled.
struct Prepared {
    plan: Plan,
    /// Of archives, as the lock file has them.
    checksums: HashMap<PackageId, Checksum>,
    profiles: Profiles,
    tools: Tools,
    jobs: u32,
    runners: HashMap<CompileKind, Vec<String>>,
}

fn prepare(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    options: &CompileOptions,
    lock: LockUse,
) -> Result<Prepared, Error> {
    let jobs = settings::jobs(session, options)?;
    let requested = options.profile.clone().unwrap_or_else(|| default_profile(options.intent).to_owned());
    let profiles = settings::profiles(session, workspace, &requested)?;
    let tools = Tools::find(session, &options.targets)?;
    let dev = needs_dev(options);
    let Graph { known, selected, narrowed } = graph(session, workspace, sources, options, lock)?;
    for spec in profiles.check_overrides(&known)? {
        session.warn(format!("profile `{requested}` has settings for `{spec}`, which names no package"));
    }
    let packages = needed_packages(session, sources, &narrowed, &selected, &tools, dev)?;
    let holds = |platform: &dhow_model::Platform, role| tools.holds_in(platform, role);
    let features = narrow::features(workspace, &narrowed, &packages, dev, Some(&holds));
    let settings = settings::settings(session, &tools, options, jobs)?;
    let mut request = Request::new(options.intent);
    request.filter = options.filter.clone();
    request.kinds = tools.kinds.clone();
    request.document_private_items = options.document_private_items;
    let plan = dhow_plan::plan(&PlanInputs {
        workspace,
        packages: &packages,
        resolve: &narrowed.resolve,
        features: &features,
        profiles: &profiles,
        toolchain: tools.toolchain(),
        platforms: &tools.platforms,
        settings: &settings,
        selected: &selected,
        request: &request,
    })?;
    if !options.ignore_rust_version {
        rust_is_new_enough(&plan, &tools)?;
    }
    sources_are_there(&plan)?;
    let runners = settings.platforms.into_iter().map(|(kind, platform)| (kind, platform.runner)).collect();
    let resolve = &narrowed.resolve;
    let checksums = resolve.iter().filter_map(|id| Some((id, resolve.checksum(id)?))).collect();
    Ok(Prepared { plan, checksums, profiles, tools, jobs, runners })
}

/// What is compiled, and what it needs.
struct Graph {
    /// All packages that anything may name.
    known: Vec<PackageId>,
    selected: Vec<PackageId>,
    narrowed: Narrowed,
}

fn graph(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    options: &CompileOptions,
    lock: LockUse,
) -> Result<Graph, Error> {
    let lock_options = LockOptions { anew: false, ignore_rust_version: options.ignore_rust_version };
    let features = &options.features;
    if lock == LockUse::Kept {
        let whole = resolution::resolve(session, workspace, sources, lock_options)?;
        let selected = narrow::select(session, workspace, &whole, &options.packages)?;
        let wanted = Wanted { selected: selected.clone(), features };
        let narrowed = narrow::narrow(session, workspace, sources, &whole, wanted)?;
        return Ok(Graph { known: whole.iter().collect(), selected, narrowed });
    }
    let selected = narrow::select(session, workspace, &Resolve::default(), &options.packages)?;
    let wanted = (Wanted { selected: selected.clone(), features }, needs_dev(options));
    let narrowed = narrow::alone(session, workspace, sources, wanted, lock, lock_options)?;
    Ok(Graph { known: narrowed.resolve.iter().collect(), selected, narrowed })
}

fn needed_packages(
    session: &Session<'_>,
    sources: &Sources<'_>,
    narrowed: &Narrowed,
    selected: &[PackageId],
    tools: &Tools,
    dev: bool,
) -> Result<HashMap<PackageId, Package>, Error> {
    let mut roots = narrowed.roots();
    roots.extend(selected);
    let may_need = |dep: &Dependency| tools.may_need(dep);
    let ids = packages::accessible(&narrowed.resolve, &roots, dev, &may_need);
    packages::load(session, sources, &narrowed.resolve, &ids)
}

fn make(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &Sources<'_>,
    options: &CompileOptions,
    prepared: Prepared,
) -> Result<Compiled, Error> {
    let Prepared { plan, checksums, profiles, tools, jobs, runners } = prepared;
    let layout = Layout::new(&LayoutOptions {
        artifact_root: workspace.target_dir().to_owned(),
        build_root: workspace.build_dir().to_owned(),
        profile_dir: profiles.dir_name().to_string(),
        kinds: tools.kinds.clone(),
    });
    let checks = SourceChecks::new(sources, &plan, checksums);
    if options.verify_sources || session.config.verify_sources()? {
        checks.of_all()?;
    }
    let lock = layout.lock(&|dir, notice| session.tell(Event::of_lock(notice, "build directory", dir)))?;
    let mut build_options = BuildOptions::new(jobs as usize, tools::child_env(session)?);
    build_options.keep_going = options.keep_going;
    // Who gives a number of jobs wants that number, not the slots of whoever started us.
    build_options.jobserver = session.jobserver.filter(|_| options.jobs.is_none()).cloned();
    let reporter = Reporter::new(session, &plan, options.message_format);
    let result =
        dhow_build::build(&plan, &layout, &lock, &build_options, &checks, &|event| reporter.tell(&event));
    reporter.finished(result.is_ok());
    let outcome = result?;
    Ok(Compiled {
        workspace: workspace.clone(),
        plan,
        profiles,
        layout,
        options: build_options,
        outcome,
        runners,
    })
}

/// `` `dev` profile [unoptimized + debuginfo] target(s) in 0.12s ``
fn finished(profiles: &Profiles, took: Duration) -> String {
    let profile = profiles.base_profile();
    let optimized = if profile.opt_level.as_str() == "0" { "unoptimized" } else { "optimized" };
    let debuginfo = if profile.debuginfo.is_on() { " + debuginfo" } else { "" };
    let seconds = took.as_secs_f64();
    let took = if seconds >= 60.0 {
        format!("{}m {:02}s", took.as_secs() / 60, took.as_secs() % 60)
    } else {
        format!("{seconds:.2}s")
    };
    format!("`{}` profile [{optimized}{debuginfo}] target(s) in {took}", profiles.requested())
}

fn default_profile(intent: Intent) -> &'static str {
    match intent {
        Intent::Test | Intent::Doctest => "test",
        Intent::Bench => "bench",
        Intent::Build | Intent::Check { .. } | Intent::Doc { .. } => "dev",
    }
}

/// Whether anything is compiled that may use dev-dependencies.
fn needs_dev(options: &CompileOptions) -> bool {
    options.intent.is_test()
        || match &options.filter {
            CompileFilter::Default => false,
            CompileFilter::AllTargets => true,
            CompileFilter::Only(only) => [&only.examples, &only.tests, &only.benches]
                .into_iter()
                .any(|rule| *rule != FilterRule::default()),
        }
}

/// A flag like `--bin` that came without a name is answered with the names that there are.
fn names_are_given(workspace: &Workspace, options: &CompileOptions) -> Result<(), Error> {
    let CompileFilter::Only(only) = &options.filter else { return Ok(()) };
    type IsKind = fn(&dhow_workspace::Target) -> bool;
    let rules: [(&'static str, &FilterRule, IsKind); 4] = [
        ("--bin", &only.bins, |t| t.is_bin()),
        ("--example", &only.examples, |t| t.is_example()),
        ("--test", &only.tests, |t| t.is_test()),
        ("--bench", &only.benches, |t| t.is_bench()),
    ];
    for (flag, rule, is_kind) in rules {
        if matches!(rule, FilterRule::Names(names) if names.iter().any(String::is_empty)) {
            let targets = workspace.members().iter().flat_map(Package::targets);
            let names = targets.filter(|t| is_kind(t)).map(|t| t.name.to_string()).collect();
            return Err(Error::TargetNotNamed { flag, names });
        }
    }
    Ok(())
}

/// A package that asks for a newer compiler is refused before it fails in ways that nobody understands.
fn rust_is_new_enough(plan: &Plan, tools: &Tools) -> Result<(), Error> {
    let have = tools.toolchain().version.clone();
    for unit in &plan.graph.units {
        let Some(needed) = unit.package.metadata().rust_version.as_ref() else { continue };
        if !needed.is_compatible_with(&have.clone().into()) {
            let help = if unit.is_member {
                "use a newer toolchain, or try `--ignore-rust-version`".to_owned()
            } else {
                format!("use a newer toolchain, or an older version of `{}`", unit.package.name())
            };
            return Err(Error::RustTooOld {
                package: unit.package.id().to_string(),
                needed: needed.to_string(),
                have: have.to_string(),
                help,
            });
        }
    }
    Ok(())
}

/// A target of a package that its author works on may name a file that is not there: better said before anything is built.
fn sources_are_there(plan: &Plan) -> Result<(), Error> {
    for unit in plan.graph.units.iter().filter(|unit| unit.is_local) {
        let target = &unit.target;
        if dhow_fs::stat(&target.src_path)?.is_none() {
            return Err(Error::NoSource {
                kind: target.kind.description(),
                name: target.name,
                path: target.src_path.clone(),
                manifest: unit.package.manifest_path().to_owned(),
            });
        }
    }
    Ok(())
}
