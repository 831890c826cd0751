//! The whole road from a project on disk to a plan, for projects whose dependencies are all paths.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::Poll;

use dhow_model::{Dependency, PackageId, Platform, SourceId, Summary};
use dhow_plan::{
    BindContext, Command, CompileKind, CompileMode, OutputFile, PackageSelection, Paths, Plan, PlanError,
    PlanInputs, PlatformSettings, Request, RunOptions, ScriptOutput, Settings, UnitId, Uplift, bind, plan,
    run_environment,
};
use dhow_resolve::features::{FeatureOptions, Selection, features_of_members, resolve_features};
use dhow_resolve::provider::Releases;
use dhow_resolve::{
    CliFeatures, FeaturesFor, Member, Provider, ProviderError, Resolve, ResolveBehavior, ResolveRequest,
    ResolvedFeatures, Resolver, VersionPreferences,
};
use dhow_toolchain::{ProbeInputs, TargetInfo, Toolchain, ToolchainError};
use dhow_workspace::{LoadOptions, Loader, Package, ProfileInput, Profiles, ResolverVersion, Workspace};

use crate::commands::Line;
use crate::oracle::cargo;
use crate::project::Project;

/// What a test asks for.
pub(crate) struct Ask<'a> {
    pub(crate) request: Request,
    pub(crate) selection: PackageSelection,
    pub(crate) profile: &'a str,
    pub(crate) features: CliFeatures,
    pub(crate) change: &'a dyn Fn(&mut Settings),
    /// As with `-vv`, which cargo is always asked for: warnings of dependencies are shown.
    pub(crate) extra_verbose: bool,
}

/// Everything that plans of one project are made from.
pub(crate) struct Planned {
    pub(crate) workspace: Workspace,
    pub(crate) packages: HashMap<PackageId, Package>,
    pub(crate) resolve: Resolve,
    pub(crate) features: ResolvedFeatures,
    pub(crate) profiles: Profiles,
    pub(crate) toolchain: Toolchain,
    pub(crate) platforms: BTreeMap<CompileKind, TargetInfo>,
    pub(crate) settings: Settings,
    pub(crate) selected: Vec<PackageId>,
    pub(crate) request: Request,
}

impl Planned {
    pub(crate) fn new(project: &Project, ask: &Ask<'_>) -> Self {
        let (workspace, packages) = load(&project.manifest());
        let resolve = resolve(&workspace, &packages);
        let kinds = ask.request.kinds.iter().chain([&CompileKind::Host]);
        let mut settings = Settings {
            platforms: kinds.map(|kind| (*kind, PlatformSettings::default())).collect(),
            cargo_exe: cargo(),
            jobs: 2,
            extra_verbose: ask.extra_verbose,
            ..Settings::default()
        };
        (ask.change)(&mut settings);
        let (toolchain, platforms) = probe(project, &settings);
        let selected =
            dhow_plan::select_packages(&workspace, &resolve, &ask.selection).expect("selects").packages;
        let features = features(&workspace, &packages, &resolve, &platforms, (&selected, ask));
        let input = ProfileInput { manifest: workspace.toml_profiles(), config: None, incremental: None };
        let profiles = Profiles::new(ask.profile, input).expect("profiles");
        let request = ask.request.clone();
        Self {
            workspace,
            packages,
            resolve,
            features,
            profiles,
            toolchain,
            platforms,
            settings,
            selected,
            request,
        }
    }

    pub(crate) fn plan(&self) -> Result<Plan, PlanError> {
        plan(&PlanInputs {
            workspace: &self.workspace,
            packages: &self.packages,
            resolve: &self.resolve,
            features: &self.features,
            profiles: &self.profiles,
            toolchain: &self.toolchain,
            platforms: &self.platforms,
            settings: &self.settings,
            selected: &self.selected,
            request: &self.request,
        })
    }

    /// Every command of the plan, with what scripts said by package name.
    pub(crate) fn lines(&self, plan: &Plan, scripts: &BTreeMap<String, ScriptOutput>) -> Vec<Line> {
        self.with_context(plan, scripts, |context| {
            let made = plan.graph.ids().filter(|id| !plan.overridden_scripts.contains_key(id));
            made.map(|id| line(bind(plan, id, context))).collect()
        })
    }

    /// Every test of the plan as it is run.
    pub(crate) fn test_runs(&self, plan: &Plan, scripts: &BTreeMap<String, ScriptOutput>) -> Vec<Line> {
        self.with_context(plan, scripts, |context| {
            let tests = plan.graph.ids().filter(|id| plan.graph.unit(*id).mode == CompileMode::Test);
            let run = |id: UnitId| {
                line(Command {
                    program: context.paths.output(id, &plan.recipe(id).outputs[0]),
                    args: Vec::new(),
                    env: run_environment(plan, id, context),
                    cwd: PathBuf::new(),
                })
            };
            tests.map(run).collect()
        })
    }

