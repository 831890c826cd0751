//! What configuration and flags say about the network and about registries, as the fetch crate takes it.

use std::collections::BTreeMap;
use std::time::Duration;

use dhow_fetch::{
    HttpSettings, NetSettings, ProxyVariables, Settings, SourceDefinition, SourceKindDefinition, Sources,
    SummaryReader,
};
use dhow_model::{SourceId, SourceKind};
use dhow_workspace::{LoadOptions, load_package};

use crate::error::Error;
use crate::session::Session;

/// Everything that fetching depends on.
pub(crate) fn settings(session: &Session<'_>) -> Result<Settings, Error> {
    let net = session.config.net()?;
    let offline = net.offline || session.lock.offline;
    Ok(Settings {
        http: http(session)?,
        net: NetSettings { retry: net.retry, offline, ..NetSettings::default() },
        sources: sources(session)?,
    })
}

fn http(session: &Session<'_>) -> Result<HttpSettings, Error> {
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
        multiplexing: http.multiplexing,
        user_agent: http.user_agent,
    })
}

fn sources(session: &Session<'_>) -> Result<Sources, Error> {
    let configured = session.config.sources()?;
    let definitions = configured
        .named()
        .iter()
        .map(|(name, named)| {
            // crates.io as it is known without configuration: the fetch crate knows where its index is.
            let kind = named.definition.as_ref().and_then(|_| definition(named.source));
            let replace_with = named.replace_with.as_ref().map(|other| other.value.clone());
            (name.clone(), SourceDefinition { kind, replace_with })
        })
        .collect();
    let mut registries = BTreeMap::new();
    let mut tokens = BTreeMap::new();
    for name in session.config.registry_names()? {
        let registry = session.config.registry(&name)?;
        registries.extend(registry.index.map(|index| (name.clone(), index.value)));
        tokens.extend(registry.token.map(|token| (name.clone(), token.value.expose().to_owned())));
    }
    Ok(Sources { definitions, registries, tokens })
}

fn definition(source: SourceId) -> Option<SourceKindDefinition> {
    let path = || source.url().to_file_path().ok();
    match source.kind() {
        SourceKind::Registry | SourceKind::SparseRegistry if source.is_crates_io() => None,
        SourceKind::Registry | SourceKind::SparseRegistry => {
            Some(SourceKindDefinition::Registry(source.url().to_string()))
        }
        SourceKind::LocalRegistry => path().map(SourceKindDefinition::LocalRegistry),
        SourceKind::Directory => path().map(SourceKindDefinition::Directory),
        SourceKind::Git(_) => Some(SourceKindDefinition::Git(source)),
        SourceKind::Path => None,
    }
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
