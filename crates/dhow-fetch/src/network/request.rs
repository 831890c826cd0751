//! One GET, tried again where that may help.

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url, Version};

use dhow_formats::secret::Secret;

use super::Network;
use super::pace::Pace;
use crate::error::FetchError;

/// No pause between two tries is longer.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// This much of an error's text is shown.
const SHOWN_BODY_BYTES: usize = 300;

/// What to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) url: Url,
    pub(crate) headers: Vec<(HeaderName, String)>,
    /// Goes to this URL, and with redirects no further than to the same server.
    pub(crate) token: Option<Secret>,
    /// Statuses that are answers like any other, besides success.
    pub(crate) accepted: &'static [u16],
}

impl Request {
    pub(crate) fn get(url: Url) -> Self {
        Self { url, headers: Vec::new(), token: None, accepted: &[] }
    }

    fn headers(&self) -> Result<HeaderMap, FetchError> {
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| {
                FetchError::BadSettings(format!(
                    "the token or revision sent to `{}` has unprintable characters",
                    shown(&self.url)
                ))
            })
        };
        let mut headers = HeaderMap::new();
        for (name, text) in &self.headers {
            headers.insert(name, value(text)?);
        }
        if let Some(token) = &self.token {
            let mut token = value(token.expose())?;
            token.set_sensitive(true);
            headers.insert(AUTHORIZATION, token);
        }
        Ok(headers)
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer<B> {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: B,
}

/// Told before a pause: what went wrong, and how many tries are left.
pub(crate) type Retrying<'a> = &'a (dyn Fn(&FetchError, u32) + Sync);

/// Takes the pieces of a body; made anew for each try.
pub(crate) trait Body: Send {
    /// The next piece; `total` is what the server promised.
    fn write(&mut self, piece: &[u8], total: Option<u64>) -> Result<(), FetchError>;
}

impl Body for Vec<u8> {
    fn write(&mut self, piece: &[u8], _total: Option<u64>) -> Result<(), FetchError> {
        self.extend_from_slice(piece);
        Ok(())
    }
}

enum Failure {
    /// May work next time, after so long if the server says so.
    Spurious(FetchError, Option<Duration>),
    Final(FetchError),
}

impl Network {
    /// Asks, as often as the settings allow. `body` makes what takes the answer's body.
    ///
    /// # Errors
    /// No answer, or one that is neither a success nor accepted.
    pub(crate) async fn get<B: Body>(
        &self,
        request: &Request,
        body: impl Fn() -> B + Send + Sync,
        retrying: Retrying<'_>,
    ) -> Result<Answer<B>, FetchError> {
        let headers = request.headers()?;
        let mut pause = self.net.retry_pause;
        let mut tries = 1;
        loop {
            let (error, after) = match self.try_once(request, headers.clone(), body(), tries).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Spurious(error, after)) => (error, after),
            };
            if tries > self.net.retry {
                return Err(error);
            }
            retrying(&error, self.net.retry + 1 - tries);
            tokio::time::sleep(after.unwrap_or(pause).min(MAX_PAUSE)).await;
            pause = pause.saturating_mul(2);
            tries += 1;
        }
    }

    async fn try_once<B: Body>(
        &self,
        request: &Request,
        headers: HeaderMap,
        mut body: B,
        tries: u32,
    ) -> Result<Answer<B>, Failure> {
        let client = self.client().map_err(Failure::Final)?;
        let broken = |error: reqwest::Error| {
            let failed = FetchError::Network { url: shown(&request.url), reason: reason(&error), tries };
            // Wrong certificates and the like stay wrong.
            if error.is_builder() || error.is_redirect() || is_tls(&error) {
                Failure::Final(failed)
            } else {
                Failure::Spurious(failed, None)
            }
        };
        let gate = self.gate(&request.url);
        let permit = gate.pass().await;
        let response = client.get(request.url.clone()).headers(headers).send().await;
        gate.open(response.as_ref().is_ok_and(|response| response.version() == Version::HTTP_2));
        let mut response = response.map_err(broken)?;
        let status = response.status();
        if !status.is_success() && !request.accepted.contains(&status.as_u16()) {
            return Err(refused(request, response, tries).await);
        }
        let total = response.content_length();
        let mut pace = Pace::new(self.http.low_speed_limit, self.http.timeout, Instant::now());
        while let Some(piece) = response.chunk().await.map_err(broken)? {
            body.write(&piece, total).map_err(Failure::Final)?;
            if !pace.keeps(piece.len(), Instant::now()) {
                return Err(Failure::Spurious(self.too_slow(request, tries), None));
            }
        }
        drop(permit);
        Ok(Answer { status: status.as_u16(), headers: std::mem::take(response.headers_mut()), body })
    }

    fn too_slow(&self, request: &Request, tries: u32) -> FetchError {
        let (limit, seconds) = (self.http.low_speed_limit, self.http.timeout.as_secs_f32());
        let reason = format!(
            "less than {limit} bytes a second came for {seconds} seconds (`http.low-speed-limit`, `http.timeout`)"
        );
        FetchError::Network { url: shown(&request.url), reason, tries }
    }
}

async fn refused(request: &Request, mut response: Response, tries: u32) -> Failure {
    let status = response.status();
    let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let after = after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    let mut text = Vec::new();
    while text.len() < SHOWN_BODY_BYTES {
        match response.chunk().await {
            Ok(Some(piece)) => text.extend_from_slice(&piece),
            _ => break,
        }
    }
    text.truncate(SHOWN_BODY_BYTES);
    let body = String::from_utf8_lossy(&text).into_owned();
    let error = FetchError::Status { url: shown(&request.url), status: status.as_u16(), body, tries };
    if status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
    {
        Failure::Spurious(error, after)
    } else {
        Failure::Final(error)
    }
}

/// A URL for a message: without a user's name or password, which may be a token.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // A URL that cannot have them has none.
    let _ignored = (url.set_username(""), url.set_password(None));
    url.to_string()
}

/// An error with its causes, each once; the URL is said elsewhere.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next: Option<&dyn Error> = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = error.source();
    }
    if error.is_timeout() {
        parts.insert(0, "the server did not answer in time".to_owned());
    }
    if parts.is_empty() { error.to_string() } else { parts.join(": ") }
}

fn is_tls(error: &reqwest::Error) -> bool {
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        // `io::Error` hides the error that it wraps from `source`.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = inner.map(|inner| -> &dyn Error { inner }).or_else(|| error.source());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_no_secrets() {
        let url = Url::parse("https://user:hush@h/x?y").expect("a URL");
        assert_eq!(shown(&url), "https://h/x?y");
        let request = Request {
            token: Some(Secret::new("hush")),
            ..Request::get(Url::parse("https://h").expect("a URL"))
        };
        assert!(!format!("{request:?}").contains("hush"));
    }
}