    fn with_context<T>(
        &self,
        plan: &Plan,
        scripts: &BTreeMap<String, ScriptOutput>,
        use_it: impl FnOnce(&BindContext<'_>) -> T,
    ) -> T {
        let target = self.workspace.target_dir().to_path_buf();
        let profile_dir = self.profiles.dir_name().to_string();
        let paths = StandardPaths { plan, target, profile_dir };
        // Cargo's scripts ran in cargo's directories.
        let said = |run: UnitId| {
            let mut output = scripts.get(plan.graph.unit(run).package.name().as_str())?.clone();
            for dir in output.library_paths.iter_mut().filter(|dir| dir.ends_with("/out")) {
                *dir = format!("native={}", paths.script_out_dir(run).display());
            }
            Some(Arc::new(output))
        };
        let context =
            BindContext { paths: &paths, scripts: &said, library_path: None, run: RunOptions::default() };
        use_it(&context)
    }
}

fn line(command: Command) -> Line {
    let text = |text: std::ffi::OsString| text.into_string().expect("text");
    Line {
        program: text(command.program.into_os_string()),
        args: command.args.into_iter().map(text).collect(),
        env: command.env.into_iter().filter_map(|(name, value)| Some((name, text(value?)))).collect(),
    }
}

/// Cargo's directories.
struct StandardPaths<'a> {
    plan: &'a Plan,
    target: PathBuf,
    profile_dir: String,
}

impl StandardPaths<'_> {
    fn base(&self, kind: CompileKind) -> PathBuf {
        match kind {
            CompileKind::Host => self.target.clone(),
            CompileKind::Target(target) => self.target.join(target.short_name()),
        }
    }
}

impl Paths for StandardPaths<'_> {
    fn out_dir(&self, id: UnitId) -> PathBuf {
        let unit = self.plan.graph.unit(id);
        let root = self.root_dir(unit.kind);
        if unit.mode == CompileMode::Doc {
            self.base(unit.kind).join("doc")
        } else if unit.target.is_custom_build() {
            root.join("build").join(&self.plan.recipe(id).dir_name)
        } else if unit.target.is_example() && !unit.mode.is_any_test() {
            root.join("examples")
        } else {
            root.join("deps")
        }
    }

    fn uplifted(&self, id: UnitId, output: &OutputFile) -> PathBuf {
        let root = self.root_dir(self.plan.graph.unit(id).kind);
        match &output.uplift {
            None => self.output(id, output),
            Some(Uplift::Artifacts(name)) => root.join(name),
            Some(Uplift::Examples(name)) => root.join("examples").join(name),
            Some(Uplift::Beside(name)) => self.out_dir(id).join(name),
        }
    }

    fn program(&self, kind: CompileKind, name: &str) -> PathBuf {
        self.root_dir(kind).join(name)
    }

    fn deps_dir(&self, kind: CompileKind) -> PathBuf {
        self.root_dir(kind).join("deps")
    }

    fn root_dir(&self, kind: CompileKind) -> PathBuf {
        self.base(kind).join(&self.profile_dir)
    }

    fn incremental_dir(&self, id: UnitId) -> PathBuf {
        self.root_dir(self.plan.graph.unit(id).kind).join("incremental")
    }

    fn script_out_dir(&self, id: UnitId) -> PathBuf {
        self.out_dir(id).join("out")
    }

    fn tmp_dir(&self, kind: CompileKind) -> PathBuf {
        self.base(kind).join("tmp")
    }
}

/// The workspace, and every package that it can need: paths, and what lies in `vendor/` as if from crates.io.
fn load(manifest: &Path) -> (Workspace, HashMap<PackageId, Package>) {
    let no_registries = |name: &str| Err(format!("no registry {name}"));
    let options =
        LoadOptions { registries: &no_registries, cargo_home: None, target_dir: None, build_dir: None };
    let loader = Loader::new(options);
    let workspace = loader.workspace(manifest).expect("loads");
    let mut packages: HashMap<PackageId, Package> =
        workspace.members().iter().map(|p| (p.id(), p.clone())).collect();
    let mut todo: Vec<Package> = packages.values().cloned().collect();
    while let Some(package) = todo.pop() {
        for dep in package.dependencies() {
            if packages.keys().any(|id| dep.matches_id(*id)) {
                continue;
            }
            let vendored = manifest.with_file_name("vendor").join(dep.package_name().as_str());
            let package = match dep.source().is_path() {
                true => loader.path_package(dep.source()),
                false => loader.package(&vendored.join("Cargo.toml"), pinned(dep.source(), &vendored)),
            };
            let package = package.expect("loads");
            packages.insert(package.id(), package.clone());
            todo.push(package);
        }
    }
    (workspace, packages)
}

