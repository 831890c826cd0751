//! The `[net]` and `[http]` tables, and the variables for proxies and certificates that HTTP libraries honour.

use std::path::PathBuf;
use std::sync::Arc;

use dhow_formats::config::{Data, Definition};

use crate::config::{Config, Located, invalid, wrong_type};
use crate::error::ConfigError;
use crate::key::Key;

/// The `[net]` table, with `CARGO_NET_*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetConfig {
    /// How often something that may be a passing fault is tried again.
    pub retry: u32,
    /// Whether the network must not be used.
    pub offline: bool,
    /// Whether the `git` program fetches, instead of a library.
    pub git_fetch_with_cli: bool,
    /// Host keys to accept, in the form of OpenSSH's `known_hosts`.
    pub ssh_known_hosts: Vec<Located<String>>,
}

/// The `[http]` table, with `CARGO_HTTP_*` and `HTTP_TIMEOUT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    /// The proxy for all requests, as `[protocol://]host[:port]`; goes before those of [`Config::proxies`].
    pub proxy: Option<Located<String>>,
    /// The connection, and any stretch below `low_speed_limit`, may take that long.
    pub timeout_secs: u64,
    /// Bytes per second below which a transfer counts as stuck.
    pub low_speed_limit: u32,
    /// A file of certificates to trust.
    pub cainfo: Option<Located<PathBuf>>,
    /// As `cainfo`, for the proxy.
    pub proxy_cainfo: Option<Located<PathBuf>>,
    /// Whether revoked certificates are looked for (Windows only).
    pub check_revoke: Option<bool>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// Whether requests are logged.
    pub debug: bool,
    /// Whether HTTP/2 with several requests on one connection is tried.
    pub multiplexing: bool,
    /// The oldest TLS version to use.
    pub ssl_min: Option<TlsVersion>,
    /// The newest TLS version to use.
    pub ssl_max: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.0 (also `tlsv1`).
    V1_0,
    /// 1.1.
    V1_1,
    /// 1.2.
    V1_2,
    /// 1.3.
    V1_3,
}

/// Proxies that variables name. `http.proxy` goes before all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http://`: `http_proxy` (never `HTTP_PROXY`, which a web server could be made to set), else `all`.
    pub http: Option<Located<String>>,
    /// For `https://`: `https_proxy` or `HTTPS_PROXY`, else `all`.
    pub https: Option<Located<String>>,
    /// Hosts that are reached without: `no_proxy` or `NO_PROXY`, separated by commas; `*` means all.
    pub no_proxy: Option<Located<String>>,
}

/// Where certificates to trust are, if variables say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustStore {
    /// `SSL_CERT_FILE`.
    pub file: Option<PathBuf>,
    /// `SSL_CERT_DIR`.
    pub directory: Option<PathBuf>,
}

const HTTP_KEYS: &[&str] = &[
    "proxy",
    "low-speed-limit",
    "timeout",
    "cainfo",
    "proxy-cainfo",
    "check-revoke",
    "user-agent",
    "debug",
    "multiplexing",
    "ssl-version",
];

fn http(name: &str) -> Key {
    Key::new(&["http", name])
}

