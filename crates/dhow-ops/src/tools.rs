//! The compiler and the platforms it compiles for, as configuration chooses them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use dhow_config::FlagKind;
use dhow_model::{Cfg, Dependency, Platform};
use dhow_process::Environment;
use dhow_resolve::FeaturesFor;
use dhow_toolchain::{CompileKind, CompileTarget, ProbeInputs, Prober, TargetInfo, Toolchain};

use crate::error::Error;
use crate::session::Session;

/// The compiler, the host, and the platforms that were asked for.
pub(crate) struct Tools {
    prober: Prober,
    /// The host and each of `kinds`.
    pub(crate) platforms: BTreeMap<CompileKind, TargetInfo>,
    /// What is compiled for: the host alone if no target is named.
    pub(crate) kinds: Vec<CompileKind>,
}

impl Tools {
    /// Finds the compiler and asks it about the host and `targets` (as typed; none: what `build.target` says).
    pub(crate) fn find(session: &Session<'_>, targets: &[String]) -> Result<Self, Error> {
        let mut prober = prober(session)?;
        let kinds = kinds(session, &prober, targets)?;
        let mut platforms = BTreeMap::new();
        for kind in kinds.iter().copied().chain([CompileKind::Host]) {
            if let Entry::Vacant(place) = platforms.entry(kind) {
                place.insert(platform(session, &mut prober, kind, &kinds)?);
            }
        }
        prober.save();
        Ok(Self { prober, platforms, kinds })
    }

    pub(crate) fn toolchain(&self) -> &Toolchain {
        self.prober.toolchain()
    }

    /// Whether a platform condition holds for `kind`.
    pub(crate) fn holds(&self, platform: &Platform, kind: CompileKind) -> bool {
        self.platforms.get(&kind).is_some_and(|info| platform.matches(&info.triple, &info.cfgs))
    }

    /// Whether a dependency may be needed: on a platform that is compiled for, or on the host by what runs there.
    pub(crate) fn may_need(&self, dep: &Dependency) -> bool {
        dep.platform().is_none_or(|platform| self.platforms.keys().any(|kind| self.holds(platform, *kind)))
    }

    /// Whether a dependency may be needed on a platform that was asked for.
    pub(crate) fn may_need_on_target(&self, dep: &Dependency) -> bool {
        dep.platform().is_none_or(|platform| self.kinds.iter().any(|kind| self.holds(platform, *kind)))
    }

    /// Whether a platform condition holds in a role: on the host, or on any platform that is compiled for.
    pub(crate) fn holds_in(&self, platform: &Platform, role: FeaturesFor) -> bool {
        match role {
            FeaturesFor::HostDep => self.holds(platform, CompileKind::Host),
            FeaturesFor::Target => self.kinds.iter().any(|kind| self.holds(platform, *kind)),
        }
    }
}

/// What is compiled for. `host-tuple` is the host by its name.
fn kinds(session: &Session<'_>, prober: &Prober, targets: &[String]) -> Result<Vec<CompileKind>, Error> {
    let configured = match targets {
        [] => session.config.build()?.targets.map(|found| found.value).unwrap_or_default(),
        named => named.to_vec(),
    };
    if configured.is_empty() {
        return Ok(vec![CompileKind::Host]);
    }
    let mut kinds = Vec::new();
    for name in configured {
        let name = if name == "host-tuple" { prober.toolchain().host.to_string() } else { name };
        if name.is_empty() {
            return Err(Error::TargetNotNamed { flag: "--target", names: Vec::new() });
        }
        let kind = CompileKind::Target(CompileTarget::new(&name, session.cwd()));
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

fn platform(
    session: &Session<'_>,
    prober: &mut Prober,
    kind: CompileKind,
    kinds: &[CompileKind],
) -> Result<TargetInfo, Error> {
    let triple = match kind {
        CompileKind::Host => prober.toolchain().host,
        CompileKind::Target(target) => target.short_name().into(),
    };
    // With `--target`, flags are for the target: build scripts and macros do without.
    let for_host_tools = kind.is_host() && !kinds.contains(&CompileKind::Host);
    prober.target_info(kind, |cfgs| {
        if for_host_tools { Ok(Vec::new()) } else { flags(session, FlagKind::Rustc, &triple, cfgs) }
    })
}

/// RUSTFLAGS or RUSTDOCFLAGS from the one place that wins.
pub(crate) fn flags(
    session: &Session<'_>,
    kind: FlagKind,
    triple: &str,
    cfgs: &[Cfg],
) -> Result<Vec<String>, Error> {
    Ok(session.config.rustflags(kind, triple, cfgs)?)
}

/// The environment that children get: ours, with `[env]` applied.
pub(crate) fn child_env(session: &Session<'_>) -> Result<Arc<Environment>, Error> {
    let mut env: Environment =
        session.env.vars().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for entry in session.config.env_for_children()? {
        env.insert(OsString::from(entry.name), entry.value);
    }
    Ok(Arc::new(env))
}

fn prober(session: &Session<'_>) -> Result<Prober, Error> {
    let tools = session.config.tools()?;
    let remember = session.config.cache_rustc_info();
    Ok(Toolchain::probe(ProbeInputs {
        rustc: tools.rustc,
        rustdoc: session.config.env().get("RUSTDOC").map(PathBuf::from).or(Some(tools.rustdoc)),
        wrapper: tools.rustc_wrapper,
        workspace_wrapper: tools.rustc_workspace_wrapper,
        env: child_env(session)?,
        cwd: session.cwd().to_owned(),
        cache_file: cache_dir(session).filter(|_| remember).map(|dir| dir.join("rustc-info.json")),
    })?)
}

/// What this machine remembers between commands and projects: `DHOW_CACHE_DIR`, or `dhow` in the user's cache
/// directory.
fn cache_dir(session: &Session<'_>) -> Option<PathBuf> {
    if let Some(dir) = session.env.get_os("DHOW_CACHE_DIR") {
        return Some(session.cwd().join(dir));
    }
    if let Some(dir) = session.env.get_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
        return Some(session.cwd().join(dir).join("dhow"));
    }
    session.env.home_dir().map(|home| home.join(".cache").join("dhow"))
}

/// The compiler's version.
pub(crate) fn rustc_version(session: &Session<'_>) -> Result<semver::Version, Error> {
    Ok(prober(session)?.toolchain().version.clone())
}

/// The machine that compiles.
///
/// # Errors
/// There is no compiler.
pub fn host_triple(session: &Session<'_>) -> Result<String, Error> {
    Ok(prober(session)?.toolchain().host.to_string())
}
