//! A registry, its server, a sandbox with a home, and a client of ours.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use dhow_fetch::{
    Answerer, Children, CredentialSettings, Event, FetchError, HttpSettings, NetSettings, Registries,
    Settings, Sources, SummaryReader, Wanted,
};
use dhow_formats::secret::Secret;
use dhow_home::CargoHome;
use dhow_model::{Dependency, PackageId, SourceId, Summary};
use dhow_testkit::{Registry, Sandbox, SparseServer};
use semver::VersionReq;

pub(crate) struct Fixture {
    pub(crate) registry: Registry,
    pub(crate) server: SparseServer,
    pub(crate) sandbox: Sandbox,
    pub(crate) offline: bool,
    pub(crate) http: HttpSettings,
    pub(crate) token: Option<String>,
    /// What is asked for a token.
    pub(crate) providers: Vec<Vec<String>>,
    pub(crate) events: Mutex<Vec<Event>>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let registry = Registry::new();
        let server = registry.serve();
        let sandbox = Sandbox::new();
        sandbox.use_sparse(&server);
        Self {
            registry,
            server,
            sandbox,
            offline: false,
            http: HttpSettings::default(),
            token: None,
            providers: vec![vec!["cargo:token".to_owned()]],
            events: Mutex::default(),
        }
    }

    pub(crate) fn home(&self) -> CargoHome {
        CargoHome::new(self.sandbox.cargo_home())
    }

    /// The source that stands for crates.io.
    pub(crate) fn actual(&self) -> SourceId {
        SourceId::for_registry(&self.server.index_url()).expect("a registry")
    }

    /// As a new command has it: nothing is known but what the home holds.
    pub(crate) fn registries(&self) -> Registries {
        self.registries_with(self.actual())
    }

    pub(crate) fn registries_with(&self, mirror: SourceId) -> Registries {
        let answerer =
            Answerer { source: mirror, name: Some("mirror".to_owned()), credentials: Ok(self.credentials()) };
        let mut sources = Sources::default();
        sources.insert(SourceId::crates_io(), Ok(answerer));
        let net = NetSettings {
            offline: self.offline,
            retry_pause: Duration::from_millis(1),
            ..NetSettings::default()
        };
        let env = [("PATH".into(), "/usr/bin:/bin".into())].into_iter().collect();
        let children = Children { env: Arc::new(env), cwd: self.sandbox.path("") };
        let settings = Settings { net, sources, children, http: self.http.clone(), ..Settings::default() };
        Registries::new(self.home(), settings, SummaryReader::new(|_, _| Err("no manifests here".into())))
    }

    fn credentials(&self) -> CredentialSettings {
        CredentialSettings {
            name: Some("mirror".to_owned()),
            index_url: self.actual().url().to_string(),
            token: self.token.clone().map(Secret::new),
            providers: self.providers.clone(),
            is_configured: true,
            warnings: Vec::new(),
        }
    }

    /// All versions of a package, as a new command sees them.
    pub(crate) fn load(&self, name: &str) -> Result<Vec<Summary>, FetchError> {
        let registry = self.registries().registry(SourceId::crates_io())?;
        let mut loaded = registry.load_many(&[name.into()], &|event| self.log(event));
        loaded.pop().expect("one answer")
    }

    pub(crate) fn versions(&self, name: &str) -> Vec<String> {
        let summaries = self.load(name).expect("loads");
        summaries.iter().map(|summary| summary.id().version().to_string()).collect()
    }

    pub(crate) fn wanted(&self, name: &str, version: &str) -> Wanted {
        let summaries = self.load(name).expect("loads");
        let found = summaries.iter().find(|summary| summary.id().version().to_string() == version);
        let summary = found.unwrap_or_else(|| panic!("{name} {version} is in the index"));
        Wanted { id: summary.id(), checksum: summary.checksum() }
    }

    /// Downloads, as a new command does; gives back what became ready, in that order.
    pub(crate) fn download(&self, wanted: &[Wanted]) -> Result<Vec<(PackageId, PathBuf)>, FetchError> {
        download(&self.registries(), wanted, |event| self.log(event))
    }

    pub(crate) fn log(&self, event: Event) {
        self.events.lock().expect("no panic under this lock").push(event);
    }

    pub(crate) fn saw(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.events.lock().expect("no panic under this lock").iter().filter(|event| is(event)).count()
    }

    /// Everything in the home below `registry/cache` and `registry/src`, relative, sorted; directories end with `/`.
    pub(crate) fn stored(&self) -> Vec<String> {
        let mut found = Vec::new();
        for part in ["registry/cache", "registry/src"] {
            walk(&self.sandbox.cargo_home().join(part), part, &mut found);
        }
        found
    }
}

pub(crate) fn download(
    registries: &Registries,
    wanted: &[Wanted],
    events: impl Fn(Event) + Sync,
) -> Result<Vec<(PackageId, PathBuf)>, FetchError> {
    let ready = Mutex::new(Vec::new());
    let on_ready = |id: PackageId, path: &Path| {
        ready.lock().expect("no panic under this lock").push((id, path.to_owned()));
    };
    registries.download(wanted, &on_ready, &events)?;
    Ok(ready.into_inner().expect("no panic under this lock"))
}

fn walk(dir: &Path, relative: &str, found: &mut Vec<String>) {
    for entry in dhow_fs::list_dir_optional(dir).expect("lists").unwrap_or_default() {
        let path = format!("{relative}/{}", entry.file_name.to_string_lossy());
        if entry.kind == dhow_fs::FileKind::Dir {
            found.push(format!("{path}/"));
            walk(&entry.path, &path, found);
        } else {
            found.push(path);
        }
    }
}

pub(crate) fn dependency(name: &str, req: &str) -> Dependency {
    Dependency::new(name, SourceId::crates_io()).with_req(VersionReq::parse(req).expect("a requirement"))
}

/// Asks until there is an answer.
pub(crate) fn query(registry: &dhow_fetch::Registry, dep: &Dependency) -> Vec<String> {
    loop {
        match registry.query(dep) {
            Poll::Ready(answer) => {
                let summaries = answer.expect("is answered");
                return summaries.iter().map(|summary| summary.id().version().to_string()).collect();
            }
            Poll::Pending => registry.wait(&|_| {}),
        }
    }
}
