//! What every command has at hand: environment, configuration, terminal, and the flags that all commands share.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use dhow_config::{Config, Env};
use dhow_ops::{
    CleanOptions, Cleaned, HomeStat, HomeVerified, HubChange, HubPacked, HubUnpacked, HubUse, LockMode,
    Session, TestOutcome,
};
use dhow_process::{Jobserver, Process};
use dhow_term::{Settings, Terminal, Verbosity, When};

use crate::args::{Color, GlobalArgs};
use crate::error::{CliError, FAILURE};

/// The state of one invocation.
pub(crate) struct Context {
    env: Env,
    config: Config,
    config_args: Vec<String>,
    terminal: Terminal,
    lock: LockMode,
    no_hub: bool,
    exe: PathBuf,
    jobserver: Option<Jobserver>,
    /// `--manifest-path`
    pub(crate) manifest_path: Option<PathBuf>,
    /// `--target-dir`
    pub(crate) target_dir: Option<PathBuf>,
}

impl Context {
    /// Reads environment and configuration.
    pub(crate) fn new(
        global: &GlobalArgs,
        toolchain: Option<OsString>,
        jobserver: Option<Jobserver>,
    ) -> Result<Self, CliError> {
        let env = environment(global, toolchain)?;
        let config = load_config(&env, &global.config)?;
        let terminal = Terminal::new(settings(global, &env, &config)?);
        for warning in config.warnings() {
            terminal.warn(warning);
        }
        let no_hub = no_hub(global, &env);
        let exe = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("dhow"));
        Ok(Self {
            env,
            config,
            config_args: global.config.clone(),
            terminal,
            lock: lock_mode(global),
            no_hub,
            exe,
            jobserver,
            manifest_path: None,
            target_dir: None,
        })
    }

    /// Takes in the flags of an alias.
    pub(crate) fn add_globals(&mut self, global: &GlobalArgs) -> Result<(), CliError> {
        let known = self.config_args.len();
        if global.config.len() > known {
            self.config_args = global.config.clone();
            self.config = load_config(&self.env, &self.config_args)?;
        }
        self.lock = lock_mode(global);
        self.no_hub = no_hub(global, &self.env);
        self.terminal = Terminal::new(settings(global, &self.env, &self.config)?);
        Ok(())
    }

    /// Reads the configuration as it is in `directory`, or in the cargo home, instead of where the command was started.
    pub(crate) fn configure_from(&mut self, directory: Option<&Path>) -> Result<(), CliError> {
        let home = self.config.home().to_owned();
        let directory = directory.unwrap_or(&home);
        self.config = Config::load(&self.env, directory, &self.config_args).map_err(dhow_ops::Error::from)?;
        Ok(())
    }

    /// Runs `work` with everything that an operation may use.
    pub(crate) fn with_session<T>(
        &self,
        work: impl FnOnce(&Session<'_>) -> Result<T, dhow_ops::Error>,
    ) -> Result<T, CliError> {
        let events = |event: dhow_ops::Event| self.terminal.event(&event);
        let session = Session {
            env: &self.env,
            config: &self.config,
            manifest_path: self.manifest_path.as_deref(),
            target_dir: self.target_dir.as_deref(),
            lock: self.lock,
            hub: if self.no_hub { HubUse::Never } else { HubUse::Found },
            exe: &self.exe,
            color: self.terminal.err_has_color(),
            width: self.terminal.width(),
            verbose: self.is_verbose(),
            very_verbose: self.terminal.verbosity() == Verbosity::VeryVerbose,
            jobserver: self.jobserver.as_ref(),
            events: &events,
        };
        let result = work(&session);
        self.terminal.clear_progress();
        Ok(result?)
    }

    pub(crate) fn print(&self, text: impl Display) -> Result<(), CliError> {
        Ok(self.terminal.print(text)?)
    }

    /// A line for a person, beside what goes to standard output.
    pub(crate) fn say(&self, line: &str) {
        self.terminal.line(line);
    }

    pub(crate) fn status(&self, verb: &str, message: impl Display) {
        self.terminal.status(verb, message);
    }

    pub(crate) fn warn(&self, message: &str) {
        self.terminal.warn(message);
    }

    pub(crate) fn note(&self, message: &str) {
        self.terminal.note(message);
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.terminal.verbosity() == Verbosity::Quiet
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.terminal.verbosity() >= Verbosity::Verbose
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(crate) fn exe(&self) -> &Path {
        &self.exe
    }

    /// The words that an alias of the configuration stands for.
    pub(crate) fn alias(&self, name: &str) -> Result<Option<Vec<String>>, CliError> {
        Ok(self.config.alias(name).map_err(dhow_ops::Error::from)?.map(|words| words.value))
    }

    pub(crate) fn host_triple(&self) -> Result<String, CliError> {
        self.with_session(dhow_ops::host_triple)
    }

    /// Puts `program` in our place; where the system cannot, runs it and passes on its exit code.
    pub(crate) fn become_program(&mut self, program: Process) -> Result<u8, CliError> {
        self.terminal.clear_progress();
        self.terminal.status("Running", format_args!("`{}`", program.command_line()));
        let status = program.exec()?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(FAILURE))
    }

    /// Says which tests failed, and gives the exit code.
    pub(crate) fn report_tests(&self, outcome: &TestOutcome) -> u8 {
        dhow_term::report_tests(&self.terminal, outcome);
        outcome.exit_code()
    }

    /// Says what `clean` did.
    pub(crate) fn report_clean(&self, cleaned: &Cleaned, options: &CleanOptions) -> Result<u8, CliError> {
        if options.dry_run {
            for path in &cleaned.paths {
                self.print(format_args!("{}\n", path.display()))?;
            }
        }
        dhow_term::report_clean(&self.terminal, cleaned, options.dry_run);
        Ok(0)
    }

    /// Says what is wrong with the home, and gives back whether all is well.
    pub(crate) fn report_verified(&self, verified: &HomeVerified) -> Result<bool, CliError> {
        Ok(dhow_term::report_verified(&self.terminal, verified)?)
    }

    /// The same of a hub.
    pub(crate) fn report_hub_verified(&self, verified: &HomeVerified) -> Result<bool, CliError> {
        Ok(dhow_term::report_hub_verified(&self.terminal, verified)?)
    }

    /// Shows what is in the home.
    pub(crate) fn report_stat(&self, stat: &HomeStat) -> Result<(), CliError> {
        let now = self.with_session(|session| Ok(dhow_ops::home_clock(session)))?;
        Ok(dhow_term::report_stat(&self.terminal, stat, now)?)
    }

    /// Says what was done to the hub.
    pub(crate) fn print_hub_report(&self, report: &dhow_ops::HubReport) -> Result<(), CliError> {
        self.print(dhow_term::hub_report(report, self.terminal.width()))
    }

    pub(crate) fn report_hub(&self, verb: &str, change: &HubChange) {
        dhow_term::report_hub(&self.terminal, verb, change);
    }

    /// Says what was packed.
    pub(crate) fn report_hub_packed(&self, file: &Path, packed: HubPacked) {
        dhow_term::report_hub_packed(&self.terminal, file, packed);
    }

    /// Says what was unpacked.
    pub(crate) fn report_hub_unpacked(&self, unpacked: &HubUnpacked) {
        dhow_term::report_hub_unpacked(&self.terminal, unpacked);
    }

    /// Prints an error and gives the exit code.
    pub(crate) fn report_error(&self, error: CliError) -> u8 {
        match error {
            CliError::Arguments(_) => error.report(),
            CliError::Print(e) if e.kind() == std::io::ErrorKind::BrokenPipe => FAILURE,
            CliError::Ops(error) => {
                dhow_term::report_error(&self.terminal, &error);
                FAILURE
            }
            other => {
                self.terminal.error(other);
                FAILURE
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where environment and directory are read, once")]
fn environment(global: &GlobalArgs, toolchain: Option<OsString>) -> Result<Env, CliError> {
    if let Some(directory) = &global.directory {
        std::env::set_current_dir(directory)
            .map_err(|e| CliError::usage(&format!("cannot change to `{}`: {e}", directory.display())))?;
    }
    let cwd = std::env::current_dir().map_err(|e| {
        CliError::usage(&format!("the current directory cannot be read (was it deleted?): {e}"))
    })?;
    let chosen = toolchain.map(|name| (OsString::from("RUSTUP_TOOLCHAIN"), name));
    let inherited = std::env::vars_os().filter(|(name, _)| chosen.is_none() || name != "RUSTUP_TOOLCHAIN");
    Ok(Env::new(cwd, inherited.chain(chosen.clone())))
}

fn load_config(env: &Env, args: &[String]) -> Result<Config, CliError> {
    Config::load(env, env.cwd(), args).map_err(|e| CliError::Ops(e.into()))
}

fn lock_mode(global: &GlobalArgs) -> LockMode {
    LockMode { locked: global.locked || global.frozen, offline: global.offline || global.frozen }
}

fn no_hub(global: &GlobalArgs, env: &Env) -> bool {
    global.no_hub || matches!(env.get("DHOW_HUB"), Some("0" | "false"))
}

/// Flags win over configuration.
fn settings(global: &GlobalArgs, env: &Env, config: &Config) -> Result<Settings, CliError> {
    let term = config.term().map_err(|e| CliError::Ops(e.into()))?;
    if global.quiet && global.verbose > 0 {
        return Err(CliError::usage("`--quiet` and `--verbose` contradict each other"));
    }
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, 0) if term.quiet == Some(true) => Verbosity::Quiet,
        (_, 0) if term.verbose == Some(true) => Verbosity::Verbose,
        (_, 0) => Verbosity::Normal,
        (_, 1) => Verbosity::Verbose,
        _ => Verbosity::VeryVerbose,
    };
    let color = match global.color {
        Some(Color::Auto) => When::Auto,
        Some(Color::Always) => When::Always,
        Some(Color::Never) => When::Never,
        None => when(term.color),
    };
    Ok(Settings {
        verbosity,
        color,
        progress: when(Some(term.progress.when)),
        progress_width: term.progress.width.and_then(|width| u16::try_from(width).ok()),
        plain: env.get("TERM") == Some("dumb") || env.get("CI").is_some(),
    })
}

fn when(configured: Option<dhow_config::When>) -> When {
    match configured {
        Some(dhow_config::When::Always) => When::Always,
        Some(dhow_config::When::Never) => When::Never,
        Some(dhow_config::When::Auto) | None => When::Auto,
    }
}
