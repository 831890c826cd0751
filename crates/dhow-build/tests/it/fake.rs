//! A project whose compiler is a shell script that logs each run. Its metadata is the lines that begin with `pub`, so an
//! edit of another line changes what is linked but not what is compiled against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dhow_build::{BuildError, BuildOptions, Event, Outcome, build};
use dhow_fs::TempDir;
use dhow_model::SourceId;
use dhow_plan::{
    Arg, CompileKind, CompileMode, EnvValue, FileFlavor, OutputFile, Place, Plan, Program, Recipe, StaticKey,
    Unit, UnitDep, UnitGraph, UnitId, UnitLto, Uplift,
};
use dhow_process::Environment;
use dhow_target::{Layout, LayoutOptions};
use dhow_workspace::{
    CrateType, DebugInfo, DebugLevel, LoadOptions, Lto, Package, PanicStrategy, Profile, ProfileRoot, Strip,
    StripKind, Target, TargetKind, load_package,
};

/// `$NAME` from `$SRC`; `$RMETAS` and `$RLIBS` are what it is made from.
const COMPILER: &str = r#"
set -e
echo "$NAME" >> "$LOG"
if grep -q WARN "$SRC"; then
  printf '%s\n' '{"$message_type":"diagnostic","message":"careful","code":null,"level":"warning","spans":[],"children":[],"rendered":"warning: careful\n"}' >&2
fi
if grep -q ERROR "$SRC"; then
  printf '%s\n' '{"$message_type":"diagnostic","message":"broken","code":null,"level":"error","spans":[],"children":[],"rendered":"error: broken\n"}' >&2
  exit 1
fi
{ grep '^pub' "$SRC" || true; cat /dev/null $RMETAS; } > "$OUT/$NAME.rmeta"
echo '{"$message_type":"artifact","artifact":"'"$OUT/$NAME.rmeta"'","emit":"metadata"}' >&2
sleep "${SLOW:-0}"
{ cat "$SRC" $RLIBS; echo "said: $SAID"; } > "$OUT/$NAME.out"
printf '%s: %s\n\n# env-dep:FAKE_VAR\n' "$OUT/$NAME.d" "$SRC" > "$OUT/$NAME.d"
"#;

pub(crate) struct Fake {
    root: PathBuf,
    _dir: Option<TempDir>,
    package: Package,
    pub(crate) plan: Plan,
    pub(crate) env: Environment,
    names: BTreeMap<String, UnitId>,
    pub(crate) keep_going: bool,
    pub(crate) jobs: usize,
}