impl Config {
    /// The `[net]` table.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn net(&self) -> Result<NetConfig, ConfigError> {
        let net = Key::new(&["net"]);
        self.check_keys(&net, &["retry", "offline", "git-fetch-with-cli", "ssh"])?;
        self.check_keys(&net.child("ssh"), &["known-hosts"])?;
        let truth = |name: &str| Ok(self.boolean(&net.child(name))?.is_some_and(|found| found.value));
        Ok(NetConfig {
            retry: self.integer(&net.child("retry"))?.map_or(3, |found| found.value),
            offline: truth("offline")?,
            git_fetch_with_cli: truth("git-fetch-with-cli")?,
            ssh_known_hosts: self.known_hosts(&net.child("ssh").child("known-hosts"))?,
        })
    }

    /// A key has blanks in it, so a string is not split.
    fn known_hosts(&self, key: &Key) -> Result<Vec<Located<String>>, ConfigError> {
        match self.value(key)? {
            Some(value) if value.as_list().is_none() => Err(wrong_type(key, "a list of strings", value)),
            None => Ok(Vec::new()),
            Some(_) => Ok(self.strings(key)?.unwrap_or_default()),
        }
    }

    /// The `[http]` table.
    ///
    /// # Errors
    /// A value of the wrong kind, or an unknown version of TLS.
    pub fn http(&self) -> Result<HttpConfig, ConfigError> {
        self.check_keys(&Key::new(&["http"]), HTTP_KEYS)?;
        let (ssl_min, ssl_max) = self.tls_versions()?;
        let timeout = self.integer(&http("timeout"))?.map(|found| found.value);
        Ok(HttpConfig {
            proxy: self.string(&http("proxy"))?.filter_empty(),
            timeout_secs: timeout.or_else(|| self.env.get("HTTP_TIMEOUT")?.parse().ok()).unwrap_or(30),
            low_speed_limit: self.integer(&http("low-speed-limit"))?.map_or(10, |found| found.value),
            cainfo: self.path(&http("cainfo"))?,
            proxy_cainfo: self.path(&http("proxy-cainfo"))?,
            check_revoke: self.boolean(&http("check-revoke"))?.map(|found| found.value),
            user_agent: self.string(&http("user-agent"))?.map(|found| found.value),
            debug: self.boolean(&http("debug"))?.is_some_and(|found| found.value),
            multiplexing: self.boolean(&http("multiplexing"))?.is_none_or(|found| found.value),
            ssl_min,
            ssl_max,
        })
    }

    /// One version alone is the oldest one to use.
    fn tls_versions(&self) -> Result<(Option<TlsVersion>, Option<TlsVersion>), ConfigError> {
        let key = http("ssl-version");
        if self.table_or_variable(&key)? {
            self.check_keys(&key, &["min", "max"])?;
            return Ok((self.tls_version(&key.child("min"))?, self.tls_version(&key.child("max"))?));
        }
        Ok((self.tls_version(&key)?, None))
    }

    fn table_or_variable(&self, key: &Key) -> Result<bool, ConfigError> {
        match self.value(key)? {
            Some(value) => Ok(matches!(value.data, Data::Table(_))),
            None => {
                let set = |part: &str| self.env.get(key.child(part).variable()).is_some();
                Ok(set("min") || set("max"))
            }
        }
    }

    fn tls_version(&self, key: &Key) -> Result<Option<TlsVersion>, ConfigError> {
        let Some(text) = self.string(key)? else { return Ok(None) };
        Ok(Some(match text.value.as_str() {
            "default" => return Ok(None),
            "tlsv1" | "tlsv1.0" => TlsVersion::V1_0,
            "tlsv1.1" => TlsVersion::V1_1,
            "tlsv1.2" => TlsVersion::V1_2,
            "tlsv1.3" => TlsVersion::V1_3,
            other => {
                let reason =
                    format!("`{other}` is none of `default`, `tlsv1.0`, `tlsv1.1`, `tlsv1.2`, `tlsv1.3`");
                return Err(invalid(key, text.definition, reason));
            }
        }))
    }

    /// The proxies that variables name.
    pub fn proxies(&self) -> Proxies {
        let first = |names: &[&str]| {
            names.iter().find_map(|name| {
                let value = self.env.get_non_empty(name)?;
                Some(Located::new(value.to_owned(), Definition::Environment(Arc::from(*name))))
            })
        };
        let all = first(&["all_proxy", "ALL_PROXY"]);
        Proxies {
            http: first(&["http_proxy"]).or_else(|| all.clone()),
            https: first(&["https_proxy", "HTTPS_PROXY"]).or(all),
            no_proxy: first(&["no_proxy", "NO_PROXY"]),
        }
    }

    /// Certificates to trust that variables name. `http.cainfo` goes before them.
    pub fn trust_store(&self) -> TrustStore {
        let path = |name: &str| {
            let path = self.env.get_os(name).filter(|path| !path.is_empty())?;
            Some(self.cwd().join(path))
        };
        TrustStore { file: path("SSL_CERT_FILE"), directory: path("SSL_CERT_DIR") }
    }
}

trait FilterEmpty {
    fn filter_empty(self) -> Self;
}

impl FilterEmpty for Option<Located<String>> {
    /// An empty proxy is how one says that there is none; variables are then asked as ever.
    fn filter_empty(self) -> Self {
        self.filter(|text| !text.value.is_empty())
    }
}
