//! Which package is compiled in which profile: inheritance, overrides, what configuration files put on top.
//! Specified in the Cargo book, "Profiles". Knows no unit graph: what that decides stays deferred in the value.

use std::collections::{BTreeMap, HashMap, HashSet};

use dhow_formats::manifest::{ProfilePackageSpec, StringOrBool, TomlDebugInfo, TomlProfile, TomlProfiles};
use dhow_model::{InternedString, PackageId, spec_matches};

use crate::problem::ProfileProblem;
use crate::profile::{DebugInfo, DebugLevel, Lto, PanicStrategy, Profile, Strip, StripKind};

/// What goes into [`Profiles::new`].
#[derive(Clone, Copy, Debug, Default)]
pub struct ProfileInput<'a> {
    /// `[profile]` of the workspace root.
    pub manifest: Option<&'a TomlProfiles>,
    /// `[profile]` of the configuration, environment variables included; it wins.
    pub config: Option<&'a BTreeMap<String, TomlProfile>>,
    /// `CARGO_INCREMENTAL` (`1` is true, anything else false), else `build.incremental`.
    pub incremental: Option<bool>,
}

/// For whom a unit is compiled: what decides its profile besides its package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProfileUse {
    /// The package is a workspace member.
    pub is_member: bool,
    /// The unit runs while building (build scripts, procedural macros, and what they depend on).
    pub for_host: bool,
    /// The unit (or one that links it) is a test under libtest, or runs in the compiler: it must unwind.
    pub always_unwind: bool,
}

/// All profiles of a workspace, and the one that was asked for.
#[derive(Clone, Debug)]
pub struct Profiles {
    requested: InternedString,
    incremental: Option<bool>,
    dir_names: HashMap<String, String>,
    makers: HashMap<String, Maker>,
}

/// One profile with everything that it inherits merged into it.
#[derive(Clone, Debug)]
struct Maker {
    default: Profile,
    toml: TomlProfile,
}

impl Profiles {
    /// The profiles of a workspace, for a build that asks for `requested`.
    ///
    /// # Errors
    /// `requested` or a parent is not defined, or parents form a circle.
    pub fn new(requested: &str, input: ProfileInput<'_>) -> Result<Self, ProfileProblem> {
        let mut tomls = merge_config(requested, input);
        let root =
            |name: &str, default| Maker { default, toml: tomls.get(name).cloned().unwrap_or_default() };
        let makers = HashMap::from([
            ("dev".to_owned(), root("dev", Profile::default_dev())),
            ("release".to_owned(), root("release", Profile::default_release())),
        ]);
        let mut profiles = Self {
            requested: requested.into(),
            incremental: input.incremental,
            dir_names: [("dev", "debug"), ("check", "debug"), ("test", "debug"), ("bench", "release")]
                .map(|(name, dir)| (name.to_owned(), dir.to_owned()))
                .into(),
            makers,
        };
        for (name, parent) in [("bench", "release"), ("test", "dev"), ("check", "dev"), ("doc", "dev")] {
            tomls.entry(name.to_owned()).or_default().inherits.get_or_insert_with(|| parent.to_owned());
        }
        for (name, toml) in &tomls {
            if let Some(dir_name) = &toml.dir_name {
                profiles.dir_names.insert(name.clone(), dir_name.clone());
            }
            if name != "dev" && name != "release" {
                let maker = profiles.inherit(name, toml, &tomls, &mut HashSet::from([name.clone()]))?;
                profiles.makers.insert(name.clone(), maker);
            }
        }
        if !profiles.makers.contains_key(requested) {
            let mut known: Vec<_> = profiles.makers.keys().cloned().collect();
            known.sort();
            return Err(ProfileProblem::Undefined { name: requested.to_owned(), known });
        }
        Ok(profiles)
    }

