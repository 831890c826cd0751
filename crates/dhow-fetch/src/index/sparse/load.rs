//! How one file comes: from the home, or by a request.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use dhow_formats::index_cache::UNKNOWN_REVISION;
use dhow_formats::index_entry::index_path;
use dhow_formats::registry_config::{self, RegistryConfig};
use dhow_formats::secret::Secret;
use dhow_model::InternedString;
use flate2::read::GzDecoder;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED,
};
use url::Url;

use super::state::{Keep, Slot, State};
use super::{Freshness, Loaded, Shared};
use crate::auth::{self, Need};
use crate::error::FetchError;
use crate::event::Event;
use crate::index::file::IndexFile;
use crate::index::speculate::{Want, needs};
use crate::network::{Answer, Request, shown};

/// How registries say that they have no such package.
const ABSENT: [u16; 3] = [404, 410, 451];
const NOT_MODIFIED: u16 = 304;
const UNAUTHORIZED: u16 = 401;
/// No index file is larger, however well it is packed.
const MAX_INDEX_BYTES: u64 = 256 * 1024 * 1024;

impl Shared {
    /// Sees to it that the file of `name` is there or on its way.
    pub(super) fn ask(self: &Arc<Self>, state: &mut State, name: InternedString) {
        if state.slots.contains_key(&name) {
            return;
        }
        let offline = self.network.is_offline();
        if offline || state.freshness == Freshness::Cached {
            let cached = self.cached_file(name);
            if cached.is_some() || offline {
                let missing = || FetchError::OfflineIndex { name: name.to_string(), registry: self.actual };
                let loaded = cached.ok_or_else(missing).map(|file| Some(Arc::new(file)));
                state.unchecked.insert(name);
                state.slots.insert(name, Slot::Ready(loaded));
                self.follow(state, name);
                return;
            }
        }
        state.asked += 1;
        state.slots.insert(name, Slot::Pending);
        let shared = Arc::clone(self);
        let spawned = self.network.spawn(async move {
            let loaded = shared.load(name).await;
            let mut state = shared.state();
            shared.arrived(&mut state, name, loaded);
        });
        if let Err(error) = spawned {
            self.arrived(state, name, Err(error));
        }
    }

    /// Follows a guess: now if its file is there, else when it comes.
    pub(super) fn want(self: &Arc<Self>, state: &mut State, want: Want) {
        if !state.wants.insert(want.clone()) {
            return;
        }
        let name = want.name;
        state.waiting.entry(name).or_default().push(want);
        if matches!(state.slots.get(&name), Some(Slot::Ready(_))) {
            self.follow(state, name);
        } else {
            self.ask(state, name);
        }
    }

    fn follow(self: &Arc<Self>, state: &mut State, name: InternedString) {
        let Some(wants) = state.waiting.remove(&name) else { return };
        let Some(Slot::Ready(Ok(Some(file)))) = state.slots.get(&name) else { return };
        let file = Arc::clone(file);
        for want in wants {
            let Some(summary) = file.newest(&want.req) else { continue };
            for need in needs(&summary, &want) {
                self.want(state, need);
            }
        }
    }

    fn arrived(self: &Arc<Self>, state: &mut State, name: InternedString, loaded: Loaded) {
        state.slots.insert(name, Slot::Ready(loaded));
        state.done += 1;
        self.follow(state, name);
        state.events.push(Event::IndexProgress { done: state.done, total: state.asked });
        self.changed.notify_all();
    }

    fn cached_file(&self, name: InternedString) -> Option<IndexFile> {
        let bytes = dhow_fs::read_optional(&self.registry.index_file(&name)).ok()??;
        IndexFile::from_cache(name, self.source, bytes).ok()
    }

    pub(super) fn cached_config(&self) -> Option<Arc<RegistryConfig>> {
        let bytes = dhow_fs::read_optional(&self.registry.index_config()).ok()??;
        RegistryConfig::parse(&bytes).ok().map(Arc::new)
    }

    async fn load(&self, name: InternedString) -> Loaded {
        let config = self.config().await?;
        let cached = self.cached_file(name);
        let mut request = self.request(&index_path(&name))?;
        request.accepted = &[NOT_MODIFIED, ABSENT[0], ABSENT[1], ABSENT[2]];
        if config.auth_required {
            request.accepted = &[NOT_MODIFIED, ABSENT[0], ABSENT[1], ABSENT[2], UNAUTHORIZED];
            request.token = Some(self.token(None).await?);
        }
        if let Some(header) = cached.as_ref().and_then(|file| condition(file.revision())) {
            request.headers.push(header);
        }
        let answer = self.get(&request).await?;
        let path = self.registry.index_file(&name);
        match answer.status {
            NOT_MODIFIED => match cached {
                Some(file) => Ok(Some(Arc::new(file))),
                None => Err(unexpected(&request.url, &answer)),
            },
            UNAUTHORIZED => Err(self.rejected(&request, &answer.headers)),
            status if ABSENT.contains(&status) => {
                if cached.is_some() {
                    self.state().unkept.insert(path, Keep::Nothing);
                }
                Ok(None)
            }
            _ => {
                let revision = revision(&answer.headers);
                let file = Arc::new(IndexFile::from_index(name, self.source, &revision, &answer.body));
                self.state().unkept.insert(path, Keep::File(Arc::clone(&file)));
                Ok(Some(file))
            }
        }
    }

