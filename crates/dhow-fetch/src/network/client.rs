//! The HTTP client, as the settings want it: proxies, certificates, timeouts.

use reqwest::tls::Version;
use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Proxy};

use crate::error::FetchError;
use crate::settings::{HttpSettings, TlsVersion};

/// Many index files and archives share a connection; a window per stream that holds most of them whole.
const STREAM_WINDOW_BYTES: u32 = 2 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 16 * 1024 * 1024;

pub(super) fn build(http: &HttpSettings) -> Result<Client, FetchError> {
    // The provider is a property of the process; whoever was first has installed one that serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let agent = http.user_agent.clone();
    let mut builder = Client::builder()
        .user_agent(agent.unwrap_or_else(|| concat!("dhow/", env!("CARGO_PKG_VERSION")).to_owned()))
        .connect_timeout(http.timeout)
        .read_timeout(http.timeout)
        .tcp_nodelay(true)
        .http2_initial_stream_window_size(STREAM_WINDOW_BYTES)
        .http2_initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .no_proxy();
    if !http.multiplexing {
        builder = builder.http1_only();
    }
    builder = with_tls_versions(builder, http)?;
    if let Some(path) = &http.cainfo {
        let pem = dhow_fs::read(path)?;
        let certificates = Certificate::from_pem_bundle(&pem)
            .map_err(|error| bad(&format!("`http.cainfo` names `{}`: {error}", path.display())))?;
        builder = builder.tls_certs_only(certificates);
    }
    for proxy in proxies(http)? {
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| bad(&super::request::reason(&error)))
}

fn with_tls_versions(builder: ClientBuilder, http: &HttpSettings) -> Result<ClientBuilder, FetchError> {
    let known = |version: TlsVersion| match version {
        TlsVersion::Old => None,
        TlsVersion::V1_2 => Some(Version::TLS_1_2),
        TlsVersion::V1_3 => Some(Version::TLS_1_3),
    };
    if http.tls_max == Some(TlsVersion::Old) {
        return Err(bad(
            "`http.ssl-version` allows no version of TLS that is still safe: name `tlsv1.2` or `tlsv1.3`",
        ));
    }
    if matches!((http.tls_min, http.tls_max), (Some(min), Some(max)) if min > max) {
        return Err(bad("`http.ssl-version` has a `min` that is newer than its `max`"));
    }
    let builder = match http.tls_min.and_then(known) {
        Some(min) => builder.tls_version_min(min),
        None => builder,
    };
    Ok(match http.tls_max.and_then(known) {
        Some(max) => builder.tls_version_max(max),
        None => builder,
    })
}

/// The first that matches a request is used.
fn proxies(http: &HttpSettings) -> Result<Vec<Proxy>, FetchError> {
    let parse = |made: reqwest::Result<Proxy>, what: &str, text: &str| {
        made.map_err(|error| bad(&format!("{what} is `{text}`, which is no proxy: {error}")))
    };
    // Without a scheme it is an HTTP proxy, as for curl.
    let url = |text: &str| if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    if let Some(text) = http.proxy.as_deref().filter(|text| !text.is_empty()) {
        return Ok(vec![parse(Proxy::all(url(text)), "`http.proxy`", text)?]);
    }
    let variables = &http.proxy_variables;
    let exempt = || variables.no.as_deref().and_then(NoProxy::from_string);
    let mut found = Vec::new();
    let given = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(text) = given(&variables.http) {
        found.push(parse(Proxy::http(url(&text)), "`http_proxy`", &text)?.no_proxy(exempt()));
    }
    if let Some(text) = given(&variables.https) {
        found.push(parse(Proxy::https(url(&text)), "`https_proxy`", &text)?.no_proxy(exempt()));
    }
    if let Some(text) = given(&variables.all) {
        found.push(parse(Proxy::all(url(&text)), "`all_proxy`", &text)?.no_proxy(exempt()));
    }
    Ok(found)
}

fn bad(reason: &str) -> FetchError {
    FetchError::BadSettings(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ProxyVariables;

    #[test]
    fn settings_make_a_client_or_a_clear_error() {
        let none = HttpSettings::default();
        assert_eq!(proxies(&none).expect("none").len(), 0);
        let some = |text: &str| Some(text.to_owned());
        let variables =
            ProxyVariables { http: some("a:1"), https: some(""), all: some("socks5://b:2"), no: some("*") };
        let both = HttpSettings { proxy_variables: variables, ..HttpSettings::default() };
        assert_eq!(proxies(&both).expect("two").len(), 2);
        let set = HttpSettings { proxy: some("h:3"), ..both };
        assert_eq!(proxies(&set).expect("one").len(), 1);
        let versions = |min, max| HttpSettings { tls_min: min, tls_max: max, ..none.clone() };
        let (old, new) = (Some(TlsVersion::Old), Some(TlsVersion::V1_3));
        for (min, max, works) in
            [(old, new, true), (new, new, true), (None, old, false), (new, Some(TlsVersion::V1_2), false)]
        {
            assert_eq!(build(&versions(min, max)).is_ok(), works, "{min:?} {max:?}");
        }
        let missing = HttpSettings { cainfo: Some("/nowhere/ca.pem".into()), ..none };
        let error = build(&missing).expect_err("no such file").to_string();
        assert!(error.contains("/nowhere/ca.pem"), "{error}");
    }
}