    fn inherit(
        &self,
        name: &str,
        toml: &TomlProfile,
        tomls: &BTreeMap<String, TomlProfile>,
        seen: &mut HashSet<String>,
    ) -> Result<Maker, ProfileProblem> {
        let Some(inherits) = toml.inherits.clone() else {
            return Err(ProfileProblem::NoParent { name: name.to_owned() });
        };
        let mut maker =
            if let ("dev" | "release", Some(root)) = (inherits.as_str(), self.makers.get(&inherits)) {
                root.clone()
            } else if !seen.insert(inherits.clone()) {
                return Err(ProfileProblem::Circle { name: name.to_owned(), inherits });
            } else {
                match tomls.get(&inherits) {
                    Some(parent) => self.inherit(&inherits, parent, tomls, seen)?,
                    None => return Err(ProfileProblem::UndefinedParent { name: name.to_owned(), inherits }),
                }
            };
        maker.toml.merge(toml);
        Ok(maker)
    }

    /// The profile that was asked for, by name.
    pub fn requested(&self) -> InternedString {
        self.requested
    }

    /// The directory under `target/` of the profile that was asked for: `debug`, `release`, or its name.
    pub fn dir_name(&self) -> InternedString {
        self.dir_name_of(&self.requested)
    }

    /// The directory under `target/` of a profile.
    pub fn dir_name_of(&self, profile: &str) -> InternedString {
        self.dir_names.get(profile).map_or_else(|| profile.into(), Into::into)
    }

    /// The profile in which `package` is compiled for `usage`.
    pub fn profile_for(&self, package: PackageId, usage: ProfileUse) -> Profile {
        let mut profile = self.merged(Some(package), usage);
        if usage.always_unwind {
            profile.panic = PanicStrategy::Unwind;
        }
        if let Some(incremental) = self.incremental {
            profile.incremental = incremental;
        }
        // What users do not edit is compiled once: incremental data would only cost.
        if !package.source().is_path() {
            profile.incremental = false;
        }
        profile.name = self.requested;
        profile
    }

    /// The profile without regard to a package: for the line that says that the build has finished.
    pub fn base_profile(&self) -> Profile {
        let usage = ProfileUse { is_member: true, for_host: false, always_unwind: false };
        let mut profile = self.merged(None, usage);
        profile.name = self.requested;
        profile
    }

    fn merged(&self, package: Option<PackageId>, usage: ProfileUse) -> Profile {
        // `new` has seen to it that the requested profile is there.
        let Some(maker) = self.makers.get(self.requested.as_str()) else { return Profile::default_dev() };
        let mut profile = maker.default.clone();
        merge(&mut profile, &maker.toml);
        if usage.for_host {
            // What runs while building is worth little optimisation, and its debug information nothing, unless the
            // very same unit is needed for the target as well; only the unit graph knows that.
            profile.opt_level = "0".into();
            profile.codegen_units = None;
            profile.debuginfo = DebugInfo::Deferred(profile.debuginfo.level());
            if let Some(toml) = &maker.toml.build_override {
                merge(&mut profile, toml);
            }
        }
        let Some(overrides) = &maker.toml.package else { return profile };
        if !usage.is_member
            && let Some(all) = overrides.get(&ProfilePackageSpec::All)
        {
            merge(&mut profile, all);
        }
        if let Some(package) = package
            && let Some((_, toml)) = overrides.iter().find(|(spec, _)| spec_names(spec, package))
        {
            merge(&mut profile, toml);
        }
        profile
    }

    /// Checks that no package has two overrides, and returns the overrides that name no package of `packages`
    /// (worth a warning), for the profile that was asked for.
    ///
    /// # Errors
    /// Two overrides claim one package.
    pub fn check_overrides(&self, packages: &[PackageId]) -> Result<Vec<String>, ProfileProblem> {
        let overrides = self.makers.get(self.requested.as_str()).and_then(|m| m.toml.package.as_ref());
        let Some(overrides) = overrides else { return Ok(Vec::new()) };
        let mut used = HashSet::new();
        for &package in packages {
            let specs: Vec<_> = overrides.keys().filter(|spec| spec_names(spec, package)).collect();
            if specs.len() > 1 {
                let specs = specs.iter().map(ToString::to_string).collect();
                return Err(ProfileProblem::Ambiguous { name: self.requested.to_string(), package, specs });
            }
            used.extend(specs);
        }
        let unused =
            overrides.keys().filter(|spec| !matches!(spec, ProfilePackageSpec::All) && !used.contains(spec));
        Ok(unused.map(ToString::to_string).collect())
    }
}

