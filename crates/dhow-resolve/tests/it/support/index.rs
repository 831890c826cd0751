//! A provider over index files: of a local registry, or of cargo's own cache.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use cargo_util_schemas::index::{IndexPackage, RegistryDependency};
use dhow_formats::index_peek;
use dhow_model::{
    DepKind, Dependency, FeatureMap, FeatureValue, InternedString, PackageId, RustVersion, SourceId, Summary,
};
use dhow_resolve::{Provider, ProviderError, Releases};
use semver::Version;

/// How index files look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON object a line.
    Lines,
    /// Cargo's cache: a header, then version and JSON, each ended by a zero byte.
    Cache,
}

/// Answers from a directory of index files. Delays its answers if asked to.
pub(crate) struct IndexProvider {
    dirs: HashMap<SourceId, (PathBuf, Format)>,
    /// Answer each query only the second time (or later) that it is put.
    pub(crate) slow: bool,
    asked: HashSet<(InternedString, SourceId)>,
    extra: Vec<Summary>,
}

impl IndexProvider {
    pub(crate) fn new(dir: &Path, format: Format) -> Self {
        Self {
            dirs: HashMap::from([(SourceId::crates_io(), (dir.to_owned(), format))]),
            slow: false,
            asked: HashSet::new(),
            extra: Vec::new(),
        }
    }

    /// With an alternative registry.
    pub(crate) fn with_registry(mut self, source: SourceId, dir: &Path) -> Self {
        self.dirs.insert(source, (dir.to_owned(), Format::Lines));
        self
    }

    /// Path packages that are no members.
    pub(crate) fn with_packages(mut self, packages: Vec<Summary>) -> Self {
        self.extra = packages;
        self
    }
}

impl Provider for IndexProvider {
    fn query(&mut self, dep: &Dependency) -> Poll<Result<Arc<dyn Releases>, ProviderError>> {
        let (name, source) = (dep.package_name(), dep.source());
        if source.is_path() {
            let found = self.extra.iter().filter(|s| s.id().source() == source && s.id().name() == name);
            return Poll::Ready(Ok(Arc::new(found.cloned().collect::<Vec<_>>())));
        }
        if self.slow && self.asked.insert((name, source)) {
            return Poll::Pending;
        }
        let (dir, format) = self.dirs.get(&source).ok_or("an unknown source")?;
        let bytes = std::fs::read(dir.join(relative(&name))).unwrap_or_default();
        Poll::Ready(Ok(Arc::new(Index::new(name, source, bytes, *format))))
    }
}

fn relative(name: &str) -> String {
    let name = name.to_lowercase();
    match name.len() {
        1 => format!("1/{name}"),
        2 => format!("2/{name}"),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

thread_local! {
    /// Entries that were read in full.
    pub(crate) static PARSED: Cell<usize> = const { Cell::new(0) };
}

/// The releases in one index file, read when asked.
struct Index {
    source: SourceId,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    version: Version,
    json: std::ops::Range<usize>,
    summary: OnceLock<Option<Summary>>,
}

impl Index {
    fn new(name: InternedString, source: SourceId, bytes: Vec<u8>, format: Format) -> Self {
        let mut entries = Vec::new();
        let mut push = |version: Result<Version, semver::Error>, json| {
            if let Ok(version) = version {
                entries.push(Entry { version, json, summary: OnceLock::new() });
            }
        };
        match format {
            Format::Lines => {
                let mut at = 0;
                for line in bytes.split(|b| *b == b'\n') {
                    let json = at..at + line.len();
                    at += line.len() + 1;
                    if let Ok(entry) = serde_json::from_slice::<IndexPackage<'_>>(line) {
                        push(Ok(entry.vers), json);
                    }
                }
            }
            Format::Cache => {
                let mut fields = Vec::new();
                let mut at = 5;
                for field in bytes.get(5..).unwrap_or_default().split(|b| *b == 0) {
                    fields.push(at..at + field.len());
                    at += field.len() + 1;
                }
                for pair in fields.get(1..).unwrap_or_default().chunks_exact(2) {
                    let text = std::str::from_utf8(&bytes[pair[0].clone()]).unwrap_or_default();
                    push(text.parse(), pair[1].clone());
                }
            }
        }
        assert!(entries.iter().all(|e| e.json.end <= bytes.len()), "index file of {name}");
        Self { source, bytes, entries }
    }

    fn line(&self, index: usize) -> &[u8] {
        &self.bytes[self.entries[index].json.clone()]
    }
}

impl Releases for Index {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn version(&self, index: usize) -> &Version {
        &self.entries[index].version
    }

    fn is_yanked(&self, index: usize) -> bool {
        index_peek::is_yanked(self.line(index))
    }

    fn links(&self, index: usize) -> Option<InternedString> {
        index_peek::links(self.line(index))
    }

    fn rust_version(&self, index: usize) -> Option<RustVersion> {
        index_peek::rust_version(self.line(index))
    }

    fn summary(&self, index: usize) -> Option<Summary> {
        let entry = &self.entries[index];
        let read = || {
            PARSED.set(PARSED.get() + 1);
            let package = serde_json::from_slice(&self.bytes[entry.json.clone()]).ok()?;
            Some(summary(&package, self.source))
        };
        entry.summary.get_or_init(read).clone()
    }
}

/// An index entry as the resolver takes it.
pub(crate) fn summary(entry: &IndexPackage<'_>, source: SourceId) -> Summary {
    let id = PackageId::new(entry.name.as_ref(), entry.vers.clone(), source);
    let deps = entry.deps.iter().map(|dep| dependency(dep, source)).collect();
    let mut features = FeatureMap::new();
    let more = entry.features2.iter().flatten();
    for (name, values) in entry.features.iter().chain(more) {
        let to = features.entry(InternedString::new(name)).or_default();
        to.extend(values.iter().map(|value| FeatureValue::parse(value)));
    }
    Summary::new(id, deps, features)
        .with_links(entry.links.as_deref().map(InternedString::new))
        .with_rust_version(entry.rust_version)
        .with_checksum(entry.cksum.parse().ok())
        .with_yanked(entry.yanked == Some(true))
}

fn dependency(dep: &RegistryDependency<'_>, source: SourceId) -> Dependency {
    let source = match &dep.registry {
        Some(url) => SourceId::for_registry(url).expect("a registry"),
        None => source,
    };
    let kind = match dep.kind.as_deref() {
        Some("dev") => DepKind::Development,
        Some("build") => DepKind::Build,
        _ => DepKind::Normal,
    };
    Dependency::new(dep.package.as_deref().unwrap_or(&dep.name), source)
        .with_req(dep.req.parse().expect("a requirement"))
        .with_kind(kind)
        .with_rename(dep.package.as_ref().map(|_| InternedString::new(&dep.name)))
        .with_optional(dep.optional)
        .with_default_features(dep.default_features)
        .with_features(dep.features.iter().map(|f| InternedString::new(f)).collect())
        .with_platform(dep.target.as_deref().map(|target| target.parse().expect("a platform")))
}