/// What one build did.
pub(crate) struct Built {
    pub(crate) result: Result<Outcome, BuildError>,
    /// Names of the units that ran, in the order of starting.
    pub(crate) ran: Vec<String>,
    /// Events, in words.
    pub(crate) events: Vec<String>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        let dir = TempDir::anywhere().expect("a directory");
        let mut fake = Self::at(dir.path().to_owned());
        fake._dir = Some(dir);
        fake
    }

    /// In a directory that somebody else removes.
    pub(crate) fn at(dir: PathBuf) -> Self {
        let root = dir.join("p");
        dhow_fs::create_dir_all(&root.join("src")).unwrap();
        let manifest = root.join("Cargo.toml");
        let text =
            "[package]\nname = \"p\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\npath = \"lib.rs\"\n";
        for (name, content) in [("Cargo.toml", text), ("lib.rs", "")] {
            if dhow_fs::stat(&root.join(name)).unwrap().is_none() {
                dhow_fs::write_atomic(&root.join(name), content.as_bytes()).unwrap();
            }
        }
        let registries = |name: &str| Err(format!("no registry {name}"));
        let options = LoadOptions {
            registries: &registries,
            cargo_home: Some(&dir),
            target_dir: None,
            build_dir: None,
        };
        let source = SourceId::for_path(&root).unwrap();
        let package = load_package(&manifest, source, options).unwrap();
        let env = Environment::from([("PATH".into(), "/usr/bin:/bin".into())]);
        let plan = Plan {
            graph: UnitGraph::default(),
            recipes: Vec::new(),
            doctests: Vec::new(),
            overridden_scripts: BTreeMap::new(),
            sysroot_libdirs: BTreeMap::new(),
        };
        Self { root: dir, _dir: None, package, plan, env, names: BTreeMap::new(), keep_going: false, jobs: 2 }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        dhow_fs::write_atomic(&self.path(name), content.as_bytes()).unwrap();
    }

    pub(crate) fn id(&self, name: &str) -> UnitId {
        self.names[name]
    }

    /// A library, made from `p/src/<name>` and the libraries in `deps`.
    pub(crate) fn lib(&mut self, name: &str, deps: &[&str]) -> UnitId {
        let kind = TargetKind::Lib(vec![CrateType::Lib]);
        let outputs = vec![
            output(name, "out", FileFlavor::Linkable, None),
            output(name, "rmeta", FileFlavor::Rmeta, None),
        ];
        self.compiled(name, kind, deps, outputs)
    }

    /// A program, made from `p/src/<name>` and, linked, everything below `deps`.
    pub(crate) fn bin(&mut self, name: &str, deps: &[&str]) -> UnitId {
        let uplift = Some(Uplift::Artifacts(name.to_owned()));
        let outputs = vec![output(name, "out", FileFlavor::Normal, uplift)];
        let id = self.compiled(name, TargetKind::Bin, deps, outputs);
        self.plan.graph.roots.push(id);
        id
    }

    /// A script run: `script` is what `/bin/sh` runs.
    pub(crate) fn script(&mut self, name: &str, script: &str) -> UnitId {
        let id = self.add(name, TargetKind::CustomBuild, CompileMode::RunCustomBuild, &[]);
        let recipe = &mut self.plan.recipes[id.index()];
        recipe.args = vec![Arg::Text("-c".into()), Arg::Text(format!("echo {name} >> \"$LOG\"\n{script}"))];
        recipe.env.push(("OUT_DIR".into(), EnvValue::Path(Place::ScriptOut(id))));
        id
    }

    /// A library whose package has that script.
    pub(crate) fn lib_with_script(&mut self, name: &str, script: &str) -> UnitId {
        let script_id = self.id(script);
        let id = self.lib(name, &[script]);
        let recipe = &mut self.plan.recipes[id.index()];
        recipe.own_script = Some(script_id);
        recipe.link_scripts = vec![script_id];
        id
    }

    fn compiled(&mut self, name: &str, kind: TargetKind, deps: &[&str], outputs: Vec<OutputFile>) -> UnitId {
        let src = format!("p/src/{name}");
        if dhow_fs::stat(&self.path(&src)).unwrap().is_none() {
            self.write(&src, &format!("pub {name}\nbody\n"));
        }
        let links = kind == TargetKind::Bin;
        let id = self.add(name, kind, CompileMode::Build, deps);
        let libs = |ext: &str, names: Vec<String>| {
            let paths = names.iter().map(|dep| format!("deps/{dep}.{ext}"));
            paths.collect::<Vec<_>>().join(" ")
        };
        let is_lib = |dep: &str| self.plan.graph.unit(self.id(dep)).target.is_lib();
        let direct: Vec<String> =
            deps.iter().filter(|dep| is_lib(dep)).map(|dep| (*dep).to_owned()).collect();
        let below = if links { self.below(id) } else { Vec::new() };
        let src = self.path(&src).to_str().unwrap().to_owned();
        let recipe = &mut self.plan.recipes[id.index()];
        recipe.args = vec![Arg::Text("-c".into()), Arg::Text(format!("cd \"$OUT/..\"\n{COMPILER}"))];
        for (variable, value) in [
            ("NAME", name.to_owned()),
            ("SRC", src),
            ("RMETAS", libs("rmeta", direct)),
            ("RLIBS", libs("out", below)),
        ] {
            recipe.env.push((variable.into(), EnvValue::Text(value)));
        }
        recipe.env.push(("OUT".into(), EnvValue::Path(Place::OutDir)));
        recipe.outputs = outputs;
        recipe.dep_info = Some(format!("{name}.d"));
        id
    }

    /// The names of all libraries below a unit.
    fn below(&self, id: UnitId) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            for dep in self.plan.graph.deps(id) {
                let target = &self.plan.graph.unit(dep.unit).target;
                if target.is_lib() && !found.contains(&target.name.to_string()) {
                    found.push(target.name.to_string());
                }
                open.push(dep.unit);
            }
        }
        found.sort();
        found
    }

    fn add(&mut self, name: &str, kind: TargetKind, mode: CompileMode, deps: &[&str]) -> UnitId {
        let id = UnitId(u32::try_from(self.plan.recipes.len()).unwrap());
        let is_root = kind == TargetKind::Bin;
        let log = self.path("log").to_str().unwrap().to_owned();
        self.plan.graph.units.push(Unit {
            package: self.package.clone(),
            target: target(name, kind, self.path(name)),
            profile: profile(),
            kind: CompileKind::Host,
            mode,
            features: [].into(),
            rustflags: [].into(),
            rustdocflags: [].into(),
            lto: UnitLto::default(),
            is_member: true,
            is_primary: true,
            is_local: true,
            is_root,
            script_overridden: false,
        });
        let dep = |name: &&str| UnitDep {
            unit: self.names[*name],
            extern_crate_name: (*name).into(),
            dep_name: None,
            public: false,
            noprelude: false,
        };
        self.plan.graph.deps.push(deps.iter().map(dep).collect());
        self.plan.recipes.push(recipe(id, name, self.package.root(), log));
        self.names.insert(name.to_owned(), id);
        id
    }

    pub(crate) fn layout(&self) -> Layout {
        Layout::new(&LayoutOptions {
            artifact_root: self.path("target"),
            build_root: self.path("target"),
            profile_dir: "debug".into(),
            kinds: Vec::new(),
        })
    }

    pub(crate) fn build(&self) -> Built {
        dhow_fs::remove_file(&self.path("log")).unwrap();
        let layout = self.layout();
        let lock = layout.lock(&|_, _| {}).unwrap();
        let mut options = BuildOptions::new(self.jobs, Arc::new(self.env.clone()));
        options.keep_going = self.keep_going;
        let events = Mutex::new(Vec::new());
        let result = build(&self.plan, &layout, &lock, &options, &Unchecked, &|event| {
            if let Some(words) = self.words(&event) {
                events.lock().unwrap().push(words);
            }
        });
        let log = dhow_fs::read_to_string_optional(&self.path("log")).unwrap().unwrap_or_default();
        Built { result, ran: log.lines().map(str::to_owned).collect(), events: events.into_inner().unwrap() }
    }

    /// Builds, and returns what ran, sorted.
    #[track_caller]
    pub(crate) fn ran(&self) -> Vec<String> {
        let built = self.build();
        if let Err(error) = built.result {
            panic!("{error}: {:?}", built.events);
        }
        let mut ran = built.ran;
        ran.sort();
        ran
    }

    fn words(&self, event: &Event<'_>) -> Option<String> {
        let name = |unit: &UnitId| self.plan.graph.unit(*unit).target.name;
        Some(match event {
            Event::Dirty { unit, reason } => format!("dirty {}: {reason}", name(unit)),
            Event::Fresh { unit, .. } => format!("fresh {}", name(unit)),
            Event::Diagnostic { unit, diagnostic, replayed, .. } => {
                format!("{} {}: {}", if *replayed { "again" } else { "new" }, name(unit), diagnostic.message)
            }
            Event::ScriptWarning { unit, text, replayed, failed } => {
                format!("script {} warns: {text} {replayed} {failed}", name(unit))
            }
            Event::Artifact(artifact) => format!("artifact {} {}", name(&artifact.unit), artifact.fresh),
            Event::Failed { unit, error } => format!("failed {}: {error}", name(unit)),
            Event::Problems { unit, errors, warnings, .. } => {
                format!("problems {} {errors} {warnings}", name(unit))
            }
            Event::WaitingForOthers => "waiting".to_owned(),
            _ => return None,
        })
    }
}

