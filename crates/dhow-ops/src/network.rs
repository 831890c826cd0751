//! What configuration and flags say about the network and about registries, as the fetch crate takes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dhow_config::{Protocol, RegistryCredentials};
use dhow_fetch::{
    Answerer, Children, CredentialSettings, GitProgram, GitSettings, HttpSettings, NetSettings,
    ProxyVariables, Settings, Sources, SummaryReader, TlsVersion,
};
use dhow_model::{CRATES_IO_REGISTRY, SourceId};
use dhow_workspace::{LoadOptions, load_package};

use crate::error::Error;
use crate::session::Session;
use crate::tools;

/// Whether `[source]` may put one registry in the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// As it says.
    ByConfiguration,
    /// The user means this registry: to log in, to search.
    Never,
}

/// Everything that fetching depends on.
pub(crate) fn settings(session: &Session<'_>, replaced: Replaced) -> Result<Settings, Error> {
    let net = session.config.net()?;
    let offline = net.offline || session.lock.offline;
    Ok(Settings {
        http: http(session)?,
        git: GitSettings {
            env: tools::child_env(session)?,
            cwd: session.cwd().to_owned(),
            with_cli: net.git_fetch_with_cli,
            may_prompt: net.git_fetch_with_cli && session.width.is_some(),
            known_hosts: net.ssh_known_hosts.into_iter().map(|line| line.value).collect(),
            ..GitSettings::default()
        },
        net: NetSettings { retry: net.retry, offline, ..NetSettings::default() },
        sources: sources(session, replaced)?,
        children: children(session),
    })
}

/// The git program, by the same settings.
pub(crate) fn git(session: &Session<'_>) -> Result<Arc<GitProgram>, Error> {
    let settings = settings(session, Replaced::ByConfiguration)?;
    Ok(Arc::new(GitProgram::new(settings.git, settings.http, settings.net)))
}

/// How requests are made.
pub(crate) fn http(session: &Session<'_>) -> Result<HttpSettings, Error> {
    let http = session.config.http()?;
    let proxies = session.config.proxies();
    let trusted = session.config.trust_store();
    Ok(HttpSettings {
        proxy: http.proxy.map(|proxy| proxy.value),
        proxy_variables: ProxyVariables {
            http: proxies.http.map(|proxy| proxy.value),
            https: proxies.https.map(|proxy| proxy.value),
            all: None,
            no: proxies.no_proxy.map(|hosts| hosts.value),
        },
        cainfo: http.cainfo.map(|file| file.value).or(trusted.file),
        timeout: Duration::from_secs(http.timeout_secs),
        low_speed_limit: http.low_speed_limit,
        multiplexing: http.multiplexing,
        tls_min: http.ssl_min.map(tls_version),
        tls_max: http.ssl_max.map(tls_version),
        user_agent: http.user_agent,
    })
}

fn tls_version(version: dhow_config::TlsVersion) -> TlsVersion {
    match version {
        dhow_config::TlsVersion::V1_0 | dhow_config::TlsVersion::V1_1 => TlsVersion::Old,
        dhow_config::TlsVersion::V1_2 => TlsVersion::V1_2,
        dhow_config::TlsVersion::V1_3 => TlsVersion::V1_3,
    }
}

/// Who answers for each source that configuration names. What is wrong with one counts only if it is asked.
fn sources(session: &Session<'_>, replaced: Replaced) -> Result<Sources, Error> {
    let configured = session.config.sources()?;
    let mut named = BTreeMap::new();
    if replaced == Replaced::ByConfiguration {
        named.extend(configured.named().iter().map(|(name, found)| (found.source, name.clone())));
    }
    named.insert(SourceId::crates_io(), CRATES_IO_REGISTRY.to_owned());
    for name in session.config.registry_names()? {
        if let Ok(source) = session.config.registry_source(&name) {
            named.entry(source).or_insert(name);
        }
    }
    let unnamed = session.config.credentials_of_unnamed().map(|found| credentials(found, String::new()));
    let mut sources = Sources::new(unnamed?);
    if session.config.crates_io_protocol()? == Protocol::Git {
        sources.use_crates_io_git_index();
    }
    for (source, name) in named {
        let replacement = match replaced {
            Replaced::ByConfiguration => session.config.replacement(&configured, source),
            Replaced::Never => Ok(None),
        };
        let answerer = match replacement {
            Ok(Some(other)) => Ok(answerer(session, other.source, other.name)),
            Ok(None) => Ok(answerer(session, source, name)),
            Err(error) => Err(error.to_string()),
        };
        sources.insert(source, answerer);
    }
    Ok(sources)
}

/// A token belongs to the URL of an index, whatever it is called here.
fn answerer(session: &Session<'_>, source: SourceId, name: String) -> Answerer {
    let found = session.config.credentials(source).map_err(|error| error.to_string());
    let credentials = found.map(|found| credentials(found, source.url().to_string()));
    Answerer { source, name: Some(name), credentials }
}

fn credentials(found: RegistryCredentials, index_url: String) -> CredentialSettings {
    CredentialSettings {
        name: found.name,
        index_url,
        token: found.token.map(|token| token.value),
        providers: found.providers,
        is_configured: found.is_configured,
        warnings: found.warnings,
    }
}

/// Providers are programs of the user's: they get all that we got.
fn children(session: &Session<'_>) -> Children {
    let env = session.env.vars().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Children { env: Arc::new(env), cwd: session.cwd().to_owned() }
}

/// Reads manifests of vendored packages. Published manifests name registries by URL, never by name.
pub(crate) fn vendored_summary() -> SummaryReader {
    SummaryReader::new(|directory, source| {
        let lookup = |name: &str| Err(format!("a vendored package cannot name the registry `{name}`"));
        let options =
            LoadOptions { registries: &lookup, cargo_home: None, target_dir: None, build_dir: None };
        Ok(load_package(&directory.join("Cargo.toml"), source, options)?.summary().clone())
    })
}