fn spec_names(spec: &ProfilePackageSpec, package: PackageId) -> bool {
    matches!(spec, ProfilePackageSpec::Spec(spec) if spec_matches(spec, package))
}

/// The manifest's profiles with the configuration on top; profiles that only the configuration has are taken if
/// somebody needs them.
fn merge_config(requested: &str, input: ProfileInput<'_>) -> BTreeMap<String, TomlProfile> {
    let mut profiles: BTreeMap<String, TomlProfile> = input
        .manifest
        .map(|p| p.get_all().iter().map(|(name, toml)| (name.to_string(), toml.clone())).collect())
        .unwrap_or_default();
    let Some(config) = input.config else { return profiles };
    let mut wanted: Vec<String> =
        [requested, "dev", "release", "test", "bench"].into_iter().map(str::to_owned).collect();
    for (name, profile) in &mut profiles {
        if let Some(over) = config.get(name) {
            profile.merge(over);
        }
        wanted.extend(profile.inherits.clone());
    }
    while let Some(name) = wanted.pop() {
        if let (false, Some(profile)) = (profiles.contains_key(&name), config.get(&name)) {
            wanted.extend(profile.inherits.clone());
            profiles.insert(name, profile.clone());
        }
    }
    profiles
}

/// Puts what `toml` states over `profile`.
fn merge(profile: &mut Profile, toml: &TomlProfile) {
    fn set<T: Clone>(to: &mut T, from: Option<&T>) {
        if let Some(value) = from {
            *to = value.clone();
        }
    }
    let interned = |text: &String| InternedString::from(text);
    set(&mut profile.opt_level, toml.opt_level.as_ref().map(|level| interned(&level.0)).as_ref());
    set(&mut profile.lto, toml.lto.as_ref().map(lto).as_ref());
    set(&mut profile.debuginfo, toml.debug.map(|d| DebugInfo::Resolved(debug_level(d))).as_ref());
    set(&mut profile.debug_assertions, toml.debug_assertions.as_ref());
    set(&mut profile.overflow_checks, toml.overflow_checks.as_ref());
    set(&mut profile.rpath, toml.rpath.as_ref());
    set(&mut profile.incremental, toml.incremental.as_ref());
    set(&mut profile.rustflags, toml.rustflags.as_ref().map(|f| f.iter().map(interned).collect()).as_ref());
    if toml.codegen_units.is_some() {
        profile.codegen_units = toml.codegen_units;
    }
    if toml.codegen_backend.is_some() {
        profile.codegen_backend = toml.codegen_backend.as_ref().map(interned);
    }
    if toml.split_debuginfo.is_some() {
        profile.split_debuginfo = toml.split_debuginfo.as_ref().map(interned);
    }
    match toml.panic.as_deref() {
        Some("abort") => profile.panic = PanicStrategy::Abort,
        Some(_) => profile.panic = PanicStrategy::Unwind,
        None => {}
    }
    profile.strip = match &toml.strip {
        Some(StringOrBool::Bool(true)) => Strip::Resolved(StripKind::Named("symbols".into())),
        Some(StringOrBool::Bool(false)) => Strip::Resolved(StripKind::None),
        Some(StringOrBool::String(text)) if text == "none" => Strip::Resolved(StripKind::None),
        Some(StringOrBool::String(text)) => Strip::Resolved(StripKind::Named(text.into())),
        // Cargo forgets `strip` at each layer that does not state it, and so must we: the flags would differ.
        None => Strip::Deferred(StripKind::None),
    };
}

fn lto(value: &StringOrBool) -> Lto {
    match value {
        StringOrBool::Bool(on) => Lto::Bool(*on),
        StringOrBool::String(text) => match text.as_str() {
            "off" | "n" | "none" => Lto::Off,
            other => Lto::Named(other.into()),
        },
    }
}

fn debug_level(value: TomlDebugInfo) -> DebugLevel {
    match value {
        TomlDebugInfo::None => DebugLevel::None,
        TomlDebugInfo::LineDirectivesOnly => DebugLevel::LineDirectivesOnly,
        TomlDebugInfo::LineTablesOnly => DebugLevel::LineTablesOnly,
        TomlDebugInfo::Limited => DebugLevel::Limited,
        TomlDebugInfo::Full => DebugLevel::Full,
    }
}