fn output(name: &str, extension: &str, flavor: FileFlavor, uplift: Option<Uplift>) -> OutputFile {
    let file_name = format!("{name}.{extension}");
    OutputFile { plain_name: file_name.clone(), file_name, uplift, flavor }
}

fn target(name: &str, kind: TargetKind, src_path: PathBuf) -> Arc<Target> {
    Arc::new(Target {
        kind,
        name: name.into(),
        name_inferred: false,
        src_path,
        edition: dhow_workspace::Edition::E2021,
        required_features: Vec::new(),
        tested: true,
        benched: true,
        documented: true,
        doctested: true,
        harness: true,
    })
}

fn recipe(id: UnitId, name: &str, root: &Path, log: String) -> Recipe {
    let mut key = [0; 32];
    key[..name.len()].copy_from_slice(name.as_bytes());
    Recipe {
        unit: id,
        program: Program::Tool("/bin/sh".into()),
        args: Vec::new(),
        env: vec![("LOG".into(), EnvValue::Text(log))],
        library_path: Vec::new(),
        cwd: root.to_owned(),
        outputs: Vec::new(),
        dep_info: None,
        externs: Vec::new(),
        own_script: None,
        link_scripts: Vec::new(),
        plugin_scripts: Vec::new(),
        metadata_from: Vec::new(),
        pass_l_flag: false,
        key: StaticKey(key),
        metadata: name.to_owned(),
        file_hash: name.to_owned(),
        dir_name: format!("p-{name}"),
    }
}

fn profile() -> Profile {
    Profile {
        name: "dev".into(),
        root: ProfileRoot::Debug,
        opt_level: "0".into(),
        lto: Lto::Bool(false),
        codegen_units: None,
        codegen_backend: None,
        debuginfo: DebugInfo::Resolved(DebugLevel::Full),
        split_debuginfo: None,
        debug_assertions: true,
        overflow_checks: true,
        rpath: false,
        incremental: false,
        panic: PanicStrategy::Unwind,
        strip: Strip::Resolved(StripKind::None),
        rustflags: Vec::new(),
    }
}

struct Unchecked;

impl dhow_build::CheckSources for Unchecked {
    fn check(&self, _: dhow_model::PackageId) -> Result<(), String> {
        Ok(())
    }

    fn script_ran(&self, _: dhow_model::PackageId) {}
}