/// A git source is at the commit that the package's directory says.
fn pinned(source: SourceId, directory: &Path) -> SourceId {
    let commit = std::fs::read_to_string(directory.join("commit")).ok();
    source.with_precise(commit.as_deref().filter(|_| source.is_git()))
}

struct KnownPackages(Vec<Summary>);

impl Provider for KnownPackages {
    fn query(&mut self, dep: &Dependency) -> Poll<Result<Arc<dyn Releases>, ProviderError>> {
        let source = dep.source().with_precise(None);
        let asked = |s: &&Summary| {
            s.id().name() == dep.package_name() && s.id().source().with_precise(None) == source
        };
        let found: Vec<Summary> = self.0.iter().filter(asked).cloned().collect();
        Poll::Ready(Ok(Arc::new(found)))
    }
}

/// A package as if from crates.io has the checksum that its directory says, if it says one.
fn with_checksum(package: &Package) -> Summary {
    let text = std::fs::read_to_string(package.root().join("checksum")).ok();
    package.summary().clone().with_checksum(text.and_then(|text| text.trim().parse().ok()))
}

fn resolve(workspace: &Workspace, packages: &HashMap<PackageId, Package>) -> Resolve {
    let members: Vec<Member> = workspace
        .members()
        .iter()
        .map(|p| Member { summary: p.summary().clone(), features: CliFeatures::all(), dev_deps: true })
        .collect();
    let mut provider = KnownPackages(packages.values().map(with_checksum).collect());
    let request = ResolveRequest {
        members: &members,
        previous: None,
        keep: &|_| true,
        precise: &[],
        patches: &[],
        replacements: &[],
        prefs: &VersionPreferences::default(),
        lowest_rust_version: None,
    };
    match Resolver::new(request).run(&mut provider) {
        Poll::Ready(resolve) => resolve.expect("resolves"),
        Poll::Pending => panic!("path packages are known at once"),
    }
}

fn probe(project: &Project, settings: &Settings) -> (Toolchain, BTreeMap<CompileKind, TargetInfo>) {
    let rustc = cargo().with_file_name("rustc");
    let mut prober = Toolchain::probe(ProbeInputs {
        rustc: if rustc.is_file() { rustc } else { "rustc".into() },
        rustdoc: None,
        wrapper: None,
        workspace_wrapper: None,
        env: Arc::new(std::env::vars_os().collect()),
        cwd: project.root(),
        cache_file: None,
    })
    .expect("probes");
    let mut platforms = BTreeMap::new();
    for (kind, of_platform) in &settings.platforms {
        let flags = |_: &[dhow_model::Cfg]| Ok::<_, ToolchainError>(of_platform.rustflags.clone());
        platforms.insert(*kind, prober.target_info(*kind, flags).expect("answers"));
    }
    (prober.toolchain().clone(), platforms)
}

fn features(
    workspace: &Workspace,
    packages: &HashMap<PackageId, Package>,
    resolve: &Resolve,
    platforms: &BTreeMap<CompileKind, TargetInfo>,
    (selected, ask): (&[PackageId], &Ask<'_>),
) -> ResolvedFeatures {
    let members: Vec<Summary> = workspace.members().iter().map(|p| p.summary().clone()).collect();
    let behavior = match workspace.resolver() {
        ResolverVersion::V1 => ResolveBehavior::V1,
        ResolverVersion::V2 => ResolveBehavior::V2,
        ResolverVersion::V3 => ResolveBehavior::V3,
    };
    let selection = Selection {
        members: &members,
        selected,
        current: workspace.current().map(Package::id),
        applies_to_selected: behavior != ResolveBehavior::V1 || workspace.is_virtual(),
    };
    let roots = features_of_members(selection, &ask.features).expect("features");
    let holds = |platform: &Platform, for_whom: FeaturesFor| {
        let mut kinds = ask.request.kinds.iter();
        match for_whom {
            FeaturesFor::HostDep => platforms[&CompileKind::Host].matches(platform),
            FeaturesFor::Target => kinds.any(|kind| platforms[kind].matches(platform)),
        }
    };
    let options = FeatureOptions {
        behavior,
        dev_units: ask.request.needs_dev_dependencies(),
        all_platforms: false,
        is_proc_macro: &|id| packages.get(&id).is_some_and(Package::is_proc_macro),
        platform_holds: &holds,
    };
    resolve_features(resolve, &roots, options)
}
