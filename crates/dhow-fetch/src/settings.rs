//! What the user's configuration and environment say about the network, as plain values.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dhow_process::Environment;

use crate::auth::Children;
use crate::sources::Sources;

/// Everything that fetching depends on.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `[http]`
    pub http: HttpSettings,
    /// `[net]`
    pub net: NetSettings,
    /// How git is run.
    pub git: GitSettings,
    /// `[source]` and `[registries]`
    pub sources: Sources,
    /// For credential providers.
    pub children: Children,
}

/// How the `git` program is run.
#[derive(Clone, Debug)]
pub struct GitSettings {
    /// The program: a path, or a name that is looked up in the `PATH` of `env`.
    pub program: OsString,
    /// The environment of the command.
    pub env: Arc<Environment>,
    /// Where the command was started.
    pub cwd: PathBuf,
    /// `net.git-fetch-with-cli`: git's own configuration alone says how servers are reached, and it may ask the user.
    pub with_cli: bool,
    /// Whether git may ask the user for a name or a password.
    pub may_prompt: bool,
    /// `net.ssh.known-hosts`: lines as in OpenSSH's file of that name.
    pub known_hosts: Vec<String>,
}

impl Default for GitSettings {
    fn default() -> Self {
        Self {
            program: "git".into(),
            env: Arc::default(),
            cwd: PathBuf::from("/"),
            with_cli: false,
            may_prompt: false,
            known_hosts: Vec::new(),
        }
    }
}

/// The `[http]` table and the variables that stand in for it.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// `http.proxy`: for everything, whatever the variables say.
    pub proxy: Option<String>,
    /// Proxies of the environment.
    pub proxy_variables: ProxyVariables,
    /// `http.cainfo`: a file of certificates to trust, instead of the system's.
    pub cainfo: Option<PathBuf>,
    /// `http.timeout`: for connecting, and for silence while data is expected.
    pub timeout: Duration,
    /// `http.low-speed-limit`: bytes per second that must come, on average over the timeout.
    pub low_speed_limit: u32,
    /// `http.multiplexing`: whether HTTP/2 may be used.
    pub multiplexing: bool,
    /// The oldest version of TLS to speak (`http.ssl-version`).
    pub tls_min: Option<TlsVersion>,
    /// The newest one.
    pub tls_max: Option<TlsVersion>,
    /// `http.user-agent`
    pub user_agent: Option<String>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            proxy: None,
            proxy_variables: ProxyVariables::default(),
            cainfo: None,
            timeout: Duration::from_secs(30),
            low_speed_limit: 10,
            multiplexing: true,
            tls_min: None,
            tls_max: None,
            user_agent: None,
        }
    }
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.0 or 1.1, which we do not speak: as an oldest version it allows all others, as a newest one it allows none.
    Old,
    /// 1.2
    V1_2,
    /// 1.3
    V1_3,
}

/// Proxies as the environment names them; upper and lower case spellings are settled by who reads them.
#[derive(Clone, Debug, Default)]
pub struct ProxyVariables {
    /// `http_proxy`
    pub http: Option<String>,
    /// `HTTPS_PROXY`, `https_proxy`
    pub https: Option<String>,
    /// `ALL_PROXY`, `all_proxy`
    pub all: Option<String>,
    /// `NO_PROXY`, `no_proxy`
    pub no: Option<String>,
}

/// The `[net]` table.
#[derive(Clone, Debug)]
pub struct NetSettings {
    /// `net.retry`: how often to try again what may work next time.
    pub retry: u32,
    /// `net.offline`, `--offline`, `--frozen`
    pub offline: bool,
    /// Pause before the first new try; doubled for each that follows.
    pub retry_pause: Duration,
}

impl Default for NetSettings {
    fn default() -> Self {
        Self { retry: 3, offline: false, retry_pause: Duration::from_millis(500) }
    }
}
