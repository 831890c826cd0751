//! What configuration, flags and the machine say about how things are compiled, as the plan takes it.

use std::collections::BTreeMap;

use cargo_util_schemas::manifest::TomlProfile;
use dhow_config::{FlagKind, Jobs, LinkArgTarget as ConfigTarget, LinksOverride};
use dhow_plan::{
    CompileKind, LinkArgTarget, MachineIdentity, MessageFormat as PlanFormat, PlatformSettings, ScriptOutput,
    Settings,
};
use dhow_workspace::{ProfileInput, Profiles, Workspace, check_profile};

use crate::error::Error;
use crate::options::{CompileOptions, MessageFormat};
use crate::session::Session;
use crate::tools::{self, Tools};

/// The settings of a plan.
pub(crate) fn settings(
    session: &Session<'_>,
    tools: &Tools,
    options: &CompileOptions,
    jobs: u32,
) -> Result<Settings, Error> {
    let configured = session.config.tools()?;
    let mut platforms = BTreeMap::new();
    for kind in tools.platforms.keys() {
        platforms.insert(*kind, platform(session, tools, *kind)?);
    }
    let env = session.config.env_for_children()?;
    Ok(Settings {
        platforms,
        env: env.into_iter().filter_map(|e| Some((e.name, e.value.into_string().ok()?))).collect(),
        rustc_wrapper: configured.rustc_wrapper,
        rustc_workspace_wrapper: configured.rustc_workspace_wrapper,
        cargo_exe: session.exe.to_owned(),
        jobs,
        message_format: message_format(options.message_format),
        diagnostic_width: session.width.map(usize::from),
        extra_verbose: session.very_verbose,
        machine: MachineIdentity {
            rustc_bootstrap: session.env.get("RUSTC_BOOTSTRAP").map(str::to_owned),
            ..MachineIdentity::default()
        },
    })
}

fn platform(session: &Session<'_>, tools: &Tools, kind: CompileKind) -> Result<PlatformSettings, Error> {
    let Some(info) = tools.platforms.get(&kind) else { return Ok(PlatformSettings::default()) };
    let config = session.config.target(&info.triple, &info.cfgs)?;
    let for_host_tools = kind.is_host() && !tools.kinds.contains(&CompileKind::Host);
    let rustdocflags = if for_host_tools {
        Vec::new()
    } else {
        tools::flags(session, FlagKind::Rustdoc, &info.triple, &info.cfgs)?
    };
    Ok(PlatformSettings {
        rustflags: info.rustflags.clone(),
        rustdocflags,
        linker: config.linker.map(|linker| linker.value),
        runner: config.runner.map(runner).unwrap_or_default(),
        links_overrides: config.links.into_iter().map(|(name, said)| (name, script_output(said))).collect(),
        ..PlatformSettings::default()
    })
}

fn runner(runner: dhow_config::ProgramAndArgs) -> Vec<String> {
    let program = runner.program.to_string_lossy().into_owned();
    std::iter::once(program).chain(runner.args).collect()
}

fn script_output(said: LinksOverride) -> ScriptOutput {
    let target = |target| match target {
        ConfigTarget::All => LinkArgTarget::All,
        ConfigTarget::Cdylib => LinkArgTarget::Cdylib,
        ConfigTarget::Bin => LinkArgTarget::Bins,
        ConfigTarget::Test => LinkArgTarget::Tests,
        ConfigTarget::Bench => LinkArgTarget::Benches,
        ConfigTarget::Example => LinkArgTarget::Examples,
    };
    ScriptOutput {
        library_paths: said.library_paths,
        library_links: said.library_links,
        linker_args: said.link_args.into_iter().map(|(to, arg)| (target(to), arg)).collect(),
        cfgs: said.cfgs,
        check_cfgs: said.check_cfgs,
        env: said.env,
        metadata: said.metadata,
    }
}

fn message_format(format: MessageFormat) -> PlanFormat {
    match format {
        MessageFormat::Human | MessageFormat::Json { render_diagnostics: true, short: false, .. } => {
            PlanFormat::Human
        }
        MessageFormat::Short | MessageFormat::Json { render_diagnostics: true, .. } => PlanFormat::Short,
        MessageFormat::Json { short, ansi, .. } => PlanFormat::Json { short, ansi },
    }
}

/// The profiles of the workspace and of configuration, with the one that a command asks for.
pub(crate) fn profiles(
    session: &Session<'_>,
    workspace: &Workspace,
    requested: &str,
) -> Result<Profiles, Error> {
    let mut configured: BTreeMap<String, TomlProfile> = BTreeMap::new();
    let mut names = session.config.profile_names()?;
    names.extend(["dev", "release", "test", "bench", requested].map(str::to_owned));
    for name in names {
        if let Some(found) = session.config.profile(&name)? {
            check_profile(&name, &found.profile).map_err(|(_, problem)| problem)?;
            configured.insert(name, found.profile);
        }
    }
    let input = ProfileInput {
        manifest: workspace.toml_profiles(),
        config: Some(&configured),
        incremental: session.config.incremental()?,
    };
    Ok(Profiles::new(requested, input)?)
}

/// How many processes may run at once.
pub(crate) fn jobs(session: &Session<'_>, options: &CompileOptions) -> Result<u32, Error> {
    let processors = std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1));
    let wanted = match &options.jobs {
        Some(text) => Jobs::parse(text).ok_or_else(|| Error::BadJobs { text: text.clone() })?,
        None => session.config.build()?.jobs.map_or(Jobs::Default, |found| found.value),
    };
    let bad = || Error::BadJobs { text: options.jobs.clone().unwrap_or_default() };
    wanted.count(processors).ok_or_else(bad)
}