    /// The registry's `config.json`: the first thing to know, because it says whether a token is wanted.
    pub(super) async fn config(&self) -> Result<Arc<RegistryConfig>, FetchError> {
        self.config.get_or_try_init(|| self.load_config()).await.map(Arc::clone)
    }

    async fn load_config(&self) -> Result<Arc<RegistryConfig>, FetchError> {
        let cached = self.cached_config();
        let enough = self.state().freshness == Freshness::Cached;
        if let Some(config) = cached.as_ref().filter(|_| enough) {
            return Ok(Arc::clone(config));
        }
        let mut request = self.request(registry_config::FILE_NAME)?;
        request.accepted = &[UNAUTHORIZED];
        if cached.is_some_and(|config| config.auth_required) {
            request.token = Some(self.token(None).await?);
        }
        let mut answer = self.get(&request).await?;
        if answer.status == UNAUTHORIZED && request.token.is_none() {
            request.token = Some(self.token(Some(&answer.headers)).await?);
            answer = self.get(&request).await?;
        }
        if answer.status == UNAUTHORIZED {
            return Err(self.rejected(&request, &answer.headers));
        }
        let config = RegistryConfig::parse(&answer.body).map_err(|error| FetchError::BadRegistryConfig {
            url: shown(&request.url),
            reason: error.to_string(),
        })?;
        self.state().unkept.insert(self.registry.index_config(), Keep::Config(answer.body));
        Ok(Arc::new(config))
    }

    /// The token, because `headers` or what is known already say that one is wanted.
    async fn token(&self, headers: Option<&HeaderMap>) -> Result<Secret, FetchError> {
        if let Some(known) = self.credentials.at_hand() {
            return known;
        }
        let lines = headers.into_iter().flatten();
        let lines: Vec<String> =
            lines.filter_map(|(name, value)| Some(format!("{name}: {}", value.to_str().ok()?))).collect();
        let login_url = headers.and_then(auth::login_url);
        let credentials = Arc::clone(&self.credentials);
        // A provider may take its time, for it may ask the user: not on the thread of the network.
        let asked = tokio::task::spawn_blocking(move || {
            let happened = Mutex::new(Vec::new());
            let need = Need { headers: &lines, login_url: login_url.as_deref(), only_configured: true };
            let events = |event| happened.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            let token = credentials.get(need, &events);
            (token, happened.into_inner().unwrap_or_else(PoisonError::into_inner))
        });
        let (token, happened) = asked.await.map_err(|error| FetchError::BadSettings(error.to_string()))?;
        self.state().events.extend(happened);
        self.changed.notify_all();
        token
    }

    fn rejected(&self, request: &Request, headers: &HeaderMap) -> FetchError {
        self.credentials.rejected(shown(&request.url), auth::login_url(headers).as_deref())
    }

    fn request(&self, path: &str) -> Result<Request, FetchError> {
        let url = self.base.join(path).map_err(|error| {
            FetchError::BadSource(format!("`{path}` cannot be asked of `{}`: {error}", self.base))
        })?;
        let mut request = Request::get(url);
        request.headers = vec![
            (HeaderName::from_static("cargo-protocol"), "version=1".to_owned()),
            (ACCEPT_ENCODING, "gzip".to_owned()),
        ];
        Ok(request)
    }

    async fn get(&self, request: &Request) -> Result<Answer<Vec<u8>>, FetchError> {
        self.announce();
        let retrying = |error: &FetchError, tries_left| {
            let event = Event::Retrying { url: shown(&request.url), reason: error.to_string(), tries_left };
            self.state().events.push(event);
            self.changed.notify_all();
        };
        let mut answer = self.network.get(request, Vec::new, &retrying).await?;
        if answer.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
            let mut plain = Vec::with_capacity(answer.body.len() * 8);
            let result = GzDecoder::new(&answer.body[..]).take(MAX_INDEX_BYTES).read_to_end(&mut plain);
            result.map_err(|error| FetchError::Network {
                url: shown(&request.url),
                reason: format!("the answer cannot be unpacked: {error}"),
                tries: 1,
            })?;
            answer.body = plain;
        }
        Ok(answer)
    }

    fn announce(&self) {
        let mut state = self.state();
        if !std::mem::replace(&mut state.announced, true) {
            state.events.push(Event::Updating { registry: self.name.clone(), source: self.actual });
            self.changed.notify_all();
        }
    }
}

/// The server's word for the state of a file, as Cargo's cache writes it.
fn revision(headers: &HeaderMap) -> String {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(&ETAG), text(&LAST_MODIFIED)) {
        (Some(etag), _) => format!("etag: {etag}"),
        (None, Some(date)) => format!("last-modified: {date}"),
        (None, None) => UNKNOWN_REVISION.to_owned(),
    }
}

/// The header that asks for a file only if it is not this one any more.
fn condition(revision: &str) -> Option<(HeaderName, String)> {
    let (kind, value) = revision.split_once(':')?;
    let header = match kind {
        "etag" => IF_NONE_MATCH,
        "last-modified" => IF_MODIFIED_SINCE,
        _ => return None,
    };
    Some((header, value.trim().to_owned()))
}

fn unexpected(url: &Url, answer: &Answer<Vec<u8>>) -> FetchError {
    FetchError::Status { url: shown(url), status: answer.status, body: String::new(), tries: 1 }
}
