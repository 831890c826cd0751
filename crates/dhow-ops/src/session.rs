//! What every operation may use: the environment and the configuration as values, and where to tell what happens.

use std::path::{Path, PathBuf};

use dhow_config::{Config, Env};
use dhow_hub::HubSettings;
use dhow_model::SourceId;

use crate::event::{Event, Level};

/// `--locked`, `--offline`, `--frozen` (both).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockMode {
    /// `Cargo.lock` must not change.
    pub locked: bool,
    /// Nothing may come over the network.
    pub offline: bool,
}

/// What becomes of a project's hub.
#[derive(Clone, Copy, Debug, Default)]
pub enum HubUse<'a> {
    /// Packages come from it, if there is one.
    #[default]
    Found,
    /// They come from it, and there has to be one; it may be the home itself.
    Required,
    /// They come from the home: `--no-hub`, `DHOW_HUB=0`.
    Never,
    /// As if there were one with these settings.
    With(&'a HubSettings),
}

/// One invocation of one command.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// The environment.
    pub env: &'a Env,
    /// The configuration.
    pub config: &'a Config,
    /// `--manifest-path`
    pub manifest_path: Option<&'a Path>,
    /// `--target-dir`
    pub target_dir: Option<&'a Path>,
    /// What must not change, what must not be used.
    pub lock: LockMode,
    /// Whether packages come from the project's hub.
    pub hub: HubUse<'a>,
    /// This program: what children find in `CARGO`.
    pub exe: &'a Path,
    /// Whether standard error has colors.
    pub color: bool,
    /// Columns of the terminal, if there is one.
    pub width: Option<u16>,
    /// `-v`: also what has not changed.
    pub verbose: bool,
    /// `-vv`: everything is wanted, other people's warnings too.
    pub very_verbose: bool,
    /// The jobserver that this program was started under, if there is one.
    pub jobserver: Option<&'a dhow_process::Jobserver>,
    /// Where to tell what happens.
    pub events: &'a (dyn Fn(Event) + Sync),
}

impl Session<'_> {
    /// The same without the hub.
    pub(crate) fn without_hub(&self) -> Self {
        Self { hub: HubUse::Never, ..*self }
    }
    /// The directory in which the command was started.
    pub(crate) fn cwd(&self) -> &Path {
        self.env.cwd()
    }

    /// A path of the command line, absolute.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        dhow_fs::normalize(&self.cwd().join(path))
    }

    /// The registry that a manifest names.
    pub(crate) fn registry(&self, name: &str) -> Result<SourceId, String> {
        self.config.registry_source(name).map_err(|error| error.to_string())
    }

    pub(crate) fn tell(&self, event: Event) {
        (self.events)(event);
    }

    pub(crate) fn warn(&self, message: impl Into<String>) {
        self.tell(Event::Warning(message.into()));
    }

    pub(crate) fn status(&self, verb: &'static str, message: impl Into<String>) {
        self.tell(Event::Status { verb, message: message.into(), level: Level::Normal });
    }
}
