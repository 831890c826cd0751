//! The web API of a registry: searching. Specified in the Cargo book, "Registry Web API".

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc::channel;

use dhow_formats::registry_api::{SearchAnswer, error_details};
use dhow_formats::secret::Secret;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use url::Url;

use crate::auth::Need;
use crate::error::FetchError;
use crate::event::Event;
use crate::index::{Kind, Registry};
use crate::network::{Answer, Network, Request};
use crate::registries::Registries;

/// Statuses that come with a text which says more.
const WITH_DETAILS: &[u16] = &[400, 401, 403, 404, 405, 406, 409, 410, 415, 422, 451];

/// What a message wants to be told while it waits.
enum Message {
    Retrying(FetchError, u32),
    Done(Result<Answer<Vec<u8>>, FetchError>),
}

impl Registries {
    /// Where the web API of a registry is.
    ///
    /// # Errors
    /// It has none, or its `config.json` cannot be had.
    pub fn api_host(
        &self,
        registry: &Registry,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<String, FetchError> {
        Ok(self.api(registry, events)?.0)
    }

    /// The `limit` packages that fit `query` best.
    ///
    /// # Errors
    /// The registry has no web API, or it does not answer.
    pub fn search(
        &self,
        registry: &Registry,
        query: &str,
        limit: u32,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<SearchAnswer, FetchError> {
        let (host, token) = self.api(registry, events)?;
        let text = format!("{host}/api/v1/crates?q={}&per_page={limit}", percent_encoded(query));
        let bad = |reason: String| FetchError::BadApiAnswer { host: host.clone(), reason };
        let url = Url::parse(&text).map_err(|error| bad(format!("its `api` makes no URL: {error}")))?;
        if self.network.is_offline() {
            return Err(FetchError::OfflineApi { host });
        }
        let json = "application/json".to_owned();
        let request = Request {
            headers: vec![(ACCEPT, json.clone()), (CONTENT_TYPE, json)],
            token,
            accepted: WITH_DETAILS,
            ..Request::get(url)
        };
        let answer = get(&self.network, request, events)?;
        if let Some(details) = error_details(&answer.body) {
            return Err(FetchError::Api { host, status: answer.status, details });
        }
        if answer.status != 200 {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(FetchError::Status { url: host, status: answer.status, body, tries: 1 });
        }
        SearchAnswer::parse(&answer.body).map_err(|error| bad(error.to_string()))
    }

    fn api(
        &self,
        registry: &Registry,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<(String, Option<Secret>), FetchError> {
        let (config, name) = match &registry.kind {
            Kind::Sparse(index) => (index.config(events)?, index.name()),
            Kind::Git(index) => (index.config(events)?, index.name()),
            Kind::Local(_) | Kind::Directory(_) => {
                return Err(FetchError::NoApi { registry: registry.source().to_string() });
            }
        };
        let no_api = || FetchError::NoApi { registry: name.to_owned() };
        let host = config.api.clone().ok_or_else(no_api)?;
        let token = match config.auth_required {
            true => Some(registry.credentials().get(Need::default(), events)?),
            false => None,
        };
        Ok((host, token))
    }
}

/// Asks, and waits for the answer.
fn get(
    network: &Arc<Network>,
    request: Request,
    events: &(dyn Fn(Event) + Sync),
) -> Result<Answer<Vec<u8>>, FetchError> {
    let (sender, receiver) = channel();
    let shared = Arc::clone(network);
    let url = crate::network::shown(&request.url);
    network.spawn(async move {
        let retrying = |error: &FetchError, left| {
            drop(sender.send(Message::Retrying(error.clone(), left)));
        };
        let answer = shared.get(&request, Vec::new, &retrying).await;
        drop(sender.send(Message::Done(answer)));
    })?;
    loop {
        match receiver.recv() {
            Ok(Message::Retrying(error, tries_left)) => {
                events(Event::Retrying { url: url.clone(), reason: error.to_string(), tries_left });
            }
            Ok(Message::Done(answer)) => return answer,
            Err(_) => {
                return Err(FetchError::BadSettings("the thread of the network has ended".to_owned()));
            }
        }
    }
}

/// As Cargo encodes a query: nothing but letters and digits stays.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ignored = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn queries_are_encoded_as_cargo_does() {
        assert_eq!(super::percent_encoded("a+b c-ü"), "a%2Bb%20c%2D%C3%BC");
    }
}
