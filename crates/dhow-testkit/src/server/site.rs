//! What a server has to offer: the directory of a registry, or git repositories; and who may have it.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::http::{HttpRequest, HttpResponse, http_date};
use super::{api, cgi};

pub(super) enum Site {
    /// A directory laid out as a local registry, behind `/index/` and `/dl/`.
    Registry(PathBuf),
    /// A directory of git repositories, behind the smart HTTP protocol.
    Git(PathBuf),
}

impl Site {
    pub(super) fn answer(&self, request: &HttpRequest, base_url: &str, asks_auth: bool) -> HttpResponse {
        match self {
            Self::Registry(root) => registry_answer(root, request, base_url, asks_auth),
            Self::Git(root) => cgi::git_http_backend(root, request),
        }
    }
}

/// What a request's `Authorization` has to be.
#[derive(Clone)]
pub(super) struct Auth {
    pub(super) authorization: String,
    /// The `WWW-Authenticate` of a refusal.
    pub(super) challenge: String,
}

impl Auth {
    pub(super) fn token(token: &str, base_url: &str) -> Self {
        let challenge = format!("Cargo login_url=\"{base_url}/login\"");
        Self { authorization: token.into(), challenge }
    }

    pub(super) fn basic(user: &str, password: &str) -> Self {
        let pair = base64(format!("{user}:{password}").as_bytes());
        Self { authorization: format!("Basic {pair}"), challenge: "Basic realm=\"fixture\"".into() }
    }

    pub(super) fn admits(&self, request: &HttpRequest) -> bool {
        request.header("authorization") == Some(&self.authorization)
    }

    pub(super) fn refusal(&self) -> HttpResponse {
        HttpResponse::new(401, "a token is needed\n").with_header("WWW-Authenticate", self.challenge.clone())
    }
}

fn registry_answer(root: &Path, request: &HttpRequest, base_url: &str, asks_auth: bool) -> HttpResponse {
    if request.path == "/api/v1/crates" {
        return HttpResponse::new(200, api::search(root, &request.query));
    }
    if request.path == "/index/config.json" {
        let auth = if asks_auth { ",\"auth-required\":true" } else { "" };
        let config = format!("{{\"dl\":\"{base_url}/dl\",\"api\":\"{base_url}\"{auth}}}");
        return conditional(request, config.into_bytes(), None);
    }
    let Some(path) = file_of(root, &request.path) else {
        return HttpResponse::new(404, "no such path\n");
    };
    let Ok(body) = fs::read(&path) else {
        return HttpResponse::new(404, "not found\n");
    };
    if request.path.starts_with("/dl/") {
        return HttpResponse::new(200, body);
    }
    let modified = fs::metadata(&path).and_then(|m| m.modified());
    conditional(request, body, modified.ok().map(http_date))
}

fn file_of(root: &Path, path: &str) -> Option<PathBuf> {
    if path.split('/').any(|part| part == "..") {
        return None;
    }
    if let Some(rest) = path.strip_prefix("/index/") {
        return Some(root.join("index").join(rest));
    }
    let (name, version) = path.strip_prefix("/dl/")?.strip_suffix("/download")?.split_once('/')?;
    Some(root.join(format!("{name}-{version}.crate")))
}

/// 304 when the client has this body already, else the body with what it needs to ask again.
pub(super) fn conditional(request: &HttpRequest, body: Vec<u8>, modified: Option<String>) -> HttpResponse {
    let etag = format!("\"{}\"", &hex::encode(Sha256::digest(&body))[..32]);
    let known = match request.header("if-none-match") {
        Some(tag) => tag == etag,
        None => modified.is_some() && request.header("if-modified-since") == modified.as_deref(),
    };
    let response = if known { HttpResponse::new(304, "") } else { HttpResponse::new(200, body) };
    let response = response.with_header("ETag", etag);
    match modified {
        Some(modified) => response.with_header("Last-Modified", modified),
        None => response,
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |chunk: &[u8]| {
        let padded = [chunk[0], chunk.get(1).copied().unwrap_or(0), chunk.get(2).copied().unwrap_or(0)];
        let bits = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
        let digit = |i: usize| char::from(DIGITS[(bits >> (18 - 6 * i) & 63) as usize]);
        (0..4).map(|i| if i <= chunk.len() { digit(i) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_to_groups_of_four() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("~~?>", "fn4/Pg==")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
